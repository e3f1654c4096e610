"""The life of keys: ages, check values, findings, what a store holds, and changes of a file."""

from __future__ import annotations

import ast
import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

import zenoo_security
from mfa_users import PRINCIPAL, enrolled, manager_with
from zenoo_security import KeyRing, keyring
from zenoo_security.clock import FakeClock
from zenoo_security.errors import DecryptionError, KeyInUse, KeyRingError
from zenoo_security.fields import FieldCipher
from zenoo_security.keys import (
    INDEX,
    Use,
    change_file,
    check_values,
    describe,
    differences,
    findings,
    open_to_others,
    places,
    require_unused,
    usage,
    uses_in_store,
)
from zenoo_security.keys.sealed import ENROLLED
from zenoo_security.mfa.records import Records
from zenoo_security.sessions import Sessions
from zenoo_security.stores.memory import MemoryStore

TODAY = date(2026, 11, 24)
NOW = 1_700_000_010.0


def made(created: str) -> KeyRing:
    return KeyRing.generate(created=created)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(now=NOW)


@pytest.fixture
def store(clock: FakeClock) -> MemoryStore:
    return MemoryStore(clock=clock)


class TestAge:
    @pytest.mark.asvs("v5.0.0-11.1.1")
    @pytest.mark.parametrize(
        ("created", "warned"),
        [
            ("2026-11-24", ""),
            ("2024-12-24", ""),
            ("2024-12-23", "expires-soon"),
            ("2024-11-24", "expires-soon"),
            ("2024-11-23", "expired"),
            ("2026-11-25", "future"),
            ("2026-02-31", "date"),
        ],
    )
    def test_a_primary_key_encrypts_for_two_years(self, created: str, warned: str) -> None:
        [key] = describe(made(created), TODAY)
        assert (key.id, key.state, key.created, key.warned, bool(key.warning)) == (
            1,
            "primary",
            created,
            warned,
            bool(warned),
        )

    @pytest.mark.parametrize(("created", "warned"), [("2021-11-25", ""), ("2021-11-24", "old")])
    def test_what_a_key_encrypted_is_read_for_three_years_more(self, created: str, warned: str) -> None:
        old, new = describe(made(created).rotate(created="2026-11-01"), TODAY)
        assert (old.state, old.warned, new.warned) == ("decrypt-only", warned, "")

    def test_a_retired_key_may_be_of_any_age(self) -> None:
        ring = made("2001-01-01").rotate(created="2026-11-01").retire(1)
        assert [key.warned for key in describe(ring, TODAY)] == ["", ""]

    def test_the_limit_is_a_choice(self) -> None:
        assert describe(made("2026-10-24"), TODAY, max_age_days=30)[0].warned == "expired"
        assert describe(made("2026-10-25"), TODAY, max_age_days=30)[0].warned == "expires-soon"


class TestCheckValues:
    def test_the_answer_is_known(self) -> None:
        """HMAC-SHA256 of the text under the 32 bytes, computed with `openssl dgst -mac HMAC`."""
        entry = {"id": 7, "state": "primary", "created": "2026-11-24", "key": "A" * 43}
        document = {
            "format": "zenoo-security key ring",
            "version": 1,
            "keys": [entry],
            "index_key": "AQEB" * 10 + "AQE",
        }
        values = check_values(KeyRing.from_json(json.dumps(document)))
        assert values == {7: "0c6aae3da84f96b4", INDEX: "e5c670fe19cf9b3c"}

    def test_a_key_keeps_its_value_through_every_state_and_no_two_share_one(self) -> None:
        ring = KeyRing.generate().rotate()
        later = ring.rotate().retire(1)
        assert check_values(later).items() > check_values(ring).items()
        assert len(set(check_values(later).values())) == 4

    @pytest.mark.asvs("v5.0.0-13.3.1")
    def test_no_key_is_in_them(self) -> None:
        ring = KeyRing.generate()
        document = json.loads(ring.to_json())
        assert not any(value in ring.to_json() for value in check_values(ring).values())
        assert document["index_key"] not in str(check_values(ring))


