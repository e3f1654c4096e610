"""Answers of Odoo that are passed on."""

from __future__ import annotations

import json

import pytest

from zenoo_security.web import strip_odoo_answer, strip_odoo_error

ERROR = {
    "code": 200,
    "message": "Odoo Server Error",
    "data": {
        "name": "odoo.exceptions.ValidationError",
        "debug": "Traceback (most recent call last):\n File /opt/odoo/secret.py",
        "message": "The VAT number is wrong.",
        "arguments": ["hunter2"],
        "context": {"password": "hunter2"},
    },
}

pytestmark = pytest.mark.asvs("v5.0.0-16.5.1")


def answer(**data):
    return {"jsonrpc": "2.0", "id": 7, "error": {**ERROR, "data": {**ERROR["data"], **data}}}


def test_only_the_kind_of_an_error_is_left() -> None:
    assert strip_odoo_answer(answer()) == {
        "jsonrpc": "2.0",
        "id": 7,
        "error": {"code": 200, "message": "Odoo Server Error", "data": {"name": "odoo.exceptions.ValidationError"}},
    }


def test_what_odoo_wrote_for_its_users_stays_by_choice() -> None:
    stripped = strip_odoo_answer(answer(), messages=True)
    assert stripped["error"]["data"]["message"] == "The VAT number is wrong."
    assert "hunter2" not in json.dumps(stripped)
    assert "Traceback" not in json.dumps(stripped)


@pytest.mark.parametrize(
    "name", ["odoo.exceptions.AccessError", "psycopg2.errors.UniqueViolation", "builtins.KeyError", "x\r\n", 7, None]
)
def test_messages_of_other_kinds_never_stay(name) -> None:
    stripped = strip_odoo_answer(answer(name=name), messages=True)
    assert "message" not in stripped["error"]["data"]
    assert "\n" not in stripped["error"]["data"]["name"]


def test_a_message_is_bounded_and_without_control_characters() -> None:
    stripped = strip_odoo_error({**ERROR["data"], "message": "a\x1b[31m\nb\u202e" + "x" * 5000}, messages=True)
    assert stripped["message"].startswith("a[31m\nbx")
    assert len(stripped["message"]) < 2001


def test_a_result_stays_as_it_is() -> None:
    result = {"jsonrpc": "2.0", "id": 7, "result": [{"debug": "x", "error": "y"}]}
    assert strip_odoo_answer(result) is result


def test_a_batch_is_stripped_one_by_one() -> None:
    first, second = strip_odoo_answer([answer(), {"result": 1}])
    assert "debug" not in json.dumps(first)
    assert second == {"result": 1}


@pytest.mark.parametrize(
    "error", [None, "Traceback", ["Traceback"], {"data": "Traceback"}, {"code": "Traceback"}, {}], ids=str
)
def test_an_error_of_another_form_leaves_nothing(error) -> None:
    stripped = json.dumps(strip_odoo_answer({"error": error, "id": {"x": "Traceback"}, "more": "Traceback"}))
    assert "Traceback" not in stripped
