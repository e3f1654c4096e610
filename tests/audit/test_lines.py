"""What gets into a line, and what does not."""

from __future__ import annotations

import asyncio
import copy
import json
import logging
import re
import threading
from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from zenoo_security import Principal, acting_as
from zenoo_security._native import audit_line
from zenoo_security.audit import AuditLog, Background, Classified, RecordSink, configure, configured, emit, in_request
from zenoo_security.clock import FakeClock
from zenoo_security.errors import ParameterError
from zenoo_security.tokens import new_token

ALICE = Principal("shop", 7, "alice")
PRINTABLE = re.compile(rb"[ -~]+")

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=20,
)


@pytest.mark.asvs("v5.0.0-16.2.1", "v5.0.0-16.2.4")
def test_an_event_says_when_where_who_and_what(heard):
    with acting_as(ALICE), in_request("r-1", client_ip="2001:db8:0:1::9"):
        emit("authz_fail", model="res.partner", ids=[3, 4], reason="record_rule", needs="write")
    fields = heard.one("authz_fail")
    assert fields.pop("process.pid") > 0
    assert len(fields.pop("process.entity_id")) == 16
    assert fields.pop("host.name")
    assert fields.pop("@timestamp")
    assert fields == {
        "service.name": "zenoo-security",
        "event.sequence": 1,
        "event.action": "authz_fail",
        "event.category": "iam",
        "event.outcome": "failure",
        "event.reason": "record_rule",
        "log.level": "error",
        "user.id": 7,
        "user.name": "alice",
        "odoo.database": "shop",
        "odoo.model": "res.partner",
        "odoo.ids": [3, 4],
        "http.request.id": "r-1",
        "source.address": "2001:db8:0:1::/64",
        "details": {"needs": "write"},
    }


@pytest.mark.asvs("v5.0.0-16.2.2")
@given(st.floats(0, 4e9))
def test_times_are_utc_with_an_offset_and_events_are_numbered(now):
    lines: list[bytes] = []
    log = AuditLog(lambda entry: lines.append(entry.line), clock=FakeClock(now))
    log.record("a")
    log.record("b")
    first, second = map(json.loads, lines)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00", first["@timestamp"])
    assert abs(datetime.fromisoformat(first["@timestamp"]).timestamp() - now) < 2e-6
    assert datetime.fromisoformat(first["@timestamp"]).tzinfo == timezone.utc
    assert (first["event.sequence"], second["event.sequence"]) == (1, 2)


@pytest.mark.asvs("v5.0.0-16.4.1")
@given(st.dictionaries(st.text(), plain, max_size=5))
def test_whatever_comes_is_one_line_of_printable_ascii_and_strict_json(details):
    line = audit_line({"details": details}, now=1.0)
    assert PRINTABLE.fullmatch(line)
    assert len(line) < 16_000
    text = line.decode()
    json.loads(text, parse_constant=pytest.fail)
    assert not re.search(r"\\ud[89ab]..(?!\\ud[c-f])", text)  # no lone surrogates


@pytest.mark.asvs("v5.0.0-16.4.1")
@pytest.mark.parametrize("char", ["\n", "\r", "\0", "\x1b[2J", "\x7f", "\x9b", "\u2028", "\u202e", "\u2066", "\ud800"])
def test_what_forges_lines_or_turns_text_around_is_escaped(heard, char):
    emit("x", reason=f'a{char}{{"event.action":"authn_login_success"}}', model=char, **{char: char})
    (entry,) = heard
    assert PRINTABLE.fullmatch(entry.line)
    assert entry.line.count(b'"event.action":') == 1
    assert heard.fields[0]["event.action"] == "x"


@pytest.mark.asvs("v5.0.0-16.2.5")
@pytest.mark.parametrize(
    "secret",
    [
        SecretStr("hunter2"),
        Classified("hunter2"),
        b"hunter2",
        bytearray(b"hunter2"),
        {"hunter2"},
        ValueError("hunter2"),
    ],
    ids=lambda secret: type(secret).__name__,
)
def test_secrets_cannot_enter_by_type(heard, secret):
    emit("x", a=secret, b=[secret], c={"d": secret}, reason=secret, model=secret, ids=secret, account=secret)
    (entry,) = heard
    assert b"hunter2" not in entry.line
    assert f"[hidden: {type(secret).__name__}]".encode() in entry.line


