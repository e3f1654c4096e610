"""Which roles are whose, in linear time and without recursion: a hierarchy may be deep, wide, and full of diamonds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenoo_security.errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from zenoo_security.policy.rules import RoleRules

__all__ = ["chain", "inheritors", "require_no_cycle"]

_MAX_NAMED = 5


def inheritors(roles: Mapping[str, RoleRules], given: Iterable[str]) -> dict[str, str | None]:
    """The roles that somebody has, those that were given first, then nearest first.

    Returns:
        For each role the one that inherits it, None for those that were given. Names without a role give none.
    """
    found: dict[str, str | None] = dict.fromkeys(sorted(name for name in given if name in roles))
    queue = list(found)
    for name in queue:
        for parent in roles[name].inherits:
            if parent not in found:
                found[parent] = name
                queue.append(parent)
    return found


def chain(found: Mapping[str, str | None], name: str) -> tuple[str, ...]:
    """The way from a role that was given to one that is inherited, by what `inheritors` returned."""
    way: list[str] = []
    step: str | None = name
    while step is not None:
        way.append(step)
        step = found[step]
    return tuple(reversed(way))


def require_no_cycle(roles: Mapping[str, RoleRules]) -> None:
    """Refuse roles that inherit from themselves.

    Raises:
        PolicyError: one does; the message has the way.
    """
    waiting = {name: len(role.inherits) for name, role in roles.items()}
    children: dict[str, list[str]] = {name: [] for name in roles}
    for name, role in roles.items():
        for parent in role.inherits:
            children[parent].append(name)
    ready = [name for name, count in waiting.items() if not count]
    for name in ready:
        del waiting[name]
        for child in children[name]:
            waiting[child] -= 1
            if not waiting[child]:
                ready.append(child)
    if waiting:
        way = _cycle(roles, waiting)
        through = f", by way of {', '.join(way[1 : _MAX_NAMED + 1])}" if len(way) > 1 else ""
        more = f" and {len(way) - 1 - _MAX_NAMED} more" if len(way) - 1 > _MAX_NAMED else ""
        raise PolicyError(f"roles.{way[0]}.inherits: it inherits from itself{through}{more}")


def _cycle(roles: Mapping[str, RoleRules], waiting: Mapping[str, int]) -> list[str]:
    """One cycle among the roles that wait: each of them has a parent that waits."""
    seen: dict[str, int] = {}
    name = next(iter(waiting))
    while name not in seen:
        seen[name] = len(seen)
        name = next(parent for parent in roles[name].inherits if parent in waiting)
    return list(seen)[seen[name] :]
