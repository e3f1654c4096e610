import re

from odoo.http import request

from odoo import models
from zenoo_security.addon.current_request import show_details, shows_details

from ..limits import charge_user

_BEARER = re.compile(r"bearer\s+(.{8})", re.IGNORECASE)
_WEB_CALLS = "/web/dataset/"


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

    @classmethod
    def _pre_dispatch(cls, rule, args):
        super()._pre_dispatch(rule, args)
        if rule.endpoint.routing["auth"] == "bearer":
            charge_user("rpc-user", request.env, request.env.uid)
        elif rule.rule.startswith(_WEB_CALLS):
            charge_user("web-user", request.env, request.env.uid)
        uid = request.env.uid or request.session.uid
        # sudo: where nobody is authenticated for the route, the session has been checked all the same.
        if request.session.debug and uid and request.env["res.users"].sudo().browse(uid)._is_system():
            show_details()

    def _register_hook(self):
        """Keep tracebacks out of the pages of errors as well, in whatever order modules were loaded."""
        super()._register_hook()
        pages = self.env.registry[self._name]
        if not hasattr(pages, "_get_exception_code_values"):
            return

        @classmethod
        def _get_exception_code_values(cls, exception):
            code, values = super(pages, cls)._get_exception_code_values(exception)
            if not shows_details():
                values.update(traceback=None, exception=None, qweb_exception=None)
            return code, values

        pages._get_exception_code_values = _get_exception_code_values
