{
    "name": "Zenoo Security: signup",
    "summary": "A link to choose a password stays good when the password is refused",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tools",
    "author": "zenoo-security contributors",
    "license": "LGPL-3",
    "depends": ["auth_signup", "zenoo_security"],
    "auto_install": True,
}
