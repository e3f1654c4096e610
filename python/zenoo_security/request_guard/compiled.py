"""The rules of a model, checked and turned into what a call is compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from zenoo_security import validate
from zenoo_security.errors import InvalidInput, ParameterError, PolicyError
from zenoo_security.request_guard.arguments import ARGUMENTS, checked_scalar, checks_of
from zenoo_security.request_guard.methods import IDS, SIGNATURES, Signature
from zenoo_security.request_guard.refused import is_refused, is_refused_model
from zenoo_security.request_guard.rules import COMMANDS, CallLimits, Commands, ModelRules, made, names_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from zenoo_security.request_guard.arguments import Check

__all__ = ["CompiledModel", "Opening", "Related"]

_CONTEXT: Final = "context"
_X2MANY: Final = "_ids"
#: Arguments that a call gets where it leaves them out.
_FILLED_IN: Final = frozenset(("allfields", "attributes", "fields", "limit"))


class Opening(NamedTuple):
    """What is known of a method: its arguments, those that are filled in, and what each of them is held to."""

    signature: Signature
    filled_in: tuple[str, ...]
    checks: Mapping[str, Check]


class Related(NamedTuple):
    """What may be done to an x2many field: its co-model, and the numbers of the commands."""

    model: str
    codes: frozenset[int]


class CompiledModel:
    """What is open of one model.

    Args:
        name: the model.
        rules: as they were declared.
        limits: of one call.

    Raises:
        PolicyError: a name is none, or may not be opened; the message says which.
    """

    def __init__(self, name: str, rules: ModelRules, limits: CallLimits) -> None:
        _require_model(name)
        self.name: Final = name
        self.limits: Final = limits
        self.shown: Final = _fields(rules.read, f"{name}.read")
        self.read: Final = frozenset((*self.shown, "id"))
        self.write: Final = frozenset(_fields(rules.write, f"{name}.write"))
        self.create: Final = self.write if rules.create is None else frozenset(_fields(rules.create, f"{name}.create"))
        self.domains: Final = self._parser(rules)
        self.related: Final = {
            field: self._related(field, made(Commands, given, f"{name}.commands.{field}"))
            for field, given in _table(rules.commands, f"{name}.commands").items()
        }
        self._require_commands()
        self.openings: Final = {**self._methods(rules.methods), **self._calls(rules.calls)}

    def _parser(self, rules: ModelRules) -> validate.DomainParser:
        limits = self.limits
        try:
            return validate.DomainParser(
                fields=self.read if rules.search is None else rules.search,
                operators=rules.operators,
                max_depth=limits.depth,
                max_leaves=limits.leaves,
                max_values=limits.values,
                max_path=limits.path,
            )
        except ParameterError as error:
            raise PolicyError(f"{self.name}.search: {error}") from None

    def _related(self, field: str, commands: Commands) -> Related:
        place = f"{self.name}.commands.{field}"
        if not isinstance(commands.model, str):
            raise PolicyError(f"{place}.model is the name of a model")
        if field not in self.write | self.create:
            raise PolicyError(f"{place}: name the field under write or create, too")
        if unknown := sorted(set(names_of(commands.allow, place)) - COMMANDS.keys()):
            raise PolicyError(f"{place}: there is no command {unknown[0]!r}: there are {', '.join(COMMANDS)}")
        return Related(commands.model, frozenset(COMMANDS[name] for name in commands.allow))

    def _require_commands(self) -> None:
        """Without them such a field could still be emptied, by `False`."""
        for field in sorted(self.write | self.create):
            if field.endswith(_X2MANY) and field not in self.related:
                raise PolicyError(f"{self.name}.commands: say what may be done to the records of {field}")

    def _methods(self, names: Collection[str]) -> dict[str, Opening]:
        place = f"{self.name}.methods"
        for method in names_of(names, place):
            _require_method(method, place)
            if method not in SIGNATURES:
                raise PolicyError(f"{place}: {method} is not of every model: name it in calls, with its parameters")
        if "name_search" in names and "display_name" not in self.read:
            raise PolicyError(f"{place}: name_search shows display_name: name it in read")
        return {method: _opening(SIGNATURES[method], checks_of(method)) for method in names}

    def _calls(self, calls: Mapping[str, Collection[str]]) -> dict[str, Opening]:
        openings = {}
        for method, parameters in _table(calls, f"{self.name}.calls").items():
            place = f"{self.name}.calls.{method}"
            _require_method(method, place)
            if method in SIGNATURES:
                raise PolicyError(f"{place}: name it in methods")
            names = _fields(parameters, place)
            if _CONTEXT in names:
                raise PolicyError(f"{place}: the context is a parameter of no method: its keys are listed in context")
            records = (IDS,) if IDS in names else ()
            checks = {**dict.fromkeys(names, checked_scalar), IDS: ARGUMENTS[IDS]}
            openings[method] = _opening(Signature(records, tuple(name for name in names if name != IDS)), checks)
        return openings


def _opening(signature: Signature, checks: Mapping[str, Check]) -> Opening:
    return Opening(signature, tuple(name for name in signature.optional if name in _FILLED_IN), checks)


def _require_model(name: str) -> None:
    try:
        validate.model_name(name)
    except InvalidInput:
        raise PolicyError("a guard has rules for models, which are named like res.partner") from None
    if is_refused_model(name):
        raise PolicyError(f"{name} holds code, rights, secrets or mail of the server: it cannot be opened")


def _require_method(name: str, place: str) -> None:
    try:
        validate.method_name(name)
    except InvalidInput:
        raise PolicyError(
            f"{place}: a method is named like action_confirm, and private ones cannot be opened"
        ) from None
    if is_refused(name):
        raise PolicyError(f"{place}: {name} goes around what is checked here, and cannot be opened")


def _fields(names: Collection[str], place: str) -> tuple[str, ...]:
    try:
        return tuple(validate.field_name(name) for name in names_of(names, place))
    except InvalidInput:
        raise PolicyError(f"{place}: a field is named like partner_id") from None


def _table(given: object, place: str) -> Mapping[str, Any]:
    if not isinstance(given, dict) or not all(isinstance(name, str) for name in given):
        raise PolicyError(f"{place} is a table")
    return given
