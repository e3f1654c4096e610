"""Every public function that takes input from outside, with fifty values that nobody should send."""

from __future__ import annotations

import array
import datetime as dt
import decimal
import json
from fractions import Fraction
from uuid import UUID

import pytest
from pydantic import TypeAdapter, ValidationError

from zenoo_security import domains, model_errors, partner, records, request_guard, safehttp, sanitize, types, validate
from zenoo_security.errors import SecurityError
from zenoo_security.safehttp import Limits, SafeClient, addresses
from zenoo_security.web import redirects

MARK = "zq7secret"


class LoudText(str):
    __slots__ = ()

    def __str__(self):
        return MARK

    def __eq__(self, other):
        return True

    __hash__ = str.__hash__


class LoudNumber(int):
    def __index__(self):
        raise RuntimeError(MARK)

    def __repr__(self):
        return MARK


def nested(depth, kind):
    value = MARK
    for _ in range(depth):
        value = [value] if kind is list else {"a": value}
    return value


def containing_itself(kind):
    value = kind()
    value.append(value) if kind is list else value.update(a=value)
    return value


HOSTILE = {
    "none": None,
    "true": True,
    "zero": 0,
    "negative": -1,
    "64 bits": 2**64,
    "400 digits": 10**400,
    "5,000 digits": 10**5000,
    "nan": float("nan"),
    "infinity": float("-inf"),
    "float": 1.5,
    "decimal nan": decimal.Decimal("sNaN"),
    "complex": 1j,
    "fraction": Fraction(1, 3),
    "date": dt.date(2026, 1, 1),
    "uuid": UUID(int=0),
    "ellipsis": ...,
    "object": object(),
    "class": type,
    "function": len,
    "exception": ValueError(MARK),
    "generator": (item for item in (MARK,)),
    "range": range(10**9),
    "bytes": b"zq7secret\xff",
    "bytearray": bytearray(b"zq7secret"),
    "memoryview": memoryview(b"zq7secret"),
    "array": array.array("b", b"zq7secret"),
    "empty": "",
    "spaces": "   ",
    "3 MB": "a" * 3_000_000,
    "3 MB marks": "\u0301" * 1_500_000,
    "nul": f"{MARK}\x00",
    "line feeds": f"{MARK}\r\nSet-Cookie: a=b\r\n\r\n",
    "surrogate": f"{MARK}\ud800",
    "reversed": f"{MARK}\u202egpj.exe",
    "invisible": "\u200b\u200d\ufeff\u2060\U000e0041",
    "zalgo": MARK + "\u0301\u0327" * 1000,
    "emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "fullwidth": "\uff1cscript\uff1e\uff07",
    "markup": f"<script>{MARK}</script>",
    "deep markup": "<div>" * 100_000,
    "template": "{{7*7}} ${{7*7}} <t t-out='1'/> #{7*7}",
    "format": f"%s%n%x{{0.__class__}}{MARK}",
    "path": "../../../../etc/passwd\x00.png",
    "sql": "' OR 1=1 --",
    "backtracking": "a" * 5000 + "!" + "." * 3000,
    "script": f"javascript:alert('{MARK}')",
    "metadata": "http://169.254.169.254/latest/meta-data/",
    "userinfo": f"https://{MARK}:x@example.com/",
    "text subclass": LoudText("a@example.com"),
    "number subclass": LoudNumber(5),
    "empty list": [],
    "list": [None, MARK, {}],
    "deep list": nested(50_000, list),
    "deep dict": nested(50_000, dict),
    "list of itself": containing_itself(list),
    "dict of itself": containing_itself(dict),
    "dict": {f"<{MARK}>": MARK, "name": [MARK], 5: None, ("a",): 1, "__class__": 1, "__proto__": {}},
    "100,000 keys": dict.fromkeys(map(str, range(100_000))),
    "set": {MARK},
    "tuple": ("&", ("a", "=", 1), MARK),
}  # fmt: skip


class Odoo:
    """Says of every field that it is a text; finds no record."""

    async def execute_kw(self, model, method, args, kwargs):
        fields = {
            "name": {"type": "char", "required": True},
            "country_id": {"type": "many2one", "relation": "res.country"},
        }
        return fields if method == "fields_get" else {} if method == "default_get" else []

    async def create(self, model, values):
        raise AssertionError(values)


