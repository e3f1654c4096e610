"""Credentials in URLs."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from zenoo_security.errors import ParameterError
from zenoo_security.tokens import DEVICE, TICKET, new_token
from zenoo_security.web import Jsonp, QuerySecrets
from zenoo_security.web.paths import ByPath

from .driving import Sent, through
from .probing import handshake

TOKENS = [new_token(), new_token(TICKET), new_token(DEVICE)]


@pytest.mark.asvs("v5.0.0-14.2.1")
@pytest.mark.parametrize(
    ("query", "name"),
    [
        (b"password=hunter2", "password"),
        (b"a=1&Password=hunter2", "password"),
        (b"api_key=hunter2", "apikey"),
        (b"API-Key=hunter2", "apikey"),
        (b"x-api-key=hunter2", "xapikey"),
        (b"user%5Bpassword%5D=hunter2", "password"),
        (b"user[password]=hunter2", "password"),
        (b"user.password=hunter2", "password"),
        (b"%70assword=hunter2", "password"),
        (b"pass+word=hunter2", "password"),
        (b"a=1;token=hunter2", "token"),
        (b"access_token=hunter2&a", "accesstoken"),
        (b"client_secret=hunter2", "clientsecret"),
        (b"session_id=hunter2", "sessionid"),
        (b"token[]=hunter2", "token"),
        (b"totp_token=123456", "totptoken"),
        (b"new_password=hunter2", "newpassword"),
        (b"password2=hunter2", "password2"),
        (b"api_secret=hunter2", "apisecret"),
    ],
)
def test_a_credential_is_refused_by_its_name(kind, heard, query, name) -> None:
    got = through(kind, [QuerySecrets()], Sent(query=query))
    assert got.status == 400
    (event,) = heard
    assert event.event == "input_validation_fail"
    assert name in str(event)
    assert "hunter2" not in str(heard) + str(got.body)


@pytest.mark.asvs("v5.0.0-14.2.1")
@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("query", ["x={}", "{}", "{}=1", "a=b&next=/x?t={}", "x=%7Astub&y={}", "x=a{}b"], ids=str)
def test_our_own_tokens_are_refused_wherever_they_stand(heard, number, query) -> None:
    token = TOKENS[number]
    for text in (
        token,
        quote(token),
        token.replace("_", "%5F"),
        token.replace("_", "%255f"),
        token.replace("_", "%25255f"),
        token.replace("z", "%7a"),
    ):
        assert through("asgi", [QuerySecrets()], Sent(query=query.format(text).encode())).status == 400
    assert token not in str(heard)


@pytest.mark.parametrize(
    "query",
    [
        b"",
        b"a=1",
        b"password=",
        b"tokenizer=bert",
        b"passwords_changed=1",
        b"q=password",
        b"author=x",
        b"zst_=1",
        b"x=zst_short",
        b"page=2&order=name%20asc",
        b"%zz=%",
        b"==&&;=",
        b"\xff\xfe=1",
    ],
)
def test_ordinary_queries_pass(kind, query) -> None:
    assert through(kind, [QuerySecrets()], Sent(query=query)).status == 200


def test_a_name_may_be_allowed_below_a_path(kind) -> None:
    control = QuerySecrets(allow={"/reset": ("token",)})
    assert through(kind, [control], Sent(path="/reset/x", query=b"token=abc")).status == 200
    assert through(kind, [control], Sent(path="/reset/x", query=b"token=abc&password=x")).status == 400
    assert through(kind, [control], Sent(path="/resets", query=b"token=abc")).status == 400
    assert through(kind, [control], Sent(path="/reset", query=b"token=" + TOKENS[0].encode())).status == 400


def test_names_of_the_application_are_added(kind) -> None:
    assert through(kind, [QuerySecrets(["license-code"])], Sent(query=b"LicenseCode=x")).status == 400


def test_only_so_many_parameters_are_looked_at(kind) -> None:
    assert through(kind, [QuerySecrets()], Sent(query=b"a&" * 999 + b"b")).status == 200
    assert through(kind, [QuerySecrets()], Sent(query=b"a&" * 1000 + b"password=x")).status == 400
    assert through(kind, [QuerySecrets()], Sent(query=b"a;" * 1000 + b"password=x")).status == 400


def test_a_path_is_looked_up_once_for_all_parameters(monkeypatch) -> None:
    """Both may be long: a name after the other would look through the path each time."""
    looked, find = [], ByPath.find
    monkeypatch.setattr(ByPath, "find", lambda self, path: looked.append(path) or find(self, path))
    control = QuerySecrets(allow={"/reset": ("token",)})
    assert through("asgi", [control], Sent(path="/reset", query=b"token=a&" * 900)).status == 200
    assert len(looked) == 1


def test_a_handshake_has_no_token_in_its_url() -> None:
    assert handshake([QuerySecrets()], Sent(query=b"token=abc")).status == 400


@pytest.mark.parametrize(
    "arguments", [{"names": "token"}, {"names": ["--"]}, {"allow": {"reset": ("token",)}}], ids=str
)
def test_arguments_are_checked(arguments) -> None:
    with pytest.raises(ParameterError):
        QuerySecrets(**arguments)


@pytest.mark.asvs("v5.0.0-3.5.6")
@pytest.mark.parametrize(
    ("query", "status"),
    [
        (b"callback=jQuery1234_5", 400),
        (b"a=1&jsonp=x.y", 400),
        (b"json_callback=f", 400),
        (b"%63allback=a%5b0%5d", 400),
        (b"callback=https%3A%2F%2Fshop.example.com%2F", 200),
        # Scripts know more names than these, and may begin with an expression.
        ("callback=é".encode(), 400),
        (b"callback=(x)=%3ex", 400),
        (b"callback=window%5b'f'%5d", 400),
        (b"callback=https%3A%2F%2F%0af", 400),
        (b"callback=%2Fx%2F.f", 400),
        # Empty ones count as well: what is left of the query has not been looked at.
        (b"&" * 1000 + b"callback=f", 400),
        (b"callback=", 200),
        (b"callback=1", 200),
        (b"q=callback", 200),
        (b"", 200),
    ],
    ids=lambda value: str(value)[-40:],
)
def test_jsonp_is_refused(kind, query, status) -> None:
    assert through(kind, [Jsonp()], Sent(query=query)).status == status
