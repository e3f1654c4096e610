{
    "name": "A module that would store encrypted values in the clear, for tests",
    "author": "zenoo-security contributors",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "depends": ["zenoo_fields_test"],
}
