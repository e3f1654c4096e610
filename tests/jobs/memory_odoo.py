"""An Odoo of one model in memory, as far as the jobs need it, that can be made to fail at any write."""

from __future__ import annotations

from zenoo_security.client.compare import _CODE, _CONTEXT_KEY
from zenoo_security.client.errors import AccessRefused, ValidationRefused


class Killed(BaseException):
    """The process is gone."""


class MemoryOdoo:
    """A logged-in client and the database behind it.

    Attributes:
        rows: id -> column -> value.
        before_write: called before each write; may change `rows` or raise.
        after_write: the same, after it.
        refuses: ids that Odoo does not let the user write.
        writes: how many records each write held.
    """

    encrypted_fields = None
    uid = 2
    username = "admin"
    protocol, host, port, database = "http", "localhost", 8069, "production"

    def __init__(self, rows):
        self.rows = rows
        self.before_write = self.after_write = lambda: None
        self.refuses = set()
        self.writes = []
        self.access = {"read", "write"}
        self.is_manager = True
        self.other_companies = 0
        self.chatter = None

    async def check_model_access(self, model, operation):
        return operation in self.access

    async def execute_kw(self, model, method, args, kwargs=None, context=None):
        return getattr(self, f"{model.replace('.', '_')}__{method}")(*args, **(kwargs or {}), context=context)

    def res_users__read(self, ids, fields, context):
        return [{"id": self.uid, "company_ids": [1, 2]}]

    def res_users__has_group(self, ids, group, context):
        return self.is_manager

    def res_company__search_count(self, domain, context):
        return self.other_companies

    def mail_tracking_value__search_count(self, domain, context):
        if self.chatter is None:
            raise AccessRefused("no such model")
        return self.chatter

    def x_person__fields_get(self, names, attributes, context):
        known = {name for row in self.rows.values() for name in row}
        return {name: {"type": "char"} for name in names if name in known}

    def x_person__search_count(self, domain, context):
        return len(self._found(domain, context))

    async def search_read_pages(self, model, domain, fields, *, page_size, context):
        while page := self.x_person__search_read(domain, fields=fields, order="id", context=context)[:page_size]:
            domain = [("id", ">", page[-1]["id"])]
            yield page

    def x_person__search_read(self, domain, *, fields, order, context):
        assert order == "id"
        rows = [{name: self.rows[i][name] for name in fields} | {"id": i} for i in self._found(domain, context)]
        for row in rows:
            if row.get("company_id"):
                row["company_id"] = [row["company_id"], "Company"]
        return rows

    def ir_actions_server__search_read(self, domain, fields, order, context=None):
        return [{"id": 5, "code": _CODE, "group_ids": [], "state": "code"}]

    def ir_actions_server__run(self, ids, context):
        self.before_write()
        changes = context[_CONTEXT_KEY]
        if self.refuses & {record for record, _, _ in changes}:
            raise ValidationRefused("a constraint does not hold", odoo_type="odoo.exceptions.ValidationError")
        self.writes.append(len(changes))
        skipped = []
        for record, expected, values in changes:
            row = self.rows.get(record)
            if row is None or any(row[column] != value for column, value in expected.items()):
                skipped.append(record)
            else:
                row.update(values)
        self.after_write()
        return {"skipped": skipped}

    def _found(self, domain, context):
        assert context == {"active_test": False, "allowed_company_ids": [1, 2]}
        [(field, operator, value)] = domain
        assert field == "id"
        return sorted(i for i in self.rows if (i > value if operator == ">" else i in value))
