from odoo.addons.auth_totp.controllers import home
from odoo.exceptions import AccessDenied
from odoo.http import request, route

from zenoo_security.mfa import recovery


class Home(home.Home):
    @route()
    def web_totp(self, redirect=None, **kwargs):
        """A recovery code in the place of the code. It makes no trusted device: the user has lost one."""
        code = recovery.canonical(str(kwargs.get("totp_token")))
        user = request.env["res.users"].browse(request.session.get("pre_uid"))
        if code is None or request.httprequest.method != "POST" or request.session.uid or user._mfa_type() != "totp":
            return super().web_totp(redirect=redirect, **kwargs)
        try:
            with user._assert_can_auth(user=user.id):
                user._check_credentials({"type": "recovery_code", "token": code}, {"interactive": True})
        except AccessDenied as error:
            request.session.touch()
            return request.render("auth_totp.auth_totp_form", {"user": user, "error": str(error), "redirect": redirect})
        request.session.finalize(request.env)
        request.update_env(user=request.session.uid)
        request.update_context(**request.session.context)
        request.session.touch()
        return request.redirect(self._login_redirect(request.session.uid, redirect=redirect))