class TestFindings:
    def test_a_fresh_ring_has_none(self) -> None:
        assert findings(made("2026-11-24").rotate(created="2026-11-24"), TODAY) == []

    def test_two_keys_that_are_one_are_found(self) -> None:
        document = json.loads(made("2026-11-24").rotate(created="2026-11-24").to_json())
        document["keys"][1]["key"] = document["index_key"] = document["keys"][0]["key"]
        found = findings(KeyRing.from_json(json.dumps(document)), TODAY)
        assert [finding.code for finding in found] == ["same-key", "same-key"]
        assert "key 2 is the same as key 1" in found[0].text
        assert "the index key is the same as key 1" in found[1].text

    @pytest.mark.parametrize(("created", "codes"), [("2020-01-01", ["expired"]), ("2024-12-01", [])])
    def test_a_key_that_is_too_old_is_one_and_one_that_soon_will_be_is_not(
        self, created: str, codes: list[str]
    ) -> None:
        assert [finding.code for finding in findings(made(created), TODAY)] == codes

    def test_a_cipher_that_does_not_read_what_it_wrote_is_found(self, monkeypatch: pytest.MonkeyPatch) -> None:
        class Broken:
            def __init__(self, ring: KeyRing) -> None:
                self.inner = FieldCipher(KeyRing.generate())

            def encrypt(self, value: str, *, context: tuple[str, ...]) -> str:
                return self.inner.encrypt(value, context=context)

            def decrypt(self, token: str, *, context: tuple[str, ...]) -> str:
                return str(self.inner.decrypt(token, context=context))

            key_id = staticmethod(FieldCipher.key_id)

        monkeypatch.setattr("zenoo_security.keys.verification.FieldCipher", Broken)
        assert [finding.code for finding in findings(made("2026-11-24"), TODAY)] == ["round-trip"]

    def test_a_backup_from_before_a_promotion_holds_the_same_keys(self) -> None:
        ring = KeyRing.generate().add()
        assert list(differences(ring.promote(2).retire(1), ring)) == []

    def test_a_copy_that_lacks_a_key_has_another_or_more_is_found(self) -> None:
        ring = KeyRing.generate()
        assert [finding.code for finding in differences(ring.rotate(), ring)] == ["missing"]
        assert [finding.code for finding in differences(ring, ring.rotate())] == ["unknown"]
        assert [finding.code for finding in differences(ring.rotate(), ring.rotate())] == ["differs"]
        other = list(differences(ring, KeyRing.generate()))
        assert [finding.code for finding in other] == ["differs", "differs"]
        assert other[0].text.startswith("the index key of the copy")

    def test_a_folder_that_others_write_to_is_found(self, tmp_path: Path) -> None:
        """Who may write to the folder may put another ring in the place of this one."""
        tmp_path.chmod(0o777)
        assert [finding.code for finding in open_to_others(tmp_path / "keys.json")] == ["folder"]
        for mode in (0o700, 0o755, 0o1777):
            tmp_path.chmod(mode)
            assert list(open_to_others(tmp_path / "keys.json")) == []


async def with_everything(store: MemoryStore, ring: KeyRing, clock: FakeClock) -> None:
    """A second factor, one that waits, a session, and a login that waits for its code."""
    mfa = manager_with(store, ring, clock)
    await enrolled(mfa, clock)
    await mfa.enroll(PRINCIPAL)
    sessions = Sessions(store, ring, clock=clock)
    await sessions.start(PRINCIPAL, "password of alice")
    await sessions.start(PRINCIPAL, "password of alice", pending=True)


