"""What is not wrong in a policy but can hardly be meant: rules that never decide, roles and masks without use."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from zenoo_security import validate
from zenoo_security.errors import InvalidInput
from zenoo_security.policy.index import RuleIndex
from zenoo_security.policy.inheritance import inheritors
from zenoo_security.policy.methods import OPERATIONS_OF, instead_of
from zenoo_security.policy.permissions import OPERATIONS, WHOLE, WRITES, parse, parse_pattern
from zenoo_security.policy.rights import Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from zenoo_security.policy.narrowing import Narrowing
    from zenoo_security.policy.permissions import Pattern
    from zenoo_security.policy.policy import Policy

__all__ = ["Finding", "Severity", "findings", "patterns"]

Severity: TypeAlias = Literal["error", "warning", "note"]


class Finding(NamedTuple):
    """Something to look at.

    Attributes:
        severity: `error` for what cannot work, `warning` for what has no effect, `note` for what may be meant.
        code: what kind of thing it is, for programs.
        place: in the policy, such as `roles.viewer.allow[2]`.
        text: what is found there.
    """

    severity: Severity
    code: str
    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.severity}: {self.place}: {self.text} [{self.code}]"


def findings(policy: Policy) -> list[Finding]:
    """What can be found without an Odoo, in the order of the policy."""
    return [
        *_operations(policy),
        *_rules(policy),
        *_roles(policy),
        *_masks(policy),
        *_narrowings(policy),
    ]


def patterns(policy: Policy) -> Iterator[tuple[str, Pattern]]:
    """Every rule and permission of a policy with its place."""
    for name, role in policy.roles.items():
        for key, texts in (("allow", role.allow), ("deny", role.deny)):
            for number, text in enumerate(texts):
                yield f"roles.{name}.{key}[{number}]", parse_pattern(text)
    for permission in sorted(policy.permissions):
        yield f"permissions {permission}", parse_pattern(permission)


def _operations(policy: Policy) -> Iterator[Finding]:
    """Operations that Odoo, or a client that holds the policy, never asks for."""
    for place, pattern in patterns(policy):
        operation = pattern.operation
        if operation in {"", "*", "unmask"} | OPERATIONS:
            continue
        try:
            validate.method_name(operation)
        except InvalidInput as error:
            yield Finding("error", "unknown-operation", place, f"Odoo calls no such method: {error.message}")
            continue
        if str(pattern) not in policy.permissions:
            yield _of_method(place, operation)


def _of_method(place: str, operation: str) -> Finding:
    ours = "name it in `permissions` if your own code asks for it"
    if instead := instead_of(operation):
        text = f"no rule gives {operation} to a client, which takes {instead}; {ours}"
        return Finding("warning", "unreachable-rule", place, text)
    if operation in OPERATIONS_OF:
        needs = "write or create, and read" if operation == "web_save" else " and ".join(OPERATIONS_OF[operation])
        text = f"a client asks for {needs} where {operation} is called; {ours}"
        return Finding("warning", "unreachable-rule", place, text)
    text = f"{operation} is taken for a method, and Odoo does not tell which there are; `permissions` may name it too"
    return Finding("note", "own-operation", place, text)


def _rules(policy: Policy) -> Iterator[Finding]:
    """Rules that never decide: a deny covers them, or another rule says the same and more."""
    index = RuleIndex(
        Rule(name, allow, parse_pattern(text))
        for name, role in policy.roles.items()
        for allow, texts in ((False, role.deny), (True, role.allow))
        for text in dict.fromkeys(texts)
    )
    for name, role in policy.roles.items():
        held = frozenset(inheritors(policy.roles, (name,)))
        for key, texts in (("allow", role.allow), ("deny", role.deny)):
            yield from _own(index, held, f"roles.{name}.{key}", Rule(name, key == "allow", parse_pattern("*")), texts)
        yield from _repeated(f"roles.{name}.inherits", role.inherits, "duplicate-role")
        yield from _repeated(f"roles.{name}.groups", role.groups, "duplicate-group")


def _own(index: RuleIndex, held: frozenset[str], place: str, like: Rule, texts: Sequence[str]) -> Iterator[Finding]:
    yield from _repeated(place, texts, "duplicate-rule")
    numbers = {text: number for number, text in reversed(list(enumerate(texts)))}
    for text, number in sorted(numbers.items(), key=itemgetter(1)):
        rule = like._replace(pattern=parse_pattern(text))
        above = [other for other in index.including(rule.pattern) if other.role in held and other != rule]
        deny = next((other for other in above if rule.allow and not other.allow), None)
        wider = next((other for other in above if _says_as_much(other, rule, numbers)), None)
        if deny is not None:
            yield Finding("warning", "shadowed-allow", f"{place}[{number}]", f"it never counts, for {deny}")
        elif wider is not None:
            yield Finding("note", "redundant-rule", f"{place}[{number}]", f"it adds nothing to {wider}")


def _says_as_much(other: Rule, rule: Rule, numbers: dict[str, int]) -> bool:
    """Whether a rule is of no use beside another one that includes it."""
    if other.allow != rule.allow:
        return False
    pattern = rule.pattern
    names_field = (
        rule.allow and pattern.field not in WHOLE and (pattern.operation in WRITES or pattern.operation == "*")
    )
    if names_field and other.pattern.field != pattern.field:
        return False
    # Of two that say the same in one list, the first stays.
    same = other.role == rule.role and pattern.includes(other.pattern)
    return not same or numbers[str(other.pattern)] < numbers[str(pattern)]


def _repeated(place: str, texts: Sequence[str], code: str) -> Iterator[Finding]:
    first: dict[str, int] = {}
    for number, text in enumerate(texts):
        if first.setdefault(text, number) != number:
            yield Finding("warning", code, f"{place}[{number}]", f"it is there already, as {place}[{first[text]}]")


def _roles(policy: Policy) -> Iterator[Finding]:
    given = [name for name, role in policy.roles.items() if role.groups]
    reached = inheritors(policy.roles, given)
    for name, role in policy.roles.items():
        if given and name not in reached:
            yield Finding(
                "note", "only-assigned", f"roles.{name}", "no group gives it: only who is assigned to it has it"
            )
        if not (role.allow or role.deny or role.inherits):
            yield Finding("note", "empty-role", f"roles.{name}", "it has no rule and inherits none")


def _masks(policy: Policy) -> Iterator[Finding]:
    for model, fields in policy.masks.items():
        for field in fields:
            place = f"masks.{model}.{field}"
            rights = [policy.rights(frozenset({name})) for name in policy.roles]
            readers = [one for one in rights if one.allows(f"{model}:read:{field}")]
            if not readers:
                yield Finding("warning", "unused-mask", place, "no role may read the field")
            elif all(one.allows(f"{model}:unmask:{field}") for one in readers):
                yield Finding("warning", "unused-mask", place, "every role that may read the field may unmask it")


def _narrowings(policy: Policy) -> Iterator[Finding]:
    seen: dict[str, int] = {}
    for number, rule in enumerate(policy.narrow):
        key = repr((rule.model, rule.domain, sorted(rule.operations), sorted(rule.unless)))
        if seen.setdefault(key, number) != number:
            text = f"it is there already, as narrow[{seen[key]}]"
            yield Finding("warning", "duplicate-narrowing", f"narrow[{number}]", text)
        elif not any(_narrows(policy, rule, names) for names in _each(policy.roles)):
            text = "no role that it holds for may do any of this"
            yield Finding("warning", "unused-narrowing", f"narrow[{number}]", text)


def _narrows(policy: Policy, rule: Narrowing, names: frozenset[str]) -> bool:
    rights = policy.rights(names)
    if rule.unless & rights.roles:
        return False
    return any(rights.allows(str(parse(f"{rule.model}:{operation}"))) for operation in rule.operations)


def _each(names: Iterable[str]) -> Iterator[frozenset[str]]:
    return (frozenset({name}) for name in names)
