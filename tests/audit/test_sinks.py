"""Sinks: real sockets, stores and threads, and what happens when they fail."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import ipaddress
import json
import logging
import os
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from zenoo_security import open_store
from zenoo_security.audit import (
    AuditLog,
    Background,
    Entry,
    FileSink,
    RecordSink,
    StoreSink,
    SyslogSink,
    configured,
    emit,
)
from zenoo_security.audit.sinks import background
from zenoo_security.clock import FakeClock
from zenoo_security.errors import AuditUnavailable, ConfigurationError, ParameterError
from zenoo_security.stores.memory import MemoryStore

if TYPE_CHECKING:
    from pathlib import Path

RFC_5424 = re.compile(
    rb"<(\d{1,3})>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z (\S+) (\S+) (\d+) (\S{1,32}) - (\{.*\})", re.DOTALL
)


def message(received: bytes) -> tuple[int, str, dict[str, object]]:
    """Priority, message id and fields."""
    match = RFC_5424.fullmatch(received)
    assert match, received
    return int(match[1]), match[5].decode(), json.loads(match[6])


def test_syslog_over_udp():
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(10)
        with AuditLog(SyslogSink(f"udp://127.0.0.1:{server.getsockname()[1]}", facility=13)) as log:
            log.record("authz_fail", reason="a\n<13>1 forged")
        priority, name, fields = message(server.recv(65_536))
    assert (priority, name, fields["event.reason"]) == (13 * 8 + 3, "authz_fail", "a\n<13>1 forged")


def test_syslog_over_a_unix_socket(tmp_path):
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as server:
        server.bind(str(tmp_path / "log"))
        server.settimeout(10)
        with AuditLog(SyslogSink(f"unix://{tmp_path}/log")) as log:
            log.record("authn_login_success")
        priority, name, _ = message(server.recv(65_536))
    assert (priority, name) == (10 * 8 + 6, "authn_login_success")


def frames(connection: socket.socket, count: int) -> list[bytes]:
    """So many messages with their octet counts (RFC 6587)."""
    connection.settimeout(10)
    data, found = b"", []
    while len(found) < count:
        data += connection.recv(65_536)
        while match := re.match(rb"(\d+) ", data):
            end = match.end() + int(match[1])
            if len(data) < end:
                break
            found.append(data[match.end() : end])
            data = data[end:]
    return found


@pytest.mark.asvs("v5.0.0-16.4.3")
def test_syslog_over_tcp_is_counted_and_a_server_that_comes_back_is_used():
    heard: list[Entry] = []
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
        log = AuditLog(SyslogSink(f"tcp://127.0.0.1:{port}"), heard.append)
        for number in range(3):
            log.record("x", number=number)
        connection, _ = server.accept()
        numbers = [message(frame)[2]["details"]["number"] for frame in frames(connection, 3)]  # type: ignore[index]
        assert numbers == [0, 1, 2]
        connection.close()
        log.record("x", number=3)  # On a new connection: the end of the old one was seen.
        connection, _ = server.accept()
        assert message(frames(connection, 1)[0])[2]["details"] == {"number": 3}
        connection.close()
    started = time.monotonic()
    for _ in range(1000):
        log.record("x")
    assert time.monotonic() - started < 30  # Nobody waits for a server that is gone.
    assert [entry.event for entry in heard if entry.event != "x"] == ["sys_monitor_disabled"]
    log.close()


@pytest.mark.usefixtures("many_open_files")
def test_syslog_over_tcp_works_in_a_server_with_many_connections():
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        with AuditLog(SyslogSink(f"tcp://127.0.0.1:{server.getsockname()[1]}"), required=True) as log:
            for _ in range(3):
                log.record("x")
            connection, _ = server.accept()
        with connection:
            assert len(frames(connection, 3)) == 3


@pytest.mark.asvs("v5.0.0-16.4.3")
def test_a_name_server_that_hangs_delays_one_call_and_is_asked_once(monkeypatch):
    answer, asked = threading.Event(), []
    look_up = socket.getaddrinfo

    def hangs(*arguments: object, **options: object) -> object:
        asked.append(arguments)
        answer.wait(30)
        return look_up(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", hangs)
    heard: list[Entry] = []
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        sink = SyslogSink(f"tcp://localhost:{server.getsockname()[1]}", timeout_s=0.05)
        log = AuditLog(sink, heard.append)
        for _ in range(100):
            log.record("x")
        assert [entry.event for entry in heard if entry.event != "x"] == ["sys_monitor_disabled"]
        assert json.loads(heard[0].line)["event.reason"] == "TimeoutError"
        answer.set()
        monkeypatch.setattr("zenoo_security.audit.sinks.syslog._AGAIN_AFTER_S", 0)
        sink._again_at = 0.0
        assert sink._server._resolver._asked.answered.wait(30)
        log.record("x")
        assert heard[-2].event == "sys_monitor_enabled"
        assert len(asked) == 1
        log.close()


def test_a_host_that_is_none_is_a_failure_like_others():
    sink = SyslogSink("udp://" + "a" * 64 + ".invalid")
    with pytest.raises(AuditUnavailable):
        AuditLog(sink, required=True).record("x")


@pytest.mark.parametrize(
    "url",
    ["", "http://a", "udp://", "tcp://a:b", "tcp://u:p@host", "unix://host/path", "tcp://a/path", "udp://a:99999"],
)
def test_what_is_no_syslog_server_is_refused(url):
    with pytest.raises(ConfigurationError):
        SyslogSink(url)


@pytest.mark.parametrize("options", [{"app_name": "a b"}, {"app_name": ""}, {"facility": 24}, {"timeout_s": 0}])
def test_arguments_out_of_range_are_refused(options):
    with pytest.raises(ConfigurationError):
        SyslogSink("udp://127.0.0.1", **options)


def test_records_have_the_fields(caplog):
    caplog.set_level(logging.INFO)
    with AuditLog(RecordSink("shop.audit")) as log:
        log.record("authz_fail", reason="r")
        log.record("x", level=logging.DEBUG)
    (record,) = caplog.records
    assert (record.name, record.levelname, record.event["event.reason"]) == ("shop.audit", "ERROR", "r")
    assert json.loads(record.getMessage()) == record.event


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
async def test_a_store_keeps_the_last_events(tmp_path, kind):
    store = MemoryStore() if kind == "memory" else open_store(f"sqlite:///{tmp_path}/s.db")
    sink = StoreSink(store, most=5)
    log = AuditLog(sink)
    for number in range(12):
        log.record("x", number=number)
    await asyncio.to_thread(log.close)
    lines = [json.loads(line) for line in await sink.entries()]
    assert [line["details"]["number"] for line in lines] == [7, 8, 9, 10, 11]
    await store.aclose()


async def test_events_in_a_store_expire():
    clock = FakeClock(now=1.0)
    sink = StoreSink(store := MemoryStore(clock=clock), ttl_s=60)
    log = AuditLog(sink)
    log.record("x")
    await asyncio.to_thread(log.close)
    assert len(await sink.entries()) == 1
    clock.advance(61)
    assert await sink.entries() == []
    await store.aclose()


@pytest.mark.parametrize("options", [{"ttl_s": 0}, {"ttl_s": 4e8}, {"most": 0}, {"most": 1_000_001}, {"capacity": 0}])
def test_store_arguments_out_of_range_are_refused(options):
    with pytest.raises(ParameterError):
        StoreSink(MemoryStore(), **options)


def test_a_slow_sink_in_the_background_delays_nobody_and_what_does_not_fit_is_counted():
    go, heard = threading.Event(), []
    taken: list[Entry] = []

    def slow(entry: Entry) -> None:
        go.wait(30)
        taken.append(entry)

    log = AuditLog(Background(slow, capacity=10), heard.append, required=True)
    for _ in range(100):
        log.record("x")
    go.set()
    log.close()
    assert 10 <= len([entry for entry in taken if entry.event == "x"]) <= 11
    events = [entry.event for entry in heard if entry.event != "x"]
    assert events[0] == "sys_monitor_disabled"


def test_what_waits_is_written_when_the_process_ends(tmp_path):
    """Nobody has to close the log for that."""
    code = (
        "import sys, time\n"
        "from zenoo_security.audit import *\n"
        "file = FileSink(sys.argv[1])\n"
        "configure(AuditLog(Background(lambda entry: (time.sleep(0.01), file(entry)))))\n"
        "for _ in range(50): emit('x')\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "a")], check=True, timeout=30)
    assert len((tmp_path / "a").read_bytes().splitlines()) == 50


def test_a_handler_that_raises_does_not_stop_the_call_that_is_told_of(caplog):
    def fails(_record: logging.LogRecord) -> bool:
        raise RuntimeError

    logger = logging.getLogger("zenoo_security.audit")
    logger.addFilter(fails)
    try:
        emit("x")  # Nothing is configured: to the logger.
        AuditLog(lambda _entry: 1 / 0).record("x")
    finally:
        logger.removeFilter(fails)


def test_every_sink_is_closed_whatever_another_raises():
    closed = []

    class Sink:
        def __init__(self, name: str) -> None:
            self.name = name

        def __call__(self, entry: Entry) -> None:
            pass

        def close(self) -> None:
            closed.append(self.name)
            raise OSError(self.name)

    with pytest.raises(OSError, match="two"):
        AuditLog(Sink("one"), Sink("two")).close()
    assert closed == ["one", "two"]


def test_a_forked_process_has_a_background_thread_of_its_own(tmp_path):
    log = AuditLog(Background(FileSink(tmp_path / "a")))
    log.record("x")
    child = os.fork()
    if not child:
        log.record("x")
        log.close()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    log.close()
    assert len((tmp_path / "a").read_bytes().splitlines()) == 2


def test_a_forked_process_and_its_parent_go_on_to_write_to_a_store(tmp_path, monkeypatch):
    """Neither writes over the events of the other, nor waits for the other's event loop."""
    sink = StoreSink(open_store(f"sqlite:///{tmp_path / 'events.db'}"))
    log = AuditLog(sink)
    log.record("x", number=0)
    while not asyncio.run(sink.entries()):
        time.sleep(0.01)
    child = os.fork()
    if not child:
        try:
            for number in (1, 2):
                log.record("x", number=number)
            log.close()
        finally:
            os._exit(0)
    for number in (3, 4):
        log.record("x", number=number)
    monkeypatch.setattr(background, "_CLOSE_S", 300.0)
    started = time.monotonic()
    log.close()
    assert time.monotonic() - started < 30
    assert os.waitpid(child, 0)[1] == 0
    found = [json.loads(line)["details"]["number"] for line in asyncio.run(sink.entries())]
    assert sorted(found) == [0, 1, 2, 3, 4]