class TestStore:
    async def test_each_place_is_counted_under_its_key(self, store: MemoryStore, clock: FakeClock) -> None:
        ring = KeyRing.generate()
        await with_everything(store, ring, clock)
        assert await usage(store, ring) == {place: Counter({1: 1}) for place in places()}

    async def test_a_session_needs_the_key_of_its_credential_too(self, store: MemoryStore, clock: FakeClock) -> None:
        """A session that is used after a rotation is sealed anew, and the credential inside is not."""
        ring = KeyRing.generate()
        token = await Sessions(store, ring, clock=clock).start(PRINCIPAL, "password of alice")
        clock.advance(120)
        rotated = ring.rotate()
        await Sessions(store, rotated, clock=clock).get(token)
        counts = await usage(store, rotated)
        assert counts["sessions"] == Counter({1: 1, 2: 1})

    async def test_what_nobody_can_open_needs_no_key(self, store: MemoryStore, clock: FakeClock) -> None:
        await store.put(b"mfa/enrolled/shop/9", b"\xff not a token", ttl_s=None)
        await store.put(
            b"session/" + bytes(32), FieldCipher(KeyRing.generate()).encrypt("x", context=("y",)).encode(), ttl_s=60
        )
        assert (await usage(store, KeyRing.generate()))[ENROLLED] == Counter()

    async def test_uses_of_one_key_name_what_ends_them(self, store: MemoryStore, clock: FakeClock) -> None:
        ring = KeyRing.generate()
        await with_everything(store, ring, clock)
        uses = await uses_in_store(store, ring.rotate(), 1)
        assert [use.records for use in uses] == [1, 1, 1, 1]
        assert [use.remedy.split()[0] for use in uses] == ["zenoo-security", "wait", "wait", "wait"]
        assert not any(use.records for use in await uses_in_store(store, ring.rotate(), 2))

    async def test_after_resealing_and_a_day_nothing_is_left(self, store: MemoryStore, clock: FakeClock) -> None:
        ring = KeyRing.generate()
        await with_everything(store, ring, clock)
        rotated = ring.rotate()
        resealed = await Records(store, rotated).reseal()
        assert resealed == (1, 1, ())
        clock.advance(86_400)
        require_unused(1, await uses_in_store(store, rotated, 1))
        factors = await manager_with(store, rotated.retire(1), clock).factors("shop", 7)
        assert factors.recovery_codes_left == 10


class TestReseal:
    async def test_a_dry_run_counts_and_changes_nothing(self, store: MemoryStore, clock: FakeClock) -> None:
        ring = KeyRing.generate()
        await enrolled(manager_with(store, ring, clock), clock)
        before = [item async for item in store.scan(b"mfa/")]
        assert await Records(store, ring.rotate()).reseal(dry_run=True) == (1, 1, ())
        assert [item async for item in store.scan(b"mfa/")] == before

    async def test_one_that_cannot_be_opened_does_not_stop_the_others(
        self, store: MemoryStore, clock: FakeClock
    ) -> None:
        """Also one under a name that no record has, and one that was moved to another user."""
        ring = KeyRing.generate()
        await enrolled(manager_with(store, ring, clock), clock)
        raw = await store.get(b"mfa/enrolled/shop/7")
        assert raw
        for key in (b"mfa/enrolled/shop/8", b"mfa/enrolled/\xff/x", b"mfa/enrolled/shop/0"):
            await store.put(key, raw, ttl_s=None)
        await store.put(b"mfa/enrolled/shop/9", b"nonsense", ttl_s=None)
        rotated = ring.rotate()
        left = (r"\ufffd/x", "shop/0", "shop/8", "shop/9")
        assert await Records(store, rotated).reseal() == (5, 1, left)
        assert await store.get(b"mfa/enrolled/shop/8") == raw
        with pytest.raises(DecryptionError, match=r"^4 second factors .* shop/0, shop/8, shop/9: reset"):
            await manager_with(store, rotated, clock).reseal()
        assert await Records(store, rotated).reseal() == (5, 0, left)


