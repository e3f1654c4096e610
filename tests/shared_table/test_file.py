"""The file of a shared table: whose it is, what is in it, and what is refused."""

from __future__ import annotations

import os
import stat

import pytest

from shared_table.tables import HEADER, damage, old_boot, table
from zenoo_security import RateLimiter
from zenoo_security.clock import FakeClock
from zenoo_security.errors import StoreIncompatible, StoreUnavailable


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


def test_a_table_from_before_the_start_of_the_machine_begins_anew(path):
    """Its times were those of another clock."""
    assert RateLimiter(1, 60, store=table(path)).allow("alice")
    old_boot(path)
    limiter = RateLimiter(1, 60, store=table(path))
    assert [limiter.allow("alice"), limiter.allow("alice")] == [True, False]
    assert [each.name for each in path.parent.iterdir()] == ["limits"]
