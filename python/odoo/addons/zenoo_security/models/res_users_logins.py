import contextlib
import logging
from contextvars import ContextVar

import psycopg2
from odoo.exceptions import AccessDenied, AccessError
from odoo.http import request

from odoo import models
from zenoo_security.addon.client_address import client_address
from zenoo_security.errors import HashingBusy, LoginFailed, SecurityError

from ..logins import get_logins

_logger = logging.getLogger(__name__)

# What says nothing about the password: the transaction is tried again, or the user does.
OUTAGES = (HashingBusy, psycopg2.Error)

_counted = ContextVar("zenoo_security_counted", default=False)


class ResUsers(models.Model):
    _inherit = "res.users"

    @contextlib.contextmanager
    def _assert_can_auth(self, user=None):
        """One counter for all entrances, instead of Odoo's own for each process and the web alone."""
        login = self._get_counted_login(user)
        with self._count_login(login) as proof:
            try:
                yield
            except AccessDenied:
                if isinstance(user, str) and not self._find_login(user):
                    self._crypt_context().verify_nothing()
                raise
            # Between the password and the code of a second factor the failures must not be forgotten.
            proof.is_whole = not (isinstance(user, str) and self._find_login(login)._mfa_type())

    def _check_credentials(self, credential, env):
        """Also counted where Odoo asks for the password again: to change it, or before something sensitive."""
        if _counted.get():
            return super()._check_credentials(credential, env)
        with self._count_login(self.env.user.login):
            return super()._check_credentials(credential, env)

    @contextlib.contextmanager
    def _count_login(self, login, *, outages=OUTAGES):
        token = _counted.set(True)
        try:
            with get_logins(self.env).attempt(
                login,
                client_address(request),
                outages=outages,
                never_stopped=self._get_administrators_logins,
            ) as proof:
                yield proof
        except LoginFailed:
            raise AccessDenied(self.env._("Too many login failures, please wait a bit before trying again.")) from None
        except HashingBusy:
            raise
        except SecurityError as error:
            _logger.error("Nobody can log in, because failed logins cannot be counted: %s", error)
            raise AccessDenied(self.env._("Nobody can log in at the moment. The server's log says why.")) from None
        finally:
            _counted.reset(token)

    def action_unlock_login(self):
        if not self.env.is_system():
            raise AccessError(self.env._("Only administrators can do this."))
        for user in self:
            get_logins(self.env).unlock(user.login)

    def _get_administrators_logins(self):
        # sudo: nobody is logged in yet. What is found stays in this process.
        return self.env.ref("base.group_system").sudo().all_user_ids.mapped("login")

    def _get_counted_login(self, user):
        if not isinstance(user, int):
            return user
        # An id that nobody has is counted as well.
        return self._find(("id", "=", user)).login or f"id {user}"

    def _find_login(self, login):
        return self._find(*self._get_login_domain(login))

    def _find(self, *domain):
        # sudo: nobody is logged in yet. What is found stays in this process.
        return self.sudo().with_context(active_test=False).search(domain, limit=1)
