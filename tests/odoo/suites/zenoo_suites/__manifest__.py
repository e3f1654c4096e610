{
    "name": "What becomes of Odoo's own tests",
    "version": "19.0.1.0.0",
    "author": "zenoo-security contributors",
    "license": "LGPL-3",
    "depends": ["base"],
    "post_load": "post_load",
}
