"""What one call of `execute_kw` becomes when the model, or one that it leads to, has encrypted fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenoo_security.client.call import Call
from zenoo_security.client.display import DisplayNames
from zenoo_security.client.methods import METHODS, VALUE_FREE, Method
from zenoo_security.client.target import EncryptedTarget, Target
from zenoo_security.errors import ConfigurationError, QueryRefused
from zenoo_security.policy.methods import instead_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from zenoo_security.client.model import EncryptedModel

__all__ = ["Call", "CallGuard"]

#: Models that hold fields of another one, by `_inherits` or as related fields: a value written here lands there.
_DELEGATES = {
    "account.bank.statement.line": "account.move",
    "account.setup.bank.manual.config": "res.partner.bank",
    "hr.employee": "hr.version",
    "mail.mail": "mail.message",
    "product.product": "product.template",
    "res.company": "res.partner",
    "res.users": "res.partner",
}

#: The arguments that can hold a context of their own.
_SPECIFICATIONS = ("specification", "unfold_read_specification", "groupby_read_specification")


class CallGuard:
    """Encrypts, rewrites and decrypts, and refuses every call of which it does not know how.

    Args:
        models: the encrypted models by name.
        value_free_methods: more methods that neither take nor return values of encrypted fields, by model.
    """

    def __init__(
        self,
        models: Mapping[str, EncryptedModel],
        value_free_methods: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        self._models = dict(models)
        self._hidden = frozenset().union(*(model.names for model in models.values()))
        self._value_free = {name: VALUE_FREE | _names(more) for name, more in (value_free_methods or {}).items()}
        self._display = DisplayNames(self._models)

    def prepare(self, call: Call) -> None:
        """Change the call, in place, into the one that Odoo may see.

        Raises:
            QueryRefused: the call cannot be made safely; the message says what to use instead.
        """
        if not self._models:
            return
        target = self._target(call.model)
        target.require_unrelated([call.context])
        _require_no_defaults(call.context, target.names)
        method = METHODS.get(call.method)
        if method is not None and method.fits(call):
            call.parameters = method.parameters
            self._display.require_plain([call.context, *map(call.get, _SPECIFICATIONS)])
            method.prepare(call, target)
        elif isinstance(target, EncryptedTarget):
            self._require_value_free(call, method)
        else:
            self._display.require_plain([call.context, call.args, call.kwargs])
            target.require_free([*call.args, *call.kwargs.values()])
        self._display.attach(call)

    def _target(self, model: str) -> Target:
        if model in self._models:
            return EncryptedTarget(self._models[model], self._hidden)
        parent = self._models.get(_DELEGATES.get(model, ""))
        return Target(parent.names if parent else frozenset(), self._hidden)

    def _require_value_free(self, call: Call, method: Method | None) -> None:
        if call.method in self._value_free.get(call.model, VALUE_FREE):
            return
        if method is not None:
            names = filter(None, (*method.parameters, *sorted(method.keywords)))
            raise QueryRefused(f"{call.method} takes {', '.join(names)}, each once and nothing else")
        instead = instead_of(call.method) or "create, write, read or search_read"
        raise QueryRefused(
            f"{call.method} may carry values of the encrypted fields of {call.model}: use {instead}; or name it in "
            f"value_free_methods={{{call.model!r}: [{call.method!r}]}} if it does not",
        )


def _names(methods: Iterable[str]) -> set[str]:
    if isinstance(methods, str):
        raise ConfigurationError("value_free_methods maps a model to a list of method names")
    return set(methods)


def _require_no_defaults(context: Mapping[str, object], names: Collection[str]) -> None:
    if defaults := sorted(f"default_{name}" for name in names if f"default_{name}" in context):
        raise QueryRefused(f"{defaults[0]} in the context would store plaintext: give the value to create()")
