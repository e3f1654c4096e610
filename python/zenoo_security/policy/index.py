"""The rules that can be about a subject, without looking at all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from zenoo_security.policy.decision import Rule
    from zenoo_security.policy.permissions import Pattern

__all__ = ["RuleIndex"]


class RuleIndex:
    """Rules by the subject of their pattern."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._by_subject: dict[str, list[Rule]] = {}
        for rule in rules:
            self._by_subject.setdefault(rule.pattern.subject, []).append(rule)

    def reaching(self, subject: str, operation: str) -> list[Rule]:
        """The rules that mean a subject and operation or a field of them, those that name the subject first."""
        return [
            rule
            for key in _keys(subject)
            for rule in self._by_subject.get(key, ())
            if rule.pattern.reaches(subject, operation)
        ]

    def including(self, pattern: Pattern) -> list[Rule]:
        """The rules that mean all that a pattern means, and so those of the pattern itself."""
        return [
            rule
            for key in dict.fromkeys(_keys(pattern.subject))
            for rule in self._by_subject.get(key, ())
            if rule.pattern.includes(pattern)
        ]


def _keys(subject: str) -> Iterator[str]:
    """`a.b.c`, `a.b.*`, `a.*`, `*`."""
    yield subject
    head, dot, _ = subject.rpartition(".")
    while dot:
        yield f"{head}.*"
        head, dot, _ = head.rpartition(".")
    yield "*"