class Subclass(str):
    """Somebody's own kind of secret text."""

    __slots__ = ()


@pytest.mark.asvs("v5.0.0-16.2.5")
def test_a_kind_of_text_that_is_not_known_is_hidden(heard):
    emit("x", a=Subclass("hunter2"))
    assert heard.fields[0]["details"] == {"a": "[hidden: Subclass]"}


@pytest.mark.asvs("v5.0.0-16.2.5")
@pytest.mark.parametrize("prefix", ["zst_", "ztk_", "zdt_"])
def test_tokens_cannot_enter_as_text(heard, prefix):
    token = new_token(prefix)
    emit("x", reason=f"bad: {token}", model=token, a=[token[:20]])
    (entry,) = heard
    assert token[4:20].encode() not in entry.line


@pytest.mark.asvs("v5.0.0-16.2.5")
@pytest.mark.parametrize("value", ["zs1." + "A" * 60, "zi1." + "A" * 22])
def test_encrypted_values_and_indexes_cannot_enter(heard, value):
    emit("x", reason=value, a=f"({value})")
    assert b"AAAA" not in heard[0].line


@pytest.mark.asvs("v5.0.0-16.2.5")
def test_texts_under_the_name_of_a_secret_are_hidden(heard):
    emit("x", new_password="hunter2", API_KEY="hunter2", inner={"Cookie": "hunter2"}, has_password=True)
    assert heard.fields[0]["details"] == {
        "new_password": "[hidden]",
        "API_KEY": "[hidden]",
        "inner": {"Cookie": "[hidden]"},
        "has_password": True,
    }


@pytest.mark.asvs("v5.0.0-16.2.5")
@pytest.mark.parametrize("name", ["password", "X-Api-Key", "apiKey", "DB_PWD", "private key", "recovery_codes", "jwt"])
@pytest.mark.parametrize("secret", ["4711", 4711, 4711.5, ["4711"], ("4711",), {"is": "4711"}])
def test_nothing_under_the_name_of_a_secret_is_written(heard, name, secret):
    emit("x", body={name: secret})
    assert b"4711" not in heard[0].line.partition(b'"details"')[2]


def test_a_type_whose_name_runs_code_does_no_harm(heard):
    """Neither does a dict that this code changes while it is written."""
    body: dict[str, object] = {}

    class Evil(type):
        def __getattribute__(cls, name: str) -> object:
            body[f"{name}{len(body)}"] = 1
            raise KeyError("hunter2")

    class Value(metaclass=Evil):
        pass

    body |= {"a": 1, "b": object.__new__(Value), "c": 2}
    emit("x", body=body)
    assert b"hunter2" not in heard[0].line


@pytest.mark.asvs("v5.0.0-16.4.1")
def test_a_line_is_bounded_and_keeps_its_number(heard):
    """Else what a client sends could make a line so long that a file is not read back."""
    wide = "\U0001f600" * 250
    emit("x", **{f"{wide}{number}": {f"{wide}{inner}": wide for inner in range(32)} for number in range(32)})
    assert len(heard[0].line) < 32 * 1024
    assert heard.fields[0]["event.sequence"] == 1


@pytest.mark.asvs("v5.0.0-16.4.1")
@pytest.mark.parametrize("name", ["a\r\n<34>1 forged", "a b", "\u202ea", "\ud800", "n" * 10**6, "zst_" + "A" * 43])
def test_the_name_of_an_event_forges_nothing(heard, caplog, name):
    emit(name)
    assert re.fullmatch(r"[A-Za-z0-9._:-]{1,64}|_hidden_", heard.events[0])
    configure(None)
    emit(name)
    assert re.fullmatch(r"[A-Za-z0-9._:-]{1,64} \{\}", caplog.messages[-1])


def test_numbers_of_records_are_bounded(heard):
    emit("x", ids=list(range(1_000_000)), model="m" * 10**6, a=10**20, b=float("inf"))
    fields = heard.fields[0]
    assert fields["odoo.ids"] == list(range(100))
    assert fields["odoo.ids_count"] == 1_000_000
    assert fields["odoo.model"] == "m" * 256 + "\u2026"
    assert fields["details"] == {"a": "[large number]", "b": "inf"}


