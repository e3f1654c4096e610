{
    "name": "Zenoo Security",
    "summary": "argon2id passwords, a password policy, one brute-force counter for all entrances",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tools",
    "author": "zenoo-security contributors",
    "license": "LGPL-3",
    "depends": ["web"],
    "external_dependencies": {"python": ["zenoo_security"]},
    "data": ["data/ir_actions_server.xml"],
    "post_load": "post_load",
    "uninstall_hook": "uninstall_hook",
    "installable": True,
}
