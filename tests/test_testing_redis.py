"""The Redis that the package starts for tests."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from zenoo_security.errors import LocalOdooError
from zenoo_security.testing.redis import RedisServer, running_redis
from zenoo_security.testing.system import find_redis


def talk(server: RedisServer, *lines: str) -> bytes:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as client:
        client.sendall("".join(f"{line}\r\n" for line in lines).encode())
        client.shutdown(socket.SHUT_WR)
        return client.makefile("rb").read()


def processes_in(folder: Path) -> list[int]:
    """Who works in a folder."""
    return [int(path.name) for path in Path("/proc").glob("[0-9]*") if working_folder(path) == folder]


def working_folder(process: Path) -> Path | None:
    try:
        return (process / "cwd").readlink()
    except OSError:
        return None


def test_nobody_gets_in_without_the_password():
    with running_redis() as server:
        assert talk(server, "PING").startswith(b"-NOAUTH")
        assert talk(server, f"AUTH {server.password}", "PING") == b"+OK\r\n+PONG\r\n"


def test_the_password_stands_in_no_file_or_process_that_others_can_read():
    with running_redis() as server:
        folder = server._folder
        (pid,) = processes_in(folder)
        assert server.password.encode() not in Path(f"/proc/{pid}/cmdline").read_bytes()
        assert folder.stat().st_mode & 0o077 == 0
        assert (folder / "redis.conf").stat().st_mode & 0o077 == 0


def test_it_comes_back_with_what_it_had():
    """Killed or stopped, on the same port."""
    with running_redis() as server:
        talk(server, f"AUTH {server.password}", "SET k v")
        server.restart()
        assert talk(server, f"AUTH {server.password}", "GET k").endswith(b"$1\r\nv\r\n")
        server.stop()
        server.start()
        assert talk(server, f"AUTH {server.password}", "GET k").endswith(b"$1\r\nv\r\n")


def test_it_is_gone_with_its_folder_also_when_it_hung():
    with running_redis() as server:
        folder = server._folder
        server.pause()
    assert processes_in(folder) == []
    assert not folder.exists()


def test_it_ends_when_the_tests_are_killed():
    program = """
from zenoo_security.testing.redis import running_redis
with running_redis() as server:
    print(server._folder, flush=True)
    input()
"""
    child = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout
    folder = Path(child.stdout.readline().strip())
    assert len(processes_in(folder)) == 1
    os.kill(child.pid, signal.SIGKILL)
    child.communicate()
    end = time.monotonic() + 10
    while processes_in(folder) and time.monotonic() < end:
        time.sleep(0.02)
    assert processes_in(folder) == []
    subprocess.run(["rm", "-r", str(folder)], check=True)


def test_a_setting_that_is_none_is_told_with_the_log(tmp_path):
    program = find_redis()
    assert program
    with pytest.raises(LocalOdooError, match="no-such-setting"):
        RedisServer(program, tmp_path, {"no-such-setting": "1"}).start()