def test_a_deep_value_is_cut(heard):
    deep: object = "end"
    for _ in range(100_000):
        deep = [deep]
    emit("x", a=deep)
    assert heard.fields[0]["details"] == {"a": [[["[cut]"]]]}
    while isinstance(deep, list):  # Python would take it apart recursively.
        deep = deep.pop()


def test_a_request_id_from_outside_is_replaced_unless_it_is_plain(heard):
    for sent in ("a" * 129, "a\nb", "", None, 7):
        with in_request(sent, client_ip="no address") as request:
            assert re.fullmatch("[0-9a-f]{16}", request.id or "")
            assert request.client is None
    emit("x", client_ip="::ffff:192.0.2.1")
    assert heard.fields[0]["source.address"] == "192.0.2.1"


async def test_the_request_follows_tasks_and_does_not_leak(heard):
    async def serve(name: str) -> None:
        with in_request(name):
            await asyncio.sleep(0)
            await asyncio.to_thread(emit, "x", who=name)

    await asyncio.gather(*(serve(f"r{number}") for number in range(20)))
    emit("y")
    assert all(fields["http.request.id"] == fields["details"]["who"] for fields in heard.fields[:-1])
    assert "http.request.id" not in heard.fields[-1]


def test_without_a_log_events_are_records_of_the_logging_module(caplog):
    caplog.set_level(logging.INFO, "zenoo_security.audit")
    emit("field.undecryptable", model="res.partner", field="vat", key_id=3, count=2)
    emit("authn_login_success", principal=ALICE, password="hunter2", data=b"hunter2")
    first, second = caplog.records
    assert first.event == {
        "name": "field.undecryptable", "model": "res.partner", "field": "vat", "key_id": 3, "count": 2,
    }  # fmt: skip
    assert (first.levelname, second.levelname) == ("WARNING", "INFO")
    assert second.event["database"] == "shop"
    assert "hunter2" not in caplog.text + repr(second.event)
    emit("x", client_ip="2001:db8::8:1")
    assert caplog.records[-1].event == {"name": "x", "client_ip": "2001:db8::/64"}
    with acting_as(ALICE):
        emit("x", principal=None)  # As in a line: who asks is told where nobody else is named.
    assert caplog.records[-1].event == {"name": "x", "database": "shop", "uid": 7}


@pytest.mark.asvs("v5.0.0-16.2.3")
def test_events_go_to_the_sinks_that_were_configured_and_nowhere_else(heard, caplog, capfd, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    caplog.set_level(logging.DEBUG)
    emit("authz_fail", reason="r")
    assert heard.events == ["authz_fail"]
    assert (caplog.records, capfd.readouterr(), [*tmp_path.iterdir()]) == ([], ("", ""), [])


def test_a_log_is_configured_for_the_process_and_the_one_before_comes_back(heard):
    other: list[bytes] = []
    with configured(AuditLog(lambda entry: other.append(entry.line))):
        emit("inner")
    emit("outer")
    assert (len(other), heard.events) == (1, ["outer"])
    with pytest.raises(ParameterError):
        configure("audit.jsonl")
    with pytest.raises(ParameterError):
        AuditLog()


async def nobody_waits(_entry: object) -> None:
    """A sink that would write nothing."""


class NobodyWaits:
    """Another one."""

    async def __call__(self, _entry: object) -> None:
        """Write nothing."""


@pytest.mark.parametrize("sink", [nobody_waits, NobodyWaits(), RecordSink, "audit.jsonl"])
def test_what_is_called_and_writes_nothing_is_no_sink(sink):
    with pytest.raises(ParameterError):
        AuditLog(sink, required=True)
    with pytest.raises(ParameterError):
        Background(sink)


def test_threads_that_begin_at_once_have_an_identity_in_every_line(heard):
    barrier = threading.Barrier(8)

    def begin() -> None:
        barrier.wait()
        emit("x")

    with configured(AuditLog(heard)):
        threads = [threading.Thread(target=begin) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert all(fields["process.entity_id"] for fields in heard.fields)
    assert len({(fields["process.entity_id"], fields["event.sequence"]) for fields in heard.fields}) == 8


def test_classified_shows_nothing():
    value = Classified(4200)
    assert "4200" not in f"{value} {value!r}"
    assert value.reveal() == 4200
    with pytest.raises(TypeError):
        copy.deepcopy(value)
