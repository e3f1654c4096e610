"""The one form of a login, and the keys that stand for accounts, networks and devices."""

from __future__ import annotations

import ipaddress
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenoo_security._native import AccountKeys, Slowing
from zenoo_security.accounts import canonical_login
from zenoo_security.errors import InputTooLarge, InvalidInput, ParameterError
from zenoo_security.keyring import KeyRing
from zenoo_security.stores import Backoff, Counter

BACKOFFS = [Backoff((float(number),), None, 60.0) for number in range(3)]
SLOWING = Slowing(Counter, BACKOFFS)
DEVICE = bytes(range(32))
TEXT = st.text(st.characters(codec="utf-8"), max_size=30)


class Keys:
    """The keys of the counters."""

    def __init__(self, ring):
        self.keys = AccountKeys(ring)

    def source(self, *what):
        return tuple(counter.key for counter in self.keys.source(*what, SLOWING))

    def device(self, *what):
        return self.keys.device(*what, SLOWING)[0].key

    def network(self, address):
        return self.keys.network(address, SLOWING)[0].key


KEYS = Keys(KeyRing.generate())


def account(login: str) -> bytes:
    return KEYS.source("prod", login, None)[0]


def of(key, login):
    """The key, or why there is none."""
    try:
        return key(login)
    except InvalidInput as error:
        return error.code, error.field


def test_every_character_is_folded_as_in_python():
    """For all of Unicode that this Python knows: a login and its canonical form have one key."""
    different = []
    for number in range(sys.maxunicode + 1):
        character = chr(number)
        if unicodedata.category(character) in {"Cn", "Cs"} or number == 0:
            continue
        login = f"{character}a{character}\u0301"
        if account(login) != account(canonical_login(login)):
            different.append(hex(number))
    assert different == []


@given(TEXT)
def test_a_login_and_its_canonical_form_have_one_key(login):
    """And what is refused is refused by both, with one code."""
    assert of(account, login) == of(lambda login: account(canonical_login(login)), login)


@given(TEXT.filter(str.strip), TEXT.filter(str.strip))
def test_logins_that_differ_have_different_keys(left, right):
    """Two logins share a key if and only if they share their canonical form."""
    if "\0" not in left + right:
        assert (account(left) == account(right)) == (canonical_login(left) == canonical_login(right))


@pytest.mark.parametrize(
    ("login", "code"),
    [
        (None, "type"),
        (7, "type"),
        (b"anna", "type"),
        ("", "empty"),
        (" \t\x1f\u2003", "empty"),
        ("a\0b", "control"),
        ("\ud800", "encoding"),
        ("x" * 1025, "too_long"),
        ("\u00fc" * 513, "too_long"),
        ("x" * 10_000_000, "too_long"),
    ],
)
def test_what_is_no_login_is_refused_alike(login, code):
    """By Python and by the core: the same exception with the same code and field."""
    for refuse in (canonical_login, account):
        with pytest.raises(InvalidInput) as error:
            refuse(login)
        assert (error.value.code, error.value.field) == (code, "username")
        assert isinstance(error.value, InputTooLarge) == (code == "too_long")


@pytest.mark.parametrize(
    ("database", "code"),
    [(None, "type"), ("", "empty"), ("a\0", "control"), ("\ud800", "encoding"), ("x" * 256, "too_long")],
)
def test_what_is_no_database_is_refused(database, code):
    with pytest.raises(InvalidInput) as error:
        KEYS.source(database, "anna", None)
    assert (error.value.code, error.value.field) == (code, "database")


def test_no_two_accounts_are_written_alike():
    """The length of the database stands before it."""
    assert KEYS.source("ab", "c", None) != KEYS.source("a", "bc", None)
    assert KEYS.source("Prod", "c", None) != KEYS.source("prod", "c", None)


def test_keys_hold_nothing_that_was_typed():
    """People type passwords into the field for the login."""
    for key in (*KEYS.source("prod", "hunter2-secret", "203.0.113.9"), KEYS.device("prod", "hunter2-secret", DEVICE)):
        assert b"hunter2" not in key
        assert b"203" not in key
        assert b"prod" not in key
        assert DEVICE not in key


def test_keys_belong_to_the_ring_and_outlive_its_rotation():
    """All processes with one ring count together, before and after a rotation; who has not the ring cannot tell."""
    ring = KeyRing.generate()
    keys = Keys(ring).source("prod", "anna", "203.0.113.9")
    assert Keys(ring.rotate()).source("prod", "anna", "203.0.113.9") == keys
    assert not set(Keys(KeyRing.generate()).source("prod", "anna", "203.0.113.9")) & set(keys)


