import odoo.release
import odoo.service.common


def post_load():
    """As the packages do that are built each night."""
    odoo.release.version = odoo.service.common.RPC_VERSION_1["server_version"] = "19.0-20261130"
