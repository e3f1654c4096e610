"""Text goes in as it is, lies there as it is, and is encoded once, where it goes out."""

from __future__ import annotations

import ast
import csv
import html
import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import zenoo_security
from fake_odoo import DATABASE, LOGIN, PASSWORD, FakeOdoo
from zenoo_security import InputSanitizer, SecureZenooClient, create_partner_secure, sanitize
from zenoo_security.fields import Encrypted, EncryptedFields
from zenoo_security.keyring import KeyRing

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(zenoo_security.__file__).parent
ENCODERS = {name for name in sanitize.__all__ if name.startswith(("encode_", "escape_"))} | {"attachment"}
#: Where the package itself puts text into another language, and by which encoder.
CALLS = {
    "sanitize.py": {"encode_url_part", "escape_html"},
    "client/conditions.py": {"escape_like"},
    "client/query.py": {"escape_like"},
}
VALUES = ["O'Brien & Söhne <GmbH>", "a &amp; b", "100% _x_ \\", '5" <b>', "=1+1", "{{ x }}"]


def called(path: Path) -> set[str]:
    """Names of the encoders that a file calls."""
    calls = (node.func for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
    return {func.id if isinstance(func, ast.Name) else getattr(func, "attr", "") for func in calls} & ENCODERS


@pytest.mark.asvs("v5.0.0-1.1.2")
def test_no_file_of_the_package_encodes_what_is_not_known_to_go_out() -> None:
    found = {str(path.relative_to(PACKAGE)): called(path) for path in PACKAGE.rglob("*.py")}
    assert {path: names for path, names in found.items() if names} == CALLS


@pytest.fixture
def odoo() -> Iterator[FakeOdoo]:
    """Keeps what it is given, as Odoo does."""
    server, row = FakeOdoo(), {}
    server.answers["create"] = lambda values: row.update(id=1, **values) or 1
    server.answers["read"] = lambda _, fields: [{name: row[name] for name in ["id", *fields]}]
    yield server
    server.close()


@pytest.mark.asvs("v5.0.0-1.1.1", "v5.0.0-1.1.2")
@pytest.mark.parametrize("value", VALUES)
async def test_from_the_form_to_the_page_a_text_is_encoded_once(odoo: FakeOdoo, value: str) -> None:
    data = InputSanitizer.sanitize_dict({"name": "A", "street": f" {value}\x00", "street2": value})
    fields = EncryptedFields({"res.partner": {"street2": Encrypted(column="x_street2_enc")}})
    async with SecureZenooClient(odoo.url, encrypted_fields=fields, key_ring=KeyRing.generate()) as client:
        await client.login(DATABASE, LOGIN, PASSWORD)
        record = await create_partner_secure(client, data)
        (row,) = await client.read("res.partner", [record], ["street", "street2"])
    for name in ("street", "street2"):
        assert row[name] == value
        assert html.unescape(sanitize.escape_html(row[name])) == value
        assert sanitize.escape_html(row[name]) == html.escape(value)
        read = next(csv.reader(io.StringIO(sanitize.encode_csv_cell(row[name]))))
        assert read == [f"'{value}" if value.startswith("=") else value]


@given(st.text())
def test_saving_what_was_read_changes_nothing(text: str) -> None:
    once = InputSanitizer.sanitize_dict({"name": text})
    assert InputSanitizer.sanitize_dict(once) == once


#: What can be done again without harm, and what cannot: encoding twice is a defect that is seen.
IDEMPOTENT = ("clean", "clean_text", "clean_html", "header_value", "refuse_templates", "safe_file_name")


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_what_is_said_to_be_idempotent_is(text: str) -> None:
    for name in IDEMPOTENT:
        function = getattr(sanitize, name)
        try:
            once = function(text)
        except zenoo_security.InvalidInput:
            continue
        assert function(once) == once


@pytest.mark.parametrize("name", sorted(ENCODERS - {"attachment"}))
def test_an_encoder_says_that_it_was_called_before(name: str) -> None:
    """None of them guesses whether a text is encoded already: then `&amp;` could not be written."""
    encode = getattr(sanitize, name)
    once = encode("=&'\"\\%_<é ")
    assert encode(once) != once
