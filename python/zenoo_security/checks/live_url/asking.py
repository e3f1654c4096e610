"""Requests to a host that may do anything: answer never, for ever, in circles, or with a gigabyte.

Nothing secret is sent, so the certificate is not checked here: `tls.py` does, and says so. No redirect is followed.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from typing import TYPE_CHECKING, Final

import httpx

from zenoo_security import __version__
from zenoo_security.checks.live_url.answer import Answer, Silence

if TYPE_CHECKING:
    from typing_extensions import Self

    from zenoo_security.checks.live_url.questions import Question

__all__ = ["MAX_BODY", "USER_AGENT", "Asker"]

MAX_BODY: Final = 262_144
"""Bytes of a body that are read."""
USER_AGENT: Final = f"zenoo-security/{__version__} (production checker)"
_REQUEST_S: Final = 8.0
_VIEW_S: Final = 40.0
_ACTIVE_VIEW_S: Final = 200.0
_MOST_SILENCES: Final = 3
_MAX_HEADERS: Final = 200


class Asker:
    """Asks one question after the other.

    After three silences in a row nothing more is sent; after 40 seconds, or 200 of the many with `--active`, nothing is
    waited for either.

    Args:
        base: scheme, host and port.
        active: whether many will be asked.
    """

    def __init__(self, base: str, *, active: bool = False) -> None:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        headers = {"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "identity"}
        self._client = httpx.AsyncClient(verify=context, trust_env=False, timeout=_REQUEST_S, headers=headers)
        self._base = base
        self._limit_s = _ACTIVE_VIEW_S if active else _VIEW_S
        self._end = time.monotonic() + self._limit_s
        self._silences = 0
        self._has_answered = False
        self.sent = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def ask(self, question: Question) -> Answer | Silence:
        """The answer to a question. A request and its answer take eight seconds at most, however they are dripped.

        Where a host that answers closes a connection, it is asked once more: only who does so again means it.
        """
        given = await self._ask(question)
        if self._has_answered and isinstance(given, Silence) and given.closed and not question.may_close:
            given = await self._ask(question)
        return given

    async def _ask(self, question: Question) -> Answer | Silence:
        if self._silences >= _MOST_SILENCES:
            return Silence(f"not asked: {_MOST_SILENCES} requests in a row had no answer")
        left_s = self._end - time.monotonic()
        if left_s <= 0:
            return Silence(f"not asked: the host took more than {self._limit_s:g} seconds")
        self.sent += 1
        limit_s = min(_REQUEST_S, left_s)
        try:
            answer = await asyncio.wait_for(self._answer(question), limit_s)
        except (TimeoutError, asyncio.TimeoutError, httpx.TimeoutException):
            return self._silent(f"no answer to {question.method} {question.path} within {limit_s:.2g} seconds")
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            closed = isinstance(error, (httpx.NetworkError, httpx.RemoteProtocolError))
            return self._silent(f"no answer to {question.method} {question.path}: {type(error).__name__}", closed)
        self._silences = 0
        self._has_answered = True
        return answer

    def _silent(self, reason: str, closed: bool = False) -> Silence:
        # A host that answers, and closes the connection for some paths, keeps nobody waiting.
        self._silences += not (closed and self._has_answered)
        return Silence(reason, closed)

    async def _answer(self, question: Question) -> Answer:
        url = (question.base or self._base) + question.path
        # No cookie of an earlier answer.
        self._client.cookies.clear()
        request = self._client.build_request(question.method, url, headers=question.headers, content=question.body)
        response = await self._client.send(request, stream=True)
        try:
            content, cut = (
                (b"", False) if response.status_code == httpx.codes.SWITCHING_PROTOCOLS else await _body(response)
            )
        finally:
            await response.aclose()
        headers = [(name.lower(), value) for name, value in response.headers.multi_items()][:_MAX_HEADERS]
        return Answer(response.status_code, tuple(headers), content.decode("utf-8", "replace"), cut)


async def _body(response: httpx.Response) -> tuple[bytes, bool]:
    """The first bytes as they came: nothing is unpacked."""
    content = bytearray()
    async for chunk in response.aiter_raw():
        content += chunk
        if len(content) > MAX_BODY:
            return bytes(content[:MAX_BODY]), True
    return bytes(content), False
