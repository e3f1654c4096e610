"""AccessControlManager: who has which roles, and what these may."""

from __future__ import annotations

import asyncio
import json
from enum import Enum

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from zenoo_security import AccessControlManager, Permission, Principal, Role, acting_as
from zenoo_security.audit import AuditLog, Entry, configured
from zenoo_security.clock import FakeClock
from zenoo_security.errors import InputTooLarge, InvalidInput, ParameterError, PolicyError
from zenoo_security.policy import Policy, RoleRules
from zenoo_security.roles import MAX_ROLES, Assignment
from zenoo_security.roles.assigned import key_of
from zenoo_security.stores.memory import MemoryStore

ALICE = Principal("shop", 7, "alice")
SALES = Principal("shop", 8, "bob", groups=frozenset({"sales_team.group_sale_salesman"}))

POLICY = Policy(
    {
        "clerk": RoleRules(allow=["res.partner:read", "reports"]),
        "seller": RoleRules(
            allow=["sale.order:*"],
            deny=["sale.order:unlink"],
            inherits=["clerk"],
            groups=["sales_team.group_sale_salesman"],
        ),
        "barred": RoleRules(deny=["*"]),
        "boss": RoleRules(allow=["*"]),
    },
    permissions=["wipe_everything"],
)


def manager(policy: Policy | None = POLICY, **options) -> AccessControlManager:
    return AccessControlManager(policy, **options)


class TestTheGuide:
    """What the guide's listing does, and its names."""

    @pytest.mark.parametrize(
        ("role", "may"),
        [
            (Role.VIEWER, {"read_partners", "read_products"}),
            (Role.EDITOR, {"read_partners", "read_products", "write_partners", "write_products"}),
            (
                Role.MANAGER,
                {"read_partners", "read_products", "write_partners", "write_products", "delete_partners"},
            ),
            (Role.ADMIN, {permission.value for permission in Permission}),
        ],
    )
    def test_roles_have_the_guides_permissions_and_no_other_of_them(self, role: Role, may: set[str]) -> None:
        access = AccessControlManager()
        access.assign_role("alice", role, database="shop")
        has = {p for p in Permission if access.has_permission("alice", p, database="shop")}
        assert {p.value for p in has} == may
        assert access.get_user_permissions("alice", database="shop") & set(Permission) == has

    def test_the_members_are_the_guides(self) -> None:
        assert [(p.name, p.value) for p in Permission] == [
            ("READ_PARTNERS", "read_partners"),
            ("WRITE_PARTNERS", "write_partners"),
            ("DELETE_PARTNERS", "delete_partners"),
            ("READ_PRODUCTS", "read_products"),
            ("WRITE_PRODUCTS", "write_products"),
            ("ADMIN_ACCESS", "admin_access"),
        ]
        assert [(r.name, r.value) for r in Role] == [
            ("VIEWER", "viewer"),
            ("EDITOR", "editor"),
            ("MANAGER", "manager"),
            ("ADMIN", "admin"),
        ]

    @pytest.mark.parametrize(
        ("role", "may"),
        [
            (Role.VIEWER, "R"),
            (Role.EDITOR, "RCW"),
            (Role.MANAGER, "RCWD"),
            (Role.ADMIN, "RCWD"),
        ],
    )
    def test_they_mean_the_same_on_odoos_partners(self, role: Role, may: str) -> None:
        access = AccessControlManager()
        access.assign_role(ALICE, role)
        operations = {"R": "read", "C": "create", "W": "write", "D": "unlink"}
        has = [letter for letter, name in operations.items() if access.has_permission(ALICE, f"res.partner:{name}")]
        assert "".join(has) == may

    def test_a_role_that_was_revoked_is_gone(self) -> None:
        access = AccessControlManager()
        with acting_as(ALICE):
            access.assign_role("alice", Role.ADMIN)
            assert access.has_permission("alice", Permission.ADMIN_ACCESS)
            assert access.revoke_role("alice", Role.ADMIN) is True
            assert not access.has_permission("alice", Permission.ADMIN_ACCESS)
            assert access.revoke_role("alice", Role.ADMIN) is False
            assert access.get_user_permissions("alice") == set()


