from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo import api, models

# Odoo's own hashes, and what it hashes at the next login.
_FOREIGN = SQL(r"password ~ '^\$[^$]+\$[^$]+\$.' AND password NOT LIKE '$pbkdf2-sha512$%%'")


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    def clear_foreign_passwords(self):
        """Remove the passwords that Odoo alone could not verify. Returns the logins, for whom to ask for a new one."""
        if not self.env.is_system():
            raise AccessError(self.env._("Only administrators can do this."))
        return self._clear_foreign_passwords()

    def _clear_foreign_passwords(self):
        rows = self.env.execute_query(SQL("UPDATE res_users SET password = NULL WHERE %s RETURNING login", _FOREIGN))
        self.env.registry.clear_cache()
        return [login for (login,) in rows]

    def _require_own_passwords(self):
        """Refuse to go while somebody would have no password that works."""
        [(count,)] = self.env.execute_query(SQL("SELECT count(*) FROM res_users WHERE %s", _FOREIGN))
        if count:
            raise UserError(
                self.env._(
                    "%s users have passwords that Odoo alone cannot verify. Set password_scheme = pbkdf2_sha512 in the "
                    "section [zenoo_security] of odoo.conf and restart: each login converts one. The guide for "
                    "administrators says what to do about the rest.",
                    count,
                )
            )
