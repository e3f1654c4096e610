"""Key rings in files: private, whole or not at all, changed by one process at a time."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys

import pytest

from zenoo_security import KeyRing, keyring
from zenoo_security.errors import KeyInUse, KeyRingError
from zenoo_security.keyring import KeyEncryptionKey
from zenoo_security.keyring import file as files


@pytest.mark.asvs("v5.0.0-13.3.1")
def test_a_saved_ring_is_private_and_loads(tmp_path):
    """`save` writes mode 0600 whatever the umask, leaves nothing else behind, and `load` reads it."""
    ring, path = KeyRing.generate(), tmp_path / "keys.json"
    before = os.umask(0)
    try:
        keyring.save(ring, path)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["keys.json"]
    assert keyring.load(path).to_json() == ring.to_json()


def test_save_replaces_only_when_asked(tmp_path):
    """An existing file, and what a link points to, stay as they are unless overwrite=True."""
    first, second, path = KeyRing.generate(), KeyRing.generate(), tmp_path / "keys.json"
    keyring.save(first, path)
    with pytest.raises(KeyRingError, match="overwrite=True"):
        keyring.save(second, path)
    assert keyring.load(path).to_json() == first.to_json()
    keyring.save(second, path, overwrite=True)
    assert keyring.load(path).to_json() == second.to_json()
    assert [entry.name for entry in tmp_path.iterdir()] == ["keys.json"]


def test_save_into_a_missing_directory_is_a_key_ring_error(tmp_path):
    """A directory that does not exist is a typed error."""
    with pytest.raises(KeyRingError, match="cannot be written"):
        keyring.save(KeyRing.generate(), tmp_path / "missing" / "keys.json")


@pytest.mark.parametrize("mode", [0o601, 0o604, 0o610, 0o640, 0o644, 0o660, 0o666, 0o700 | 0o077])
def test_a_file_that_others_can_reach_is_refused(tmp_path, mode):
    """A mode wider than 0600 for group or others is refused, with the command that mends it."""
    path = tmp_path / "keys.json"
    keyring.save(KeyRing.generate(), path)
    path.chmod(mode)
    with pytest.raises(KeyRingError, match="chmod 600"):
        keyring.load(path)


def test_what_is_no_regular_file_of_ours_is_refused(tmp_path):
    """A missing file, a directory, a FIFO, binary data and a huge file are KeyRingErrors that say so."""
    path = tmp_path / "keys.json"
    with pytest.raises(KeyRingError, match="no such file"):
        keyring.load(path)
    with pytest.raises(KeyRingError, match="not a regular file"):
        keyring.load(tmp_path)
    os.mkfifo(tmp_path / "fifo", 0o600)
    with pytest.raises(KeyRingError, match="not a regular file"):
        keyring.load(tmp_path / "fifo")
    keyring.save(KeyRing.generate(), path)
    for content, text in ((b"\xff\xfe", "UTF-8"), (b"", "half written"), (b"x" * 2_000_000, "1024 KiB")):
        path.write_bytes(content)
        with pytest.raises(KeyRingError, match=text):
            keyring.load(path)
    with pytest.raises(KeyRingError):
        keyring.load("nul\0byte")


def test_a_link_is_followed_and_what_it_points_to_is_checked(tmp_path):
    """Secrets of containers are mounted behind a link; owner and mode of the file itself decide."""
    ring, path, link = KeyRing.generate(), tmp_path / "keys.json", tmp_path / "link"
    keyring.save(ring, path)
    link.symlink_to(path)
    assert keyring.load(link).to_json() == ring.to_json()
    path.chmod(0o640)
    with pytest.raises(KeyRingError, match="chmod 600"):
        keyring.load(link)
    (tmp_path / "broken").symlink_to(tmp_path / "missing")
    with pytest.raises(KeyRingError, match="no such file"):
        keyring.load(tmp_path / "broken")


@pytest.mark.parametrize("path", ["", "/", "nul\0byte", "\ud800"])
def test_what_is_no_path_is_a_key_ring_error(path):
    """Neither `load` nor `save` lets a bare ValueError out."""
    with pytest.raises(KeyRingError):
        keyring.load(path)
    with pytest.raises(KeyRingError):
        keyring.save(KeyRing.generate(), path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_refused(tmp_path):
    """A ring that another user owns could be replaced by that user."""
    path = tmp_path / "keys.json"
    keyring.save(KeyRing.generate(), path)
    os.chown(path, 12345, -1)
    with pytest.raises(KeyRingError, match="belongs to another user"):
        keyring.load(path)


@pytest.fixture(params=[False, True], ids=["plain", "wrapped"])
def kek(request):
    """No key-encryption key, and one."""
    return KeyEncryptionKey.generate() if request.param else None


@pytest.fixture
def path(tmp_path, kek):
    """A file with a ring of one key."""
    path = tmp_path / "keys.json"
    keyring.save(KeyRing.generate(), path, kek=kek)
    return path


def test_a_change_is_in_the_file(path, kek):
    """`update` gives the new ring, and the file holds it, of mode 0600 and wrapped where it was."""
    changed = keyring.update(path, KeyRing.rotate, kek=kek)
    assert changed.states == {1: "decrypt-only", 2: "primary"}
    assert keyring.load(path, kek=kek).to_json() == changed.to_json()
    assert {entry.name: entry.stat().st_mode & 0o777 for entry in path.parent.iterdir()} == {
        "keys.json": 0o600,
        ".keys.json.lock": 0o600,
    }


def test_what_fails_changes_nothing(path, kek):
    """An exception of the change comes out as it is; a ring that lost a key is not written."""
    before = path.read_bytes()

    def in_use(ring):
        raise KeyInUse("key 1 still has values", 7)

    with pytest.raises(KeyInUse) as raised:
        keyring.update(path, in_use, kek=kek)
    assert raised.value.count == 7
    with pytest.raises(KeyRingError, match="primary key cannot be retired"):
        keyring.update(path, lambda ring: ring.retire(1), kek=kek)
    keyring.update(path, KeyRing.rotate, kek=kek)
    after = path.read_bytes()
    with pytest.raises(KeyRingError, match="lacks a key"):
        keyring.update(path, lambda ring: KeyRing.generate(), kek=kek)
    assert path.read_bytes() == after != before


def test_the_target_of_a_link_is_changed(path, kek, tmp_path):
    """The link stays a link, and both ways to the file share one lock."""
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "ring"
    link.symlink_to(path)
    keyring.update(link, KeyRing.rotate, kek=kek)
    assert link.is_symlink()
    assert keyring.load(path, kek=kek).primary_id == 2
    assert [entry.name for entry in link.parent.iterdir()] == ["ring"]


ROTATIONS = """
import sys
from zenoo_security import KeyRing, keyring
for _ in range(5):
    keyring.update(sys.argv[1], KeyRing.rotate)
