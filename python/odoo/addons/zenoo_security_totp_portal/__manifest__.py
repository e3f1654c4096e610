{
    "name": "Zenoo Security: second factor of portal users",
    "summary": "Recovery codes on the security page of the portal",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tools",
    "author": "zenoo-security contributors",
    "license": "LGPL-3",
    "depends": ["auth_totp_portal", "zenoo_security_totp"],
    "data": ["views/portal_templates.xml"],
    "assets": {
        "web.assets_frontend": [
            "zenoo_security_totp_portal/static/src/interactions/*.js",
            "zenoo_security_totp_portal/static/src/xml/*.xml",
        ],
    },
    "auto_install": True,
}
