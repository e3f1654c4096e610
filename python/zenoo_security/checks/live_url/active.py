"""Try known passwords, once for each account, and whether guessing is slowed down. Never the master password."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from zenoo_security.checks.live_url.answer import Answer
from zenoo_security.checks.live_url.questions import Question
from zenoo_security.checks.live_url.tried import GUESSES, PAIRS, Tried

if TYPE_CHECKING:
    from zenoo_security.checks.live_url.asking import Asker
    from zenoo_security.checks.view import Progress

__all__ = ["try_logins"]

_TOKEN: Final = re.compile(r"name=\"csrf_token\" value=\"([0-9a-zA-Z]{1,200})\"")
_COOKIE: Final = re.compile(r"\s*((?:__Host-|__Secure-)?session_id=[^;\s]{1,500})")
_SLOWED: Final = re.compile(r"too many|try(?:ing)? again|locked", re.IGNORECASE)
_MESSAGE: Final = re.compile(r"class=\"[^\"]{0,200}\balert\b[^\"]{0,200}\"([^<]{0,500})")
_TOO_MANY: Final = frozenset({403, 429, 503})
_USERS: Final = range(1, 6)


async def try_logins(asker: Asker, progress: Progress) -> Tried:
    """Try the known passwords, guess at an account that does not exist, and ask for pictures of five users."""
    logins: dict[str, bool | None] = {}
    for login, password in PAIRS.items():
        progress(f"trying the known password of {login}")
        answer, cookie = await _log_in(asker, login, password)
        logins[login] = None if answer is None else _accepted(answer)
        if logins[login]:
            await asker.ask(Question("/web/session/logout", headers={"Cookie": cookie}))
    progress("guessing at an account that does not exist")
    return Tried(logins, await _is_slowed(asker), await _pictures(asker))


async def _is_slowed(asker: Asker) -> bool | None:
    login, password = f"zs-{secrets.token_hex(8)}", secrets.token_hex(16)
    tried = False
    for _ in range(GUESSES):
        answer, _cookie = await _log_in(asker, login, password)
        if answer is None:
            continue
        tried = True
        if _says_slowed(answer):
            return True
    return False if tried else None


async def _log_in(asker: Asker, login: str, password: str) -> tuple[Answer | None, str]:
    """What the login page answers; None where there is none. And the cookie of the session."""
    page = await asker.ask(Question("/web/login"))
    if not isinstance(page, Answer):
        return None, ""
    if page.status in _TOO_MANY:
        return page, ""
    token, cookie = _TOKEN.search(page.text), _cookie(page)
    if token is None or not cookie:
        return None, ""
    body = urlencode({"csrf_token": token[1], "login": login, "password": password}).encode()
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    answer = await asker.ask(Question("/web/login", "POST", headers, body))
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
