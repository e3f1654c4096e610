"""Encrypted fields and blind indexes, beside Fernet, AES-256-GCM and hmac of the standard library."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from importlib.metadata import version

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from harness import Row

from zenoo_security import BlindIndex, FieldCipher, KeyRing

PYCA = version("cryptography")
FERNET = f"cryptography {PYCA}, Fernet"
GCM = f"cryptography {PYCA}, AES-256-GCM + base64"
HMAC = "hmac + base64, standard library"

VALUE = "anna.schmidt@example.com"
CONTEXT = ("res.partner", "email")
FIELDS = {name: ("res.partner", name) for name in ("email", "phone", "vat", "street")}

RING = KeyRing.generate()
CIPHER = FieldCipher(RING)
INDEX = BlindIndex(RING, normalizer="email")
FERNET_CIPHER = Fernet(Fernet.generate_key())
GCM_CIPHER = AESGCM(AESGCM.generate_key(256))
HMAC_KEY = os.urandom(32)
AAD = b"res.partner,email"


def fernet_encrypt(value: str) -> str:
    return FERNET_CIPHER.encrypt(value.encode()).decode()


def fernet_decrypt(token: str) -> str:
    return FERNET_CIPHER.decrypt(token.encode()).decode()


def gcm_encrypt(value: str) -> str:
    nonce = os.urandom(12)
    return base64.urlsafe_b64encode(nonce + GCM_CIPHER.encrypt(nonce, value.encode(), AAD)).decode()


def gcm_decrypt(token: str) -> str:
    raw = base64.urlsafe_b64decode(token)
    return GCM_CIPHER.decrypt(raw[:12], raw[12:], AAD).decode()


def hmac_index(value: str) -> str:
    return base64.urlsafe_b64encode(
        hmac.new(HMAC_KEY, value.strip().lower().encode(), hashlib.sha256).digest()
    ).decode()


def treat(records, work):
    """A loop over rows that leaves the caller's rows alone."""
    treated = []
    for record in records:
        row = dict(record)
        for name in FIELDS:
            row[name] = work(row[name])
        treated.append(row)
    return treated


def records(count: int):
    return [
        {
            "id": number,
            "name": f"Partner {number}",
            "email": f"anna.schmidt{number:06}@example.com",
            "phone": f"+49 30 1234{number:06}",
            "vat": f"DE{number:09}",
            "street": f"Hauptstrasse {number}",
        }
        for number in range(count)
    ]


def one_value() -> list[Row]:
    token, fernet_token, gcm_token = CIPHER.encrypt(VALUE, context=CONTEXT), fernet_encrypt(VALUE), gcm_encrypt(VALUE)

    def check() -> None:
        opened = CIPHER.decrypt(token, context=CONTEXT), fernet_decrypt(fernet_token), gcm_decrypt(gcm_token)
        assert opened == (VALUE, VALUE, VALUE)

    return [
        Row(
            "encrypt one value of 24 bytes, str to str",
            lambda: CIPHER.encrypt(VALUE, context=CONTEXT),
            {FERNET: lambda: fernet_encrypt(VALUE), GCM: lambda: gcm_encrypt(VALUE)},
            {FERNET: 7, GCM: 1.5},
            check=check,
        ),
        Row(
            "decrypt one value of 24 bytes, str to str",
            lambda: CIPHER.decrypt(token, context=CONTEXT),
            {FERNET: lambda: fernet_decrypt(fernet_token), GCM: lambda: gcm_decrypt(gcm_token)},
            {FERNET: 11, GCM: 2},
            check=check,
        ),
        Row(
            "blind index of an e-mail address",
            lambda: INDEX.compute(VALUE, context=CONTEXT),
            {HMAC: lambda: hmac_index(VALUE)},
            {HMAC: 9},
        ),
    ]


def many_records() -> list[Row]:
    rows = records(10_000)
    sealed = CIPHER.encrypt_records(rows, FIELDS)
    fernet_sealed, gcm_sealed = treat(rows, fernet_encrypt), treat(rows, gcm_encrypt)

    def check() -> None:
        assert CIPHER.decrypt_records(sealed, FIELDS) == rows == treat(gcm_sealed, gcm_decrypt)

    return [
        Row(
            "encrypt 10,000 records x 4 fields, dicts to dicts",
            lambda: CIPHER.encrypt_records(rows, FIELDS),
            {FERNET: lambda: treat(rows, fernet_encrypt), GCM: lambda: treat(rows, gcm_encrypt)},
            {FERNET: 20, GCM: 4.5},
            check=check,
        ),
        Row(
            "decrypt 10,000 records x 4 fields, dicts to dicts",
            lambda: CIPHER.decrypt_records(sealed, FIELDS),
            {FERNET: lambda: treat(fernet_sealed, fernet_decrypt), GCM: lambda: treat(gcm_sealed, gcm_decrypt)},
            check=check,
        ),
    ]


def long_text() -> list[Row]:
    text = "Lorem ipsum dolor sit amet, " * 3_657
    token, gcm_token = CIPHER.encrypt(text, context=CONTEXT), gcm_encrypt(text)
    return [
        Row(
            "encrypt a text of 100 KB",
            lambda: CIPHER.encrypt(text, context=CONTEXT),
            {FERNET: lambda: fernet_encrypt(text), GCM: lambda: gcm_encrypt(text)},
        ),
        Row(
            "decrypt a text of 100 KB",
            lambda: CIPHER.decrypt(token, context=CONTEXT),
            {GCM: lambda: gcm_decrypt(gcm_token)},
        ),
    ]


def rows() -> list[Row]:
    return [*one_value(), *many_records(), *long_text()]
