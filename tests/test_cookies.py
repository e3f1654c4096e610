"""The session cookie: what is set, what is read back, and what is refused."""

from __future__ import annotations

import io
import logging
from http.cookies import SimpleCookie
from typing import Any
from wsgiref.headers import Headers
from wsgiref.util import setup_testing_defaults

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenoo_security import SessionCookie
from zenoo_security.errors import InsecureTransport, ParameterError, SessionEnded
from zenoo_security.tokens import DEVICE, new_token

TOKEN = "zst_" + "A" * 43
OTHER = "zst_" + "B" * 42 + "A"
NAME = "__Host-session"


def scope(*cookies: bytes, host: bytes = b"app.example.com") -> dict[str, Any]:
    headers = [(b"host", host), *((b"cookie", cookie) for cookie in cookies)]
    return {"type": "http", "method": "GET", "path": "/", "headers": headers}


def environ(cookies: str | None, host: str = "app.example.com") -> dict[str, Any]:
    values: dict[str, Any] = {} if cookies is None else {"HTTP_COOKIE": cookies}
    values["HTTP_HOST"] = host
    setup_testing_defaults(values)
    return values


def read_both(cookie: SessionCookie, text: str) -> str | None:
    """What an ASGI and a WSGI server find; they agree."""
    found = cookie.from_scope(scope(text.encode("latin-1")))
    assert cookie.from_environ(environ(text)) == found
    return found


class TestSetting:
    @pytest.mark.asvs("v5.0.0-3.3.1", "v5.0.0-3.3.2", "v5.0.0-3.3.3", "v5.0.0-3.3.4")
    def test_the_cookie_is_for_this_host_over_tls_and_for_no_script(self) -> None:
        assert SessionCookie().header(TOKEN) == f"{NAME}={TOKEN}; Path=/; Secure; HttpOnly; SameSite=Lax"

    def test_it_names_no_domain_and_the_whole_path_as_its_prefix_demands(self) -> None:
        (morsel,) = SimpleCookie(SessionCookie().header(TOKEN)).values()
        assert (morsel.key, morsel.value, morsel["path"], morsel["domain"]) == (NAME, TOKEN, "/", "")
        assert morsel["secure"] is True
        assert morsel["httponly"] is True

    def test_options_reach_it(self) -> None:
        cookie = SessionCookie("device", prefix=DEVICE, same_site="Strict", max_age_s=86_400)
        token = new_token(DEVICE)
        expected = f"__Host-device={token}; Path=/; Max-Age=86400; Secure; HttpOnly; SameSite=Strict"
        assert cookie.header(token) == expected

    def test_clearing_has_the_same_attributes_and_ends_at_once(self) -> None:
        assert SessionCookie().clear() == f"{NAME}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax"

    @pytest.mark.asvs("v5.0.0-3.3.5")
    def test_it_is_far_below_the_size_that_browsers_keep(self) -> None:
        assert len(SessionCookie("x" * 64).header(TOKEN)) < 4096

    @pytest.mark.parametrize(
        "token", ["", None, "x; Domain=example.com", TOKEN + "\r\nSet-Cookie: a=b", "ztk_" + "A" * 43]
    )
    def test_only_a_token_is_ever_set(self, token: Any) -> None:
        with pytest.raises(SessionEnded):
            SessionCookie().header(token)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"name": ""},
            {"name": "a b"},
            {"name": "a;b"},
            {"name": "a=b"},
            {"name": "a\n"},
            {"name": "x" * 65},
            {"same_site": "None"},
            {"same_site": "lax"},
            {"prefix": "abc_"},
            {"max_age_s": 0},
            {"max_age_s": 34_560_001},
        ],
    )
    def test_an_option_out_of_its_range_is_refused(self, wrong: Any) -> None:
        with pytest.raises(ParameterError):
            SessionCookie(**wrong)


