"""The file of stolen passwords: made from sorted hashes, looked up by mapping it, refused when it is not right."""

from __future__ import annotations

import hashlib
import random
import struct
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenoo_security.breached import BreachedPasswords, build
from zenoo_security.errors import ConfigurationError, ParameterError

if TYPE_CHECKING:
    from pathlib import Path


def sha1(password: str) -> str:
    return hashlib.sha1(password.encode()).hexdigest().upper()


def hashes(path: Path, passwords: dict[str, int], ending: str = "\n") -> Path:
    """A download of these passwords and how often each was seen."""
    lines = sorted(f"{sha1(password)}:{count}" for password, count in passwords.items())
    path.write_bytes("".join(line + ending for line in lines).encode())
    return path


@pytest.fixture
def made(tmp_path: Path) -> Path:
    source = hashes(tmp_path / "hashes", {f"password{number}": number for number in range(1, 5001)})
    assert build(source, tmp_path / "stolen") == 5000
    return tmp_path / "stolen"


def test_all_that_went_in_are_found_and_nothing_else(made: Path) -> None:
    breached = BreachedPasswords(made)
    assert len(breached) == 5000
    assert all(f"password{number}" in breached for number in range(1, 5001))
    assert not any(f"password{number}" in breached for number in range(5001, 10_001))
    assert "" not in breached
    assert 5 not in breached
    breached.close()


def test_the_form_of_the_file_is_the_documented_one(tmp_path: Path) -> None:
    build(hashes(tmp_path / "hashes", {"a": 1, "é": 2}), tmp_path / "stolen")
    entries = sorted(hashlib.sha1(password.encode()).digest()[:8] for password in ("a", "é"))
    assert (tmp_path / "stolen").read_bytes() == struct.pack(">8sIIQQ", b"zsbreach", 1, 8, 2, 0) + b"".join(entries)


class InMemory(BreachedPasswords):
    """The entries of a file, without the file."""

    def __init__(self, entries: list[int]) -> None:
        self._map: Any = bytes(32) + b"".join(entry.to_bytes(8, "big") for entry in entries)  # type: ignore[misc]
        self._count = len(entries)  # type: ignore[misc]


@given(st.sets(st.integers(0, 2**64 - 1), min_size=1, max_size=60), st.integers(0, 2**64 - 1))
def test_a_look_up_finds_what_a_set_finds(values: set[int], other: int) -> None:
    held = InMemory(sorted(values))
    for value in (*values, other):
        assert held._has(value.to_bytes(8, "big")) == (value in values)


@pytest.mark.parametrize("crowd", [range(200), range(2**64 - 200, 2**64)])
def test_digests_that_crowd_at_one_end_are_found_too(crowd: range) -> None:
    held = InMemory(sorted({*crowd, 2**63}))
    assert all(held._has(value.to_bytes(8, "big")) for value in (*crowd, 2**63))
    assert not held._has((2**63 + 1).to_bytes(8, "big"))
    assert not held._has((2**63 - 1).to_bytes(8, "big"))


def test_passwords_that_were_seen_rarely_are_left_out(tmp_path: Path) -> None:
    source = hashes(tmp_path / "hashes", {"rare": 2, "often": 3, "never": 0}, ending="\r\n")
    assert build(source, tmp_path / "stolen", min_count=3) == 1
    breached = BreachedPasswords(tmp_path / "stolen")
    assert ("often" in breached, "rare" in breached) == (True, False)
    breached.close()
    assert build(source, tmp_path / "stolen") == 2


def test_digests_that_begin_alike_are_one_entry(tmp_path: Path) -> None:
    (tmp_path / "hashes").write_text("0" * 40 + ":1\n" + "0" * 39 + "1:5\n")
    assert build(tmp_path / "hashes", tmp_path / "stolen", min_count=2) == 1


def test_lower_case_and_a_last_line_without_an_end_are_read(tmp_path: Path) -> None:
    (tmp_path / "hashes").write_text(f"{sha1('a').lower()}:1")
    assert build(tmp_path / "hashes", tmp_path / "stolen") == 1