def test_a_sink_that_hangs_is_not_waited_for_longer_than_it_says(monkeypatch):
    monkeypatch.setattr(background, "_CLOSE_S", 0.5)
    entered, hangs = threading.Event(), threading.Event()

    def hang(_: Entry) -> None:
        entered.set()
        hangs.wait(300)

    log = AuditLog(Background(hang, capacity=1))
    log.record("x")
    assert entered.wait(10)
    log.record("x")
    waited: list[float | None] = []
    join = threading.Thread.join
    monkeypatch.setattr(threading.Thread, "join", lambda self, wait_s: (waited.append(wait_s), join(self, wait_s)))
    log.close()
    assert waited == [pytest.approx(0, abs=0.1)]  # All of the time went by before the queue had room.
    hangs.set()


@pytest.mark.asvs("v5.0.0-16.3.4")
def test_a_sink_that_fails_blocks_nobody_and_is_reported_once_a_minute(caplog):
    clock = FakeClock(now=1.0)
    broken, heard = [True], []

    def fails(entry: Entry) -> None:
        if broken[0]:
            raise RuntimeError("hunter2")

    log = AuditLog(fails, heard.append, clock=clock)
    for second in range(150):
        log.record("x", second=second)
        clock.advance(1)
    broken[0] = False
    log.record("x")
    reports = [json.loads(entry.line) for entry in heard if entry.event != "x"]
    assert [(report["event.action"], report["details"]["lost"]) for report in reports] == [
        ("sys_monitor_disabled", 1),
        ("sys_monitor_disabled", 61),
        ("sys_monitor_disabled", 121),
        ("sys_monitor_enabled", 150),
    ]
    assert {report["event.reason"] for report in reports} == {"RuntimeError"}
    assert caplog.text.count("sys_monitor_disabled fails") == 3
    assert "hunter2" not in caplog.text
    assert len([entry for entry in heard if entry.event == "x"]) == 151


