from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo import api, fields, models
from zenoo_security.addon.audit_retention import RETENTION, expired_until, is_retention, tell_expired
from zenoo_security.addon.audit_rows import read_line
from zenoo_security.addon.audit_verify import RowCheck
from zenoo_security.audit.chain import parse

from ..audit import acting_in, find_audit_key
from ..settings import get_settings

_BATCH = 10_000
# Of one run, which looks at each of them: half a minute at most.
_MOST = 100_000
_LAST_EXPIRED = """SELECT max(id) FROM (SELECT id FROM %(table)s WHERE id < coalesce(
    (SELECT min(id) FROM %(table)s WHERE time >= %(before)s), (SELECT max(id) + 1 FROM %(table)s))
    ORDER BY id LIMIT %(limit)s) AS expired"""
_LAST_CHAINED = """SELECT line FROM %(table)s WHERE id <= %(last)s AND line LIKE '%%"chain.tag":"%%'
    ORDER BY id DESC LIMIT 1"""
_DELETE = """DELETE FROM %(table)s WHERE id IN (
    SELECT id FROM %(table)s WHERE id <= %(last)s ORDER BY id LIMIT %(limit)s)"""


class SecurityEvent(models.Model):
    _inherit = "zenoo.security.event"

    @api.model
    def _cron_expire(self):
        """Delete what is older than the retention. A row says so before, and vouches for what is missing then.

        It does not vouch for what somebody has dated back or removed: it says in how many places rows were altered.
        """
        days = get_settings().audit_retention_days
        before = fields.Datetime.now() - timedelta(days=days)
        last = self._find_last_expired(before)
        if not last:
            return
        cron = self.env["ir.cron"]
        place = self._find_place(last)
        with acting_in(self.env):
            tell_expired(place.text if place else None, days, self._count_altered(last))
        cron._commit_progress()
        if not self._is_announced(place):
            raise UserError(self.env._("Nothing is deleted, because no event can be written. The log says why."))
        table, done = SQL.identifier(self._table), _BATCH
        while done == _BATCH:
            self.env.cr.execute(SQL(_DELETE, table=table, last=last, limit=_BATCH))
            done = self.env.cr.rowcount
            if not cron._commit_progress(done):
                return
        cron._commit_progress(remaining=1 if self._find_last_expired(before) else 0)

    @api.model
    def _find_last_expired(self, before):
        """The id of the last one of those rows at the beginning that are all older."""
        [(last,)] = self.env.execute_query(
            SQL(_LAST_EXPIRED, table=SQL.identifier(self._table), before=before, limit=_MOST)
        )
        return last

    @api.model
    def _find_place(self, last):
        """The place in the chain after this row."""
        rows = self.env.execute_query(SQL(_LAST_CHAINED, table=SQL.identifier(self._table), last=last))
        line = parse(rows[0][0].encode()) if rows else None
        return line.position if line else None

    @api.model
    def _count_altered(self, last):
        """In how many places the rows up to this one are not as they were written."""
        if not (key := find_audit_key()):
            return 0
        check = RowCheck(key)
        for event in self.search([("event", "=", RETENTION)]):
            check.remember_retention(read_line(event.line))
        self._look_at(check, last)
        # The end of the chain is not among them.
        return sum(finding.row != 0 for finding in check.finish(None).findings)

    @api.model
    def _is_announced(self, place):
        told = (read_line(event.line) for event in self.search([], limit=100))
        return any(is_retention(members) and expired_until(members) == place for members in told)
