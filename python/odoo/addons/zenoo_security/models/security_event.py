import json

from odoo.exceptions import AccessError
from odoo.tools import SQL

from odoo import api, fields, models
from zenoo_security.addon.audit_rows import COLUMNS, AuditRow, read_line
from zenoo_security.addon.audit_sink import HEAD_TABLE, create_head
from zenoo_security.addon.audit_verify import RowCheck

from ..audit import find_audit_key
from ..event_labels import label_of

_BATCH = 10_000
# Whoever adds rows in SQL chooses their ids.
_BEFORE_ALL, _AFTER_ALL = -(2**31) - 1, 2**31
_SHOWN_APART = {"event.sequence", "log.level", "event.action", "event.outcome", "event.category", "odoo.database"}


class SecurityEvent(models.Model):
    """Rows are written by the audit log alone, in SQL and in transactions of their own."""

    _name = "zenoo.security.event"
    _description = "Security event"
    _log_access = False
    _order = "id desc"
    _rec_name = "meaning"
    _rec_names_search = ["event"]

    line = fields.Text(readonly=True, required=True)
    time = fields.Datetime(readonly=True, index=True)
    event = fields.Char(readonly=True, index=True)
    level = fields.Char(readonly=True)
    outcome = fields.Selection(
        [("success", "Success"), ("failure", "Failure"), ("unknown", "Unknown")], readonly=True, index=True
    )
    reason = fields.Char(readonly=True)
    address = fields.Char(readonly=True, index=True, help="Of the client; an IPv6 address as its /64.")
    # No many2one: whoever is deleted stays in the log as they were.
    uid = fields.Integer("User ID", readonly=True, aggregator=None)
    login = fields.Char("User", readonly=True, index=True)
    account = fields.Char(
        readonly=True, index=True, help="A digest of the login: of failures it is kept where nobody has such a login."
    )
    meaning = fields.Char("What happened", compute="_compute_meaning")
    details = fields.Text(compute="_compute_details")

    def init(self):
        create_head(self.env.cr)

    @api.depends("event")
    @api.depends_context("lang")
    def _compute_meaning(self):
        for event in self:
            event.meaning = label_of(self.env, event.event)

    @api.depends("line")
    def _compute_details(self):
        for event in self:
            members = read_line(event.line or "")
            shown = {name: value for name, value in members.items() if name not in _SHOWN_APART}
            event.details = json.dumps(shown, indent=2)

    # Nothing is handed on to Odoo: pylint: disable=method-required-super
    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_change()

    def write(self, vals):
        self._refuse_change()

    def unlink(self):
        self._refuse_change()

    def copy(self, default=None):
        self._refuse_change()

    def _create(self, data_list):
        self._refuse_change()

    def _write(self, vals):
        self._refuse_change()

    def _write_multi(self, vals_list):
        self._refuse_change()

    def _refuse_change(self):
        raise AccessError(self.env._("Events are written by the server alone. Nobody can change or delete them."))

    @api.model
    def _verify(self, checkpoint=None):
        """Check all rows. The transaction sees them, and where the chain goes on, as of one moment."""
        check = RowCheck(find_audit_key(), checkpoint)
        self._look_at(check, _AFTER_ALL)
        return check.finish(self._get_head())

    @api.model
    @api.readonly
    def verify_rows(self):
        """Whether there is a key ring, and how many places are not as they were written; 1,000 at most."""
        if not self.env.is_system():
            raise AccessError(self.env._("Only administrators can do this."))
        if not find_audit_key():
            return {"protected": False, "altered": 0}
        return {"protected": True, "altered": len(self._verify().findings)}

    @api.model
    def _look_at(self, check, until):
        """Check the rows up to this id."""
        last, columns = _BEFORE_ALL, SQL(", ").join(map(SQL.identifier, COLUMNS))
        query, table = "SELECT id, line, %s FROM %s WHERE id > %s AND id <= %s ORDER BY id LIMIT %s", self._table
        while rows := self.env.execute_query(SQL(query, columns, SQL.identifier(table), last, until, _BATCH)):
            for number, line, *values in rows:
                check.row(number, line, AuditRow(*values))
            last = rows[-1][0]

    @api.model
    def _get_head(self):
        rows = self.env.execute_query(SQL("SELECT position FROM %s", SQL.identifier(HEAD_TABLE)))
        return rows[0][0] if rows else None

    @api.model
    def _lines(self):
        """The lines of all rows, the oldest first: those of a file that `zenoo-security audit verify` takes."""
        last, query = _BEFORE_ALL, "SELECT id, line FROM %s WHERE id > %s ORDER BY id LIMIT %s"
        while rows := self.env.execute_query(SQL(query, SQL.identifier(self._table), last, _BATCH)):
            yield from (line for _, line in rows)
            last = rows[-1][0]