class TestRetirement:
    def test_the_refusal_counts_each_place_and_says_what_to_do(self) -> None:
        uses = [
            Use("res.partner.email", 20_000, "zenoo-security fields rotate"),
            Use("res.partner.vat", 0, "zenoo-security fields rotate"),
            Use("second factors", 3, "zenoo-security keys reseal"),
        ]
        with pytest.raises(KeyInUse) as refused:
            require_unused(1, uses)
        assert refused.value.count == 20_003
        assert str(refused.value) == (
            "key 1 is in use: res.partner.email 20000, second factors 3. "
            "First: zenoo-security fields rotate; zenoo-security keys reseal"
        )


class TestChangeFile:
    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        path = tmp_path / "keys.json"
        keyring.save(KeyRing.generate(), path)
        return path

    def test_the_old_file_is_kept_beside_the_new_one(self, path: Path, clock: FakeClock) -> None:
        before = path.read_bytes()
        changed = change_file(path, lambda ring: ring.add(), clock=clock)
        assert changed.ring.states == keyring.load(path).states == {1: "primary", 2: "decrypt-only"}
        assert changed.backup == path.with_name("keys.json.bak-2023-11-14")
        assert changed.backup.read_bytes() == before
        assert changed.backup.stat().st_mode & 0o777 == 0o600

    def test_each_change_of_a_day_has_its_own_copy(self, path: Path, clock: FakeClock) -> None:
        names = [change_file(path, lambda ring: ring.add(), clock=clock).backup.name for _ in range(3)]
        assert names == [f"keys.json.bak-2023-11-14{end}" for end in ("", ".2", ".3")]

    def test_a_change_that_is_refused_leaves_no_copy(self, path: Path) -> None:
        before = path.read_bytes()
        with pytest.raises(KeyRingError, match="no key of this id"):
            change_file(path, lambda ring: ring.promote(9))
        assert path.read_bytes() == before
        assert not list(path.parent.glob("*.bak-*"))

    def test_a_wrapped_ring_stays_wrapped_in_both(self, tmp_path: Path) -> None:
        path, kek = tmp_path / "keys.json", keyring.KeyEncryptionKey.generate()
        keyring.save(KeyRing.generate(), path, kek=kek)
        changed = change_file(path, lambda ring: ring.rotate(), kek=kek)
        assert keyring.load(path, kek=kek).primary_id == 2
        assert keyring.load(changed.backup, kek=kek).primary_id == 1
        assert all(b"wrapped" in file.read_bytes() for file in (path, changed.backup))

    def test_behind_a_symbolic_link_the_copy_lies_beside_the_file(self, path: Path, tmp_path: Path) -> None:
        (tmp_path / "links").mkdir()
        link = tmp_path / "links" / "keys.json"
        link.symlink_to(path)
        changed = change_file(link, lambda ring: ring.add())
        assert changed.backup.parent == path.parent
        assert link.is_symlink()
        assert len(keyring.load(path).states) == 2


SEALS = {"mfa/records.py", "sessions/records.py"}
"""What `keys.sealed` counts. A module that keeps values of a `FieldCipher` in a store belongs here and there."""
SEALS_ELSEWHERE = {
    "data_encryption.py",  # values that the application keeps, and counts
    "client/model.py",  # columns of Odoo, counted by jobs.status
    "client/field.py",
    "addon/stored_field.py",  # columns of Odoo, counted by the settings of the addon
    "addon/second_factor.py",
    "addon/failed_logins.py",  # notes of 30 days
    "jobs/codec.py",
    "client/cache.py",  # of minutes, and what does not open was not cached
    "client/secure.py",
    "keys/verification.py",
    "keys/sealed.py",
}


def test_every_module_that_seals_is_known_here() -> None:
    """Who seals in a new place must say what a retirement does to it."""
    package = Path(zenoo_security.__file__).parent
    callers = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "FieldCipher"
    }
    assert callers <= SEALS | SEALS_ELSEWHERE
    assert callers >= SEALS
