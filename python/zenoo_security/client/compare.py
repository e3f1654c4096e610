"""Write to records only if nobody changed them since they were read.

Odoo's RPC has no conditional write, and between a second look and a write somebody may save the record. So the
comparison and the write are made in Odoo, in one transaction, by a server action that `zenoo-security fields create`
installs for each model. The action runs under the rights of whoever calls it, with Odoo's own `read` and `write`.

Odoo's transactions are REPEATABLE READ: a record that changed after the transaction began cannot be locked, PostgreSQL
ends the transaction, and Odoo starts it again and compares anew. Records that somebody else is saving are skipped
instead of waited for; those that are locked wait for nobody, and nobody can change them before they are written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from zenoo_security.client import actions
from zenoo_security.client.actions import Action
from zenoo_security.errors import ConfigurationError, OdooError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from typing_extensions import Self

    from zenoo_security.odoo_client import Client

__all__ = ["Change", "CompareAndWrite", "install", "installed"]

_MARK = "# zenoo-security: compare and write, version "
_CONTEXT_KEY = "zenoo_security_changes"

#: What Odoo executes, by `safe_eval`: no closures, no imports, no names with two underscores.
_CODE = f"""{_MARK}4
# Installed by `zenoo-security fields create`; it is not used when it has been changed.
def as_rpc_shows(value):
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, datetime.date):
        return value.strftime("%Y-%m-%d")
    return value

context = dict(env.context, active_test=False, tracking_disable=True)
changes = context.pop("{_CONTEXT_KEY}", [])
existing = model.with_context(context).browse([record_id for record_id, expected, values in changes]).exists()
existing.check_access("write")
locked = existing.try_lock_for_update(allow_referencing=True)
columns = list(set(["id"] + [column for record_id, expected, values in changes for column in expected]))
stored = dict([(row["id"], row) for row in locked.read(columns, load=None)])
records = dict([(record.id, record) for record in locked])
skipped = []
# Not used: it keeps the environment in which Odoo checks the rights alive, which it would make anew for each record.
kept = locked.sudo()
for record_id, expected, values in changes:
    row = stored.get(record_id)
    if row and all([row[column] == value or as_rpc_shows(row[column]) == value for column, value in expected.items()]):
        records[record_id].write(values)
    else:
        skipped.append(record_id)
action = {{"skipped": skipped}}"""


class Change(NamedTuple):
    """What to write to one record, and what it must hold for that.

    Attributes:
        id: the record.
        expected: column -> value, as `read` gave it, and of a many2one the id; at least one. `0` and `False` are the
            same.
        values: column -> new value, as for `write`.
    """

    id: int
    expected: Mapping[str, Any]
    values: Mapping[str, Any]


class CompareAndWrite:
    """Writes changes to the records of one model; made by `find`."""

    def __init__(self, client: Client, model: str, action_id: int) -> None:
        self._client = client
        self._model = model
        self._action_id = action_id

    @classmethod
    async def find(cls, client: Client, model: str) -> Self:
        """Return the writer for a model, whose server action is the one of this version, unchanged.

        Args:
            client: logged in as a user who may read server actions (`base.group_system`) and write the model; without
                `encrypted_fields`, since it is columns that are compared and written.
            model: the Odoo model.

        Raises:
            ConfigurationError: the action is not installed, or it is another version or was changed.
            AccessRefused: the user may not read server actions.
        """
        action = _action(model)
        for action_id in await actions.unchanged(client, action):
            return cls(client, model, action_id)
        there = await actions.installed(client, action)
        found = "is another version or was changed" if there else "is not installed"
        raise ConfigurationError(f"the server action that writes {model} {found}: run `zenoo-security fields create`")

    async def __call__(self, changes: Sequence[Change]) -> list[int]:
        """Make those of the changes whose records still hold what is expected; all in one transaction.

        Mail's messages about changed values, which would keep the old ones, are not written.

        Args:
            changes: each to another record; some hundreds at a time.

        Returns:
            The ids of the records that were not written: somebody changed or deleted them, or is about to.

        Raises:
            AccessRefused: Odoo does not let the user write one of the records; none was written.
            OdooFailed: also when others changed the records five times in a row while Odoo tried. None was written.
            ParameterError: two changes of one record, or one that expects nothing.
        """
        if not changes:
            return []
        _require_distinct(changes)
        payload = [[change.id, dict(change.expected), dict(change.values)] for change in changes]
        answer = await self._client.execute_kw(
            "ir.actions.server", "run", [[self._action_id]], context={_CONTEXT_KEY: payload}
        )
        return self._skipped(answer, {change.id for change in changes})

    def _skipped(self, answer: Any, ids: set[int]) -> list[int]:
        skipped = answer.get("skipped") if isinstance(answer, dict) else None
        if not isinstance(skipped, list) or not all(isinstance(found, int) and found in ids for found in skipped):
            raise OdooError(
                f"the server action that writes {self._model} was replaced: run `zenoo-security fields create`"
            )
        return skipped


async def installed(client: Client, model: str) -> list[int]:
    """Return the ids of the server actions of a model that this package installed, of any version.

    Raises:
        AccessRefused: the user may not read server actions.
    """
    return [row["id"] for row in await actions.installed(client, _action(model))]


async def install(client: Client, model: str, *, dry_run: bool = False) -> bool:
    """Install the server action of a model; see `actions.install`."""
    return await actions.install(client, _action(model), dry_run=dry_run)


def _action(model: str) -> Action:
    return Action(f"zenoo-security: compare and write {model}", model, _MARK, _CODE)


def _require_distinct(changes: Sequence[Change]) -> None:
    if len({change.id for change in changes}) < len(changes):
        raise ParameterError("two changes of one record: give one with the values of both")
    if not all(change.expected for change in changes):
        raise ParameterError("a change that expects nothing would overwrite whatever is there: use write()")