class TestWho:
    def test_a_login_is_one_in_its_database(self) -> None:
        access = manager()
        access.assign_role("alice", "clerk", database="shop")
        assert access.has_permission(ALICE, "reports")
        assert not access.has_permission(Principal("test", 7, "alice"), "reports")
        with acting_as(ALICE):
            assert access.has_permission("alice", "reports")
        with acting_as(Principal("test", 7, "alice")):
            assert not access.has_permission("alice", "reports")

    @pytest.mark.parametrize("other", ["Alice", "alice ", " alice", "ALICE", "\uff41lice", "alice\u200b"])
    def test_a_login_is_as_odoo_has_it(self, other: str) -> None:
        access = manager()
        access.assign_role("alice", "clerk", database="shop")
        assert not access.has_permission(other, "reports", database="shop")

    def test_without_a_database_it_is_asked_for(self) -> None:
        access = manager()
        for ask in (
            lambda: access.assign_role("alice", "clerk"),
            lambda: access.revoke_role("alice", "clerk"),
            lambda: access.has_permission("alice", "reports"),
            lambda: access.get_user_permissions("alice"),
        ):
            with pytest.raises(ParameterError, match="database="):
                ask()

    def test_a_principal_has_its_own_database(self) -> None:
        access = manager()
        access.assign_role(ALICE, "clerk", database="shop")
        with pytest.raises(ParameterError, match="principal"):
            access.assign_role(ALICE, "clerk", database="test")

    @pytest.mark.parametrize("login", ["", " ", "a\0b", "\ud800", "x" * 1025, None, 7, b"alice", ["alice"]])
    def test_what_is_no_login_is_refused(self, login) -> None:
        with pytest.raises((InvalidInput, InputTooLarge)):
            manager().assign_role(login, "clerk", database="shop")
        with pytest.raises((InvalidInput, InputTooLarge)):
            manager().has_permission(login, "reports", database="shop")

    @pytest.mark.parametrize("database", ["", "../x", "a" * 64, "dbname=x", 7, b"shop"])
    def test_what_is_no_database_is_refused(self, database) -> None:
        with pytest.raises(InvalidInput):
            manager().assign_role("alice", "clerk", database=database)

    @given(st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=40))
    def test_two_logins_never_share_a_role(self, one: str, other: str) -> None:
        access = manager()
        try:
            access.assign_role(one, "clerk", database="shop")
            assert access.has_permission(other, "reports", database="shop") == (one == other)
        except InvalidInput:
            return


class TestGroups:
    def test_who_is_in_a_group_has_its_role_and_what_that_inherits(self) -> None:
        access = manager()
        assert access.has_permission(SALES, "sale.order:action_confirm")
        assert access.has_permission(SALES, "reports")
        assert not access.has_permission(SALES, "sale.order:unlink")
        assert access.rights_now(SALES).roles == {"seller", "clerk"}

    def test_of_the_current_principal_the_groups_are_known_by_login_too(self) -> None:
        access = manager()
        assert not access.has_permission("bob", "reports", database="shop")
        with acting_as(SALES):
            assert access.has_permission("bob", "reports")
            assert not access.has_permission("alice", "reports")
            assert not access.has_permission("bob", "reports", database="test")

    def test_groups_and_assignments_add_up_and_a_deny_of_any_wins(self) -> None:
        access = manager()
        access.assign_role(SALES, "barred")
        assert not access.has_permission(SALES, "reports")
        access.revoke_role(SALES, "barred")
        access.assign_role(SALES, "boss")
        assert access.has_permission(SALES, "wipe_everything")
        assert not access.has_permission(SALES, "sale.order:unlink")

    def test_a_group_that_is_lost_takes_its_role_away(self) -> None:
        access = manager()
        assert access.has_permission(SALES, "reports")
        assert not access.has_permission(Principal("shop", 8, "bob"), "reports")


