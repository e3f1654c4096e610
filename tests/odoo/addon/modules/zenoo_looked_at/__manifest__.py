{
    "name": "Notes what is compared with a hash",
    "depends": ["auth_signup", "zenoo_security_totp"],
    "author": "zenoo-security",
    "license": "LGPL-3",
}
