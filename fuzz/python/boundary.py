"""What Python hands to the core, made of any bytes: a result comes out, or an error of ours that repeats no input.

`tests/test_fuzz_boundary.py` draws the bytes at random, `run_atheris.py` beside this file lets atheris choose them. The
first byte picks the call, the others become its value.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import decimal
from functools import partial

from pydantic import TypeAdapter, ValidationError

from zenoo_security import domains, model_errors, passwords, records, sanitize, types, validate
from zenoo_security._native import HashingBudget, password_needs_rehash, verify_password
from zenoo_security.errors import SecurityError
from zenoo_security.fields import BlindIndex, FieldCipher
from zenoo_security.keyring import KeyRing
from zenoo_security.otp import Totp
from zenoo_security.partner import SecurePartnerInput
from zenoo_security.request_guard import RequestGuard

MARK = "zq7secret"
PLACE = ("res.partner", "email")
RING = KeyRing.generate()
CIPHER, INDEX, TOTP = FieldCipher(RING), BlindIndex(RING), Totp.generate()
BUDGET = HashingBudget(1, 0.0)
RULES = {"methods": ["read", "search_read", "write"], "read": ["name"], "write": ["name", "child_ids"]}
COMMANDS = {"child_ids": {"model": "res.partner", "allow": ["create", "link"]}}
GUARD = RequestGuard({"res.partner": {**RULES, "commands": COMMANDS}})
#: What parsers look for.
WORDS = (
    *(MARK, "", "&", "|", "!", "=", "in", "any", "ilike", "child_of", "name", "country_id", "email", "partner_id.name"),
    *("a@example.com", "@", "xn--", "\u0301", "\u200d", "\u202e", "\ud800", "\x00", "\r\n", "https://", "javascript:"),
    *("/../", "<p><b x=", "<script>", "</", "&#x0;", "{{", "t-out", "+49 30", "DE136695976", "000000", "en_US"),
    *("zs1.", CIPHER.encrypt("x", context=PLACE), RING.to_json(), '{"format":'),
    *("$argon2id$v=19$m=8,t=1,p=1$", "$pbkdf2-sha512$1$", "c2FsdHNhbHQ$"),
)


class Text(str):
    """Says something else of itself."""

    __slots__ = ()

    def __str__(self) -> str:
        return MARK

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = str.__hash__


class Raising:
    """Fails at whatever is asked of it."""

    def _raise(self, *_: object) -> int:
        raise RuntimeError(MARK)

    __bool__ = __eq__ = __float__ = __fspath__ = __getitem__ = __hash__ = __index__ = _raise  # type: ignore[assignment]
    __int__ = __iter__ = __len__ = __repr__ = __str__ = _raise  # type: ignore[assignment]


class Reader:
    """Takes values out of bytes, and zeros when they are used up."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def take(self, count: int) -> bytes:
        taken = self._data[self._at : self._at + count]
        self._at += count
        return taken

    def number(self) -> int:
        return int.from_bytes(self.take(1), "big")

    def text(self) -> str:
        parts = []
        for _ in range(self.number() % 6):
            choice = self.number()
            parts.append(
                WORDS[choice % len(WORDS)] if choice % 2 else self.take(choice % 16).decode("utf-8", "replace")
            )
        return "".join(parts)

    def items(self, depth: int) -> list[object]:
        return [self.value(depth + 1) for _ in range(self.number() % 5)] if depth < 5 else []

    def value(self, depth: int = 0) -> object:
        kind = self.number() % 24
        if kind < 8:
            return self.text()
        if kind < 12:
            return self.items(depth) if kind % 2 else tuple(self.items(depth))
        if kind == 12:
            # An error repeats a key that could be the name of a field.
            return {self.text().replace(MARK, "<>"): value for value in self.items(depth)}
        if kind == 13:
            return [self.text(), WORDS[3 + self.number() % 7], self.value(depth + 1)] if depth < 5 else None
        return self._scalar(kind)

    def _scalar(self, kind: int) -> object:
        makers = {
            14: lambda: None,
            15: lambda: bool(self.number() % 2),
            16: lambda: self.number() - 1,
            17: lambda: int.from_bytes(self.take(9), "big", signed=True) ** (self.number() % 40),
            18: lambda: (0.5, float("nan"), float("inf"), -0.0, 1e308)[self.number() % 5],
            19: lambda: (bytes, bytearray, memoryview)[self.number() % 3](self.text().encode("utf-8", "replace")),
            20: lambda: Text(self.text()),
            21: Raising,
            22: lambda: (dt.date(2026, 1, 1), decimal.Decimal("sNaN"), dt.datetime.max, {1}, 1j)[self.number() % 5],
            23: lambda: iter([self.text()]),
        }
        return makers[kind]()