@pytest.mark.parametrize("error", [OSError, RuntimeError, ValueError, MemoryError, RecursionError])
def test_whatever_a_sink_raises_stays_with_the_log(error):
    def fails(_entry: Entry) -> None:
        raise error

    AuditLog(fails).record("x")
    with pytest.raises(AuditUnavailable, match="this sink fails: fails"):
        AuditLog(fails, required=True).record("x")


def test_an_event_that_a_sink_causes_goes_to_no_sink(caplog):
    """Else a store that is down, and says so, would call itself for ever."""
    heard = []

    def talks(entry: Entry) -> None:
        heard.append(entry.event)
        emit("again")

    with configured(AuditLog(talks)):
        emit("x")
    assert heard == ["x"]
    assert "again" in caplog.text


def certificate(folder: Path) -> tuple[str, str]:
    """A certificate for 127.0.0.1 that no authority knows, and its key, as files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.timezone.utc)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return str(folder / "cert.pem"), str(folder / "key.pem")


@pytest.mark.asvs("v5.0.0-16.4.3")
def test_syslog_over_tls_takes_only_a_server_that_it_trusts(tmp_path):
    cert, key = certificate(tmp_path)
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(cert, key)
    received: list[bytes] = []

    def serve(server: socket.socket) -> None:
        for _ in range(2):
            connection, _ = server.accept()
            with (
                contextlib.suppress(ssl.SSLError, ConnectionError),
                server_side.wrap_socket(connection, server_side=True) as tls,
            ):
                received.extend(frames(tls, 2))

    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        thread = threading.Thread(target=serve, args=(server,))
        thread.start()
        url = f"tls://127.0.0.1:{server.getsockname()[1]}"
        stranger = SyslogSink(url)
        with pytest.raises(AuditUnavailable):
            AuditLog(stranger, required=True).record("x")
        with AuditLog(SyslogSink(url, tls_context=ssl.create_default_context(cafile=cert)), required=True) as log:
            log.record("x", number=1)
            log.record("x", number=2)
        thread.join(20)
    assert [message(each)[2]["details"] for each in received] == [{"number": 1}, {"number": 2}]
