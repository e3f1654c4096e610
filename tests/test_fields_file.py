"""A declaration in a file is the one in code, or an error that names the file and the place."""

from __future__ import annotations

import contextlib
import json
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zenoo_security.errors import ConfigurationError
from zenoo_security.fields import NORMALIZERS, Encrypted, EncryptedFields
from zenoo_security.fields.file import MAX_FILE_BYTES

IN_CODE = EncryptedFields(
    {
        "res.partner": {
            "email": Encrypted(index="email"),
            "comment": Encrypted(type="html", bind=("company", "record"), padding=64),
            "ref": Encrypted(in_place=True, force=True, index="exact", index_column="x_ref", index_length=32),
        },
        "crm.lead": {"phone": Encrypted(column="x_secret", plaintext="warn")},
    }
)
TOML = """
["res.partner".email]
index = "email"

["res.partner".comment]
type = "html"
bind = ["record", "company"]
padding = 64

["res.partner".ref]
in_place = true
force = true
index = "exact"
index_column = "x_ref"
index_length = 32

["crm.lead".phone]
column = "x_secret"
plaintext = "warn"
"""


@pytest.fixture
def write(tmp_path):
    def write(content: str | bytes, name: str = "fields.toml"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def refusal(path) -> str:
    with pytest.raises(ConfigurationError) as refused:
        EncryptedFields.from_file(path)
    return str(refused.value).removeprefix(f"{path}: ")


def test_a_declaration_in_a_file_is_the_one_in_code(write):
    tomllib = pytest.importorskip("tomllib")
    assert repr(EncryptedFields.from_file(write(TOML))) == repr(IN_CODE)
    as_json = write(json.dumps(tomllib.loads(TOML)), "fields.json")
    assert repr(EncryptedFields.from_file(str(as_json))) == repr(IN_CODE)


def test_a_field_without_options_has_the_defaults(write):
    declared = EncryptedFields.from_file(write('["res.partner".vat]'))
    assert (
        declared.for_model("res.partner")["vat"] == EncryptedFields({"m": {"vat": Encrypted()}}).for_model("m")["vat"]
    )


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            '["res.partner".email]\nindx = "email"',
            "res.partner.email: there is no option 'indx'; the options are bind, ",
        ),
        ('["res.partner".email]\nindex = true', "res.partner.email.index: it must be a text"),
        ('["res.partner".email]\nforce = "yes"', "res.partner.email.force: it must be true or false"),
        ('["res.partner".email]\nin_place = 1', "res.partner.email.in_place: it must be true or false"),
        ('["res.partner".email]\npadding = true', "res.partner.email.padding: it must be a whole number"),
        ('["res.partner".email]\npadding = 2.0', "res.partner.email.padding: it must be a whole number"),
        ('["res.partner".email]\nbind = "record"', "res.partner.email.bind: it must be a list of texts"),
        ('["res.partner".email]\nbind = [1]', "res.partner.email.bind: it must be a list of texts"),
        (
            '["res.partner".email]\nbind = ["record", "user"]',
            "res.partner.email: bind must be a tuple of database, company",
        ),
        (
            '["res.partner".email]\nindex = "md5"',
            "res.partner.email: index must be one of casefold, digits, email, exact",
        ),
        ('["res.partner".email]\npadding = 1', "res.partner.email: padding must be 2 to 65535 bytes"),
        ('["res.partner".email]\nin_place = true', "res.partner.email does not stand encryption in place"),
        (
            '["res.partner"]\nemail = "email"',
            "res.partner.email: it must be a table (model, in it field, in it options)",
        ),
        ('"res.partner" = ["email"]', "res.partner: it must be a table"),
        ("[res.partner.email]", 'res: the name of a model stands in quotes: write ["res.partner".FIELD]'),
        (
            "[sale.order.line.name]\npadding = 2",
            'sale: the name of a model stands in quotes: write ["sale.order.line".',
        ),
        ('["res.partner"]', "res.partner: no field is named"),
        ("[board]", "board: no field is named"),
        ('["Res Partner".email]', "a model must have a name that Odoo takes"),
        ('["res.partner".email]\nindex = ', "Invalid value (at end of document)"),
        ('["res.partner".email]\n["res.partner".email]', "Cannot declare ('res.partner', 'email') twice"),
        (b'["res.partner".email]\ncolumn = "\xff"', "the file is not UTF-8"),
    ],
    ids=lambda value: value[-40:] if isinstance(value, str) else "bytes",
)
def test_a_mistake_is_named_with_its_place(write, content, says):
    found = refusal(write(content))
    assert found.startswith(says)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("[]", "the file: it must be a table"),
        ("", "Expecting value: line 1 column 1"),
        ('{"res.partner": {"vat": {}, "vat": {}}}', "'vat' is there twice"),
        ('{"res.partner": {"vat": {"padding": NaN}}}', "res.partner.vat.padding: it must be a whole number"),
        ('{"a":' * 100_000, "it is too deeply nested"),
    ],
    ids=["list", "empty", "twice", "nan", "deep"],
)
def test_a_mistake_in_json_is_named_too(write, content, says):
    assert refusal(write(content[:MAX_FILE_BYTES], "fields.json")).startswith(says)


def test_what_is_no_readable_file_is_refused(write, tmp_path):
    assert refusal(tmp_path / "none.toml") == "cannot be read: No such file or directory"
    assert refusal(tmp_path) == "this is not a regular file"
    assert refusal("no\0path.toml") == "cannot be read: this is not a path"
    assert refusal(write("", "fields.ini")) == "the name of a declaration ends in .toml or .json"
    os.mkfifo(tmp_path / "pipe.toml")
    assert refusal(tmp_path / "pipe.toml") == "this is not a regular file"
    assert refusal(write("#" * MAX_FILE_BYTES)) == "it declares no field"
    assert refusal(write("#" * (MAX_FILE_BYTES + 1))) == "the file has more than 256 KiB"


def test_a_file_that_everybody_may_write_is_refused(write):
    """Who takes a field out of it leaves the field's values unencrypted."""
    path = write(TOML)
    path.chmod(0o666)
    assert refusal(path) == "everybody may write it, and so leave fields unencrypted: chmod o-w it"
    path.chmod(0o664)
    EncryptedFields.from_file(path)


OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "index": st.sampled_from(sorted(NORMALIZERS)),
        "type": st.sampled_from(["char", "text", "html"]),
        "bind": st.lists(st.sampled_from(["database", "company", "record"]), unique=True),
        "padding": st.integers(2, 65_535),
        "index_length": st.integers(8, 32),
        "plaintext": st.sampled_from(["allow", "warn", "refuse"]),
    },
)


@given(st.dictionaries(st.sampled_from(["vat", "email", "phone"]), OPTIONS, min_size=1))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_what_encrypted_takes_a_file_can_say(write, fields):
    path = write(json.dumps({"res.partner": fields}), "fields.json")
    in_code = {
        name: Encrypted(**{**options, "bind": tuple(options.get("bind", ()))}) for name, options in fields.items()
    }
    assert repr(EncryptedFields.from_file(path)) == repr(EncryptedFields({"res.partner": in_code}))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "vat", "index", "bind"]), inner, max_size=3)
    ),
)


@given(JSON | st.dictionaries(st.just("res.partner"), JSON))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
def test_any_other_content_is_a_refusal_and_no_crash(write, content):
    path = write(json.dumps(content), "fields.json")
    with contextlib.suppress(ConfigurationError):
        EncryptedFields.from_file(path)