"""


def test_rotations_side_by_side_give_every_key_an_id_of_its_own(tmp_path):
    """Four processes rotate five times each: nobody's key is lost."""
    path = tmp_path / "keys.json"
    keyring.save(KeyRing.generate(), path)
    processes = [subprocess.Popen([sys.executable, "-c", ROTATIONS, path]) for _ in range(4)]
    assert [process.wait() for process in processes] == [0] * 4
    assert list(keyring.load(path).states) == list(range(1, 22))


HOLDER = """
import sys, time
from zenoo_security import keyring
def hold(ring):
    print("held", flush=True)
    time.sleep(600)
keyring.update(sys.argv[1], hold)
"""


def test_a_lock_goes_with_its_process(tmp_path):
    """Whoever is killed in the middle of a change leaves the old ring and no lock."""
    path = tmp_path / "keys.json"
    keyring.save(KeyRing.generate(), path)
    with subprocess.Popen([sys.executable, "-c", HOLDER, path], stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"held\n"
        process.send_signal(signal.SIGKILL)
    assert keyring.update(path, KeyRing.rotate).primary_id == 2


def test_a_change_that_takes_too_long_is_not_waited_for(tmp_path, monkeypatch):
    """Another process that holds the lock is an error in the end; reading never waits for it."""
    path = tmp_path / "keys.json"
    keyring.save(KeyRing.generate(), path)
    monkeypatch.setattr(files, "_LOCK_WAIT_S", 0.1)
    with (tmp_path / ".keys.json.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(KeyRingError, match="another process is changing"):
            keyring.update(path, KeyRing.rotate)
        assert keyring.load(path).primary_id == 1


@pytest.mark.parametrize("name", ["", "/", "nul\0byte", "\ud800", "missing/keys.json"])
def test_what_is_no_file_is_not_changed(name, tmp_path):
    """Neither a ValueError nor an OSError comes out."""
    with pytest.raises(KeyRingError):
        keyring.update(tmp_path / name if name[1:] else name, KeyRing.rotate)


def test_a_lock_that_leads_elsewhere_is_refused(tmp_path):
    """A link in place of the lock would make us open a file of somebody's choice."""
    path = tmp_path / "keys.json"
    keyring.save(KeyRing.generate(), path)
    (tmp_path / ".keys.json.lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(KeyRingError, match="cannot be locked"):
        keyring.update(path, KeyRing.rotate)
    assert not (tmp_path / "elsewhere").exists()