class TestReading:
    @pytest.mark.parametrize(
        "text",
        [
            f"{NAME}={TOKEN}",
            f"a=b; {NAME}={TOKEN}; c=d",
            f'theme="dark;{NAME}={TOKEN}',
            f"=;;= ; {NAME}={TOKEN};",
            f"a=\xff\x00; \t{NAME}={TOKEN}\t",
            f"session={OTHER}; __host-session={OTHER}; {NAME}={TOKEN}",
            f"x{NAME}={OTHER}; {NAME}={TOKEN}",
        ],
    )
    def test_other_cookies_whatever_they_are_do_not_hinder(self, text: str) -> None:
        assert read_both(SessionCookie(), text) == TOKEN

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "session=" + TOKEN,
            NAME,
            f"{NAME}=",
            f"{NAME}={TOKEN[:-1]}",
            f'{NAME}="{TOKEN}"',
            f"{NAME}={TOKEN}=",
            f"{NAME}={TOKEN}, a=b",
            f"{NAME} ={TOKEN}",
            f"{NAME}= {TOKEN}",
            f"={NAME}={TOKEN}",
            f"__host-session={TOKEN}",
            f"\x85{NAME}={TOKEN}",
            f"\xa0{NAME}={TOKEN}",
            f"\x0b{NAME}={TOKEN}",
            f"$Version=1, {NAME}={TOKEN}",
            f"{NAME}=ztk_{TOKEN[4:]}",
        ],
    )
    def test_what_is_not_exactly_our_cookie_is_none(self, text: str) -> None:
        assert read_both(SessionCookie(), text) is None

    @pytest.mark.parametrize("second", [TOKEN, OTHER, "", "x"])
    def test_two_of_the_name_are_none_whichever_comes_first(self, second: str) -> None:
        """An attacker on a neighboring host planted one, and nobody can tell which."""
        assert read_both(SessionCookie(), f"{NAME}={TOKEN}; {NAME}={second}") is None
        assert read_both(SessionCookie(), f"{NAME}={second}; a=b; {NAME}={TOKEN}") is None
        split = scope(f"{NAME}={TOKEN}".encode(), f"{NAME}={second}".encode())
        assert SessionCookie().from_scope(split) is None

    def test_cookies_that_http_2_sends_one_by_one_are_read_together(self) -> None:
        assert SessionCookie().from_scope(scope(b"a=b", f"{NAME}={TOKEN}".encode(), b"c=d")) == TOKEN

    def test_ten_megabytes_of_cookies_are_none(self) -> None:
        assert read_both(SessionCookie(), f"{NAME}={TOKEN}; " + "a=b; " * 2_000_000) is None
        assert read_both(SessionCookie(), f"{NAME}={TOKEN}; " + "a=b; " * 2_000) == TOKEN

    def test_a_request_without_cookies_has_none(self) -> None:
        assert SessionCookie().from_scope({"type": "http"}) is None
        assert SessionCookie().from_environ({}) is None

    @given(st.binary(max_size=200))
    def test_arbitrary_bytes_are_read_without_an_error(self, noise: bytes) -> None:
        cookie = SessionCookie()
        assert read_both(cookie, noise.decode("latin-1")) is None
        assert read_both(cookie, f"{NAME}={TOKEN};" + noise.decode("latin-1")) == TOKEN

    def test_text_that_no_server_would_pass_is_none(self) -> None:
        assert SessionCookie().from_environ(environ(f"\ud800{NAME}={TOKEN}")) is None


class TestDevelopment:
    """Plain http, on this machine."""

    @pytest.fixture
    def cookie(self, caplog) -> SessionCookie:
        with caplog.at_level(logging.WARNING):
            cookie = SessionCookie(insecure=True)
        assert "never use insecure=True in production" in caplog.text
        return cookie

    def test_the_cookie_has_another_name_and_is_not_secure(self, cookie) -> None:
        assert cookie.header(TOKEN) == f"session={TOKEN}; Path=/; HttpOnly; SameSite=Lax"
        assert cookie.clear() == "session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"

    @pytest.mark.parametrize(
        "host", ["localhost", "localhost:8000", "127.0.0.1:80", "127.1.2.3", "[::1]:8000", "LOCALHOST", "localhost."]
    )
    def test_a_request_for_this_machine_is_read(self, cookie, host: str) -> None:
        assert cookie.from_scope(scope(f"session={TOKEN}".encode(), host=host.encode())) == TOKEN
        assert cookie.from_environ(environ(f"session={TOKEN}", host)) == TOKEN

    @pytest.mark.parametrize(
        "host",
        ["app.example.com", "", "10.0.0.1", "localhost.example.com", "[::2]", "[", "localhost@evil.example", "x" * 99],
    )
    def test_a_request_for_another_machine_is_an_error(self, cookie, host: str) -> None:
        with pytest.raises(InsecureTransport):
            cookie.from_scope(scope(f"session={TOKEN}".encode(), host=host.encode()))
        with pytest.raises(InsecureTransport):
            cookie.from_environ(environ(f"session={TOKEN}", host))

    def test_two_host_headers_or_none_are_an_error(self, cookie) -> None:
        request = scope(host=b"localhost")
        for hosts in ([], [(b"host", b"localhost")] * 2):
            with pytest.raises(InsecureTransport):
                cookie.from_scope({**request, "headers": hosts})

    def test_the_cookie_of_production_is_not_the_one_of_development(self, cookie) -> None:
        assert cookie.from_environ(environ(f"{NAME}={TOKEN}", "localhost")) is None
        assert SessionCookie().from_environ(environ(f"session={TOKEN}")) is None


class TestRoundTrip:
    """What a browser would send back is what was set."""

    def test_through_a_wsgi_application(self) -> None:
        cookie, token, seen = SessionCookie(), new_token(), []

        def application(request: dict[str, Any], start_response: Any) -> list[bytes]:
            seen.append(cookie.from_environ(request))
            start_response("200 OK", [("Set-Cookie", cookie.header(token))])
            return [b""]

        answers: list[Headers] = []
        for _ in range(2):
            request = environ(answers[-1]["Set-Cookie"].partition(";")[0] if answers else None)
            application(request, lambda status, headers: answers.append(Headers(headers)))
        assert seen == [None, token]

    async def test_through_an_asgi_application(self) -> None:
        cookie, token, seen = SessionCookie(), new_token(), []

        async def application(request: dict[str, Any], receive: Any, send: Any) -> None:
            seen.append(cookie.from_scope(request))
            headers = [(b"set-cookie", cookie.header(token).encode("ascii"))]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": b""})

        sent: list[dict[str, Any]] = []

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await application(scope(), io.BytesIO, send)
        set_cookie = dict(sent[0]["headers"])[b"set-cookie"]
        await application(scope(b"other=1; " + set_cookie.partition(b";")[0]), io.BytesIO, send)
        assert seen == [None, token]
