{
    "name": "Zenoo Security: Partners",
    "summary": "E-mail addresses and phone numbers of contacts, encrypted in PostgreSQL",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tools",
    "author": "zenoo-security contributors",
    "license": "LGPL-3",
    "depends": ["zenoo_security", "mail", "phone_validation", "privacy_lookup"],
    "external_dependencies": {"python": ["zenoo_security"]},
    "pre_init_hook": "pre_init_hook",
    "uninstall_hook": "uninstall_hook",
}
