{
    "name": "Models with encrypted fields, for tests",
    "author": "zenoo-security contributors",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "depends": ["zenoo_security", "mail"],
    "data": ["security/ir.model.access.csv"],
}
