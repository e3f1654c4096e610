"""Our e-mail addresses beside email-validator: 20,000 addresses, and a reason for each difference.

We refuse, and it accepts:

- `symbols`: what is no letter, mark or digit before the @, outside ASCII (emoji, dots of other scripts). RFC 6531 allows
  them; nobody can type them, and mail servers disagree on them.
- `long`: more than 64 bytes before the @ (RFC 5321, 4.5.3.1.1). It counts characters.
- `digits`: digits outside ASCII in a domain. RFC 5892 allows some in some contexts; they look like others.
- `top`: a last label that has one letter, or a digit, and is not encoded (RFC 3696, 2). There is no such domain.

It refuses, and we accept:

- `spaces`: around the address. They are a slip of the hand, and we take them off.
- `reserved`: `.test`, `.local` and the like (RFC 6761). Whether one can mail to them is not ours to judge.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections import Counter

import pytest
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from conftest import load_vectors
from zenoo_security import validate
from zenoo_security.errors import InvalidInput

VECTORS = load_vectors("validate")["email"]
SEEDS = [case["value"] for kind in ("valid", "invalid") for case in VECTORS[kind] if len(case["value"]) < 120]
ALPHABET = "ab.@-_+!\"'()<>[]\\,;: \t%&xn1\xe9\u0301\xdf\u044f\u03b4\u65e5\u672c\u200d\u0660\xaa\xb2\u2460\u2026\u3002\uff0e\U0001f600/=?^`{|}~#$*A\r\n\x00\u202e"
HOW_MANY = 20_000


def ours(address):
    try:
        return validate.email(address)
    except InvalidInput:
        return None


def theirs(address):
    try:
        found = validate_email(address, check_deliverability=False, strict=True)
    except EmailNotValidError:
        return None
    return f"{found.local_part}@{found.ascii_domain}"


def mutated(text, dice):
    for _ in range(dice.randint(1, 3)):
        place = dice.randrange(len(text) + 1)
        character = dice.choice(ALPHABET)
        kinds = (text[:place] + character + text[place:], text[:place] + character + text[place + 1 :])
        text = dice.choice((*kinds, text[:place] + text[place + 1 :]))
    return text


def why_we_refuse(normal):
    """The reason why we refuse an address that email-validator gives back as `normal`."""
    local, _, domain = normal.rpartition("@")
    decoded = ".".join(
        label[4:].encode().decode("punycode") if label.startswith("xn--") else label for label in domain.split(".")
    )
    if any(not character.isascii() and unicodedata.category(character)[0] not in "LMN" for character in local):
        return "symbols"
    if len(local.encode()) > 64:
        return "long"
    if any(not character.isascii() and character.isnumeric() for character in decoded):
        return "digits"
    if not re.fullmatch(r"[a-z]{2,}|xn--.*", domain.rpartition(".")[2]):
        return "top"
    return None


def why_they_refuse(address, normal):
    domain = normal.rpartition("@")[2]
    if any(domain == name or domain.endswith(f".{name}") for name in SPECIAL_USE_DOMAIN_NAMES):
        return "reserved"
    return "spaces" if address != address.strip(" ") and theirs(address.strip(" ")) == normal else None


@pytest.mark.asvs("v5.0.0-1.3.11")
def test_every_difference_of_twenty_thousand_addresses_has_a_reason():
    dice = random.Random("addresses")
    seen = Counter()
    for _ in range(HOW_MANY):
        address = mutated(dice.choice(SEEDS), dice)
        we, they = ours(address), theirs(address)
        if we == they:
            seen["both" if we else "neither"] += 1
            continue
        reason = why_we_refuse(they) if we is None else why_they_refuse(address, we) if they is None else None
        assert reason, f"{address!a}: {we!a} {they!a}"
        seen[reason] += 1
    assert {"both", "neither", "symbols", "long", "digits", "top", "spaces"} <= set(seen)
    assert seen["both"] > 1000


@pytest.mark.asvs("v5.0.0-1.3.11")
@pytest.mark.parametrize(
    "end",
    [
        "\r\nBcc: b@example.com",
        "\nb@example.com",
        "\x00",
        "\u2028",
        "\x85",
        "%0d%0aBcc:b",
        ";b@example.com",
        ",b@example.com",
    ],
    ids=ascii,
)
@pytest.mark.parametrize("place", ["a{}@example.com", "a@example.com{}", "{}a@example.com", "a@{}example.com"])
def test_what_would_end_a_header_line_is_refused(place, end):
    assert ours(place.format(end)) is None


def test_lengths_are_those_of_rfc_5321():
    label = "d" * 61
    domain = f"{label}.{label}.{label}.com"
    assert len(domain) == 189
    assert ours(f"{'a' * 64}@{domain}")
    assert ours(f"{'a' * 65}@example.com") is None
    longest = f"{'d' * 63}.{'d' * 63}.{'d' * 62}"
    assert ours(f"{'a' * (254 - len(longest) - 5)}@{longest}.com") is not None
    assert ours(f"{'a' * (254 - len(longest) - 4)}@{longest}.com") is None
    assert ours(f"a@{'d' * 63}.com")
    assert ours(f"a@{'d' * 64}.com") is None
    # 64 bytes, not 64 characters.
    assert ours("\xf6" * 32 + "@example.com")
    assert ours("\xf6" * 32 + "a@example.com") is None


@pytest.mark.parametrize(
    ("unicode", "ascii_domain"),
    [
        ("fa\xdf.de", "xn--fa-hia.de"),  # non-transitional: sharp s stays (UTS 46, revision 31)
        ("b\xfccher.example", "xn--bcher-kva.example"),
        ("BU\u0308CHER.example", "xn--bcher-kva.example"),
        ("\u65e5\u672c\u8a9e\uff0e\uff2a\uff30", "xn--wgv71a119e.jp"),
        ("\u03b2\u03cc\u03bb\u03bf\u03c2.com", "xn--nxasmm1c.com"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
    ],
)
def test_domains_are_mapped_and_encoded_by_uts_46(unicode, ascii_domain):
    assert ours(f"a@{unicode}") == f"a@{ascii_domain}"
    assert theirs(f"a@{unicode}") == f"a@{ascii_domain}"


@pytest.mark.parametrize(
    "address",
    [
        '"a b"@example.com',
        '"a"@example.com',
        '"a@b"@example.com',
        '""@example.com',
        'a."b"@example.com',
        '"a\\"b"@example.com',
    ],
)
def test_quoted_names_are_refused_by_both(address):
    assert ours(address) is None
    assert theirs(address) is None
