"""`RequestGuard`: a call from outside in, a call that may be made out, or a refusal."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from zenoo_security._native import PlainCopier, parse_json
from zenoo_security.audit import emit
from zenoo_security.documents import Document, name_without_quotes
from zenoo_security.errors import InvalidInput, PolicyError, RequestRefused
from zenoo_security.principal import current_principal_or_none
from zenoo_security.request_guard.arguments import checked_context
from zenoo_security.request_guard.bodies import of_json_2, of_json_rpc
from zenoo_security.request_guard.compiled import CompiledModel
from zenoo_security.request_guard.rules import CallLimits, ModelRules, made, names_of
from zenoo_security.validate import field_name, method_name, model_name
from zenoo_security.validate.refusals import refusal

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Collection, Mapping

    from zenoo_security.principal import Principal
    from zenoo_security.request_guard.bodies import Asked
    from zenoo_security.request_guard.methods import CheckedCall

    Who: TypeAlias = Callable[[], Principal | None]

__all__ = ["RequestGuard"]

_DOCUMENT: Final = Document("guard", 1024 * 1024, "open whatever they like")
_RULES: Final = frozenset(each.name for each in fields(ModelRules))
_CONTEXT: Final = ("lang", "tz")
_DEPTH: Final = 100
"""Of arguments: a domain of 64 levels, each of them a list in a condition."""


class RequestGuard:
    """Lets calls of `execute_kw` through that are declared, and refuses all others.

    What it knows nothing of is refused: a model, a method, an argument, a field, a key of the context. What passes is a
    copy with every limit written into it. Odoo's own rights decide after it, as always.

    Args:
        models: the rules of each model, as `ModelRules` or a dict of its arguments.
        context: the keys of the context that may be given. `allowed_company_ids`, `active_test`, `tracking_disable` and
            each `default_...` have to be named like any other.
        limits: how much one call may ask for.

    Raises:
        PolicyError: a rule is wrong, or opens what cannot be opened; the message names the place.
    """

    def __init__(
        self,
        models: Mapping[str, ModelRules | dict[str, Any]],
        *,
        context: Collection[str] = _CONTEXT,
        limits: CallLimits | dict[str, int] | None = None,
    ) -> None:
        if not isinstance(models, dict):
            raise PolicyError("a guard has a table of models")
        self._limits: Final = made(CallLimits, {} if limits is None else limits, "limits")
        made_of = {name: made(ModelRules, rules, f"models.{name}") for name, rules in models.items()}
        self._context: Final = frozenset(names_of(context, "context"))
        self._declared: Final = f"RequestGuard({made_of}, context={sorted(context)}, limits={self._limits})"
        self._copier: Final = PlainCopier(
            max_depth=_DEPTH, max_items=self._limits.values, max_text_bytes=self._limits.text_bytes
        )
        self._models: Final = {name: CompiledModel(name, rules, self._limits) for name, rules in made_of.items()}
        related = {each.model for model in self._models.values() for each in model.related.values()}
        if missing := sorted(related - self._models.keys()):
            raise PolicyError(f"commands lead to {missing[0]}, which has no rules")

    def __repr__(self) -> str:
        """What was declared: results that a client caches are kept apart by it."""
        return self._declared

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> RequestGuard:
        """A guard from a `.toml` or `.json` file with `models`, and if need be `context` and `limits`.

        Raises:
            ConfigurationError: the file cannot be read, or everybody may write it.
            PolicyError: a rule is wrong.
        """
        said = _DOCUMENT.read(path)
        if not isinstance(said, dict) or not said.keys() <= {"models", "context", "limits"}:
            raise PolicyError("the file of a guard has models, context and limits")
        models = said.pop("models", {})
        for name, rules in models.items() if isinstance(models, dict) else ():
            if "." not in name and (meant := name_without_quotes(name, rules, _RULES)) != name:
                raise PolicyError(f'models.{name}: the name of a model stands in quotes: write [models."{meant}"]')
        return cls(models, **said)

    def check(
        self,
        model: object,
        method: object,
        args: object = (),
        kwargs: object = None,
        context: object = None,
        *,
        who: Who = current_principal_or_none,
    ) -> CheckedCall:
        """The call that may be made, with copies of the arguments.

        Args:
            model: such as `res.partner`.
            method: such as `search_read`.
            args: the positional arguments, as `execute_kw` takes them.
            kwargs: the named ones; `context` may be one of them.
            context: more of the context, as `execute_kw` of the clients takes it.
            who: tells who asks, for the audit log; the current principal unless given.

        Raises:
            RequestRefused: it may not be made. `code` says why, `field` where it is about a field or an argument.
        """
        try:
            return self._checked(model, method, args, {} if kwargs is None else kwargs, context or None)
        except InvalidInput as error:
            problem = error
        raise _refused(model, method, problem, who)

    def check_json_rpc(self, body: object, *, who: Who = current_principal_or_none) -> CheckedCall:
        """The call in a body of JSON-RPC: of Odoo's web client (`call_kw`), or of `execute_kw` on `/jsonrpc`.

        Database, user and password in a body are not looked at: the call is made as whoever your client is.

        Args:
            body: UTF-8, or text.
            who: as for `check`.

        Raises:
            RequestRefused: as for `check`; code `json...` or `request_body` for what is no call.
        """
        return self.check(*_asked(lambda: of_json_rpc(self._json(body)), who), who=who)

    def check_json_2(
        self, model: object, method: object, body: object, *, who: Who = current_principal_or_none
    ) -> CheckedCall:
        """The call in a body of JSON-2, with model and method of the path `/json/2/<model>/<method>`.

        Raises:
            RequestRefused: as for `check`; code `json...` or `request_body` for what is no call.
        """
        return self.check(*_asked(lambda: of_json_2(model, method, self._json(body)), who), who=who)

    def _json(self, body: object) -> Any:
        limits = self._limits
        return parse_json(
            body, max_bytes=limits.text_bytes, max_depth=_DEPTH, max_items=limits.values, max_keys=limits.values
        )

    def _checked(self, model: object, method: object, args: object, kwargs: object, context: object) -> CheckedCall:
        rules = self._models.get(str(model)) if model.__class__ is str else None
        if rules is None or method.__class__ is not str or method not in rules.openings:
            raise refusal("request_method")
        signature, filled_in, checks = rules.openings[method]
        args, kwargs, context = self._copier.copy((args, kwargs, context))
        if args.__class__ is not list or kwargs.__class__ is not dict:
            raise refusal("request_arguments")
        inner = kwargs.pop("context", None)
        named = signature.bind(args, kwargs)
        for name in filled_in:
            named.setdefault(name)
        for name, value in named.items():
            named[name] = checks[name](self._models, rules, value)
        if inner or context:
            named["context"] = self._checked_context(inner or {}, context or {})
        return signature.call(rules.name, method, named)

    def _checked_context(self, *contexts: object) -> dict[str, Any]:
        """One context of several, of which the later ones count."""
        together: dict[str, Any] = {}
        for context in contexts:
            together |= checked_context(context, self._context, self._limits.ids)
        return together


def _asked(read: Callable[[], Asked], who: Who) -> Asked:
    """The call in a body, or the refusal of what is none."""
    try:
        return read()
    except InvalidInput as error:
        problem = error
    raise _refused(None, None, problem, who)


def _refused(model: object, method: object, problem: InvalidInput, who: Who) -> RequestRefused:
    """Tell the audit log, and return the exception: names are in both where they are names, values in none."""
    known_model, known_method = _name(model_name, model), _name(method_name, method)
    field = _name(field_name, problem.field)
    emit(
        "authz_fail",
        principal=who(),
        needs=f"{known_model or '(no name)'}:{known_method or '(no name)'}",
        reason=problem.code,
        model=known_model,
        operation=known_method,
        field=field,
    )
    return RequestRefused(problem.message, field=field, code=problem.code)


def _name(validator: Callable[[Any], str], given: object) -> str | None:
    try:
        return validator(given)
    except InvalidInput:
        return None
