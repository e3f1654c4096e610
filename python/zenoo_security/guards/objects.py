"""`secure_object_access`: who asks may do this with these records, or nothing begins."""

from __future__ import annotations

import inspect
from functools import partial
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

from zenoo_security.audit import emit
from zenoo_security.errors import InvalidInput, NoPrincipal, ParameterError, PolicyError
from zenoo_security.guards.arguments import IdArgument, client_among
from zenoo_security.guards.guarding import guarded, is_async_generator
from zenoo_security.objects import ObjectLevelAuthManager
from zenoo_security.policy.permissions import parse
from zenoo_security.principal import acting_as, current_principal

if TYPE_CHECKING:
    from collections.abc import Callable

    from zenoo_security.guards.guarding import Arguments, Check, Pending
    from zenoo_security.principal import Principal

__all__ = ["secure_object_access"]

P = ParamSpec("P")
R = TypeVar("R")

_OPERATIONS: Final = ("read", "write", "unlink")


def secure_object_access(
    model: str,
    operation: str,
    *,
    id: str | None = None,  # noqa: A002 - what the argument is called in Odoo
    confirm_existence: bool = False,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let an `async def` run only for records with which who asks may do this, by Odoo's own rules and the policy's.

    The ids are the argument `record_id`, `record_ids`, `partner_id` or `partner_ids` (of `res.partner`), passed in
    whatever way: one id, or a list of them, of which each has to be allowed. A list reaches the function as a copy.
    The client is the argument `client`, the only argument that is one, or `self.client` of a method.

    All ids are asked for together, with the credentials of the client's user, who has to be who asks. Between the check
    and what the function does a record may change: Odoo checks again what the function does in Odoo.

    Args:
        model: such as `res.partner`.
        operation: `read`, `write` or `unlink`.
        id: the name of the argument with the ids, where it is another.
        confirm_existence: tell records that are forbidden (`PermissionDenied`) from those that are not there.

    Raises:
        PolicyError: this is no model.
        ParameterError: this is no operation, the function has no such argument, or it is not async: Odoo is asked, so
            it has to be awaited.

    The function then raises:
        NoPrincipal: nobody is set as the one who asks.
        RecordNotFound: one of the records is not there, or not for who asks; with `confirm_existence` only the former.
        PermissionDenied: who asks is not the client's user.
        InvalidInput, InputTooLarge: the ids are none; nothing was asked.
        ParameterError: there is no client, or more than one.

    >>> @secure_object_access("res.partner", "read")
    ... async def get_partner(client, partner_id: int):
    ...     return await client.read("res.partner", [partner_id])
    """
    if operation not in _OPERATIONS:
        raise ParameterError(f"secure_object_access: an operation is one of {', '.join(_OPERATIONS)}")
    if parse(f"{model}:{operation}") != (model, operation, ""):
        raise PolicyError("secure_object_access: a model is named as in Odoo, such as res.partner")

    def checks(function: Callable[..., Any]) -> Check:
        if not inspect.iscoroutinefunction(function) and not is_async_generator(function):
            raise ParameterError("secure_object_access asks Odoo: make the function `async def`")
        return _Records(model, operation, IdArgument(function, model, id), confirm_existence=confirm_existence).check

    return lambda function: guarded(function, checks)


class _Records:
    """These records have to be accessible.

    Args:
        model: their model.
        operation: what is done with them.
        ids: which argument has them.
        confirm_existence: as of the decorator.
    """

    def __init__(self, model: str, operation: str, ids: IdArgument, *, confirm_existence: bool) -> None:
        self._model = model
        self._operation = operation
        self._ids = ids
        self._confirm_existence = confirm_existence

    def check(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Pending:
        """See `guarding.Check`."""
        try:
            principal = current_principal()
            bound, ids = self._ids.bind(args, kwargs)
            client = client_among(bound)
        except NoPrincipal:
            self._tell("no_principal")
            raise
        except InvalidInput:
            self._tell("bad_ids")
            raise
        except ParameterError:
            self._tell("no_client")
            raise
        return partial(self._asked, principal, client, ids, (bound.args, bound.kwargs))

    async def _asked(self, principal: Principal, client: Any, ids: list[int], arguments: Arguments) -> Arguments:
        # An asynchronous generator may be gone through where nobody acts any more.
        with acting_as(principal):
            await ObjectLevelAuthManager(client).require(
                self._model, ids, self._operation, confirm_existence=self._confirm_existence
            )
        return arguments

    def _tell(self, reason: str) -> None:
        emit("authz_fail", needs=f"{self._model}:{self._operation}", reason=reason, model=self._model)
