"""Our validators beside email-validator and pydantic: what we accept, they accept, with the same answer.

Exceptions, each tested here. Domains that RFC 6761 and others reserve (`.test`, `.local`) are a matter of reachability,
which we do not judge. email-validator gives international domains back in Unicode where we give ASCII, so its
`ascii_domain` is compared. In `STRICTER` is what it accepts and we do not.
"""

from __future__ import annotations

import re

import pytest
from email_validator import SPECIAL_USE_DOMAIN_NAMES as RESERVED
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AnyUrl, TypeAdapter

from conftest import load_vectors
from zenoo_security import validate
from zenoo_security.errors import InvalidInput

EMAILS = load_vectors("validate")["email"]
URLS = load_vectors("validate")["url"]
STRICTER = {
    "a@\u0967.example",  # digits outside ASCII in a domain
    "a@example.c",  # no top-level domain has one letter
    "a@example.c0m",  # or a digit, unless it is an encoded label
    "\U0001f600@example.com",  # symbols before the @
    "a" * 65 + "@example.com",  # more than 64 bytes before the @, which it checks with strict=True
    "\xf6" * 33 + "@example.com",
}


def theirs(address):
    found = validate_email(address, check_deliverability=False)
    return f"{found.local_part}@{found.ascii_domain}"


def is_reserved(address):
    domain = address.rpartition("@")[2]
    return any(domain == name or domain.endswith(f".{name}") for name in RESERVED)


@pytest.mark.parametrize("case", EMAILS["valid"], ids=lambda case: ascii(case["value"])[:40])
def test_what_we_accept_email_validator_accepts_and_normalizes_alike(case):
    assert theirs(case["normal"]) == case["normal"]
    assert theirs(case["value"].strip(" ")) == case["normal"]


@pytest.mark.parametrize("case", EMAILS["invalid"], ids=lambda case: ascii(case["value"])[:40])
def test_what_we_refuse_email_validator_refuses(case):
    if case["value"] in STRICTER:
        assert validate_email(case["value"], check_deliverability=False)
    else:
        with pytest.raises(EmailNotValidError):
            validate_email(case["value"], check_deliverability=False)


ATOMS = st.text("abcXYZ019!#$%&'*+/=?^_`{|}~-.", min_size=1, max_size=70)
LABELS = st.text("abcXYZ019-", min_size=1, max_size=65)
DOMAINS = st.lists(LABELS, min_size=1, max_size=4).map(".".join)


@given(ATOMS, DOMAINS, st.sampled_from(["com", "de", "co.uk", "xn--p1ai", "c", "1", "c0m"]))
def test_what_we_accept_of_ascii_email_validator_accepts(local, domain, end):
    address = f"{local}@{domain}.{end}"
    try:
        ours = validate.email(address)
    except InvalidInput:
        return
    assert theirs(address) == ours


@given(ATOMS, DOMAINS)
def test_what_email_validator_accepts_of_ascii_we_accept(local, domain):
    address = f"{local[:64]}@{domain}.com"
    try:
        peers = theirs(address)
    except EmailNotValidError:
        return
    assert validate.email(address) == peers


WORDS = st.text(st.characters(categories=["L", "M", "N"], max_codepoint=0xFFFF), min_size=1, max_size=12)


@given(WORDS, WORDS)
def test_what_we_accept_beyond_ascii_email_validator_accepts(local, label):
    address = f"{local}@{label}.example.com"
    try:
        ours = validate.email(address)
    except InvalidInput:
        return
    assert theirs(ours) == ours


def test_reserved_names_are_the_exception():
    assert validate.email("a@host.local") == "a@host.local"
    assert is_reserved("a@host.local")
    with pytest.raises(EmailNotValidError):
        validate_email("a@host.local", check_deliverability=False)


@pytest.mark.parametrize("case", URLS["valid"], ids=lambda case: ascii(case["value"])[:40])
def test_pydantic_reads_our_addresses_as_we_do(case):
    url = TypeAdapter(AnyUrl).validate_python(case["normal"])
    again = TypeAdapter(AnyUrl).validate_python(case["value"].strip())
    assert (url.scheme, url.host, url.port, url.query, url.fragment) == (
        again.scheme, again.host, again.port, again.query, again.fragment
    )  # fmt: skip
    # pydantic adds the path of a host that has none.
    assert str(url) in {case["normal"], re.sub(r"^(\w+://[^/?#]+)", r"\1/", case["normal"])}
