"""An Odoo in memory for a client with a policy: what was sent to it, and rows that hold more than was asked for."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

from fake_odoo import DATABASE, LOGIN, PASSWORD, UID, FakeOdoo
from zenoo_security import SecureZenooClient
from zenoo_security.policy import Policy, RoleRules

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from zenoo_security.policy import Rights
    from zenoo_security.principal import Principal

PARTNER = {
    "active": {"type": "boolean"},
    "category_id": {"type": "many2many", "relation": "res.partner.category"},
    "child_ids": {"type": "one2many", "relation": "res.partner", "relation_field": "parent_id"},
    "color": {"type": "integer"},
    "comment": {"type": "html"},
    "company_id": {"type": "many2one", "relation": "res.company"},
    "complete_name": {"type": "char", "depends": ["name", "parent_id.name"]},
    "email_normalized": {"type": "char", "depends": ["email"]},
    "email_again": {"type": "char", "depends": ["email_normalized"]},
    "parent_email": {"type": "char", "depends": ["parent_id.email"]},
    "country_id": {"type": "many2one", "relation": "res.country"},
    "create_date": {"type": "datetime"},
    "display_name": {"type": "char", "depends": ["complete_name", "email", "vat"]},
    "email": {"type": "char"},
    "id": {"type": "integer"},
    "name": {"type": "char"},
    "parent_id": {"type": "many2one", "relation": "res.partner"},
    "phone": {"type": "char"},
    "ref": {"type": "char"},
    "user_id": {"type": "many2one", "relation": "res.users"},
    "vat": {"type": "char"},
}
NAMED = {"display_name": {"type": "char", "depends": ["name"]}, "id": {"type": "integer"}, "name": {"type": "char"}}
SCHEMAS = {
    "res.partner": PARTNER,
    "res.company": {**NAMED, "partner_id": {"type": "many2one", "relation": "res.partner"}},
    "res.country": {**NAMED, "code": {"type": "char"}},
    "res.partner.category": {**NAMED, "color": {"type": "integer"}},
    "res.users": {
        **NAMED,
        "login": {"type": "char"},
        "password": {"type": "char"},
        "role": {"type": "selection"},
        "group_ids": {"type": "many2many", "relation": "res.groups"},
        "partner_id": {"type": "many2one", "relation": "res.partner"},
    },
    "res.groups": NAMED,
}
USER = {
    "id": UID,
    "login": LOGIN,
    "partner_id": [3, "Ann"],
    "company_id": [1, "C"],
    "company_ids": [1, 2],
    "all_group_ids": [1],
}
ROW = {
    "id": 1,
    "name": "Alice GmbH",
    "display_name": "Alice GmbH",
    "email": "alice@example.com",
    "vat": "DE123456789",
    "comment": "a secret comment",
    "phone": "+49 30 1",
    "parent_id": [2, "Bob AG"],
    "country_id": [57, "Germany"],
    "child_ids": [4, 5],
    "color": 3,
}


class Manager:
    """An access manager whose roles and policy a test can change at any time."""

    def __init__(self, policy: Policy, *roles: str) -> None:
        self.policy = policy
        self.roles = frozenset(roles)
        self.asked: list[Principal] = []

    async def rights(self, principal: Principal) -> Rights:
        self.asked.append(principal)
        return self.policy.rights(self.roles | self.policy.roles_of_groups(principal.groups))


class World(FakeOdoo):
    """The requests of a client, answered in memory; `found` is what searches find."""

    def __init__(self) -> None:
        self.requests, self.found = [], [1]
        everything = lambda *_args, **_kwargs: [dict(ROW)]  # noqa: E731
        self.answers = {
            "res.users.read": [USER],
            "get_external_id": {"1": "base.group_user"},
            "copy": [9],
            "create": lambda vals_list: 9 if isinstance(vals_list, dict) else [9] * len(vals_list),
            "search": lambda domain, **_kwargs: [record for record in self.found if record in _ids(domain)],
            "read": everything,
            "search_read": everything,
            "web_read": everything,
            "web_save": everything,
            "web_save_multi": everything,
            "web_resequence": everything,
            "web_name_search": everything,
            "web_search_read": lambda *_args, **_kwargs: {"length": 1, "records": [dict(ROW)]},
            "web_read_group": lambda *_args, **_kwargs: {"groups": [{"__records": [dict(ROW)]}], "length": 1},
            "name_search": [[1, "Alice GmbH"]],
            "formatted_read_group": [],
            "formatted_read_grouping_sets": [],
            "read_group": [],
            "export_data": {"datas": []},
            **{f"{model}.fields_get": fields for model, fields in SCHEMAS.items()},
        }

    async def json_rpc_call(self, service: str, method: str, params: Any, request_id: str | None = None) -> Any:
        answer = self.answer(json.loads(json.dumps({"service": service, "method": method, "args": [], **params})))
        if isinstance(answer, Exception):
            raise answer
        return {"result": answer}

    async def close(self) -> None:
        pass

    def asked(self) -> list[tuple[str, str, list[Any], dict[str, Any]]]:
        """What was called of models, without what the policy itself asks."""
        own = {("res.users", "read"), ("res.groups", "get_external_id"), ("res.users", "context_get")}
        found = []
        for request in self.requests:
            if request["method"] == "execute_kw":
                _, _, _, model, method, args, *rest = request["args"]
                if (model, method) not in own and method != "fields_get":
                    found.append((model, method, args, {**(rest[0] if rest else {})}))
        return found

    @contextlib.asynccontextmanager
    async def client(self, manager: Any, **options: Any) -> AsyncIterator[SecureZenooClient]:
        async with SecureZenooClient("http://127.0.0.1:1", access=manager, **options) as client:
            client._transport = self
            await client.login(DATABASE, LOGIN, PASSWORD)
            yield client


def policy(*allow: str, deny: tuple[str, ...] = (), **options: Any) -> Policy:
    """A policy with one role, `clerk`."""
    return Policy({"clerk": RoleRules(allow=allow, deny=deny)}, **options)


def _ids(domain: list[Any]) -> list[int]:
    return next((leaf[2] for leaf in domain if not isinstance(leaf, str) and leaf[:2] == ["id", "in"]), [1])
