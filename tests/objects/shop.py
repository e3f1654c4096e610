"""An Odoo in memory with record rules, and the guide's class that asks it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from access.world import Manager, World, policy
from zenoo_security.client.errors import AccessRefused, ConnectionFailed, RecordMissing, ValidationRefused
from zenoo_security.domains import decide
from zenoo_security.objects.action import VIEWS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zenoo_security.policy import Narrowing

REFUSED = AccessRefused("Odoo refused")
DOWN = ConnectionFailed("Odoo is down")


class Shop(World):
    """Partners under record rules, one domain an operation; `before` is called before each request is answered."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[int, dict[str, Any]] = {}
        self.rules: dict[str, list[Any] | None] = {name: [] for name in ("read", "write", "create", "unlink")}
        self.before: Any = lambda method: None
        self.answers |= {
            "search": self.search,
            "search_read": self.search_read,
            "has_access": self.has_access,
            "read": self.read,
            "write": self.write,
            "get_bindings": {},
            "res.nothing.search": ValidationRefused("Object res.nothing doesn't exist"),
            "res.nothing.has_access": ValidationRefused("Object res.nothing doesn't exist"),
            "res.nothing.fields_get": ValidationRefused("Object res.nothing doesn't exist"),
        }

    def answer(self, params: dict[str, Any]) -> Any:
        if params["method"] == "execute_kw":
            self.before(params["args"][4])
        return super().answer(params)

    def add(self, *ids: int, **values: Any) -> None:
        """Store partners."""
        for record_id in ids:
            self.rows[record_id] = {"active": True, **values, "id": record_id}

    def allows(self, record_id: int, operation: str) -> bool:
        """What Odoo decides on a record that exists."""
        rule = self.rules[operation]
        if not rule:
            return rule is not None
        return decide(rule, self.rows[record_id]) is True

    def search(self, domain: Sequence[Any], **_options: Any) -> Any:
        if self.rules["read"] is None:
            return REFUSED
        ids, rest = _split(domain)
        found = self.rows if ids is None else [n for n in self.rows if n in ids]
        return [n for n in found if self.allows(n, "read") and decide(rest, self.rows[n])]

    def search_read(self, domain: Sequence[Any], fields: Sequence[str] = (), **_options: Any) -> Any:
        return [self._shown(self.rows[record_id], fields) for record_id in self.search(domain)]

    def has_access(self, ids: Sequence[int], operation: str) -> Any:
        if self.rules[operation] is None:
            return False
        if self.rules[operation] and not self.rows.keys() >= set(ids):
            return RecordMissing("Odoo refused: the record does not exist")
        return all(self.allows(record_id, operation) for record_id in ids if record_id in self.rows)

    def read(self, ids: Sequence[int], fields: Sequence[str] = (), **_options: Any) -> Any:
        found = [record_id for record_id in ids if record_id in self.rows]
        if self.rules["read"] is None or not all(self.allows(record_id, "read") for record_id in found):
            return REFUSED
        return [self._shown(self.rows[record_id], fields) for record_id in found]

    def write(self, ids: Sequence[int], values: dict[str, Any]) -> Any:
        if not all(record_id in self.rows and self.allows(record_id, "write") for record_id in ids):
            return REFUSED
        for record_id in ids:
            self.rows[record_id].update(values)
        return True

    @staticmethod
    def _shown(row: dict[str, Any], fields: Sequence[str]) -> dict[str, Any]:
        return {name: value for name, value in row.items() if name in {*(fields or row), "id"}}

    def install(self, action_id: int = 44) -> None:
        """Have the server action that tells which records are accessible."""
        bound = {"id": action_id, "name": "accessible records", "binding_view_types": VIEWS}
        others = [{**bound, "id": 1, "binding_view_types": "list"}, {**bound, "id": 2, "binding_view_types": False}]
        self.answers |= {"get_bindings": {"action": [*others, bound], "report": [bound]}, "run": self.run}

    def run(self, ids: Sequence[int], **_options: Any) -> Any:
        assert ids == [44]
        question = self.requests[-1]["args"][6]["context"]["zenoo_security_objects"]
        operation = question["operation"]
        if question["model"] != "res.partner" or None in [self.rules["read"], self.rules[operation]]:
            return {"accessible": []}
        return {"accessible": [n for n in self.search(question["domain"]) if self.allows(n, operation)]}

    def methods(self) -> list[str]:
        """The methods that were called for the caller's questions."""
        return [method for _, method, _, _ in self.asked()]


def _split(domain: Sequence[Any]) -> tuple[set[int] | None, list[Any]]:
    """The ids that a domain asks for, and the rest of it: thousands are not to be looked through for each record."""
    ids = next((leaf[2] for leaf in domain if leaf[:2] == ["id", "in"]), None)
    rest = [[1, "=", 1] if leaf[:2] == ["id", "in"] else leaf for leaf in domain]
    return (None, rest) if ids is None else (set(ids), rest)


def manager_of(*allow: str, narrow: Sequence[Narrowing] = ()) -> Manager:
    """An access manager for the user, with one role."""
    return Manager(policy(*allow, narrow=list(narrow)), "clerk")


class GuideClient:
    """The client that the guide's listing calls: `search(model, domain)`, of which zenoo-rpc has none."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.domains: list[Any] = []

    async def search(self, model: str, domain: Sequence[Any]) -> list[int]:
        self.domains.append((model, list(domain)))
        return [n for n, row in self.shop.rows.items() if decide(domain, row)]

    async def read(self, model: str, ids: Sequence[int]) -> list[dict[str, Any]]:
        del model
        return [dict(self.shop.rows[record_id]) for record_id in ids]


class GuideObjectLevelAuthManager:
    """The guide's listing."""

    def __init__(self, client: GuideClient) -> None:
        self.client = client

    async def check_object_access(self, username: str, model_name: str, record_id: int, operation: str) -> bool:
        accessible_ids = await self._get_accessible_record_ids(username, model_name, operation)
        return record_id in accessible_ids

    async def _get_accessible_record_ids(self, username: str, model_name: str, operation: str) -> set[int]:
        del operation
        if model_name == "res.partner":
            domain = ["|", ("create_uid", "=", username), ("user_id", "=", username)]
            records = await self.client.search(model_name, domain)
            return set(records)
        return set()
