"""A model of our own in a real Odoo, with random records, rights, rules and users, and what Odoo decides there."""

from __future__ import annotations

import contextlib
import random

from access.world import Manager, policy
from zenoo_security import ObjectLevelAuthManager, SecureZenooClient
from zenoo_security.policy import Narrowing

MODEL = "x_zs_thing"
OPERATIONS = ["read", "write", "create", "unlink"]
RECORDS = 6
#: What Odoo decides, one record at a time, and which of them match a domain.
CODE = """
things = model.sudo().with_context(active_test=False)
allowed = {}
for uid in env.context["zs_users"]:
    mine = model.with_user(uid)
    for operation in ["read", "write", "create", "unlink"]:
        allowed["%s:%s" % (uid, operation)] = [
            thing.id for thing in things.search([]) if mine.browse(thing.id).has_access(operation)
        ]
action = {"allowed": allowed, "matching": [things.search(domain).ids for domain in env.context["zs_domains"]]}
"""
#: Puts other records, access rights and rules in place of those that there are. One request: after each that changes
#: rights, Odoo hashes everybody's password again.
CHANGE = """
for name, values in env.context["zs_rows"]:
    old = env[name].sudo().with_context(active_test=False).search([("model_id.model", "=", model._name)] if name != model._name else [])
    old.unlink()
made = [env[name].sudo().create(values).ids for name, values in env.context["zs_rows"]]
action = {"made": made}
"""
RULES = [
    "[(1, '=', 1)]",
    "[('x_owner', '=', user.id)]",
    "['|', ('x_owner', '=', user.id), ('x_owner', '=', False)]",
    "[('x_company', 'in', [False] + company_ids)]",
    "[('x_level', '<', 3)]",
    "['!', ('x_level', 'in', [1, 4])]",
    "[('x_open', '=', True)]",
    "['&', ('x_open', '=', True), '|', ('x_level', '>', 2), ('x_owner', '!=', user.id)]",
    "[('x_owner.company_id', '=', company_id)]",
    "[(0, '=', 1)]",
]
BY_PATH = (("x_owner.company_id", "=", "{company_id}"), ("x_level", ">", 1))
NARROWINGS = [
    (("x_owner", "=", "{uid}"),),
    (("x_company", "in", "{company_ids}"),),
    ("|", ("x_level", "<", 2), ("x_open", "=", True)),
    ("!", ("x_level", "in", [2, 3])),
    BY_PATH,
]


class Place:
    """A model of our own in a database, with users of all kinds in two companies."""

    def __init__(self, database) -> None:
        self.database = database
        kinds = {"x_owner": "many2one", "x_company": "many2one", "x_level": "integer", "x_open": "boolean"}
        kinds["x_active"] = "boolean"
        related = {"x_owner": {"relation": "res.users"}, "x_company": {"relation": "res.company"}}
        fields = [
            (0, 0, {"name": name, "ttype": kind, "field_description": name, **related.get(name, {})})
            for name, kind in kinds.items()
        ]
        call = database.call
        self.model = call(
            "ir.model", "create", {"name": "Thing", "model": MODEL, "state": "manual", "field_id": fields}
        )
        values = {"model_id": self.model, "state": "code"}
        actions = [{**values, "name": "Decide", "code": CODE}, {**values, "name": "Change", "code": CHANGE}]
        self.deciding, self.changing = call("ir.actions.server", "create", actions)
        self.system = database.resolve("base.group_system")
        self.groups = call("res.groups", "create", [{"name": f"Group {n}"} for n in range(2)])
        names = [
            {"module": "zs", "name": f"g{n}", "model": "res.groups", "res_id": g} for n, g in enumerate(self.groups)
        ]
        call("ir.model.data", "create", names)
        self.companies = [1, call("res.company", "create", {"name": "Second"})]
        kinds_of_users = [["base.group_user"], ["base.group_user", "zs.g0"], ["base.group_user", "zs.g0", "zs.g1"]]
        self.users = [database.create_user(groups) for groups in [*kinds_of_users, ["base.group_portal"]]]
        companies = {"company_ids": [(6, 0, self.companies)]}
        call("res.users", "write", [self.users[1].uid], companies)
        call("res.users", "write", [self.users[2].uid], {**companies, "company_id": self.companies[1]})

    def change(self, chance) -> list[int]:
        """Make other records, access rights and rules in place of those that there are."""
        everything = dict.fromkeys((f"perm_{operation}" for operation in OPERATIONS), True)
        internal, portal = (self.database.resolve(f"base.group_{kind}") for kind in ("user", "portal"))
        rights = [{"name": "x", "model_id": self.model, "group_id": self.system, **everything}]
        rights += [
            {"name": "x", "model_id": self.model, "group_id": group, **self._operations(chance, 0.75)}
            for group in (internal, portal, *self.groups)
        ]
        rules = [
            {
                "name": "x",
                "model_id": self.model,
                "domain_force": chance.choice(RULES[:-1]),
                "groups": [(6, 0, chance.choice([[], [internal], [portal], [self.groups[0]], [self.groups[1]]]))],
                **self._operations(chance, 0.6, one=True),
            }
            for _ in range(chance.randrange(5))
        ]
        owners = [False, *(user.uid for user in self.users)]
        things = [
            {
                "x_owner": chance.choice(owners),
                "x_company": chance.choice([False, *self.companies]),
                "x_level": chance.randrange(6),
                "x_open": chance.random() < 0.5,
                "x_active": chance.random() < 0.8,
            }
            for _ in range(RECORDS)
        ]
        context = {"zs_rows": [("ir.rule", rules), (MODEL, things), ("ir.model.access", rights)]}
        return self.database.call("ir.actions.server", "run", [self.changing], context=context)["made"][1]

    @staticmethod
    def _operations(chance, likely, *, one=False):
        found = {f"perm_{operation}": chance.random() < likely for operation in OPERATIONS}
        return {**found, "perm_read": True} if one and not any(found.values()) else found

    def decide(self, domains):
        """What Odoo allows each user, and which records match each of the domains."""
        context = {"zs_users": [user.uid for user in self.users], "zs_domains": domains}
        return self.database.call("ir.actions.server", "run", [self.deciding], context=context)


