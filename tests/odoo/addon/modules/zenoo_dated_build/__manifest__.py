{
    "name": "Odoo as it is built each night",
    "author": "zenoo-security",
    "license": "LGPL-3",
    "post_load": "post_load",
}
