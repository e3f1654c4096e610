"""Answers of Odoo that an application passes on, without what Odoo puts into its errors.

An error of Odoo's carries the traceback, the arguments of the exception and its message, which may quote records,
queries and paths, whatever the user may see (OWASP ASVS 5.0, 16.5.1).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["strip_odoo_answer", "strip_odoo_error"]

_NAME: Final = re.compile(r"[A-Za-z_][\w.]{0,119}", re.ASCII)
_FOR_USERS: Final = frozenset({"RedirectWarning", "UserError", "ValidationError"})
"""Whose messages are written for the user of a form; those of others name models, rules or SQL."""

_MAX_MESSAGE: Final = 2000
_ODOO_ERROR: Final = 200
"""The code that Odoo gives every error but that of an ended session, 100, and 404."""


def strip_odoo_answer(answer: object, *, messages: bool = False) -> object:
    """A decoded answer of `/jsonrpc` or `/web/dataset/...`, as it may be passed on; a result stays as it is.

    Args:
        answer: the decoded body; a list is a batch.
        messages: keep what Odoo wrote for its users, of a `UserError`, `ValidationError` or `RedirectWarning`.

    >>> strip_odoo_answer({"jsonrpc": "2.0", "id": 7, "error": {"code": 200, "message": "Odoo Server Error", "data": {
    ...     "name": "odoo.exceptions.AccessError", "debug": "Traceback ...", "arguments": ["..."]}}})
    {'jsonrpc': '2.0', 'id': 7, 'error': {'code': 200, 'message': 'Odoo Server Error', 'data': \
{'name': 'odoo.exceptions.AccessError'}}}
    """
    if isinstance(answer, list):
        return [strip_odoo_answer(each, messages=messages) for each in answer]
    if not isinstance(answer, dict) or "error" not in answer:
        return answer
    error = answer["error"] if isinstance(answer["error"], dict) else {}
    code, data = error.get("code"), error.get("data")
    stripped = {
        "code": code if type(code) is int else _ODOO_ERROR,
        "message": "Odoo Server Error",
        "data": strip_odoo_error(data if isinstance(data, dict) else {}, messages=messages),
    }
    request_id = answer.get("id")
    known = request_id if isinstance(request_id, (int, str)) else None
    return {"jsonrpc": "2.0", "id": known, "error": stripped}


def strip_odoo_error(error: Mapping[str, object], *, messages: bool = False) -> dict[str, str]:
    """An error as Odoo serializes exceptions, as it may be passed on: the body of `/json/2/...` with a status of 400+.

    Args:
        error: the decoded body, or the `data` of a JSON-RPC error.
        messages: as for `strip_odoo_answer`.
    """
    name = error.get("name")
    kind = name if isinstance(name, str) and _NAME.fullmatch(name) else "odoo.exceptions.UnknownError"
    stripped = {"name": kind}
    text = error.get("message")
    if messages and isinstance(text, str) and kind.rpartition(".")[2] in _FOR_USERS:
        stripped["message"] = "".join(char for char in text[:_MAX_MESSAGE] if char.isprintable() or char == "\n")
    return stripped