@contextlib.asynccontextmanager
async def logged_in(place, user, access=None):
    async with SecureZenooClient(place.database.url, access=access) as client:
        await client.login(place.database.name, user.login, user.password)
        yield client


def filled(domain, user, facts):
    """A narrowing domain with what Odoo knows of the user."""
    values = {
        "{uid}": user.uid,
        "{company_id}": facts["company_id"][0],
        "{company_ids}": facts["company_ids"],
    }
    return [
        term if isinstance(term, str) else [values.get(v, v) if isinstance(v, str) else v for v in term]
        for term in domain
    ]


@contextlib.contextmanager
def counted(client):
    """The requests that a client sends meanwhile."""
    sent, transport = [], client._transport
    call = transport.json_rpc_call

    async def recorded(service, method, params, *rest):
        sent.append(params["args"][3:5])
        return await call(service, method, params, *rest)

    transport.json_rpc_call = recorded
    try:
        yield sent
    finally:
        del transport.json_rpc_call


async def agreed(place, seed, rounds, requests=None):
    """Compare what is accessible with what Odoo decides, for random rights, rules, records and narrowing domains.

    Args:
        place: where.
        seed: of the random choices.
        rounds: how many of them; each has 32 combinations of users, operations, and with a policy or without.
        requests: that a question may take at most, after the first of a client.
    """
    chance = random.Random(seed)
    combinations = wholly = nothing = 0
    narrowed = Manager(policy(f"{MODEL}:*"), "clerk")
    facts = {
        user.uid: place.database.call("res.users", "read", [user.uid], ["company_id", "company_ids"])[0]
        for user in place.users
    }
    async with contextlib.AsyncExitStack() as stack:
        clients = {
            user.uid: [await stack.enter_async_context(logged_in(place, user, m)) for m in (None, narrowed)]
            for user in place.users
        }
        for turn in range(rounds):
            made = place.change(chance)
            ids = [*made, max(made) + 1000, max(made) + 1001]
            chance.shuffle(ids)
            domain, operations = chance.choice(NARROWINGS), chance.sample(OPERATIONS, chance.randrange(1, 5))
            narrow = Narrowing(MODEL, domain, operations=frozenset(operations))
            narrowed.policy = policy(f"{MODEL}:*", narrow=[narrow])
            decided = place.decide([filled(domain, user, facts[user.uid]) for user in place.users])
            for user, matching in zip(place.users, decided["matching"], strict=True):
                for operation in OPERATIONS:
                    odoo = set(decided["allowed"][f"{user.uid}:{operation}"])
                    visible = set(decided["allowed"][f"{user.uid}:read"])
                    expected = [n for n in ids if n in odoo & visible]
                    both = [n for n in expected if n in matching or operation not in operations]
                    for client, right in zip(clients[user.uid], (expected, both), strict=True):
                        with counted(client) as sent:
                            found = await ObjectLevelAuthManager(client).filter_accessible(MODEL, ids, operation)
                        assert requests is None or not turn or len(sent) <= requests, sent
                        assert set(found) <= set(right), (user, operation, narrow)
                        # By a path a user finds only what leads to records that they may read, here other users.
                        if client is clients[user.uid][0] or domain is not BY_PATH:
                            assert found == right, (user, operation, narrow)
                        combinations += 1
                        wholly += len(found) == len(made)
                        nothing += not found
    assert combinations == 32 * rounds
    assert wholly + nothing < 0.8 * combinations, "the scenarios decide nothing"