class TestUnknown:
    @pytest.mark.parametrize("role", ["admin", "", "CLERK", "clerk ", None, 7, b"clerk", Role.ADMIN, ["clerk"]])
    def test_a_role_that_the_policy_does_not_have_is_refused(self, role) -> None:
        access = manager()
        with pytest.raises(PolicyError):
            access.assign_role(ALICE, role)
        assert access.rights_now(ALICE).roles == frozenset()

    @pytest.mark.parametrize("permission", ["reportz", "res.partner:reed", "res.partnr:read", "read_partners"])
    def test_a_permission_that_nothing_knows_is_an_error_for_everybody(self, permission: str) -> None:
        access = manager()
        for role in (None, "boss", "barred"):
            if role:
                access.assign_role(ALICE, role)
            with pytest.raises(PolicyError, match="knows"):
                access.has_permission(ALICE, permission)

    @pytest.mark.parametrize(
        "permission", ["", "*", "res.partner", "res.partner:read:", "a b", None, 7, b"reports", []]
    )
    def test_what_is_no_permission_is_refused(self, permission) -> None:
        with pytest.raises(PolicyError):
            manager().has_permission(ALICE, permission)

    def test_a_role_that_the_policy_lost_gives_nothing_and_can_be_revoked(self) -> None:
        store = MemoryStore()
        manager(store=store).assign_role(ALICE, "boss")
        smaller = manager(Policy({"clerk": RoleRules(allow=["reports"])}), store=store)
        assert not smaller.has_permission(ALICE, "reports")
        assert smaller.revoke_role(ALICE, "boss") is True

    @pytest.mark.parametrize("policy", ["policy.toml", {}, 7, object()])
    def test_what_is_no_policy_is_refused(self, policy) -> None:
        with pytest.raises(ParameterError):
            AccessControlManager(policy)

    def test_an_own_enumeration_will_do(self) -> None:
        class Mine(Enum):
            REPORTS = "reports"
            CLERK = "clerk"

        access = manager()
        access.assign_role(ALICE, Mine.CLERK)
        assert access.has_permission(ALICE, Mine.REPORTS)


class TestExplaining:
    def test_it_names_the_rule(self) -> None:
        access = manager()
        assert (access.explain(SALES, "reports").rule.role, access.explain(SALES, "reports").allowed) == ("clerk", True)
        denied = access.explain(SALES, "sale.order:unlink")
        assert (denied.allowed, denied.rule.allow, denied.rule.role) == (False, False, "seller")
        assert access.explain(SALES, "wipe_everything").rule is None
        assert access.explain(SALES, "reports").roles == {"seller", "clerk"}

    async def test_the_awaited_forms_say_the_same(self) -> None:
        access = manager()
        await access.grant(ALICE, "clerk")
        assert await access.allows(ALICE, "reports")
        assert await access.decide(ALICE, "reports") == access.explain(ALICE, "reports")
        assert await access.permissions(ALICE) == access.get_user_permissions(ALICE) == {"reports", "res.partner:read"}
        assert (await access.rights(ALICE)).roles == access.rights_now(ALICE).roles == {"clerk"}
        assert await access.assignments(ALICE) == [Assignment("clerk", None)]
        assert await access.withdraw(ALICE, "clerk") is True
        assert not await access.allows(ALICE, "reports")

    def test_permissions_are_those_without_a_wildcard(self) -> None:
        access = manager()
        assert access.get_user_permissions(SALES) == {"reports", "res.partner:read"}
        access.assign_role(ALICE, "boss")
        assert access.get_user_permissions(ALICE) == {
            "reports",
            "res.partner:read",
            "sale.order:unlink",
            "wipe_everything",
        }

    def test_they_cost_no_more_for_a_deep_hierarchy(self, monkeypatch) -> None:
        chain = {f"r{n}": RoleRules(allow=[f"name_{n}"], inherits=[f"r{n - 1}"] if n else []) for n in range(50)}
        policy = Policy(chain)
        access = AccessControlManager(policy)
        access.assign_role(ALICE, "r1")
        asked: list[frozenset[str]] = []
        rights = policy.rights
        monkeypatch.setattr(policy, "rights", lambda roles: asked.append(roles) or rights(roles))
        assert access.get_user_permissions(ALICE) == {"name_0", "name_1"}
        assert set(asked) == {frozenset({"r1"})}


