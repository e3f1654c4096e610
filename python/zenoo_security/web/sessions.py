"""Who is asking, by the session that a request brings along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

from zenoo_security.cookies import SessionCookie
from zenoo_security.errors import (
    ConfigurationError,
    EnrollmentRequired,
    OdooUnavailable,
    ParameterError,
    SessionEnded,
    StoreError,
)
from zenoo_security.principal import acting_as, acting_as_nobody
from zenoo_security.web.caching import keep_nowhere
from zenoo_security.web.control import Control
from zenoo_security.web.credentials import AMBIGUOUS, Credential, credential_of
from zenoo_security.web.finding import request_of
from zenoo_security.web.pages import Page, sent_to
from zenoo_security.web.paths import Paths
from zenoo_security.web.problems import problem
from zenoo_security.web.site_data import clear_site_data
from zenoo_security.web.telling import BoundedTelling

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable

    from zenoo_security.sessions import Session
    from zenoo_security.web.request import Request
    from zenoo_security.web.response import Head, Response

__all__ = ["SessionSource", "WebSessions"]

_SESSION: Final = "session"
_CREDENTIAL: Final = "session_credential"
_COOKIE: Final = "session_cookie"
_ENDED: Final = "session_ended"
_SET_COOKIE: Final = b"set-cookie"

_AMBIGUOUS: Final = problem(400, "Send one session: a cookie, or one Authorization header.", code="ambiguous_session")
_NOBODY: Final = problem(
    401, "Log in first.", headers=((b"www-authenticate", b"Bearer"),), code="authentication_required"
)
_INVALID: Final = problem(
    401,
    "The session has ended: log in again.",
    headers=((b"www-authenticate", b'Bearer error="invalid_token"'),),
    code="session_ended",
)
_ENROLL: Final = problem(403, "A second factor is required: enroll one first.", code="enrollment_required")
_UNAVAILABLE: Final = problem(
    503,
    "It cannot be told who is asking: try again in a moment.",
    headers=((b"retry-after", b"5"),),
    code="unavailable",
)


@runtime_checkable
class SessionSource(Protocol):
    """What knows sessions: a `SecureAuthManager`."""

    async def session(self, token: str, *, enrolling: bool = False) -> Session:
        """The session of a token."""
        ...

    async def logout(self, token: str) -> None:
        """End it."""
        ...


class WebSessions(Control):
    """Looks up the session of a request, and has its user act in all that follows.

    The token comes in the session cookie or as `Authorization: Bearer zst_...`. A request with both is refused, since
    nobody can tell whom it means; so is one with two `Authorization` headers. Tokens and schemes that are not ours are
    left to the application, and stand for nobody.

    After it, `current_principal()` is the user and `request.found["session"]` the `Session`, or nobody is set, whoever
    was before, and it is `None`. A cookie whose session has ended is taken from the browser; a bearer token that has
    ended is refused, as is every request with a token when the store or Odoo cannot be asked.

    Args:
        auth: the `SecureAuthManager`.
        cookie: how the token travels in a browser.
        required: paths, as `Paths` takes them, where somebody must be logged in: 401, or the login page.
        free: paths of those where nobody must; the login page itself is one.
        static: paths whose files are the same for everybody: no session is looked up.
        enrolling: paths where a user without the second factor that is required (`mfa_required`) may enroll one,
            besides the page for it. Anywhere else such a session is nobody's.
        login_page: where a browser that opens a page is sent, with 303, instead of a 401.
        enroll_page: the same for who must enroll first, instead of a 403.

    Raises:
        ParameterError: `auth` knows no sessions, these are no paths, or of those that are required a whole part is free
            or static.
    """

    __slots__ = (
        "_audit",
        "_auth",
        "_cookie",
        "_enroll_page",
        "_enrolling",
        "_free",
        "_login_page",
        "_required",
        "_static",
    )

    def __init__(
        self,
        auth: SessionSource,
        cookie: SessionCookie | None = None,
        *,
        required: Iterable[str] = (),
        free: Iterable[str] = (),
        static: Iterable[str] = (),
        enrolling: Iterable[str] = (),
        login_page: str | None = None,
        enroll_page: str | None = None,
    ) -> None:
        if not isinstance(auth, SessionSource):
            raise ParameterError("sessions are those of a SecureAuthManager")
        self._auth: Final = auth
        self._audit: Final = BoundedTelling()
        self._cookie: Final = cookie or SessionCookie()
        self._required: Final = Paths(required, ambiguous=True)
        self._free: Final = Paths(free)
        self._static: Final = Paths(static)
        self._enrolling: Final = Paths(enrolling)
        if self._free.cover(self._required) or self._static.cover(self._required):
            raise ParameterError("a path of free or static is for all below it: name what is required more narrowly")
        if self._enrolling.cover(Paths(["/"])):
            raise ParameterError("enrolling names the pages where a factor is enrolled; / is all of them")
        self._login_page: Final = None if login_page is None else Page(login_page)
        self._enroll_page: Final = None if enroll_page is None else Page(enroll_page)

    def before(self, request: Request) -> Response | Awaitable[Response | None] | None:
        """Find out who is asking."""
        request.found[_SESSION] = None
        request.enter(acting_as_nobody())
        if self._static.match(request.path):
            return None
        credential = credential_of(request, self._cookie)
        if credential is None:
            return self._nobody(request)
        if credential is AMBIGUOUS:
            self._audit.tell("input_validation_fail", what="session", codes=["ambiguous"])
            return _AMBIGUOUS
        return self._somebody(request, credential)

    def after(self, request: Request, head: Head) -> None:
        """Hand the browser a new cookie, or take away one that is good for nothing."""
        cookie: str | None = request.found.get(_COOKIE)
        if cookie is None and _ENDED not in request.found:
            return
        name = self._cookie.name.encode() + b"="
        others = [header for header in head.headers if header[0] != _SET_COOKIE or not header[1].startswith(name)]
        if cookie is not None:
            head.headers = [*others, (_SET_COOKIE, cookie.encode())]
            keep_nowhere(head)
        elif len(others) == len(head.headers):  # The application has set none itself.
            head.headers = [*others, (_SET_COOKIE, self._cookie.clear().encode())]

    def token(self, source: object) -> str | None:
        """The token of the session that the request brought along, for `auth.client(token)` and the like.

        Args:
            source: the request, as `request_of` takes it.

        Raises:
            ConfigurationError: the application is in no middleware with `WebSessions`.
        """
        credential: Credential | None = _seen(source).found.get(_CREDENTIAL)
        return credential.token if credential is not None else None

    def start(self, source: object, token: str) -> None:
        """Hand the browser a token with the response: after a login, a step-up, or a change of password.

        Args:
            source: the request, as `request_of` takes it.
            token: what the manager gave.

        Raises:
            SessionEnded: it is no token of a session.
            ConfigurationError: the application is in no middleware with `WebSessions`.
        """
        _seen(source).found[_COOKIE] = self._cookie.header(token)

    async def end(self, source: object) -> None:
        """Log out: the session ends, and the browser forgets the cookie, and with `ClearSiteData` what else it has.

        Args:
            source: the request, as `request_of` takes it.

        Raises:
            StoreUnavailable: the session stands, and so does the cookie.
            ConfigurationError: the application is in no middleware with `WebSessions`.
        """
        request = _seen(source)
        token = self.token(request)
        if token is not None:
            await self._auth.logout(token)
        request.found[_COOKIE] = self._cookie.clear()
        clear_site_data(request)

    def _nobody(self, request: Request) -> Response | None:
        if not self._required.match(request.path) or self._free.match(request.path):
            return None
        return sent_to(self._login_page, request, _NOBODY)

    async def _somebody(self, request: Request, credential: Credential) -> Response | None:
        try:
            enrolling = self._may_enroll(request)
            with acting_as_nobody():
                session = await self._auth.session(credential.token, enrolling=enrolling)
        except SessionEnded:
            return self._ended(request, credential)
        except EnrollmentRequired:
            return self._not_enrolled(request, credential)
        except (StoreError, OdooUnavailable):
            return _UNAVAILABLE
        request.found[_SESSION] = session
        request.found[_CREDENTIAL] = credential
        request.enter(acting_as(session.principal))
        return None

    def _ended(self, request: Request, credential: Credential) -> Response | None:
        what = "bearer token" if credential.is_bearer else "cookie"
        self._audit.tell("session_use_after_expire", what=what, codes=["session_ended"])
        if credential.is_bearer:
            return _INVALID
        request.found[_ENDED] = True
        return self._nobody(request)

    def _may_enroll(self, request: Request) -> bool:
        page = self._enroll_page
        return self._enrolling.match(request.path) or (page is not None and page.is_at(request))

    def _not_enrolled(self, request: Request, credential: Credential) -> Response | None:
        request.found[_CREDENTIAL] = credential  # It is good for a logout.
        if self._nobody(request) is None:
            return None
        return sent_to(self._enroll_page, request, _ENROLL)


def _seen(source: object) -> Request:
    request = request_of(source)
    if _SESSION not in request.found:
        raise ConfigurationError("put WebSessions among the controls of the innermost middleware of the application")
    return request
