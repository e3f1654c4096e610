"""What `zenoo-security doctor` says of an installation, with real stores, a real ring and hosts that do anything.

A host that hangs does so for longer than `run` waits for a command.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import ssl
import subprocess
import sys
import threading
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest

from command_line import run
from fake_odoo import FakeOdoo
from rude_host import drips, drops, hangs, host
from zenoo_security import keyring
from zenoo_security.doctor import examination, software, store
from zenoo_security.doctor.finding import State
from zenoo_security.doctor.situation import Situation
from zenoo_security.keyring import KeyRing

SECRET = "SECRET-of-the-doctor"


IMPATIENT = """
from zenoo_security.doctor import examination, odoo, store
odoo._TIMEOUT_S = store._TIMEOUT_S = 0.4
examination.examine.__kwdefaults__["timeout_s"] = 2.0
"""
"""What takes seconds takes a part of one."""


def doctor(before="", **settings):
    """Its exit code, and part -> its findings."""
    done = run("doctor", "--format", "json", settings=settings, before=before)
    assert "Traceback" not in done.errors
    assert SECRET not in done.output + done.errors
    found = {}
    for finding in json.loads(done.output)["findings"]:
        found.setdefault(finding["part"], []).append((finding["state"], finding["text"], finding["hint"]))
    assert json.loads(done.output)["ok"] == (done.code == 0)
    return done.code, found


@pytest.fixture
def fake():
    fake = FakeOdoo()
    yield fake
    fake.close()


def test_a_fresh_installation_works_and_is_told_what_to_do_next():
    code, found = doctor()
    assert code == 0
    assert found["keys"] == [
        ("warn", "no key ring is set: no logins, sessions or encrypted fields", found["keys"][0][2])
    ]
    assert "zenoo-security keys create" in found["keys"][0][2]
    assert found["store"][0][0] == "warn"
    assert found["odoo"][0][:2] == ("skip", "no address is set")
    assert f"zenoo-rpc {importlib.metadata.version('zenoo-rpc')}" in found["extras"][0][1]
    assert "OpenSSL" in found["python"][0][1]


def test_text_has_a_line_for_each_part_and_its_hint_below():
    done = run("doctor")
    assert "\nwarn  store     in memory" in done.output
    assert "\n                -> With several workers:" in done.output
    assert "\x1b" not in done.output


def test_a_store_that_answers_is_ok(store_url):
    code, found = doctor(STORE_URL=store_url)
    assert found["store"][0][0] == "ok", found["store"]
    assert code == 0, found


def test_a_file_for_a_store_is_not_made(tmp_path):
    """It says that it looks."""
    path = tmp_path / "state.db"
    assert doctor(STORE_URL=f"sqlite:///{path}")[1]["store"] == [
        ("ok", f"SQLite at {path}: is made at its first use", "")
    ]
    assert not path.exists()
    code, found = doctor(STORE_URL=f"sqlite:///{tmp_path}/none/state.db")
    assert (code, found["store"][0][0]) == (1, "fail")


@pytest.mark.asvs("v5.0.0-16.2.5", "v5.0.0-13.2.6")
@pytest.mark.parametrize("scheme", ["redis", "postgresql"])
def test_a_store_that_hangs_or_is_down_fails_in_time_and_its_password_is_not_shown(scheme):
    with host(hangs) as (address, _):
        url = f"{scheme}://user:{SECRET}@{address.partition('//')[2]}/0"
        code, found = doctor(IMPATIENT, STORE_URL=url)
    assert (code, found["store"][0][0]) == (1, "fail")
    code, found = doctor(STORE_URL=f"{scheme}://user:{SECRET}@127.0.0.1:1/0")
    assert (code, found["store"][0][0]) == (1, "fail")
    assert "127.0.0.1:1" in found["store"][0][1]


def test_keys_are_shown_by_id_state_and_day(tmp_path):
    path = tmp_path / "keys.json"
    ring = KeyRing.generate(created="2020-01-01").add().promote(2)
    keyring.save(ring, path)
    code, found = doctor(KEY_RING_FILE=str(path))
    assert code == 0
    assert [state for state, _, _ in found["keys"]] == ["warn", "ok"]
    assert found["keys"][0][1].startswith("key 1: decrypt-only, made 2020-01-01: ")
    assert found["keys"][1][1].startswith("key 2: primary, made ")
    shown = json.dumps(found)
    for key in json.loads(ring.to_json())["keys"]:
        assert key["key"] not in shown


@pytest.mark.asvs("v5.0.0-13.3.2")
def test_a_ring_that_others_can_read_fails_and_so_does_one_that_is_not_there(tmp_path):
    path = tmp_path / "keys.json"
    keyring.save(KeyRing.generate(), path)
    path.chmod(0o644)
    code, found = doctor(KEY_RING_FILE=str(path))
    assert (code, found["keys"][0][0]) == (1, "fail")
    assert found["file"][0][:2] == (
        "fail",
        f"ZENOO_SECURITY_KEY_RING_FILE: {path}, mode 0644: others can read it",
    )
    code, found = doctor(KEY_RING_FILE="/no/such/file")
    assert (code, found["keys"][0][0], found["file"][0][0]) == (1, "fail", "fail")


def test_a_program_for_keys_that_hangs_is_a_failure_and_not_waited_for():
    code, found = doctor(IMPATIENT, KEY_RING_COMMAND="sleep 60")
    assert (code, found["keys"][0][0]) == (1, "fail")


def test_a_setting_that_is_wrong_or_unknown_fails_without_its_value():
    code, found = doctor(SESSION_TIMEOUT=SECRET, STORE_ULR=SECRET)
    assert code == 1
    assert [state for state, _, _ in found["settings"]] == ["fail", "fail"]
    assert found["store"] == [("skip", "the settings are wrong", "")]


def test_an_odoo_is_asked_for_its_version_and_nothing_else(fake):
    code, found = doctor(ODOO_URL=fake.url, ODOO_LOGIN="ann", ODOO_PASSWORD=SECRET)
    assert code == 0
    assert found["odoo"][0] == ("ok", "version 19.0", "")
    assert found["odoo"][1] == ("ok", "plain http, on this machine", "")
    assert found["clock"] == [("ok", "agrees with Odoo's", "")]
    assert [request["method"] for request in fake.requests] == ["version"]
    assert SECRET not in fake.sent()


def body(date):
    text = b'{"jsonrpc": "2.0", "id": 1, "result": {"server_version": "18.0\\u001b[31m"}}'
    head = f"HTTP/1.1 200 OK\r\nDate: {date}\r\nContent-Length: {len(text)}\r\nConnection: close\r\n\r\n"
    return head.encode() + text


def test_a_clock_that_is_off_fails_and_another_version_is_a_warning():
    late = format_datetime(datetime.now(timezone.utc) - timedelta(hours=1), usegmt=True)
    with host(lambda stream, _over: stream.sendall(body(late))) as (url, _):
        code, found = doctor(ODOO_URL=url)
    assert code == 1
    assert found["odoo"][0][:2] == ("warn", "version 18.0\\x1b[31m; tested is 19.0")
    assert found["clock"][0][0] == "fail"
    assert "ahead of Odoo's" in found["clock"][0][1]


def pours(stream, over):
    stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n")
    while not over.is_set():
        stream.sendall(b"[" * 65_536)


@pytest.mark.asvs("v5.0.0-13.2.6")
@pytest.mark.parametrize(
    "answer",
    [
        hangs,
        drops,
        lambda stream, over: stream.sendall(b"HTTP/1.1 302 Found\r\nLocation: /jsonrpc\r\nContent-Length: 0\r\n\r\n"),
        lambda stream, over: stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnull"),
        lambda stream, over: stream.sendall(b"\xff\x00" * 4000),
        drips,
        pours,
    ],
    ids=["hangs", "drops", "circles", "no Odoo", "no HTTP", "drips", "pours"],
)
def test_an_odoo_that_does_anything_is_a_failure_in_time(answer):
    with host(answer) as (url, _):
        code, found = doctor(IMPATIENT, ODOO_URL=url)
    assert (code, found["odoo"][0][0]) == (1, "fail")


def test_an_odoo_whose_certificate_is_not_trusted_fails(tmp_path):
    from test_client_transport import self_signed

    certificate, key = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = FakeOdoo(context)
    try:
        code, found = doctor(ODOO_URL=server.url)
        assert (code, found["odoo"][0][0]) == (1, "fail")
        assert "not trusted" in found["odoo"][0][1]
        assert "ODOO_CA_FILE" in found["odoo"][0][2]
        code, found = doctor(ODOO_URL=server.url, ODOO_CA_FILE=str(certificate))
        assert (code, found["odoo"][1][0]) == (0, "ok")
        assert "TLSv1.3" in found["odoo"][1][1]
    finally:
        server.close()


@pytest.mark.odoo
def test_the_real_odoo_works(odoo_server):
    code, found = doctor(ODOO_URL=odoo_server.url)
    assert code == 0
    assert found["odoo"][0][1].startswith("version 19.0")
    assert found["clock"][0][0] == "ok"


def test_probes_are_there_before_their_threads():
    """Threads that import modules of one circle fail with `_DeadlockError`, once in a hundred starts."""
    code = "import sys, zenoo_security.doctor; print(*sys.modules)"
    there = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    parts = ("keys", "odoo", "settings", "software", "store")
    assert {f"zenoo_security.doctor.{part}" for part in parts} | {"zenoo_security.stores.opening"} <= set(there)


def test_what_does_not_answer_at_all_is_said(monkeypatch):
    """Such as a name server: the thread cannot be ended."""
    over = threading.Event()
    monkeypatch.setattr(store, "probe", lambda _situation: over.wait(300))
    found = {one.part: one for one in examination.examine(timeout_s=5.0)}
    over.set()
    assert (found["store"].state, found["store"].text) == (State.FAIL, "no answer within 5 seconds")
    assert found["python"].state is State.OK


def test_a_probe_that_fails_shows_no_more_than_the_kind_of_error(monkeypatch):
    def fails(_situation):
        raise KeyError(SECRET)

    monkeypatch.setattr(store, "probe", fails)
    found = {one.part: one for one in examination.examine()}
    assert found["store"].text == "the probe itself failed: KeyError"


@pytest.mark.parametrize(("installed", "state"), [("0.0.1", State.FAIL), (None, State.OK)])
def test_a_native_module_of_another_version_fails(monkeypatch, installed, state):
    version = importlib.import_module("zenoo_security").__version__
    monkeypatch.setattr(software.importlib.metadata, "version", lambda _name: installed or version)
    package, *_ = software.probe(Situation({}))
    assert package.state is state
