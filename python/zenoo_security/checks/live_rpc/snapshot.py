"""What the checks over RPC look at."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Final

from zenoo_security.checks.check import CannotTell, NotApplicable
from zenoo_security.checks.live_rpc.queries import QUERIES
from zenoo_security.checks.odoo_conf.snapshot import SECRET_NAME
from zenoo_security.errors import MissingExtra, OdooRefused, SecurityError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping, Sequence

    from zenoo_security.checks.live_rpc.queries import Query
    from zenoo_security.checks.view import Progress, Target
    from zenoo_security.client import SecureZenooClient

__all__ = ["Absent", "Database", "Row", "Unread", "load"]

Row = dict[str, Any]

_MOST: Final = 20_000
_CALL_S: Final = 20.0
_CHAIN_S: Final = 60.0
_EVENTS: Final = "zenoo.security.event"
_SHORTEST_SECRET: Final = 8
_OFFICIAL: Final = re.compile(r"odoo\b", re.IGNORECASE)
_ADMINISTRATOR: Final = "base.group_system"


@dataclass(frozen=True)
class Absent:
    """A model that is not there; the text says which."""

    reason: str


@dataclass(frozen=True)
class Unread:
    """A model that could not be read, or not all of it; the text says why."""

    reason: str


@dataclass(frozen=True, repr=False)
class Database:
    """What was read.

    Attributes:
        tables: by the names of the queries.
        uid: who read.
        now: when, in UTC.
    """

    tables: Mapping[str, Sequence[Row] | Absent | Unread]
    uid: int = 0
    now: datetime = field(default_factory=lambda: datetime.now(timezone.utc).replace(tzinfo=None))
    file: str = ""

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values of parameters whose names say that they hold a secret."""
        found = self.tables.get("parameters", ())
        return () if isinstance(found, (Absent, Unread)) else tuple(_secrets(found).values())

    def secret_parameters(self) -> list[str]:
        """The names of the parameters that hold a secret."""
        return sorted(_secrets(self.rows("parameters")))

    def rows(self, name: str) -> Sequence[Row]:
        """What a query found.

        Raises:
            NotApplicable: the model is not there.
            CannotTell: it could not be read, or may not be.
        """
        found = self.tables.get(name, Absent("it was not read"))
        if isinstance(found, Absent):
            raise NotApplicable(found.reason)
        if isinstance(found, Unread):
            raise CannotTell(found.reason)
        return found

    def parameter(self, key: str, default: str = "") -> str:
        """A system parameter."""
        return next((str(row["value"] or "") for row in self.rows("parameters") if row["key"] == key), default)

    def number(self, key: str, default: int) -> int:
        """A system parameter that is a whole number.

        Raises:
            CannotTell: it is none.
        """
        text = self.parameter(key, str(default)).strip()
        if not re.fullmatch(r"-?[0-9]{1,12}", text):
            raise CannotTell(f"{key} is no whole number")
        return int(text)

    def installed(self) -> set[str]:
        """The modules that are installed."""
        return {str(row["name"]) for row in self.rows("modules")}

    def people(self) -> list[Row]:
        """The internal users who can log in."""
        return [row for row in self.rows("users") if row["active"] and not row["share"]]

    def group(self, xmlid: str) -> int:
        """A group; 0 where it is not there."""
        found = (row["res_id"] for row in self.rows("groups") if f"{row['module']}.{row['name']}" == xmlid)
        return next(found, 0)

    def has(self, user: Row, xmlid: str) -> bool:
        """Whether a user is in a group, by itself or by another.

        Raises:
            CannotTell: the groups of users may not be read, or there is no such group.
        """
        groups, group = user.get("all_group_ids", user.get("groups_id")), self.group(xmlid)
        if groups is None or not group:
            raise CannotTell(f"who is in {xmlid} cannot be read")
        return group in groups

    def employee_groups(self) -> list[Row]:
        """The group of all employees, and those that it brings."""
        brought = self._brought_by("base.group_user")
        return [row for row in self.rows("group_records") if row["id"] in brought]

    def beside_portal(self, user: Row) -> list[str]:
        """The names of a user's groups that are not Portal, and that it does not bring."""
        groups = set(user.get("all_group_ids") or user.get("groups_id") or ()) - self._brought_by("base.group_portal")
        return sorted(str(row["name"]) for row in self.rows("group_records") if row["id"] in groups)

    def _brought_by(self, xmlid: str) -> set[int]:
        group = self.group(xmlid)
        found: Row = next((row for row in self.rows("group_records") if row["id"] == group), {})
        brought = found.get("all_implied_ids", found.get("trans_implied_ids")) or ()
        return {group, *brought}

    def administrators(self) -> list[Row]:
        """The users who can change settings."""
        return [row for row in self.people() if self.has(row, _ADMINISTRATOR)]

    def beside_administrators(self, xmlid: str) -> list[str]:
        """The logins of who is in a group and is no administrator; nobody where there is no such group."""
        if not self.group(xmlid):
            return []
        administrators = {row["id"] for row in self.administrators()}
        return [row["login"] for row in self.people() if self.has(row, xmlid) and row["id"] not in administrators]

    def is_custom(self, modules: str) -> bool:
        """Whether none of these modules, `base, mail`, is one of Odoo's own."""
        official = {row["name"] for row in self.rows("modules") if _OFFICIAL.match(str(row["author"] or ""))}
        names = {name.strip() for name in modules.split(",") if name.strip()}
        return not names & official

    def custom_models(self) -> dict[int, str]:
        """The models that no module of Odoo's own has: id -> name."""
        return {row["id"]: row["model"] for row in self.rows("models") if self.is_custom(str(row["modules"] or ""))}


