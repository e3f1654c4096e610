"""Try known passwords, once for each account, and whether guessing is slowed down. Never the master password."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlencode

from zenoo_security.checks.live_url.answer import Answer, Silence
from zenoo_security.checks.live_url.questions import ABSENT_DATABASE, Question, authenticate
from zenoo_security.checks.live_url.tried import GUESSES, PAIRS, Tried

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zenoo_security.checks.live_url.asking import Asker
    from zenoo_security.checks.view import Progress

__all__ = ["try_logins"]

_TOKEN: Final = re.compile(r"name=\"csrf_token\" value=\"([0-9a-zA-Z]{1,200})\"")
_COOKIE: Final = re.compile(r"\s*((?:__Host-|__Secure-)?session_id=[^;\s]{1,500})")
_SLOWED: Final = re.compile(r"too many|try(?:ing)? again|locked", re.IGNORECASE)
_MESSAGE: Final = re.compile(r"class=\"[^\"]{0,200}\balert\b[^\"]{0,200}\"([^<]{0,500})")
_NO_ACCOUNT: Final = re.compile(r"no account|not found|invalid|unknown|does not exist", re.IGNORECASE)
_RPC: Final = {"/xmlrpc/2/common": "xmlrpc_version", "/jsonrpc": "jsonrpc"}
"""The old paths of RPC, and the question that says whether they answer."""
_MORE_GUESSES: Final = 3
_TOO_MANY: Final = frozenset({403, 429, 503})
_USERS: Final = range(1, 6)


async def try_logins(asker: Asker, answers: Mapping[str, Answer | Silence], progress: Progress) -> Tried:
    """Try the known passwords, guess at an account that does not exist, and ask for pictures of five users.

    Args:
        asker: asks the host.
        answers: what the host said to `QUESTIONS`.
        progress: is told what is being done.
    """
    logins: dict[str, bool | None] = {}
    for login, password in PAIRS.items():
        progress(f"trying the known password of {login}")
        answer, cookie = await _log_in(asker, login, password)
        logins[login] = None if answer is None else _accepted(answer)
        if logins[login]:
            await asker.ask(Question("/web/session/logout", headers={"Cookie": cookie}))
    progress("asking for an account that does not exist")
    # Before the guesses, after which a limit may keep this out.
    tells_accounts = await _tells_accounts(asker)
    pictures = await _pictures(asker)
    progress("guessing at an account that does not exist")
    nobody = _Pair(_nobody(), secrets.token_hex(16))
    unlimited = [path for path, name in _RPC.items() if await _is_unlimited(asker, path, answers.get(name), nobody)]
    slowed = await _is_slowed(asker, nobody)
    uneven = bool(slowed) and await _let_through(asker, nobody) > 1
    forwarded = bool(slowed) and not uneven and await _let_through(asker, nobody, forged=True) == _MORE_GUESSES
    return Tried(logins, slowed, uneven, forwarded, tuple(unlimited), tells_accounts, pictures)


class _Pair(NamedTuple):
    """One password for each account, also for one that does not exist."""

    login: str
    password: str


async def _is_slowed(asker: Asker, nobody: _Pair) -> bool | None:
    tried = False
    for _ in range(GUESSES):
        answer = (await _log_in(asker, *nobody))[0]
        if answer is None:
            continue
        tried = True
        if _says_slowed(answer):
            return True
    return False if tried else None


async def _let_through(asker: Asker, nobody: _Pair, *, forged: bool = False) -> int:
    """How many of three more guesses are answered as the first ones were. A limit by rate may let one through."""
    let_through = 0
    for _ in range(_MORE_GUESSES):
        # Of a network for documentation, RFC 5737.
        headers = {"X-Forwarded-For": f"198.51.100.{1 + secrets.randbelow(254)}"} if forged else {}
        answer = (await _log_in(asker, *nobody, headers))[0]
        let_through += answer is not None and not _says_slowed(answer) and _accepted(answer) is False
    return let_through


async def _is_unlimited(asker: Asker, path: str, known: Answer | Silence | None, nobody: _Pair) -> bool:
    """Whether a path of RPC that answers does so to every guess, at a database that does not exist."""
    if not isinstance(known, Answer) or not known.is_found:
        return False
    question = authenticate(path, ABSENT_DATABASE, *nobody)
    for _ in range(GUESSES):
        answer = await asker.ask(question)
        if not isinstance(answer, Answer) or answer.status in _TOO_MANY:
            return False
    return True


async def _tells_accounts(asker: Asker) -> bool | None:
    """Whether the form for lost passwords says that there is no such account; no mail goes to nobody."""
    answer = (await _submit(asker, "/web/reset_password", {"login": _nobody()}))[0]
    if answer is None or answer.status in _TOO_MANY:
        return None
    return answer.is_found and any(_NO_ACCOUNT.search(one) for one in _MESSAGE.findall(answer.text))


def _nobody() -> str:
    return f"zs-{secrets.token_hex(8)}"


async def _log_in(
    asker: Asker, login: str, password: str, headers: Mapping[str, str] | None = None
) -> tuple[Answer | None, str]:
    return await _submit(asker, "/web/login", {"login": login, "password": password}, headers)


async def _submit(
    asker: Asker, path: str, values: Mapping[str, str], headers: Mapping[str, str] | None = None
) -> tuple[Answer | None, str]:
    """What a form answers; None where there is none. And the cookie of the session."""
    given = headers or {}
    page = await asker.ask(Question(path, headers=given))
    if not isinstance(page, Answer):
        return None, ""
    if page.status in _TOO_MANY:
        return page, ""
    token, cookie = _TOKEN.search(page.text), _cookie(page)
    if token is None or not cookie:
        return None, ""
    body = urlencode({"csrf_token": token[1], **values}).encode()
    sent = {**given, "Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    answer = await asker.ask(Question(path, "POST", sent, body))
    if not isinstance(answer, Answer):
        return None, ""
    return answer, _cookie(answer) or cookie


def _accepted(answer: Answer) -> bool | None:
    """A login that worked leads somewhere else: to the application, or to the second factor."""
    if _says_slowed(answer) or not 200 <= answer.status < 400:  # noqa: PLR2004 - RFC 9110, 15.3 and 15.4
        return None
    return 300 <= answer.status < 400 and "/web/login" not in answer.header("location").partition("?")[0].replace(  # noqa: PLR2004
        "/web/login/totp", ""
    )


def _says_slowed(answer: Answer) -> bool:
    """By its status, or in the message of the form; elsewhere the page may say such words to anybody."""
    return answer.status in _TOO_MANY or any(_SLOWED.search(one) for one in _MESSAGE.findall(answer.text))


def _cookie(answer: Answer) -> str:
    found = [match[1] for one in answer.all("set-cookie") if (match := _COOKIE.match(one))]
    return found[0] if found else ""


async def _pictures(asker: Asker) -> int | None:
    asked = [await asker.ask(Question(f"/web/image/res.users/{uid}/avatar_128")) for uid in _USERS]
    answers = [one for one in asked if isinstance(one, Answer) and one.status not in _TOO_MANY - {403}]
    found = sum(one.is_found and "placeholder" not in one.header("content-disposition") for one in answers)
    return found if found or len(answers) == len(_USERS) else None
