from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo import fields
from zenoo_security.addon.stored_field import NO_KEY, Unreadable, unreadable_values
from zenoo_security.errors import InvalidInput

from .definition import EncryptedDefinition
from .errors import refuse_query, refuse_value, require_key_ring
from .keys import find_stored_field, get_stored_field


class EncryptedString(EncryptedDefinition):
    """A text field whose column holds tokens: plaintext is in the record cache of a transaction and nowhere else."""

    # Fetched together and only when one of them is looked at: who reads other fields decrypts nothing.
    prefetch = "encrypted"

    def _insert_cache(self, records, values):
        stored = find_stored_field(self) if any(values) else None
        opened = stored.open(values) if stored else unreadable_values(values)
        return super()._insert_cache(records, opened)

    def convert_to_cache(self, value, record, validate=True):
        if isinstance(value, Unreadable):
            return value
        return super().convert_to_cache(value, record, validate) or None

    def convert_to_record(self, value, record):
        if value:
            return value
        if value is not None and value.reason == NO_KEY:
            require_key_ring(record.env)
        return False if value is None else value

    def convert_to_read(self, value, record, use_display_name=True):
        return value or False

    def convert_to_column_insert(self, value, record, values=None, validate=True):
        if isinstance(value, Unreadable):
            raise UserError(record.env._("A value that cannot be decrypted cannot be copied: give a new one."))
        value = super().convert_to_column_insert(value, record, values, validate)
        if not value:
            return None
        try:
            return get_stored_field(self, record.env).seal(str(value))
        except InvalidInput as error:
            refuse_value(self, record.env, error)

    def write(self, records, value):
        # What cannot be decrypted looks empty: saving that must not delete it. Only a new value replaces it.
        if self.store and not self.convert_to_cache(value, records, validate=False):
            records = records.filtered(self._is_readable)
        return super().write(records, value)

    def _is_readable(self, record):
        return not (record.id and isinstance(record.sudo()[self.name], Unreadable))

    def filter_function(self, records, field_expr, operator, value):
        if operator != "in" or not self.blind_index:
            return super().filter_function(records, field_expr, operator, value)
        stored = get_stored_field(self, records.env)
        wanted, with_empty = set(stored.searched(str(item) for item in value if item)), not all(value)

        def is_found(record):
            own = record[self.name]
            return not wanted.isdisjoint(stored.searched([str(own)])) if own else with_empty

        return is_found

    def _condition_to_sql(self, field_expr, operator, value, model, alias, query):
        if self.like_is_exact and operator.endswith("like"):
            operator, value = ("not in" if operator.startswith("not") else "in"), [value]
        if operator not in {"in", "not in"} or isinstance(value, SQL):
            refuse_query(self, model.env)
        present = [str(item) for item in value if item]
        condition = self._found_to_sql(present, model, alias)
        if len(present) < len(value):
            condition = SQL("(%s OR %s IS NULL)", condition, self.to_sql(model, alias))
        return condition if operator == "in" else SQL("%s IS NOT TRUE", condition)

    def _found_to_sql(self, values, model, alias):
        if values and not self.blind_index:
            refuse_query(self, model.env)
        indexes = get_stored_field(self, model.env).searched(values) if values else []
        if not indexes:
            return SQL("FALSE")
        column = model._fields[f"x_{self.name}_idx"].to_sql(model, alias)
        return SQL("(%s IN %s)", column, tuple(indexes))


class PlainString(EncryptedString):
    """One whose value in the cache is what a record shows."""

    def __get__(self, record, owner=None):
        # As `Field.__get__` for a value in the cache, in fewer calls: that pays for a part of the cipher.
        if record is not None and len(record._ids) == 1:
            env = record.env
            if env.su or record._has_field_access(self, "read"):
                if self.compute and self.store:
                    self.recompute(record)
                value = self._get_cache(env).get(record._ids[0])
                if value:
                    return value
        return super().__get__(record, owner)


class EncryptedChar(PlainString, fields.Char):
    pass


class EncryptedText(PlainString, fields.Text):
    pass


class EncryptedHtml(EncryptedString, fields.Html):
    def convert_to_record(self, value, record):
        kind = fields.Html if value else EncryptedString
        return kind.convert_to_record(self, value, record)
