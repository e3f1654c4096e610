"""Passwords, tokens and keys do not belong into a URL: it is logged, remembered and handed on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from zenoo_security.errors import ParameterError
from zenoo_security.web.control import Control
from zenoo_security.web.facts import QUERY
from zenoo_security.web.paths import ByPath
from zenoo_security.web.problems import problem
from zenoo_security.web.query import decoded, parameters, too_many
from zenoo_security.web.telling import BoundedTelling

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from zenoo_security.web.request import Request
    from zenoo_security.web.response import Response

__all__ = ["SECRET_NAMES", "QuerySecrets"]

SECRET_NAMES: Final = frozenset(
    [
        "accesskey",
        "accesstoken",
        "apikey",
        "apisecret",
        "apitoken",
        "auth",
        "authorization",
        "authtoken",
        "bearer",
        "clientsecret",
        "confirmpassword",
        "credential",
        "credentials",
        "csrftoken",
        "currentpassword",
        "idtoken",
        "jwt",
        "newpassword",
        "oldpassword",
        "otp",
        "passphrase",
        "passwd",
        "password",
        "password1",
        "password2",
        "passwordconfirmation",
        "privatekey",
        "privatetoken",
        "pwd",
        "refreshtoken",
        "secret",
        "secretkey",
        "session",
        "sessionid",
        "sessiontoken",
        "sid",
        "token",
        "totp",
        "totptoken",
        "xapikey",
    ]
)
"""Names of parameters, in lower case and without what is no letter or digit."""

_OWN_TOKEN: Final = re.compile(rb"z(?:st|tk|dt)_[A-Za-z0-9_-]{43}")
_ROUNDS: Final = 3
"""How often percent-encoding is undone to look for our own tokens."""

_SEPARATORS: Final = re.compile(r"[^a-z0-9]+")
_PARTS: Final = re.compile(r"[\[\].]+")

_REFUSED: Final = problem(
    400,
    "Send passwords, tokens and keys in the body or in a header, and replace what was in this URL: it is in logs now.",
    code="credential_in_url",
)


class QuerySecrets(Control):
    """Refuses credentials in query strings (OWASP ASVS 5.0, 14.2.1), and tells the audit log which name it was.

    It goes by the name of a parameter, however it is written: `api_key`, `API-Key`, `user[password]`, `%70assword`;
    and by the form of our own tokens wherever one stands. A refused request reached the logs of proxies and of the
    server all the same: what was in it has to be replaced, and the answer says so.

    Args:
        names: further names of parameters of yours.
        allow: prefix of paths -> names that may stand in a query there, such as `{"/reset": ("token",)}` for a link in
            a mail that is good once. Our own tokens may nowhere.

    Raises:
        ParameterError: a name has no letter or digit, or a prefix is none.
    """

    def __init__(self, names: Iterable[str] = (), *, allow: Mapping[str, Iterable[str]] | None = None) -> None:
        self._names: Final = SECRET_NAMES | _normal_names(names)
        self._allowed: Final = ByPath(
            frozenset[str](), {prefix: _normal_names(allowed) for prefix, allowed in (allow or {}).items()}
        )
        self._audit: Final = BoundedTelling()

    def facts(self) -> int:
        """Requests with a query."""
        return QUERY

    def before(self, request: Request) -> Response | None:
        """Look at the query."""
        query = request.query
        if not query:
            return None
        refusal = too_many(query)
        if refusal is not None:
            self._audit.tell("input_validation_fail", what="query", codes=["too_large"])
            return refusal
        found = self._secret_name(request)
        if found is None and not _has_own_token(query):
            return None
        self._audit.tell("input_validation_fail", what="query", codes=["credential"], fields=[found or "token"])
        return _REFUSED

    def _secret_name(self, request: Request) -> str | None:
        """The name that was found, as it stands in our list and never as it was sent."""
        names = self._names - self._allowed.find(request.path)
        for name, value in parameters(request.query):
            normal = _normal_name(name.decode("latin-1")) if value else ""
            if normal in names:
                return normal
        return None


def _has_own_token(query: bytes) -> bool:
    for _ in range(_ROUNDS):
        if b"_" in query and _OWN_TOKEN.search(query):
            return True
        if b"%" not in query:
            return False
        query = decoded(query)
    return _OWN_TOKEN.search(query) is not None


def _normal_names(names: Iterable[str]) -> frozenset[str]:
    normal = frozenset[str]() if isinstance(names, str) else frozenset(map(_normal_name, names))
    if isinstance(names, str) or "" in normal:
        raise ParameterError("names are a list of names of parameters")
    return normal


def _normal_name(name: str) -> str:
    """The last part of `user[password]` or `user.password`, in lower case and without hyphens and underscores."""
    parts = [part for part in _PARTS.split(name.lower()) if part] or [""]
    return _SEPARATORS.sub("", parts[-1])
