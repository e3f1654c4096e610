{
    "name": "Zenoo Security",
    "summary": "argon2id passwords, a password policy, one brute-force counter for all entrances, encrypted fields",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tools",
    "author": "zenoo-security contributors",
    "license": "LGPL-3",
    "depends": ["web"],
    "external_dependencies": {"python": ["zenoo_security"]},
    "data": ["security/res_groups.xml", "data/ir_actions_server.xml"],
    "post_load": "post_load",
    "uninstall_hook": "uninstall_hook",
    "installable": True,
}