class Odoo:
    """Says of every model that it has these fields."""

    async def execute_kw(
        self, _model: str, _method: str, _args: object, _kwargs: object
    ) -> dict[str, dict[str, object]]:
        return {
            "name": {"type": "char", "required": True, "size": 20},
            "country_id": {"type": "many2one", "relation": "res.country"},
            "color": {"type": "integer"},
            "type": {"type": "selection", "selection": [["contact", "Contact"]]},
        }


RECORD = asyncio.run(records.model_for(Odoo(), "res.partner", fields=["name", "country_id", "color", "type"]))


def _verify(value: object) -> None:
    """Nothing that asks for much work."""
    if isinstance(value, str) and "m=8,t=1,p=1$" in str.__str__(value):
        verify_password(b"x", value, budget=BUDGET)
    passwords.password_scheme(value)  # type: ignore[arg-type]


#: What an application configures: another type than the signature has is a `TypeError`.
TYPED = (
    KeyRing.from_json,
    lambda value: KeyRing.unwrap(value, b"k" * 32),
    lambda value: CIPHER.encrypt("x", context=value),
)
#: What takes a value from outside.
CALLS = (
    *TYPED,
    *(
        getattr(validate, name)
        for name in validate.__all__
        if name not in {"CODES", "DomainParser", "partner_agreement"}
    ),
    *(getattr(sanitize, name) for name in sanitize.__all__ if name not in {"InputSanitizer", "Report"}),
    *(TypeAdapter(getattr(types, name)).validate_python for name in types.__all__ if name != "Checked"),
    sanitize.InputSanitizer.sanitize_dict,
    partial(sanitize.clean_html, profile="odoo"),
    partial(validate.domain, fields=["name", "email"]),
    validate.DomainParser(fields={"name": "char", "email": "char"}).parse,
    lambda value: GUARD.check(value, value, value, value),
    lambda value: GUARD.check(
        "res.partner", "search_read", [value], {"limit": value, "order": value, "context": value}
    ),
    lambda value: GUARD.check("res.partner", "write", [[1], {"name": value, "child_ids": value}]),
    GUARD.check_json_rpc,
    domains.normalize,
    lambda value: domains.decide(value, {"name": "x", "email": value}),
    model_errors.mapping,
    SecurePartnerInput.parse,
    lambda value: SecurePartnerInput.parse({"name": "A", "email": value, "vat": value, "phone": value}),
    RECORD.parse,
    lambda value: RECORD.parse({"name": value, "country_id": value, "color": value, "type": value}),
    lambda value: CIPHER.decrypt(value, context=PLACE),
    lambda value: CIPHER.decrypt_many([value, value], context=PLACE),
    lambda value: CIPHER.decrypt(CIPHER.encrypt(value, context=PLACE), context=PLACE),
    CIPHER.key_id,
    CIPHER.is_encrypted,
    lambda value: INDEX.compute(value, context=PLACE),
    lambda value: TOTP.matched_step(value, at=1e9),
    lambda value: TOTP.verify("000000", at=value),
    lambda value: TOTP.uri(value, "issuer"),
    Totp,
    _verify,
    lambda value: password_needs_rehash(value, costs=(19456, 2, 1)),
)


def run(data: bytes) -> None:
    """Make one call."""
    reader = Reader(data)
    call = CALLS[reader.number() % len(CALLS)]
    try:
        call(reader.value())
    except SecurityError as error:
        if MARK in f"{error!s}{error!r}{error.__cause__ or ''}":
            raise AssertionError("an error repeats its input") from None
    except TypeError as error:
        if call not in TYPED or MARK in str(error):
            raise
    except ValidationError:
        # Pydantic's own, of a type that is used alone.
        if getattr(call, "__name__", "") != "validate_python":
            raise