@pytest.mark.parametrize(
    "line",
    [
        *("", "x", "0" * 40, "0" * 40 + ":", "0" * 40 + ":x", "0" * 39 + ":1", "0" * 41 + ":1", "G" * 40 + ":1"),
        *("0" * 40 + ":-1", "0" * 40 + ":1:1", " " * 40 + ":1", "F " * 20 + ":1", "F" * 40 + ":" + "1" * 1000),
    ],
)
def test_a_line_of_another_form_is_told_by_its_number_alone(tmp_path: Path, line: str) -> None:
    (tmp_path / "hashes").write_text(f"{sha1('first')}:1\n{line}\n")
    (tmp_path / "stolen").write_bytes(b"before")
    with pytest.raises(ConfigurationError, match="line 2 is not of the form") as caught:
        build(tmp_path / "hashes", tmp_path / "stolen")
    assert len(line) < 5 or line not in str(caught.value)
    assert (tmp_path / "stolen").read_bytes() == b"before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hashes", "stolen"]


def test_lines_out_of_order_are_refused(tmp_path: Path) -> None:
    (tmp_path / "hashes").write_text("F" * 40 + ":1\n" + "0" * 40 + ":1\n")
    with pytest.raises(ConfigurationError, match="line 2 is out of order"):
        build(tmp_path / "hashes", tmp_path / "stolen")
    assert not (tmp_path / "stolen").exists()


def test_a_build_that_leaves_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no password"):
        build(hashes(tmp_path / "hashes", {"a": 1}), tmp_path / "stolen", min_count=2)
    with pytest.raises(ParameterError):
        build(tmp_path / "hashes", tmp_path / "stolen", min_count=0)


def test_files_that_cannot_be_read_or_written_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="hashes"):
        build(tmp_path / "hashes", tmp_path / "stolen")
    with pytest.raises(ConfigurationError, match="no_folder"):
        build(hashes(tmp_path / "hashes", {"a": 1}), tmp_path / "no_folder" / "stolen")
    for path in (tmp_path / "nothing", tmp_path, hashes(tmp_path / "empty", {})):
        with pytest.raises(ConfigurationError, match=path.name):
            BreachedPasswords(path)


def test_progress_is_reported_in_bytes(tmp_path: Path) -> None:
    with (tmp_path / "hashes").open("w") as file:
        file.writelines(f"{number:040X}:1\n" for number in range(1, 250_001))
    seen: list[int] = []
    build(tmp_path / "hashes", tmp_path / "stolen", report=seen.append)
    assert seen == [100_000 * 43, 200_000 * 43]


class TestDamage:
    @pytest.mark.parametrize(
        ("damage", "says"),
        [
            (lambda data: b"x" + data[1:], "no file of breached passwords"),
            (lambda data: data[:31], "no file of breached passwords"),
            (lambda data: data[:11] + b"\2" + data[12:], "newer format"),
            (lambda data: data[:15] + b"\4" + data[16:], "newer format"),
            (lambda data: data[:-1], "cut off"),
            (lambda data: data[:-8], "cut off"),
            (lambda data: data + b"\0" * 8, "cut off"),
            (lambda data: data[:16] + b"\xff" * 8 + data[24:], "cut off"),
            (lambda data: data[:16] + bytes(16), "cut off"),
            (lambda data: data[:32] + data[-8:] + data[40:], "not sorted"),
            (lambda data: data[:32] + b"".join(shuffled(data)), "not sorted"),
        ],
    )
    def test_a_file_that_is_not_right_is_refused(self, made: Path, damage: Any, says: str) -> None:
        made.write_bytes(damage(made.read_bytes()))
        with pytest.raises(ConfigurationError, match=says) as caught:
            BreachedPasswords(made)
        assert str(made) in str(caught.value)


def shuffled(data: bytes) -> list[bytes]:
    entries = [data[start : start + 8] for start in range(32, len(data), 8)]
    random.Random(7).shuffle(entries)
    return entries


def cli(*arguments: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "zenoo_security.cli", "passwords", "breached", "build", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_the_command_makes_the_file(tmp_path: Path) -> None:
    source, target = hashes(tmp_path / "hashes", {"a": 1, "b": 7}), tmp_path / "stolen"
    assert cli(str(source), str(target), "--min-count", "2") == (0, f"1 passwords in {target}\n", "")
    breached = BreachedPasswords(target)
    assert "b" in breached
    breached.close()


def test_the_command_says_in_one_line_what_is_wrong(tmp_path: Path) -> None:
    code, _, error = cli(str(tmp_path / "hashes"), str(tmp_path / "stolen"))
    assert (code, error) == (1, f"error: {tmp_path}/hashes: No such file or directory\n")