def closure(roles: list[str]) -> set[str]:
    """The roles with what they inherit."""
    return {*roles, *(["clerk"] if "seller" in roles else [])}


class TestExpiry:
    def test_a_role_is_there_until_its_time_has_passed_and_no_longer(self) -> None:
        clock = FakeClock(1_700_000_000.0)
        access = manager(clock=clock)
        access.assign_role(ALICE, "clerk", expires_in_s=60)
        clock.advance(59.9)
        assert access.has_permission(ALICE, "reports")
        clock.advance(0.2)
        assert not access.has_permission(ALICE, "reports")
        assert access.rights_now(ALICE).roles == frozenset()

    @pytest.mark.parametrize("jump_s", [-86_400, 86_400])
    def test_the_calendar_neither_ends_nor_prolongs_it(self, jump_s: float) -> None:
        clock = FakeClock(1_700_000_000.0)
        access = manager(clock=clock)
        access.assign_role(ALICE, "clerk", expires_in_s=60)
        clock.set_now(clock.now() + jump_s)
        assert access.has_permission(ALICE, "reports")
        clock.advance(61)
        assert not access.has_permission(ALICE, "reports")

    async def test_one_of_several_ends_and_the_others_stay(self) -> None:
        clock = FakeClock()
        access = manager(clock=clock)
        access.assign_role(ALICE, "clerk")
        access.assign_role(ALICE, "boss", expires_in_s=10)
        access.assign_role(ALICE, "seller", expires_in_s=20)
        seen = []
        for _ in range(3):
            seen.append(sorted(assignment.role for assignment in await access.assignments(ALICE)))
            assert (await access.rights(ALICE)).roles == access.rights_now(ALICE).roles == closure(seen[-1])
            clock.advance(10.5)
        assert seen == [["boss", "clerk", "seller"], ["clerk", "seller"], ["clerk"]]

    def test_the_latest_assignment_of_a_role_counts(self) -> None:
        clock = FakeClock()
        access = manager(clock=clock)
        access.assign_role(ALICE, "clerk")
        access.assign_role(ALICE, "clerk", expires_in_s=10)
        clock.advance(11)
        assert not access.has_permission(ALICE, "reports")
        access.assign_role(ALICE, "clerk", expires_in_s=10)
        access.assign_role(ALICE, "clerk")
        clock.advance(1000)
        assert access.has_permission(ALICE, "reports")

    @pytest.mark.parametrize("expires_in_s", [0, -1, float("nan"), float("inf"), 1e10, True, "60", b"60", 5e-324])
    def test_a_duration_that_is_none_is_refused(self, expires_in_s) -> None:
        access = manager()
        told: list[Entry] = []
        with configured(AuditLog(told.append)), pytest.raises(ParameterError, match="expires_in_s"):
            access.assign_role(ALICE, "clerk", expires_in_s=expires_in_s)
        assert told == []
        assert not access.has_permission(ALICE, "reports")

    def test_what_has_expired_leaves_nothing_in_the_store(self) -> None:
        clock = FakeClock()
        store = MemoryStore(clock=clock)
        manager(store=store, clock=clock).assign_role(ALICE, "clerk", expires_in_s=60)
        assert store.entry_at_once(key_of("shop", "alice")) is not None
        clock.advance(61)
        assert store.entry_at_once(key_of("shop", "alice")) is None


def test_a_store_that_is_empty_is_the_store() -> None:
    class Counted(MemoryStore):
        def __len__(self) -> int:
            return 0

    store = Counted()
    manager(store=store).assign_role(ALICE, "clerk")
    assert store.entry_at_once(key_of("shop", "alice")) is not None


