"""`AccessControlManager`: who has which roles, and what these may."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from zenoo_security.clock import BOOT_CLOCK, Clock
from zenoo_security.errors import ParameterError
from zenoo_security.policy import Policy, PolicyFile
from zenoo_security.principal import Principal
from zenoo_security.roles.assigned import Account, Assignment, key_of
from zenoo_security.roles.assignments import Assignments
from zenoo_security.roles.defaults import GUIDE_POLICY
from zenoo_security.roles.names import Name, text_of
from zenoo_security.roles.people import whose
from zenoo_security.roles.standing import Standing, decide, named, require_known_permission, require_known_role
from zenoo_security.stores.memory import MemoryStore
from zenoo_security.stores.waiting import at_once, result_of

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping

    from zenoo_security.policy import Decision, Rights
    from zenoo_security.stores import Store

__all__ = ["AccessControlManager"]

T = TypeVar("T")

_MAX_REMEMBERED: Final = 4096


class _Known(NamedTuple):
    """What was decided of what a store has under a key: a value, or the entry of one that is in memory."""

    key: bytes
    found: object
    policy: Policy
    standing: Standing


class AccessControlManager:
    """Decides by a policy, and holds the roles of users.

    Each question has two forms. The guide's name answers at once; a short verb is awaited:

        assign_role           await grant            explain     await decide
        revoke_role           await withdraw         rights_now  await rights
        has_permission        await allows
        get_user_permissions  await permissions

    A guide's name must not become a coroutine: `if manager.has_permission(...)` without `await` would be true for
    everybody. With a store on a disk or a server the answers at once are for threads without an event loop (WSGI, jobs,
    `def` endpoints); where one runs, they are refused with `ParameterError`, as they would hold it up.

    A user is a `Principal`, or a login as Odoo has it, letter by letter, in `database`: that of the current principal
    unless given. Roles come from assignments, and from the groups of a principal (`RoleRules.groups`). Of a login that
    is not the current principal's the groups are not known, and assigned roles alone count.

    Who may assign roles is for the application to decide: guard what calls this. All methods raise `StoreUnavailable`
    when the store does not answer, `StoreIncompatible` when what it has is damaged, and nothing is allowed then.

    Args:
        policy: the rules; those of the guide unless given. Those of a `PolicyFile` are what the file has at each call.
        store: where assignments are; the memory of this process unless given.
        clock: what tells the time for the memory of this process, and carries a store's time on between two questions
            for it. Roles expire by it, never by the calendar, and while the machine sleeps too.

    Raises:
        ParameterError: an argument is not of its kind.

    >>> manager = AccessControlManager()
    >>> manager.assign_role("alice", "editor", database="shop")
    >>> manager.has_permission("alice", "write_partners", database="shop")
    True
    >>> manager.has_permission("alice", "write_partners", database="test")
    False
    """

    def __init__(
        self, policy: Policy | PolicyFile | None = None, *, store: Store | None = None, clock: Clock = BOOT_CLOCK
    ) -> None:
        if policy is not None and not isinstance(policy, (Policy, PolicyFile)):
            raise ParameterError("policy is a Policy or a PolicyFile")
        self._policy: Final = GUIDE_POLICY if policy is None else policy
        self._fixed: Final = None if isinstance(policy, PolicyFile) else self._policy
        self._assignments: Final = Assignments(MemoryStore(clock=clock) if store is None else store, clock)
        self._memory: Final = self._assignments.memory
        #: Whether the store has to be waited for.
        self.waits: Final = self._memory is None
        # By database, login and groups. Good for the value that it was made of, whose roles do not expire.
        self._remembered: dict[tuple[str, str, frozenset[str]], _Known] = {}
        # The entries of a store in memory. Without one nothing is remembered of them.
        self._entries: Final[Mapping[bytes, tuple[bytes, float]]] = {} if self._memory is None else self._memory.entries
        self._at_once: dict[tuple[str, str, frozenset[str]], _Known] = {}
        # Permissions, and the policy that is known to know them.
        self._vetted: dict[str, Policy] = {}

    @property
    def policy(self) -> Policy:
        """The rules as they are now.

        Raises:
            PolicyError: the file has none.
        """
        return self._policy.current() if isinstance(self._policy, PolicyFile) else self._policy

    def assign_role(
        self, username: str | Principal, role: Name, *, database: str | None = None, expires_in_s: float | None = None
    ) -> None:
        """Give a user a role. What it replaces is an earlier assignment of the same role, with its expiry.

        Args:
            username: who gets it.
            role: which; one that the policy knows.
            database: of the user.
            expires_in_s: seconds for which it counts, over 0 and up to ten years; for good unless given.

        Raises:
            PolicyError: the policy does not know the role.
            ParameterError: the database is not known, or `expires_in_s` is out of its range.
            InvalidInput, InputTooLarge: this is no login or no database.
        """
        self._wait(self.grant(username, role, database=database, expires_in_s=expires_in_s))

    async def grant(
        self, username: str | Principal, role: Name, *, database: str | None = None, expires_in_s: float | None = None
    ) -> None:
        """`assign_role`, awaited."""
        require_known_role(self.policy, text_of(role))
        account, _ = whose(username, database)
        await self._assignments.grant(account, text_of(role), expires_in_s)

    def revoke_role(self, username: str | Principal, role: Name, *, database: str | None = None) -> bool:
        """Take an assigned role away; one that groups give stays. Returns whether the user had been assigned it.

        Raises:
            ParameterError, InvalidInput, InputTooLarge: as for `assign_role`.
        """
        return self._wait(self.withdraw(username, role, database=database))

    async def withdraw(self, username: str | Principal, role: Name, *, database: str | None = None) -> bool:
        """`revoke_role`, awaited."""
        account, _ = whose(username, database)
        return await self._assignments.withdraw(account, text_of(role))

    async def forget(self, username: str | Principal, *, database: str | None = None) -> bool:
        """Take all assigned roles away, also where the value in the store is damaged. Returns whether there were any.

        For users who leave: a login that Odoo gives to somebody else later has the roles that were assigned to it.
        """
        account, _ = whose(username, database)
        return await self._assignments.forget(account)

    async def assignments(self, username: str | Principal, *, database: str | None = None) -> list[Assignment]:
        """The roles that a user was assigned and that have not expired, by name."""
        account, _ = whose(username, database)
        return sorted((await self._assignments.all_of(account)).assignments)

    def has_permission(self, username: str | Principal, permission: Name, *, database: str | None = None) -> bool:
        """Whether a user may.

        Raises:
            PolicyError: it is no permission, or no part of the policy knows it.
            ParameterError: the database is not known.
        """
        return self._allowed(self.standing_now(username, database=database), text_of(permission))

    async def allows(self, username: str | Principal, permission: Name, *, database: str | None = None) -> bool:
        """`has_permission`, awaited."""
        return self._allowed(await self.standing(username, database=database), text_of(permission))

    def explain(self, username: str | Principal, permission: Name, *, database: str | None = None) -> Decision:
        """Whether a user may, and by which rule.

        Raises:
            PolicyError, ParameterError: as for `has_permission`.
        """
        return decide(self.standing_now(username, database=database), text_of(permission))

    async def decide(self, username: str | Principal, permission: Name, *, database: str | None = None) -> Decision:
        """`explain`, awaited."""
        return decide(await self.standing(username, database=database), text_of(permission))

    def get_user_permissions(self, username: str | Principal, *, database: str | None = None) -> set[str]:
        """What a user may, of all that the policy names without a wildcard; the guide's as members of `Permission`."""
        return named(self.standing_now(username, database=database))

    async def permissions(self, username: str | Principal, *, database: str | None = None) -> set[str]:
        """`get_user_permissions`, awaited."""
        return named(await self.standing(username, database=database))

    def rights_now(self, username: str | Principal, *, database: str | None = None) -> Rights:
        """All rules of a user's roles together."""
        return self.standing_now(username, database=database).rights

    async def rights(self, username: str | Principal, *, database: str | None = None) -> Rights:
        """`rights_now`, awaited."""
        return (await self.standing(username, database=database)).rights

    def standing_now(self, username: str | Principal, *, database: str | None = None) -> Standing:
        """The same with the policy that they are of, for who asks both."""
        if self._memory is None:
            return result_of(self.standing(username, database=database))
        if database is None and isinstance(username, Principal):
            standing = self.remembered(username)
            if standing is not None:
                return standing
        account, groups = whose(username, database)
        return at_once(self._look(self._memory, account, groups))

    def remembered(self, principal: Principal) -> Standing | None:
        """What `standing_now` says, if it has said so before and nothing changed; `None` if it has to be asked.

        It stands before each call of a guarded function, and does nothing that can be left out.
        """
        known = self._at_once.get((principal.database, principal.login, principal.groups))
        if known is not None:
            key, entry, policy, standing = known
            if self._entries.get(key) is entry and (policy is self._fixed or policy is self.policy):
                return standing
        return None

    async def standing(self, username: str | Principal, *, database: str | None = None) -> Standing:
        """`standing_now`, awaited."""
        if self._memory is not None:
            return self.standing_now(username, database=database)
        account, groups = whose(username, database)
        raw = await self._assignments.store.get(key_of(*account))
        known = self._remembered.get((*account, groups))
        if known is not None and known.found == raw and known.policy is self.policy:
            return known.standing
        standing, always = await self._judge(account, groups, raw)
        if always:
            self._remember(self._remembered, account, groups, _Known(key_of(*account), raw, standing.policy, standing))
        return standing

    def _allowed(self, standing: Standing, permission: str) -> bool:
        if self._vetted.get(permission) is not standing.policy:
            require_known_permission(standing.policy, permission)
            if len(self._vetted) >= _MAX_REMEMBERED:
                self._vetted.clear()
            self._vetted[permission] = standing.policy
        return standing.rights.allows(permission)

    async def _look(self, memory: MemoryStore, account: Account, groups: frozenset[str]) -> Standing:
        """Decide by the entry of a store in memory; nothing is waited for."""
        key = key_of(*account)
        entry = memory.entry_at_once(key)
        standing, always = await self._judge(account, groups, entry[0] if entry else None)
        if always and (entry is None or entry[1] == math.inf):
            self._remember(self._at_once, account, groups, _Known(key, entry, standing.policy, standing))
        return standing

    async def _judge(self, account: Account, groups: frozenset[str], raw: bytes | None) -> tuple[Standing, bool]:
        """What a value gives, and whether it gives that at any time."""
        roles, always = await self._assignments.roles(account, raw)
        policy = self.policy
        return Standing(policy, policy.rights(roles | policy.roles_of_groups(groups))), always

    @staticmethod
    def _remember(
        remembered: dict[tuple[str, str, frozenset[str]], _Known],
        account: Account,
        groups: frozenset[str],
        known: _Known,
    ) -> None:
        if len(remembered) >= _MAX_REMEMBERED:
            remembered.clear()
        remembered[account.database, account.login, groups] = known

    def _wait(self, coroutine: Coroutine[object, object, T]) -> T:
        return result_of(coroutine) if self.waits else at_once(coroutine)
