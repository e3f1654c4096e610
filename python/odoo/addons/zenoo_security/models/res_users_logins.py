import contextlib
import functools
import logging
from contextvars import ContextVar

import psycopg2
from odoo.exceptions import AccessDenied, AccessError, MissingError, UserError
from odoo.http import request

from odoo import models
from zenoo_security.addon.client_address import client_address
from zenoo_security.addon.current_request import asks_for_details, current_request, show_details
from zenoo_security.addon.error_texts import kind_and_place
from zenoo_security.addon.passwords import typed_password
from zenoo_security.addon.rpc_answers import entrance_of
from zenoo_security.errors import HashingBusy, LoginFailed, SecurityError

from ..audit import acting_in
from ..limits import charge_network, charge_user
from ..login_audit import record_login
from ..logins import find_administrators, get_logins

_logger = logging.getLogger(__name__)


class NotLookedAt(AccessDenied):
    """What was typed was not compared with anything."""


# What says nothing about the password: the transaction is tried again, or the user does.
OUTAGES = (HashingBusy, psycopg2.Error, NotLookedAt)

# The kinds of credentials that were looked at, inside the block that counts.
_counted = ContextVar("zenoo_security_counted", default=None)


@contextlib.contextmanager
def _refusing_failures():
    """The login page takes credentials of any type, and modules fail on what they lack, where there is a user."""
    try:
        yield
    except (UserError, SecurityError):
        raise
    except (KeyError, TypeError, ValueError) as error:
        _logger.error("A credential was refused, since a check failed on it: %s", kind_and_place(error))
        raise AccessDenied from None


class ResUsers(models.Model):
    _inherit = "res.users"

    def authenticate(self, credential, user_agent_env):
        """Limited around the count of failures: what a limit refuses is none."""
        charge_network("login-address")
        if "password" in credential:
            credential = {**credential, "password": typed_password(credential["password"])}
        # Of a passkey there is none: its module finds the login and asks `_assert_can_auth`.
        with self._count_authentication(credential) if "login" in credential else contextlib.nullcontext() as proof:
            auth_info = super().authenticate(credential, user_agent_env)
            if proof is not None:
                # Between the password and the code of a second factor the failures must not be forgotten.
                proof.is_whole = auth_info["mfa"] == "skip" or not self.sudo().browse(auth_info["uid"])._mfa_type()
        asked = current_request()
        if asked is not None and entrance_of(asked.path):
            charge_user("rpc-user", self.env, auth_info["uid"])
        return auth_info

    def _check_uid_passwd(self, uid, passwd):
        """Of XML-RPC and JSON-RPC, at each call."""
        super()._check_uid_passwd(uid, typed_password(passwd))
        charge_user("rpc-user", self.env, uid)
        # sudo: nobody is logged in, but the password was right.
        if asks_for_details() and self.sudo().browse(uid)._is_system():
            show_details()

    @contextlib.contextmanager
    def _count_authentication(self, credential):
        """Counted around `_login`: modules such as auth_ldap ask elsewhere when Odoo has refused."""
        login = credential["login"]
        # Else nothing is compared with a hash, whether there is such a user or not.
        is_hashed = credential["type"] == "password" and credential.get("password")
        alike = self._refuse_alike(self._get_login_domain(login)) if is_hashed else contextlib.nullcontext()
        with self._count_login(login) as proof, alike:
            yield proof

    @contextlib.contextmanager
    def _assert_can_auth(self, user=None):
        """One counter for all entrances, instead of Odoo's own for each process and the web alone."""
        if _counted.get() is not None:
            yield
        elif isinstance(user, int):
            found = [("id", "=", user)]
            # An id that nobody has is counted as well.
            login = self._find(found).login or f"id {user}"
            with self._count_login(login), self._refuse_alike(found):
                yield
        else:
            with self._count_login(user):
                yield

    @contextlib.contextmanager
    def _refuse_alike(self, domain):
        """Refuse with the same work and the same words, whether there is such a user or not."""
        try:
            yield
        except (AccessDenied, MissingError):
            if self._find(domain):
                raise
            self._crypt_context().verify_nothing()
            raise AccessDenied from None

    def _register_hook(self):
        """Count around `_check_credentials` of all modules, in whatever order they were loaded."""
        super()._register_hook()
        users = self.env.registry[self._name]

        def _check_credentials(self, credential, env):
            check = super(users, self)._check_credentials
            factors = _counted.get()
            if factors is not None:
                factors.add(credential["type"])
                with _refusing_failures():
                    return check(credential, env)
            # Odoo asks for the password again: to change it, or before something sensitive.
            with self._count_login(self.env.user.login, purpose="step_up", factors={credential["type"]}) as proof:
                auth_info = check(credential, env)
                proof.is_whole = credential["type"] != "password" or not self.env.user._mfa_type()
            return auth_info

        users._check_credentials = _check_credentials

    @contextlib.contextmanager
    def _count_login(self, login, *, outages=OUTAGES, purpose="login", factors=()):
        token = _counted.set(factors := set(factors))
        try:
            with (
                record_login(self, login, purpose, outages, factors) as proofs,
                get_logins(self.env).attempt(
                    login,
                    client_address(request),
                    outages=outages,
                    never_stopped=functools.partial(find_administrators, self.env),
                ) as proof,
            ):
                proofs.append(proof)
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
        with acting_in(self.env):
            for user in self:
                get_logins(self.env).unlock(user.login)

    def _find(self, domain):
        # sudo: nobody is logged in yet. What is found stays in this process.
        return self.sudo().search(domain, limit=1)
