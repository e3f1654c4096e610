import re

from odoo.http import request

from odoo import models

_BEARER = re.compile(r"bearer\s+(.{8})", re.IGNORECASE)


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _auth_method_bearer(cls):
        """Each API key is an account of its own, known by what Odoo finds it by: its first characters."""
        bearer = _BEARER.match(request.httprequest.headers.get("Authorization", ""))
        if not bearer:
            return super()._auth_method_bearer()
        with request.env["res.users"]._count_login(f"API key {bearer[1]}", purpose="api_key"):
            return super()._auth_method_bearer()
