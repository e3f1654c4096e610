{
    "name": "Notes what is compared with a hash",
    "depends": ["auth_signup", "zenoo_security"],
    "author": "zenoo-security",
    "license": "LGPL-3",
}