def _secrets(parameters: Sequence[Row]) -> dict[str, str]:
    """Those whose names say so, and whose values are long enough: no switches, no numbers of days."""
    named = {str(row["key"]): str(row["value"] or "") for row in parameters if SECRET_NAME.search(str(row["key"]))}
    return {key: value for key, value in named.items() if len(value) >= _SHORTEST_SECRET}


def load(target: Target, progress: Progress) -> Database:
    """The snapshot of a target.

    Raises:
        SecurityError: the login was refused, or Odoo does not answer.
        MissingExtra: zenoo-rpc is not installed.
    """
    try:
        return asyncio.run(_read_all(target, progress))
    except ModuleNotFoundError:
        raise MissingExtra("rpc", "checking over RPC") from None


async def _read_all(target: Target, progress: Progress) -> Database:
    from zenoo_security.client import SecureZenooClient  # noqa: PLC0415 - zenoo-rpc is an extra

    login = target.rpc
    if login is None:
        raise TypeError("no login")
    async with SecureZenooClient(**login.server.client_options()) as client:
        await client.login(login.database, login.login, login.password)
        uid = int(client.uid or 0)
        is_administrator = bool(await client.execute_kw("res.users", "has_group", [[uid], _ADMINISTRATOR]))
        tables: dict[str, Sequence[Row] | Absent | Unread] = {}
        for number, (name, query) in enumerate(QUERIES.items(), 1):
            progress(f"{login.database}: {number} of {len(QUERIES)}, {query.model}")
            if query.ruled and not is_administrator:
                tables[name] = Unread(f"who is not in {_ADMINISTRATOR} sees only a part of {query.model}")
                continue
            tables[name] = await _answer(query.model, _rows(client, query, sees_all=is_administrator), _CALL_S)
        progress(f"{login.database}: the chain of the audit log")
        tables["audit_chain"] = await _answer(_EVENTS, _audit_chain(client), _CHAIN_S)
        progress(f"{login.database}: encrypted fields")
        tables["encrypted_fields"] = await _encrypted(client)
    return Database(tables, uid)


async def _encrypted(client: SecureZenooClient) -> Sequence[Row] | Absent | Unread:
    from zenoo_security.checks.live_rpc.encrypted import read_encrypted_fields  # noqa: PLC0415 - few declare them

    try:
        found = await read_encrypted_fields(client)
    except SecurityError as error:
        return Unread(f"the encrypted fields cannot be checked: {error}; see zenoo-security fields verify")
    return Absent("ZENOO_SECURITY_FIELDS_FILE declares no encrypted fields") if found is None else found


async def _answer(
    model: str, asked: Awaitable[Sequence[Row] | Absent | Unread], seconds: float
) -> Sequence[Row] | Absent | Unread:
    try:
        return await asyncio.wait_for(asked, seconds)
    except OdooRefused as refusal:
        if "there is no model" in str(refusal):
            return Absent(f"this Odoo has no {model}")
        return Unread(f"this user may not read {model}")
    except (TimeoutError, asyncio.TimeoutError):
        return Unread(f"{model} was not read after {seconds:g} seconds")
    except SecurityError as error:
        return Unread(f"{model} could not be read: {type(error).__name__}")


async def _audit_chain(client: SecureZenooClient) -> Sequence[Row]:
    """The addon looks at its rows itself: the key is where it is, and the rows stay there."""
    return [await client.execute_kw(_EVENTS, "verify_rows", [])]


async def _rows(client: SecureZenooClient, query: Query, *, sees_all: bool) -> Sequence[Row] | Absent | Unread:
    wanted = [*query.fields, *query.optional]
    known = await client.execute_kw(query.model, "fields_get", [wanted], {"attributes": ["type"]})
    missing = [name for name in query.fields if name not in known]
    if missing and sees_all:
        return Absent(f"{query.model} has no {missing[0]} here")
    if missing:
        return Unread(f"this user may not read {missing[0]} of {query.model}, or it is not there")
    options = {"fields": [name for name in wanted if name in known], "limit": _MOST}
    domain = [list(one) if isinstance(one, tuple) else one for one in query.domain]
    rows = await client.execute_kw(
        query.model, "search_read", [domain], options, context={"active_test": False, "lang": "en_US"}
    )
    if len(rows) >= _MOST:
        return Unread(f"{query.model} has more than {_MOST} records")
    return list(rows)