async def nowhere(host, port):
    return ["10.0.0.1"]


async def fetch(method, url, **options):
    async with SafeClient(allow_hosts=None, allow_http=True, resolve=nowhere, limits=Limits(total_s=5)) as client:
        await client.request(method, url, **options)


async def record(value, way):
    made = await records.model_for(Odoo(), "res.partner", fields=["name", "country_id"])
    return made.parse(value) if way == "parse" else await made.checked(Odoo(), {"name": "A", "country_id": value})


GUARD = request_guard.RequestGuard(
    {
        "res.partner": {
            "methods": ["read", "search_read", "write"],
            "read": ["name"],
            "write": ["name", "child_ids"],
            "commands": {"child_ids": {"model": "res.partner", "allow": ["create", "link"]}},
        }
    }
)
URL = "https://example.com/"
#: Module, name, and what else the function is: how it is called with one value from outside. A name may stand twice.
CALLS = [
    *((validate, name, getattr(validate, name)) for name in validate.__all__ if name not in {"CODES", "DomainParser", "partner_agreement"}),
    (validate, "DomainParser", lambda value: validate.DomainParser(fields={"name": "char", "a": "integer"}).parse(value)),
    (validate, "DomainParser", lambda value: validate.DomainParser(fields={"a": "date"}).parse([("a", "=", value)])),
    (validate, "parse_domain", lambda value: validate.parse_domain([("name", value, value)])),
    (request_guard, "RequestGuard", lambda value: GUARD.check(value, "read", [[1]])),
    (request_guard, "RequestGuard", lambda value: GUARD.check("res.partner", value, [[1]])),
    (request_guard, "RequestGuard", lambda value: GUARD.check("res.partner", "read", value, value)),
    (request_guard, "RequestGuard", lambda value: GUARD.check("res.partner", "read", [value], {"fields": value})),
    (request_guard, "RequestGuard", lambda value: GUARD.check("res.partner", "write", [[1], value])),
    (request_guard, "RequestGuard", lambda value: GUARD.check("res.partner", "write", [[1], {"name": value, "child_ids": value}])),
    (request_guard, "RequestGuard", lambda value: GUARD.check("res.partner", "search_read", [], {"domain": value})),
    (request_guard, "RequestGuard", lambda value: GUARD.check("res.partner", "search_read", [], {"limit": value})),
    (request_guard, "RequestGuard", lambda value: GUARD.check("res.partner", "search_read", [], {"order": value, "offset": value})),
    (request_guard, "RequestGuard", lambda value: GUARD.check("res.partner", "search_read", [], {"context": value})),
    (request_guard, "RequestGuard", lambda value: GUARD.check("res.partner", "search_read", [], {"context": {"lang": value}})),
    (request_guard, "RequestGuard", GUARD.check_json_rpc),
    (request_guard, "RequestGuard", lambda value: GUARD.check_json_2("res.partner", "read", value)),
    (validate, "vat", lambda value: validate.vat("DE136695976", country=value)),
    (validate, "vat", lambda value: validate.vat(value, check_digits=True)),
    (validate, "phone", lambda value: validate.phone("030 901820", country=value)),
    (validate, "phone", lambda value: validate.phone(value, country="DE", numbering_plan=True)),
    (validate, "phone", lambda value: validate.phone("030 901820", country_code=value)),
    (validate, "partner_agreement", lambda value: validate.partner_agreement(country_code=value, vat=value, phone=value)),
    (validate, "partner_agreement", lambda value: validate.partner_agreement(country_code="DE", vat=value, phone=value)),
    *((sanitize, name, getattr(sanitize, name)) for name in sanitize.__all__ if name not in {"InputSanitizer", "Report"}),
    (sanitize, "Report", lambda value: sanitize.Report().clean(value)),
    (sanitize, "Report", lambda value: sanitize.Report().clean_text(value)),
    (sanitize, "Report", lambda value: sanitize.Report().clean_html(value)),
    (sanitize, "clean_html", lambda value: sanitize.clean_html(value, "strict")),
    (sanitize, "clean_html", lambda value: sanitize.clean_html(value, "odoo")),
    (redirects, "safe_redirect", redirects.safe_redirect),
    (redirects, "safe_redirect", lambda value: redirects.safe_redirect(value, hosts=["example.com"])),
    (sanitize, "InputSanitizer", sanitize.InputSanitizer.sanitize_string),
    (sanitize, "InputSanitizer", sanitize.InputSanitizer.sanitize_dict),
    (domains, "normalize", domains.normalize),
    (domains, "join", lambda value: domains.join("&", [value])),
    (domains, "decide", lambda value: domains.decide(value, {"a": 1})),
    (domains, "decide", lambda value: domains.decide([("a", "=", 1)], {"a": value})),
    (domains, "decide_leaf", lambda value: domains.decide_leaf(("a", "=", 1), {"a": value})),
    (partner, "SecurePartnerInput", partner.SecurePartnerInput.parse),
    (partner, "SecurePartnerInput", lambda value: partner.SecurePartnerInput.parse({"name": value})),
    (partner, "SecurePartnerInput", lambda value: partner.SecurePartnerInput.parse({"name": "A"}, country_code=value)),
    (partner, "create_partner_secure", lambda value: partner.create_partner_secure(Odoo(), value)),
    *((types, name, TypeAdapter(getattr(types, name)).validate_python) for name in types.__all__ if name != "Checked"),
    (types, "Checked", lambda value: TypeAdapter(types.Email).validate_json(json.dumps(value[:100] if isinstance(value, str) else "x"))),
    (model_errors, "mapping", model_errors.mapping),
    (model_errors, "built", lambda value: model_errors.built(partner.SecurePartnerInput, {"name": "A", "email": value})),
    (records, "RecordInput", lambda value: record(value, "parse")),
    (records, "RecordInput", lambda value: record(value, "checked")),
    (records, "model_for", lambda value: records.model_for(Odoo(), value, fields=["name"])),
    (records, "model_for", lambda value: records.model_for(Odoo(), "res.partner", fields=[value])),
    (safehttp, "is_public", safehttp.is_public),
    (addresses, "is_allowed", lambda value: addresses.is_allowed(value, ())),
    (safehttp, "SafeClient", lambda value: fetch("GET", value)),
    (safehttp, "SafeClient", lambda value: fetch("GET", URL, headers={"X-One": value})),
    (safehttp, "SafeClient", lambda value: fetch("POST", URL, content=value)),
    (safehttp, "SafeClient", lambda value: fetch(value, URL)),
    (safehttp, "Limits", lambda value: Limits(total_s=value)),
]  # fmt: skip
#: What takes nothing from outside: tables, protocols, and what is made of an answer.
INNER = {
    (validate, "CODES"), (domains, "Leaf"), (partner, "PartnerClient"), (records, "KINDS"), (records, "RpcClient"),
    (redirects, "is_own_path"), (request_guard, "CallLimits"), (request_guard, "CheckedCall"), (request_guard, "Commands"), (request_guard, "ModelRules"),
    (request_guard, "search_fields"), (safehttp, "SafeResponse"), (model_errors, "field_errors"), (addresses, "Network"), (addresses, "networks"), (addresses, "is_public"),
}  # fmt: skip
MODULES = (
    validate,
    request_guard,
    sanitize,
    domains,
    partner,
    types,
    model_errors,
    records,
    safehttp,
    addresses,
    redirects,
)


def test_there_are_at_least_fifty_values_and_every_public_name_is_called():
    assert len(HOSTILE) >= 50
    called = {(module, name) for module, name, _ in CALLS}
    assert {(module, name) for module in MODULES for name in module.__all__} == called | INNER


@pytest.mark.asvs("v5.0.0-1.3.3", "v5.0.0-2.2.1")
@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
async def test_no_function_fails_but_with_an_error_of_ours_that_holds_no_input(value):
    told, failures, foreign = {}, {}, set()
    for module, name, call in CALLS:
        where = f"{module.__name__}.{name}"
        try:
            result = call(value)
            if hasattr(result, "__await__"):
                await result
        except SecurityError as error:
            told[where] = f"{error!s}{error!r}{error.__cause__ or ''}"
        except ValidationError:
            # Pydantic's own, of a type that is used alone: what it says of the input is what our models hide.
            foreign.add(module)
        except Exception as error:  # noqa: BLE001 - all of them are told together
            failures[where] = type(error)
    assert not failures
    assert foreign <= {types}
    assert [where for where, text in told.items() if MARK in text] == []
