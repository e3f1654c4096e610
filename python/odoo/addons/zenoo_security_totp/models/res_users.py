import logging

from odoo.exceptions import AccessDenied, UserError
from odoo.tools import SQL

from odoo import fields, models
from odoo.addons.zenoo_security.audit import record_after_commit
from odoo.addons.zenoo_security.models.res_users_logins import NotLookedAt
from zenoo_security.addon.second_factor import is_sealed
from zenoo_security.errors import DecryptionError, SecurityError

from ..keys import get_totp_secrets, read_totp_secrets

_logger = logging.getLogger(__name__)

_AFTER_A_PASSWORD = {"totp", "totp_mail", "recovery_code"}
_SET = "UPDATE res_users SET totp_secret = %s WHERE id = %s AND totp_secret IS DISTINCT FROM %s"
_STORED = "SELECT id, totp_secret FROM res_users WHERE totp_secret <> '' ORDER BY id"


class ResUsers(models.Model):
    """The column holds tokens; `auth_totp` reads and writes secrets. Used steps are kept where no rollback reaches."""

    _inherit = "res.users"

    totp_last_counter = fields.Integer(compute="_compute_totp_last_counter", inverse="_inverse_totp_last_counter")

    def _compute_totp_last_counter(self):
        last = self.env["zenoo.security.totp.step"]._last(self._origin._ids) if self._origin else {}
        for user in self:
            user.totp_last_counter = last.get(user._origin.id, 0)

    def _inverse_totp_last_counter(self):
        for user in self:
            step = user.totp_last_counter
            # Nothing forgets a step, a new secret neither.
            if step and not self.env["zenoo.security.totp.step"]._take(user.id, step):
                raise AccessDenied(self.env._("Verification failed, please use the latest 6-digit code"))

    def _compute_totp_secret(self):
        super()._compute_totp_secret()
        for user in self:
            if user.id and user.totp_secret:
                user.totp_secret = user._opened_or_token(user.totp_secret)

    def _inverse_token(self):
        # Odoo's own way writes the secret itself.
        for user in self:
            secret = user.totp_secret
            sealed = get_totp_secrets(self.env).seal(user.id, secret) if secret else None
            self.env.cr.execute(_SET, [sealed, user.id, sealed])
            if self.env.cr.rowcount:
                self._record_factor("authn_factor_enrolled" if sealed else "authn_factor_removed", user)
            user._drop_recovery_codes()

    def _record_factor(self, event, user):
        about = {"model": self._name, "ids": user.ids, "factor": "totp"}
        record_after_commit(self.env, event, user=self.env.user, **about)

    def _session_token_get_values(self):
        # Another token of the same secret ends no session.
        return tuple(
            (name, self._opened_or_token(value) if name == "totp_secret" and value else value)
            for name, value in super()._session_token_get_values() or ()
        )

    def _opened_or_token(self, stored):
        """The secret; what does not open stays a token, so that the second factor is not taken for absent."""
        try:
            return read_totp_secrets(self.env).open(self.id, stored)
        except SecurityError:
            return stored

    def authenticate(self, credential, user_agent_env):
        if credential.get("type") in _AFTER_A_PASSWORD:
            # The login page takes any type; it would end in an error, and only for users that there are.
            raise AccessDenied
        return super().authenticate(credential, user_agent_env)

    def _check_credentials(self, credential, env):
        if credential["type"] == "totp":
            self._require_totp_secret()
        return super()._check_credentials(credential, env)

    def _require_totp_secret(self):
        [(stored,)] = self.env.execute_query(SQL("SELECT totp_secret FROM res_users WHERE id = %s", self.id))
        if not stored or not is_sealed(stored):
            return
        try:
            read_totp_secrets(self.env).open(self.id, stored)
        except DecryptionError:
            self._refuse_code("it was sealed with other keys or in another database, see docs/guide/odoo.md")
        except SecurityError as error:
            self._refuse_code(error)

    def _refuse_code(self, reason):
        _logger.error("The code of user %s cannot be checked, because the secret does not open: %s", self.id, reason)
        raise NotLookedAt(self.env._("Codes cannot be checked at the moment. The server's log says why.")) from None

    def _totp_column(self):
        """What a rotation of keys needs."""
        secrets = get_totp_secrets(self.env)
        names = {"table": SQL.identifier("res_users"), "column": SQL.identifier("totp_secret")}
        return secrets.renew, {**names, "pattern": secrets.primary_pattern}

    def _seal_totp_secrets(self):
        """Seal what is in the clear. Without keys that is put off to the job that rotates them."""
        self.env.cr.execute(_STORED)
        if not self.env.cr.rowcount:
            return
        try:
            read_totp_secrets(self.env)
        except SecurityError as error:
            _logger.error("The secrets of the second factor stay in the clear until there are keys: %s", error)
            return
        for _ in self.env["zenoo.security.rotation"]._rotate_column(*self._totp_column()):
            pass
        self.env.invalidate_all(flush=False)

    def _require_totp_secrets(self):
        """Refuse an uninstallation that would lose secrets. Returns them by user."""
        self.env.cr.execute(_STORED)
        sealed = [(user, stored) for user, stored in self.env.cr.fetchall() if is_sealed(stored)]
        secrets = get_totp_secrets(self.env) if sealed else None
        opened = {user: secrets.open_or_none(user, stored) for user, stored in sealed}
        if lost := [user for user, secret in opened.items() if secret is None]:
            raise UserError(
                self.env._(
                    "The keys of this server do not open the second factor of these users, disable it first: %s",
                    ", ".join(self.sudo().browse(lost).mapped("login")),
                )
            )
        return opened

    def _unseal_totp_secrets(self):
        for user, secret in self._require_totp_secrets().items():
            self.env.cr.execute("UPDATE res_users SET totp_secret = %s WHERE id = %s", [secret, user])
        self.env.invalidate_all(flush=False)
