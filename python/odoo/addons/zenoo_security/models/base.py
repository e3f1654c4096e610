from odoo.tools import exception_to_unicode

from odoo import models

from ..fields.encrypted import EncryptedString
from ..fields.errors import refuse_query


class Base(models.AbstractModel):
    _inherit = "base"

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        self._refuse_encrypted(field_name)
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    def _read_group_groupby(self, alias, groupby_spec, query):
        self._refuse_encrypted(groupby_spec)
        return super()._read_group_groupby(alias, groupby_spec, query)

    def _read_group_select(self, aggregate_spec, query):
        self._refuse_encrypted(aggregate_spec)
        return super()._read_group_select(aggregate_spec, query)

    def _refuse_encrypted(self, spec):
        field = self._fields.get(spec.partition(":")[0])
        while field is not None and field.related and not field.store:
            field = field.related_field
        if isinstance(field, EncryptedString) and field.store:
            refuse_query(field, self.env)

    def _sql_error_to_message_generic(self, exc):
        """Odoo falls back to the text of PostgreSQL, which quotes the whole row."""
        message = super()._sql_error_to_message_generic(exc)
        if message != exception_to_unicode(exc):
            return message
        return self.env._("These values are not allowed (%s).", exc.diag.constraint_name or exc.pgcode)
