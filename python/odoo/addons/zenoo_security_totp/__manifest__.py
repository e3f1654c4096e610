{
    "name": "Zenoo Security: second factor",
    "summary": "Secrets of the second factor encrypted in PostgreSQL, recovery codes, each code good once",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tools",
    "author": "zenoo-security contributors",
    "license": "LGPL-3",
    "depends": ["auth_totp", "zenoo_security"],
    "external_dependencies": {"python": ["zenoo_security"]},
    "data": [
        "security/ir.model.access.csv",
        "views/login_templates.xml",
        "views/recovery_codes_views.xml",
        "views/res_users_views.xml",
    ],
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
    "auto_install": True,
}
