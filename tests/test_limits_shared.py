"""The rate limiter on a file that processes share: the same answers, whoever asks and whoever dies."""

from __future__ import annotations

import copy
import hashlib
import os
import pickle
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenoo_security import RateLimiter
from zenoo_security.clock import FakeClock
from zenoo_security.errors import InputTooLarge, InvalidInput, ParameterError, StoreIncompatible, StoreUnavailable
from zenoo_security.limits import SharedTable

both = pytest.mark.parametrize("algorithm", ["sliding_window", "gcra"])
HEADER = 4096
WORKER = Path(__file__).with_name("limits_worker.py")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a table can be made."""
    return tmp_path / "limits"


def table(path: Path, **arguments: object) -> SharedTable:
    """A small one."""
    return SharedTable(path, **{"max_keys": 1000, **arguments})


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["hit", "peek", "allow", "reset", "hit"]),
        st.sampled_from(["alice", "bob"]),
        st.integers(1, 4),
        st.sampled_from([0, 0, 0.25, 1, 3, 10, 11]),
    ),
    max_size=60,
)


@both
@given(limit=st.integers(4, 9), steps=STEPS)
def test_it_answers_as_the_limiter_in_memory(tmp_path_factory, algorithm, limit, steps):
    """Whatever is asked and however long the pauses, each answer is the same, with all of its figures."""
    clock = FakeClock()
    shared = table(tmp_path_factory.mktemp("table") / "limits")
    limiters = [RateLimiter(limit, 10, algorithm=algorithm, clock=clock, store=store) for store in (None, shared)]
    for call, name, cost, pause in steps:
        clock.advance(pause)
        arguments = (name, cost) if call in ("hit", "peek") else (name,)
        own, other = [getattr(limiter, call)(*arguments) for limiter in limiters]
        # The limiter in memory still knows a name that has its whole quota back.
        assert own == other or call == "reset"


@both
def test_two_tables_at_one_path_are_one(path, algorithm):
    """What one took, the other has not; after a reset by one, both have it."""
    one, other = (RateLimiter(2, 60, algorithm=algorithm, store=table(path)) for _ in range(2))
    assert [one.allow("alice"), other.allow("alice"), one.allow("alice")] == [True, True, False]
    assert other.peek("alice").remaining == 0
    assert other.reset("alice") is True
    assert one.peek("alice").remaining == 2


def test_limiters_of_other_figures_or_names_count_apart(path):
    """Each has its own quota, in one file."""
    arguments = [
        {"max_requests": 1, "window_seconds": 60},
        {"max_requests": 1, "window_seconds": 61},
        {"max_requests": 1, "window_seconds": 60, "algorithm": "gcra"},
        {"max_requests": 1, "window_seconds": 60, "name": "exports"},
    ]
    limiters = [RateLimiter(**{"store": table(path), **each}) for each in arguments]
    assert [limiter.allow("alice") for limiter in limiters] == [True] * 4
    assert [limiter.allow("alice") for limiter in limiters] == [False] * 4


@pytest.mark.parametrize("identifier", [None, "", 7, b"alice", "\ud800"])
def test_what_is_no_identifier_is_refused(path, identifier):
    """As in memory, and nothing is written."""
    limiter = RateLimiter(3, 60, store=table(path))
    for call in (limiter.hit, limiter.peek, limiter.allow, limiter.reset, limiter.require):
        with pytest.raises(InvalidInput):
            call(identifier)
    with pytest.raises(InputTooLarge):
        limiter.hit("x" * 4097)
    assert limiter.key_count() == 0


@pytest.mark.parametrize(
    "arguments",
    [{"max_keys": 0}, {"max_keys": -1}, {"max_keys": 2**70}, {"max_keys": "x"}],
    ids=str,
)
def test_arguments_out_of_range_are_refused(path, arguments):
    """Each is a ParameterError, not an OverflowError from inside."""
    with pytest.raises(ParameterError):
        table(path, **arguments)


@pytest.mark.parametrize("broken", ["limits", "", "a\0b", 7, None])
def test_a_path_is_absolute(broken):
    """Workers that were started in other directories would each have a file of their own."""
    with pytest.raises((ParameterError, StoreIncompatible)):
        SharedTable(broken)


def test_a_sliding_window_has_an_upper_bound_that_gcra_has_not(path):
    """Each of its requests takes a place."""
    with pytest.raises(ParameterError, match="gcra"):
        RateLimiter(10_001, 60, store=table(path))
    assert RateLimiter(1_000_000, 60, store=table(path), algorithm="gcra").allow("alice")


@both
def test_a_full_table_refuses_newcomers_and_forgets_nobody(path, algorithm):
    """A made-up name finds no place; who was counted still is; a window later there is room."""
    clock = FakeClock()
    limiter = RateLimiter(1, 60, algorithm=algorithm, store=table(path, max_keys=1), clock=clock)
    known = [name for name in map(str, range(2000)) if limiter.allow(name)]
    assert len(known) < 1100
    decisions = [limiter.hit(f"new {number}") for number in range(100)]
    refused = [decision for decision in decisions if not decision]
    assert refused
    assert all(0 < decision.retry_after <= 60 and decision.remaining == 0 for decision in refused)
    assert not any(map(limiter.allow, known))
    clock.advance(60)
    assert limiter.allow("newcomer")


@pytest.mark.parametrize("copier", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_table_is_not_copied(path, copier):
    """There is one, at its path."""
    with pytest.raises(TypeError):
        copier(table(path))


# --- the file ---


def test_the_file_is_its_owners_alone_and_whole_from_the_beginning(path):
    """Mode 0600 whatever the umask, of the documented size, with all of its blocks, and nothing left beside it."""
    before = os.umask(0)
    try:
        table(path, max_keys=1_000_000)
    finally:
        os.umask(before)
    status = path.stat()
    assert stat.S_IMODE(status.st_mode) == 0o600
    assert status.st_size == 32 * 2**20
    assert status.st_blocks * 512 >= status.st_size
    assert [each.name for each in path.parent.iterdir()] == ["limits"]


def test_the_file_holds_no_identifier(path):
    """Neither as text nor in a form that two tables would have in common."""
    other = path.with_name("other")
    contents = []
    for each in (path, other):
        limiter = RateLimiter(3, 60, store=table(each), clock=FakeClock())
        assert limiter.allow("203.0.113.9")
        contents.append(each.read_bytes())
    places = [{content[i : i + 8] for i in range(HEADER + 8, len(content), 16)} - {bytes(8)} for content in contents]
    assert all(places)
    assert not places[0] & places[1]
    assert b"203.0" not in contents[0]


def damage(path: Path, at: int, change: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(change)


BREAKAGES = {
    "foreign": lambda path: path.write_bytes(b"x" * path.stat().st_size),
    "empty": lambda path: path.write_bytes(b""),
    "short": lambda path: os.truncate(path, 100),
    "cut": lambda path: os.truncate(path, path.stat().st_size - 4096),
    "longer": lambda path: os.truncate(path, path.stat().st_size + 1),
    "newer": lambda path: damage(path, 8, b"\x02"),
    "another secret": lambda path: damage(path, 30, b"abc"),
    "a digest that is wrong": lambda path: damage(path, 60, b"abc"),
    "readable by the group": lambda path: path.chmod(0o640),
    "readable by all": lambda path: path.chmod(0o604),
}


@pytest.mark.asvs("v5.0.0-16.5.3")
@pytest.mark.parametrize("how", BREAKAGES)
def test_what_is_no_table_of_ours_is_refused_and_left_alone(path, how):
    """A typed error that says what to do, and not a byte of the file is changed."""
    table(path)
    BREAKAGES[how](path)
    before = (path.read_bytes(), path.stat().st_mode)
    with pytest.raises(StoreIncompatible, match=r"remove the file|another path|newer version"):
        table(path)
    assert (path.read_bytes(), path.stat().st_mode) == before


def test_a_table_of_another_size_is_refused(path):
    """Two services that disagree are told so."""
    table(path, max_keys=1000)
    with pytest.raises(StoreIncompatible, match="max_keys"):
        table(path, max_keys=100_000)


def test_links_directories_and_pipes_are_refused(path):
    """A link could lead to a file of somebody else; a pipe would hang."""
    table(path)
    link, directory, pipe = (path.with_name(name) for name in ("link", "directory", "pipe"))
    link.symlink_to(path)
    directory.mkdir()
    os.mkfifo(pipe, 0o600)
    for each in (link, directory, pipe):
        with pytest.raises(StoreIncompatible):
            table(each)


def test_a_directory_where_others_can_write_is_refused_unless_it_is_sticky(tmp_path):
    """There anybody could put another table in its place, which gives quotas back."""
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    with pytest.raises(StoreIncompatible, match="directory"):
        table(shared / "limits")
    shared.chmod(0o1777)
    assert table(shared / "limits").places_taken() == 0


def test_a_directory_that_is_not_there_is_named(tmp_path):
    """It is not made: that is for whoever decides about its rights."""
    with pytest.raises(StoreUnavailable, match="make it first"):
        table(tmp_path / "absent" / "limits")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_refused(path):
    """Who put it there could change it."""
    table(path)
    os.chown(path, 65534, 65534)
    with pytest.raises(StoreIncompatible, match="another user"):
        table(path)


def old_boot(path: Path) -> None:
    """Make the header that of an earlier start of the machine."""
    signed = path.read_bytes()[:40] + bytes(16)
    damage(path, 0, signed + hashlib.sha256(signed).digest())


def test_a_table_from_before_the_start_of_the_machine_begins_anew(path):
    """Its times were those of another clock."""
    assert RateLimiter(1, 60, store=table(path)).allow("alice")
    old_boot(path)
    limiter = RateLimiter(1, 60, store=table(path))
    assert [limiter.allow("alice"), limiter.allow("alice")] == [True, False]
    assert [each.name for each in path.parent.iterdir()] == ["limits"]


# --- several processes ---


def workers(count: int, *arguments: object) -> list[subprocess.Popen[str]]:
    command = [sys.executable, str(WORKER), *map(str, arguments)]
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
    return [subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nowhere, text=True) for _ in range(count)]


def go(processes: list[subprocess.Popen[str]]) -> None:
    """Let them begin, when all of them are ready."""
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()


def answers(processes: list[subprocess.Popen[str]]) -> list[list[str]]:
    """Let them go, and collect what they write."""
    go(processes)
    return [process.communicate(timeout=60)[0].split() for process in processes]


@pytest.mark.parametrize("old", [False, True], ids=["no file", "a file from an earlier start"])
def test_eight_processes_that_open_at_once_get_one_table(path, old):
    """However they race, of eight only one gets the only request."""
    if old:
        table(path, max_keys=10_000)
        old_boot(path)
    allowed = answers(workers(8, path, "open"))
    assert sorted(answer for [answer] in allowed) == ["False"] * 7 + ["True"]
    assert [each.name for each in path.parent.iterdir()] == ["limits"]


@pytest.mark.asvs("v5.0.0-2.4.1")
@both
def test_four_processes_on_one_identifier_get_its_quota(path, algorithm):
    """Of 4 x 2000 calls exactly 1000 are let through."""
    counts = answers(workers(4, path, "count", algorithm, 1000, 2000))
    assert sum(int(count) for [count] in counts) == 1000


@both
def test_processes_that_are_killed_lose_at_most_their_last_call(path, algorithm):
    """Four processes hammer one identifier and are killed at any moment, again and again, until nothing is left."""
    quota, killed, granted = 10_000, 0, 0
    limiter = RateLimiter(quota, 366 * 86_400, algorithm=algorithm, store=table(path, max_keys=10_000))
    while limiter.peek("alice"):
        processes = workers(4, path, "hammer", algorithm, quota)
        go(processes)
        for process in processes:
            time.sleep(0.003)
            process.send_signal(signal.SIGKILL)
        granted += sum(len(process.communicate()[0]) for process in processes)
        killed += len(processes)
    assert quota - killed <= granted <= quota


@both
def test_a_forked_process_counts_on_in_the_same_table(path, algorithm):
    """The child sees what was used before the fork; the parent what the child used."""
    limiter = RateLimiter(3, 60, algorithm=algorithm, store=table(path))
    limiter.hit("alice", 2)
    child = os.fork()
    if child == 0:
        os._exit(0 if [limiter.allow("alice") for _ in range(2)] == [True, False] else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert limiter.peek("alice").remaining == 0


# --- a file that goes away ---


def until(condition):
    """Wait for it, for two seconds at most."""
    end = time.monotonic() + 2
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_file_that_was_removed_is_made_anew_for_all(path):
    """Within a second both count in one table again."""
    one, other = (RateLimiter(1000, 60, store=table(path)) for _ in range(2))
    path.unlink()
    until(lambda: [one.allow("alice"), path.exists()][1])
    before = one.peek("alice").remaining
    until(lambda: [other.allow("alice"), one.peek("alice").remaining < before][1])


def test_a_file_that_was_replaced_is_noticed(path):
    """By one of ours: it is used. By something else: every call is refused until it is gone."""
    limiter = RateLimiter(1000, 60, store=table(path))
    path.unlink()
    path.write_bytes(b"something else")

    def is_refused():
        try:
            return not limiter.allow("alice")
        except StoreIncompatible:
            return True

    until(is_refused)
    for _ in range(3):
        with pytest.raises(StoreIncompatible):
            limiter.peek("alice")
    path.unlink()
    assert limiter.allow("alice")


def test_a_directory_that_is_gone_refuses(tmp_path):
    """Nobody is let in uncounted."""
    directory = tmp_path / "run"
    directory.mkdir()
    limiter = RateLimiter(1000, 60, store=table(directory / "limits"))
    (directory / "limits").unlink()
    directory.rmdir()

    def is_refused():
        try:
            return not limiter.allow("alice")
        except StoreUnavailable:
            return True

    until(is_refused)
    with pytest.raises(StoreUnavailable):
        limiter.hit("alice")


def test_a_file_that_was_cut_kills_nobody(path):
    """A process that touches what is no longer there gets an error, at once and from then on; not SIGBUS."""
    limiter = RateLimiter(1000, 60, store=table(path))
    assert limiter.allow("alice")
    os.truncate(path, 0)
    for call in (limiter.allow, limiter.hit, limiter.peek, limiter.reset):
        with pytest.raises(StoreIncompatible, match="remove the file"):
            call("alice")
    path.unlink()
    assert limiter.hit("alice").remaining == 999


def test_a_part_of_a_file_that_was_cut_kills_nobody(path):
    """Whichever page is gone, and though the file is long again: no answer is made of what is not there."""
    limiter = RateLimiter(1000, 60, store=table(path, max_keys=10_000))
    size = path.stat().st_size
    assert all(limiter.allow(str(number)) for number in range(500))
    os.truncate(path, size // 2)
    with pytest.raises(StoreIncompatible, match="cut"):
        [limiter.allow(str(number)) for number in range(500)]
    os.truncate(path, size)
    assert limiter.allow("alice")


@pytest.mark.parametrize("how", ["cut", "removed"])
def test_a_file_that_goes_away_under_load(path, how):
    """Four processes go on: with errors while it is cut, and in one new table after that."""
    processes = workers(4, path, "survive", 2.5)
    go(processes)
    time.sleep(0.3)
    if how == "cut":
        os.truncate(path, 0)
        time.sleep(0.3)
    path.unlink()
    results = [process.communicate(timeout=60)[0].split() for process in processes]
    assert all(process.returncode == 0 for process in processes)
    # Each ends with errors seen, and with the places of the table that all of them use.
    assert all((int(errors) > 0) == (how == "cut") for errors, _ in results)
    assert {names for _, names in results} == {str(path.stat().st_ino)}


def test_a_bus_error_of_somebody_else_still_ends_the_process(tmp_path):
    """Only our own memory is mended."""
    program = (
        "import mmap, os, sys\n"
        "from zenoo_security.limits import SharedTable\n"
        "table = SharedTable(sys.argv[1], max_keys=1)\n"
        "file = open(sys.argv[2], 'w+b')\n"
        "file.truncate(8192)\n"
        "memory = mmap.mmap(file.fileno(), 8192)\n"
        "file.truncate(0)\n"
        "print(memory[5000])\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "limits"), str(tmp_path / "other")]
    assert subprocess.run(command, check=False, capture_output=True).returncode == -signal.SIGBUS
