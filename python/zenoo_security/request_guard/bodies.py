"""Calls in the bodies of HTTP requests: JSON-RPC, as Odoo's web client and `/jsonrpc` take it, and JSON-2."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from zenoo_security.validate.refusals import refusal

__all__ = ["Asked", "of_json_2", "of_json_rpc"]

#: `database, uid, password, model, method, args, kwargs` of `execute_kw`.
_WITHOUT_KWARGS, _WITH_KWARGS = 6, 7
_CALL_KW: Final = frozenset(("model", "method", "args", "kwargs"))
_ENVELOPE: Final = frozenset(("jsonrpc", "method", "params", "id"))
_SERVICE: Final = frozenset(("service", "method", "args"))


class Asked(NamedTuple):
    """A call as somebody asks for it."""

    model: Any
    method: Any
    args: Any
    kwargs: Any


def of_json_rpc(document: Any) -> Asked:
    """The call of `{"jsonrpc": "2.0", "method": "call", "params": {...}}`.

    Raises:
        InvalidInput: code `request_body`.
    """
    known = isinstance(document, dict) and document.keys() <= _ENVELOPE
    if not known or document.get("jsonrpc") != "2.0" or document.get("method") != "call":
        raise refusal("request_body")
    params = document.get("params")
    if not isinstance(params, dict):
        raise refusal("request_body")
    if params.keys() == _CALL_KW:
        return Asked(**params)
    if params.keys() != _SERVICE or (params["service"], params["method"]) != ("object", "execute_kw"):
        raise refusal("request_body")
    return _of_execute_kw(params["args"])


def _of_execute_kw(args: Any) -> Asked:
    """Who the body says is asking is not looked at: the call is made as the user of the client."""
    if not isinstance(args, list) or len(args) not in {_WITHOUT_KWARGS, _WITH_KWARGS}:
        raise refusal("request_body")
    model, method, positional, named = [*args[3:], {}][:4]
    return Asked(model, method, positional, named)


def of_json_2(model: object, method: object, document: Any) -> Asked:
    """The call of a body that is posted to `/json/2/<model>/<method>`.

    Raises:
        InvalidInput: code `request_body`.
    """
    if not isinstance(document, dict):
        raise refusal("request_body")
    return Asked(model, method, [], document)
