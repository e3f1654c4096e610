"""Devices: known for their account, for 90 days, and no more than twenty of them."""

from __future__ import annotations

import json
import secrets

import pytest

from conftest import load_vectors
from zenoo_security import KeyRing
from zenoo_security.auth.devices import Devices
from zenoo_security.errors import FreshLoginRequired, StoreIncompatible, StoreUnavailable
from zenoo_security.stores.memory import MemoryStore

DAY_S = 86_400.0
KEYS = KeyRing.generate()


@pytest.fixture
def devices(store):
    return Devices(store, KEYS)


async def remember(devices, login):
    """A device of a session of its own."""
    return await devices.remember("demo", login, session_id=secrets.token_hex(8))


async def test_a_device_is_known_for_its_account_and_for_no_other(devices):
    """Nor for one whose login differs by case alone: in Odoo that is somebody else."""
    token = await remember(devices, "Ann")
    assert len(await devices.known("demo", "Ann", token)) == 32
    assert await devices.known("demo", "ann", token) is None
    assert await devices.known("demo", "bob", token) is None
    assert await devices.known("other", "Ann", token) is None
    assert await devices.known("demo", "Ann", token[:-4] + "AAAA") is None


async def test_a_device_is_known_for_90_days(devices, clock):
    token = await remember(devices, "ann")
    clock.advance(80 * DAY_S)
    later = await remember(devices, "ann")
    clock.advance(10 * DAY_S - 1)
    assert await devices.known("demo", "ann", token)
    clock.advance(1)
    assert await devices.known("demo", "ann", token) is None
    assert await devices.known("demo", "ann", later)


async def test_of_more_than_twenty_devices_the_oldest_is_forgotten(devices):
    tokens = [await remember(devices, "ann") for _ in range(22)]
    known = [await devices.known("demo", "ann", token) is not None for token in tokens]
    assert known == [False] * 2 + [True] * 20


async def test_forgetting_forgets_all_of_an_account(devices):
    mine, others = await remember(devices, "ann"), await remember(devices, "bob")
    await devices.forget("demo", "Ann")
    assert await devices.known("demo", "ann", mine) is None
    assert await devices.known("demo", "bob", others)


async def test_the_store_holds_neither_the_login_nor_the_token(devices, store):
    token = await remember(devices, "ann")
    [(key, value)] = [entry async for entry in store.scan(b"device/")]
    assert len(value) == 40
    assert b"ann" not in key
    assert token.encode() not in value


async def test_what_is_no_list_of_devices_is_refused(clock):
    store = MemoryStore(clock=clock)
    devices = Devices(store, KEYS)
    token = await remember(devices, "ann")
    [(key, value)] = [entry async for entry in store.scan(b"device/")]
    await store.put(key, value[:-1], ttl_s=60)
    text = r"^the devices of an account were written by a newer version, or by something else$"
    with pytest.raises(StoreIncompatible, match=text):
        await devices.known("demo", "ann", token)


async def names(store):
    return sorted([key async for key, _ in store.scan(b"")])


async def test_what_is_stored_is_found_by_other_versions_and_gone_when_it_is_of_no_use(store, clock):
    """A name that changes would forget all devices; an answer that is frozen shows it."""
    devices = Devices(store, KeyRing.from_json(json.dumps(load_vectors("context")["key_ring"])))
    await devices.remember("demo", "Ann", session_id="5e55")
    account = b"device/zi1.f4NphzJrwf_ewHHqc0Q48FjWazCRqMTAJpuceRL4cbk"
    assert await names(store) == [b"device-of/5e55", account]
    clock.advance(2 * DAY_S)
    assert await names(store) == [account]
    clock.advance(88 * DAY_S)
    assert await names(store) == []


async def test_a_session_gets_one_device(devices):
    await devices.remember("demo", "ann", session_id="5e55")
    with pytest.raises(FreshLoginRequired, match=r"^a device is remembered once in a session: log in again$"):
        await devices.remember("demo", "ann", session_id="5e55")


async def test_an_account_whose_devices_change_too_fast_is_refused(devices, store, monkeypatch):
    async def lost(*_arguments, **_options):
        return False

    async def added(*_arguments, **_options):
        return True

    monkeypatch.setattr(store, "add", added)
    monkeypatch.setattr(store, "compare_and_set", lost)
    with pytest.raises(StoreUnavailable, match=r"^the devices of this account change too fast: try again$"):
        await remember(devices, "ann")
