from collections import Counter
from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo import api, fields, models
from zenoo_security.addon.stored_field import key_of
from zenoo_security.errors import SecurityError

from ..audit import find_audit_key
from ..logins import get_logins
from ..settings import get_key_ring, get_settings

_RECENT = 8
_DAY = timedelta(days=1)
_BY_KEY = """SELECT CASE WHEN %(column)s LIKE 'zs1.%%' THEN left(%(column)s, 10) ELSE '' END AS beginning, count(*)
    FROM %(table)s WHERE %(column)s <> '' GROUP BY beginning"""
_LOGINS = {
    "logins": "authn_login_success",
    "failed_logins": "authn_login_fail",
    "refused_logins": "authn_login_fail_max",
}


class SecurityStatus(models.TransientModel):
    _name = "zenoo.security.status"
    _description = "Security"

    logins = fields.Integer(compute="_compute_logins")
    failed_logins = fields.Integer(compute="_compute_logins")
    refused_logins = fields.Integer(
        "Refused for too many failures", compute="_compute_logins", help="Counted once in a minute for each account."
    )
    store = fields.Char("Failed logins are counted in", compute="_compute_store")
    is_store_working = fields.Boolean(compute="_compute_store")
    has_key_ring = fields.Boolean(compute="_compute_keys")
    keys = fields.Html(compute="_compute_keys", sanitize=False)
    other_keys = fields.Integer("Values under other keys", compute="_compute_keys")
    is_protected = fields.Boolean("Protected against changes", compute="_compute_events")
    retention = fields.Integer("Kept for (days)", compute="_compute_events")
    event_ids = fields.One2many("zenoo.security.event", compute="_compute_events", string="Recent events")

    def _compute_display_name(self):
        for status in self:
            status.display_name = self.env._("Security")

    def _compute_logins(self):
        since = ("time", ">=", fields.Datetime.now() - _DAY)
        for name, event in _LOGINS.items():
            self[name] = self.env["zenoo.security.event"].search_count([since, ("event", "=", event)])

    def _compute_store(self):
        url = get_settings().store_url
        kind = url.get_secret_value().partition(":")[0] if url else None
        self.store = kind or self.env._("Odoo's database")
        try:
            get_logins(self.env).ping()
            self.is_store_working = True
        except SecurityError:
            self.is_store_working = False

    def _compute_events(self):
        self.is_protected = bool(find_audit_key())
        self.retention = get_settings().audit_retention_days
        self.event_ids = self.env["zenoo.security.event"].search([], limit=_RECENT)

    def _compute_keys(self):
        try:
            ring, counts = get_key_ring(), self._count_by_key()
        except (SecurityError, UserError):
            self.update({"has_key_ring": False, "keys": False, "other_keys": 0})
            return
        columns = [self._describe_column(name, each, ring.primary_id) for name, each in sorted(counts.items())]
        values = {"keys": self._describe_keys(ring, sum(counts.values(), Counter())), "columns": columns}
        self.has_key_ring = True
        self.other_keys = sum(column["other"] for column in columns)
        self.keys = self.env["ir.qweb"]._render("zenoo_security.security_status_keys", values)

    def _describe_keys(self, ring, counts):
        states = {
            "primary": self.env._("New values"),
            "decrypt-only": self.env._("Old values"),
            "retired": self.env._("Retired"),
        }
        unknown = self.env._("Not in the key ring")
        return [
            {
                "id": key,
                "state": states.get(ring.states.get(key), unknown),
                "created": ring.created.get(key, ""),
                "count": counts[key],
                "is_primary": key == ring.primary_id,
            }
            for key in sorted({*ring.states, *counts} - {None}, reverse=True)
        ]

    def _describe_column(self, name, counts, primary):
        total, plain = counts.total(), counts[None]
        return {"name": name, "count": total, "other": total - counts[primary] - plain, "plain": plain}

    @api.model
    def _count_by_key(self):
        """Column -> key -> how many values it has; those under None are not encrypted."""
        counts = {}
        for _, sql in self.env["zenoo.security.rotation"]._columns():
            rows = self.env.execute_query(SQL(_BY_KEY, table=sql["table"], column=sql["column"]))
            name = ".".join(sql[part].code.strip('"') for part in ("table", "column"))
            counts[name] = Counter()
            for beginning, count in rows:
                counts[name][key_of(beginning)] += count
        return counts
