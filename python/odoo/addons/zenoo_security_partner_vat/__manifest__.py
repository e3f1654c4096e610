{
    "name": "Zenoo Security: VAT numbers of partners",
    "summary": "VAT numbers of contacts, checked by base_vat and encrypted in PostgreSQL",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tools",
    "author": "zenoo-security contributors",
    "license": "LGPL-3",
    "depends": ["zenoo_security", "mail", "base_vat"],
    "external_dependencies": {"python": ["zenoo_security"]},
    "pre_init_hook": "pre_init_hook",
    "uninstall_hook": "uninstall_hook",
}