def test_a_user_has_a_bounded_number_of_roles() -> None:
    names = [f"role_{number}" for number in range(MAX_ROLES + 1)]
    access = manager(Policy({name: RoleRules(allow=["reports"]) for name in names}))
    for name in names[:-1]:
        access.assign_role(ALICE, name)
    with pytest.raises(ParameterError, match="at most"):
        access.assign_role(ALICE, names[-1])
    access.assign_role(ALICE, names[0], expires_in_s=60)
    access.revoke_role(ALICE, names[1])
    access.assign_role(ALICE, names[-1])


def test_forgetting_takes_all_assigned_roles() -> None:
    import asyncio

    access = manager()
    access.assign_role(SALES, "boss")
    assert asyncio.run(access.forget(SALES)) is True
    assert access.rights_now(SALES).roles == {"seller", "clerk"}
    assert asyncio.run(access.forget(SALES)) is False


def test_rights_are_decided_anew_when_the_answer_could_be_another() -> None:
    """What is remembered is so for one user, value and policy."""
    access = manager()
    access.assign_role(ALICE, "clerk")
    first = access.rights_now(ALICE)
    assert access.rights_now(ALICE) is first
    assert access.rights_now(Principal("shop", 9, "carol")).roles == frozenset()
    access.assign_role(ALICE, "boss")
    assert access.rights_now(ALICE).roles == {"clerk", "boss"}
    access.revoke_role(ALICE, "boss")
    assert access.rights_now(ALICE).roles == {"clerk"}


@example([("assign", "clerk"), ("put", ""), ("wait", "")])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["assign", "assign for a minute", "revoke", "forget", "close", "wait", "put"]),
            st.sampled_from(["clerk", "boss"]),
        ),
        max_size=12,
    )
)
def test_an_answer_is_that_of_who_remembers_nothing(changes: list[tuple[str, str]]) -> None:
    """Whatever happens to the store between two questions, and whoever does it."""
    clock = FakeClock(1e9)
    store = MemoryStore(clock=clock)
    access, other = (manager(store=store, clock=clock) for _ in range(2))
    for change, role in changes:
        if change.startswith("assign"):
            other.assign_role(ALICE, role, expires_in_s=60 if change.endswith("minute") else None)
        elif change == "revoke":
            other.revoke_role(ALICE, role)
        elif change == "forget":
            asyncio.run(other.forget(ALICE))
        elif change == "close":
            asyncio.run(store.aclose())
        elif change == "put" and (entry := store.entry_at_once(key_of("shop", "alice"))):
            asyncio.run(store.put(key_of("shop", "alice"), entry[0], ttl_s=30))
        else:
            clock.advance(40)
        fresh = manager(store=store, clock=clock)
        for _ in range(2):
            assert access.rights_now(ALICE).roles == fresh.rights_now(ALICE).roles
            assert asyncio.run(access.rights(ALICE)).roles == fresh.rights_now(ALICE).roles


def test_what_is_put_while_it_is_decided_is_seen_at_the_next_question(monkeypatch) -> None:
    """A role that came and went while rights were decided without it, or with it, does not stay."""
    access = manager(store=(store := MemoryStore()))
    value = json.dumps({"version": 1, "database": "shop", "login": "alice", "roles": {"boss": None}}).encode()
    entry_at_once = MemoryStore.entry_at_once

    def late(self: MemoryStore, key: bytes) -> tuple[bytes, float] | None:
        found = entry_at_once(self, key)
        asyncio.run(store.put(key, value, ttl_s=None))
        return found

    monkeypatch.setattr(MemoryStore, "entry_at_once", late)
    assert access.rights_now(ALICE).roles == frozenset()
    monkeypatch.undo()
    assert access.rights_now(ALICE).roles == {"boss"}
    asyncio.run(store.delete(key_of("shop", "alice")))
    assert access.rights_now(ALICE).roles == frozenset()