def test_every_kind_of_counter_has_its_word():
    kinds = [key[:10] for key in KEYS.source("prod", "anna", "203.0.113.9")]
    assert [*kinds, KEYS.device("prod", "anna", DEVICE)[:10]] == [
        b"attempt/a/",
        b"attempt/p/",
        b"attempt/n/",
        b"attempt/d/",
    ]
    assert len(KEYS.source("prod", "anna", None)) == 2


def reference_network(text: str) -> bytes:
    """What Python's ipaddress makes of a client."""
    address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv6Address):
        return address.ipv4_mapped.packed if address.ipv4_mapped else address.packed[:8]
    return address.packed


ADDRESSES = st.one_of(
    st.ip_addresses().map(str),
    st.ip_addresses(v=6).map(lambda address: address.exploded),
    st.ip_addresses(v=4).map(lambda address: f"::ffff:{address}"),
    st.ip_addresses(v=6).map(lambda address: f"{address}%eth0"),
    st.text("0123456789abcdef:.%x/[] ", max_size=20),
)


@given(ADDRESSES, ADDRESSES)
def test_addresses_count_as_one_network_where_ipaddress_says_so(left, right):
    """An IPv4 address, an IPv6 /64, mapped addresses and zones; and what is no address for Python is none here."""
    networks = []
    for text in (left, right):
        try:
            expected = reference_network(text)
        except ValueError:
            with pytest.raises(InvalidInput) as error:
                KEYS.network(text)
            assert (error.value.code, error.value.field) == ("ip_address", "client_ip")
        else:
            networks.append((expected, KEYS.network(text)))
    if len(networks) == 2:
        (one, one_key), (other, other_key) = networks
        assert (one == other) == (one_key == other_key)


@pytest.mark.parametrize("address", ["2001:db8::2", "2001:DB8:0:0:ffff:ffff:ffff:ffff", "2001:db8::1%eth0"])
def test_an_ipv6_client_is_its_64(address):
    """Whoever has a /64 has 2^64 addresses; they are one client."""
    assert KEYS.network(address) == KEYS.network("2001:db8::1")
    assert KEYS.network("2001:db8:0:1::1") != KEYS.network("2001:db8::1")


@pytest.mark.parametrize(
    "address", ["", "host", "1.2.3.4:80", "[::1]", "01.2.3.4", "1.2.3.4/32", " ::1", None, 7, b"::1"]
)
def test_what_is_no_address_is_refused(address):
    with pytest.raises(InvalidInput):
        KEYS.network(address)


@pytest.mark.parametrize("device", [b"", b"x" * 15, b"x" * 65, "x" * 32, None])
def test_what_cannot_stand_for_a_device_is_refused(device):
    with pytest.raises(ParameterError):
        KEYS.device("prod", "anna", device)


def test_a_device_counts_for_its_account_alone():
    assert KEYS.device("prod", "anna", DEVICE) == KEYS.device("prod", " ANNA ", DEVICE)
    assert KEYS.device("prod", "anna", DEVICE) != KEYS.device("prod", "berta", DEVICE)
    assert KEYS.device("prod", "anna", DEVICE) != KEYS.device("prod", "anna", DEVICE[::-1])


def test_counters_are_a_sequence_of_counter():
    """Stores that are not native go through them, count them and look at them from both ends."""
    counters = KEYS.keys.source("prod", "anna", "203.0.113.9", SLOWING)
    pairs = list(zip(KEYS.source("prod", "anna", "203.0.113.9"), BACKOFFS, strict=True))
    assert list(counters) == [Counter(*pair) for pair in pairs] == [counters[number] for number in range(3)]
    assert all(isinstance(counter, Counter) for counter in counters)
    assert (len(counters), counters[-1], bool(counters)) == (3, Counter(*pairs[2]), True)
    assert list(reversed(counters)) == list(counters)[::-1]
    for index in (3, -4):
        with pytest.raises(IndexError):
            counters[index]
    with pytest.raises(AttributeError):
        counters.keys = ()


@pytest.mark.parametrize("backoffs", [[], BACKOFFS * 2, [None], ["text"]])
def test_what_is_no_backoff_slows_nothing_down(backoffs):
    with pytest.raises(ParameterError):
        Slowing(Counter, backoffs)
