"""What all guards share: a check before a call, whatever kind of function it is of.

| kind | checked | for whom |
|---|---|---|
| function | when it is called | who calls |
| `async def` | when it is awaited, as it begins to run | who awaits |
| generator | when it is called, before there is one | who calls |
| asynchronous generator | when it is called; what has to be waited for, before its body begins | who calls |
"""

from __future__ import annotations

import functools
import inspect
import weakref
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeAlias, TypeVar

from zenoo_security.errors import ParameterError
from zenoo_security.stores.waiting import result_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

__all__ = ["Arguments", "Check", "Pending", "guarded", "is_async_generator"]

P = ParamSpec("P")
R = TypeVar("R")

Arguments: TypeAlias = tuple[tuple[Any, ...], dict[str, Any]]
"""Positional and keyword arguments."""

Pending: TypeAlias = Callable[[], Awaitable["Arguments | None"]]
"""What is still to be waited for; it gives the arguments to go on with, or `None` for those that were given."""

Check: TypeAlias = Callable[[tuple[Any, ...], dict[str, Any]], "Pending | None"]
"""Raises to refuse a call with these arguments, and returns what has to be waited for, if there is something."""

# Of our own wrappers, which `inspect` does not know for what they are. Not an attribute: others copy those.
_async_generators: Final[weakref.WeakSet[Any]] = weakref.WeakSet()


def guarded(function: Callable[P, R], checks: Callable[[Callable[..., Any]], Check]) -> Callable[P, R]:
    """Check each call of a function before it begins.

    Args:
        function: a function, method or generator, sync or async; or a classmethod or staticmethod of one.
        checks: makes the check of a function.

    Raises:
        ParameterError: it is none of these.
    """
    inner = _inside(function)
    if inner is not None:
        rewrap: Callable[[object], Callable[P, R]] = type(function)
        return rewrap(guarded(inner, checks))
    _check_function(function)
    check = checks(function)
    if inspect.iscoroutinefunction(function):
        return _coroutine(function, check)  # type: ignore[return-value]
    if is_async_generator(function):
        return _async_generator(function, check)
    return _function(function, check)


def is_async_generator(function: Callable[..., Any]) -> bool:
    """Whether a call makes an asynchronous generator."""
    return inspect.isasyncgenfunction(function) or (inspect.isfunction(function) and function in _async_generators)


def _function(function: Callable[P, R], check: Check) -> Callable[P, R]:
    @functools.wraps(function)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        pending = check(args, kwargs)
        if pending is not None:
            result_of(_waited(pending))
        return function(*args, **kwargs)

    return checked


def _coroutine(function: Callable[..., Awaitable[R]], check: Check) -> Callable[..., Awaitable[R]]:
    @functools.wraps(function)
    async def checked(*args: Any, **kwargs: Any) -> R:
        pending = check(args, kwargs)
        if pending is not None:
            args, kwargs = await pending() or (args, kwargs)
        return await function(*args, **kwargs)

    return checked


def _async_generator(function: Callable[..., Any], check: Check) -> Callable[..., Any]:
    @functools.wraps(function)
    def checked(*args: Any, **kwargs: Any) -> Any:
        pending = check(args, kwargs)
        if pending is None:
            return function(*args, **kwargs)
        return _delegated(pending, function, args, kwargs)

    _async_generators.add(checked)
    return checked


async def _delegated(
    pending: Pending, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> AsyncIterator[Any]:
    """What `yield from` would do: values that are sent and exceptions that are thrown reach the generator."""
    args, kwargs = await pending() or (args, kwargs)
    items = function(*args, **kwargs)
    try:
        item = await items.__anext__()
        while True:
            try:
                sent = yield item
            except GeneratorExit:  # noqa: PERF203 - each item has its own exception
                await items.aclose()
                raise
            except BaseException as error:  # noqa: BLE001 - whatever was thrown is the generator's to handle
                item = await items.athrow(error)
            else:
                item = await items.asend(sent)
    except StopAsyncIteration:
        return


async def _waited(pending: Pending) -> object:
    return await pending()


def _inside(function: object) -> Callable[..., Any] | None:
    """What a classmethod or staticmethod is of, if it is of a function."""
    if not isinstance(function, (classmethod, staticmethod)):
        return None
    inner: Callable[..., Any] = function.__func__
    return inner if inspect.isfunction(inner) else None


def _check_function(function: object) -> None:
    if not callable(function) or isinstance(function, (type, staticmethod)):
        raise ParameterError("decorate a function, or a classmethod or staticmethod of one, and stand below @property")
