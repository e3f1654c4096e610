import time

from odoo.exceptions import AccessError
from odoo.tools import SQL

from odoo import api, fields, models
from zenoo_security.addon.stored_field import key_pattern
from zenoo_security.errors import SecurityError

from ..audit import record
from ..fields.encrypted import EncryptedString
from ..fields.errors import require_key_ring
from ..fields.keys import get_stored_field
from ..settings import get_key_ring

_BATCH = 1_000
_REQUEST_S = 20
# Compares and writes: what somebody has saved meanwhile stays.
_UPDATE = """UPDATE %(table)s AS t SET %(column)s = v.new FROM (VALUES %(rows)s) AS v(id, old, new)
    WHERE t.id = v.id AND t.%(column)s = v.old"""
_OLD = """SELECT id, %(column)s FROM %(table)s
    WHERE id > %(last)s AND %(column)s <> '' AND %(column)s !~ %(pattern)s ORDER BY id LIMIT %(limit)s"""
_COUNT = """SELECT count(*), count(*) FILTER (WHERE %(column)s !~ %(pattern)s) FROM %(table)s WHERE %(column)s <> ''"""


class Rotation(models.TransientModel):
    _name = "zenoo.security.rotation"
    _description = "Progress of a key rotation"

    total = fields.Integer("Encrypted values", readonly=True)
    left = fields.Integer("Under other keys", readonly=True)
    percent = fields.Float("Under the primary key", compute="_compute_percent")

    @api.model
    def default_get(self, names):
        # Odoo asks for no right here.
        self.browse().check_access("create")
        return {**super().default_get(names), **self._count()}

    @api.depends("total", "left")
    def _compute_percent(self):
        for rotation in self:
            rotation.percent = 100 * (1 - rotation.left / rotation.total) if rotation.total else 100

    def action_rotate(self):
        """Go on for some seconds, and show how far it is."""
        if not self.env.is_system():
            raise AccessError(self.env._("Only administrators can do this."))
        end, done = time.monotonic() + _REQUEST_S, 0
        for count in self._rotate():
            self.env.cr.commit()  # What is done stays done.  # pylint: disable=invalid-commit
            done += count
            if time.monotonic() > end:
                break
        self.write(self._count())
        self._record(done, self.left)
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.model
    def _cron_rotate(self):
        cron, done = self.env["ir.cron"], 0
        cron._commit_progress(remaining=self._count()["left"])
        for count in self._rotate():
            done += count
            if not cron._commit_progress(count):
                break
        self._record(done, self._count()["left"])

    @api.model
    def _record(self, done, left):
        if done:
            record(self.env, "job.finished", user=self.env.user, operation="rotate", rows=done, left_or_wrong=left)

    @api.model
    def _rotate(self):
        """Rewrap tokens of other keys; yields how many a batch had."""
        for renew, sql in self._columns():
            yield from self._rotate_column(renew, sql)

    @api.model
    def _rotate_column(self, renew, sql):
        last = 0
        while rows := self.env.execute_query(SQL(_OLD, **sql, last=last, limit=_BATCH)):
            changed = [(*row, token) for row, token in zip(rows, renew(rows), strict=True) if token]
            if changed:
                self.env.cr.execute(SQL(_UPDATE, **sql, rows=SQL(", ").join(changed)))
            last = rows[-1][0]
            yield len(changed)

    @api.model
    def _count(self):
        counts = [self.env.execute_query(SQL(_COUNT, **sql))[0] for _, sql in self._columns()]
        return {"total": sum(total for total, _ in counts), "left": sum(left for _, left in counts)}

    @api.model
    def _columns(self):
        """Of each column of tokens what renews its rows of id and token, and what SQL about it needs."""
        self.env.flush_all()
        try:
            pattern = key_pattern(get_key_ring().primary_id)
        except SecurityError:
            require_key_ring(self.env)
        for model in self.env.values():
            for field in model._fields.values() if model._auto and not model._abstract else ():
                if isinstance(field, EncryptedString) and field.store:
                    table, column = SQL.identifier(model._table), SQL.identifier(field.name)
                    yield self._renew(field), {"table": table, "column": column, "pattern": pattern}

    def _renew(self, field):
        return lambda rows: get_stored_field(field, self.env).rewrap(token for _, token in rows)
