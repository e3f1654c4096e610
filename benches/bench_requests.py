"""Requests from outside: a search domain from JSON to a checked one, and the guard of a call."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from harness import Row
from pydantic import VERSION, BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from zenoo_security import RequestGuard, SecureZenooClient
from zenoo_security.request_guard import ModelRules
from zenoo_security.validate import DomainParser, parse_json

TYPES = {
    "name": "char",
    "city": "char",
    "color": "integer",
    "active": "boolean",
    "parent_id": "many2one",
    "parent_id.name": "char",
}
DOMAIN: list[Any] = [
    "|",
    ["name", "ilike", "azure"],
    ["name", "=like", "B%"],
    ["active", "=", True],
    ["color", ">=", 3],
    ["color", "in", [3, 4, 5]],
    "!",
    ["city", "=", "Berlin"],
    ["parent_id", "!=", False],
    ["parent_id.name", "ilike", "group"],
    ["city", "not in", ["Wien", "Graz"]],
    ["name", "!=", "Azure Interior"],
]
TEXT = json.dumps(DOMAIN)

Text = Annotated[str, Field(max_length=4096, pattern=r"^[^\x00]*$")]
Scalar = Text | bool | int | float | None
Path = Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]*(\.[a-z0-9_]+){0,4}$")]
Known = Literal["name", "city", "color", "active", "parent_id", "parent_id.name"]


class Strict(BaseModel):
    """A model of strict types, as the equivalent needs."""

    model_config = ConfigDict(strict=True)


Compare = tuple[Known, Literal["=", "!=", "=?"], Scalar]
Order = tuple[Known, Literal["<", ">", "<=", ">="], int | float | Text]
Like = tuple[
    Known, Literal["like", "ilike", "=like", "=ilike", "not like", "not ilike", "not =like", "not =ilike"], Text
]
Among = tuple[Known, Literal["in", "not in"], Annotated[list[Scalar], Field(max_length=10_000)]]
FITS = {"name": str, "city": str, "parent_id.name": str, "color": int, "active": bool, "parent_id": int}


class PydanticDomain(Strict):
    """Operators and conditions, their arity, and the types of the fields."""

    terms: Annotated[list[Literal["&", "|", "!"] | Compare | Order | Like | Among], Field(max_length=100)]

    @model_validator(mode="after")
    def whole(self) -> PydanticDomain:
        done = 0
        for term in reversed(self.terms):
            if isinstance(term, str):
                if done < (1 if term == "!" else 2):
                    raise ValueError("an operator lacks a condition")
                done -= term != "!"
                continue
            done += 1
            values = term[2] if isinstance(term[2], list) else [term[2]]
            if not all(value is None or value is False or isinstance(value, FITS[term[0]]) for value in values):
                raise ValueError("a value that the field does not take")
        self.terms[:0] = ["&"] * (done - 1)
        return self


NAMES = [f"x_field_{number}" for number in range(20)]
VALUES: dict[str, Any] = {name: f"value {number}" if number % 3 else number for number, name in enumerate(NAMES)}
GUARD = RequestGuard({"res.partner": ModelRules(methods=["write"], write=NAMES)})


class Client(SecureZenooClient):
    """A client whose Odoo is not there and answers at once."""

    is_authenticated = True

    async def _send(self, *_: Any, **__: Any) -> Any:
        return True


def write(client: SecureZenooClient) -> Any:
    """Run one call to its end; it waits for nothing."""
    call = client.execute_kw("res.partner", "write", [[7], VALUES])
    try:
        call.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError


def rows() -> list[Row]:
    """The two rows of the table, and JSON alone for orientation."""
    parser, model = DomainParser(fields=TYPES), TypeAdapter(PydanticDomain)
    pydantic = f"json.loads and pydantic {VERSION}"
    guarded, bare = Client("http://127.0.0.1", guard=GUARD), Client("http://127.0.0.1")
    body = json.dumps({"ids": [7], "vals": VALUES})

    def same_domain() -> None:
        theirs = model.validate_python({"terms": [tuple(t) if isinstance(t, list) else t for t in json.loads(TEXT)]})
        assert parser.parse(TEXT) == theirs.terms

    def by_pydantic() -> Any:
        terms = [tuple(term) if term.__class__ is list else term for term in json.loads(TEXT)]
        return model.validate_python({"terms": terms})

    return [
        Row(
            "domain of 10 leaves, from JSON to checked",
            lambda: parser.parse(TEXT),
            {pydantic: by_pydantic},
            times_as_fast={pydantic: 3},
            check=same_domain,
        ),
        Row(
            "guard of a call with 20 values",
            lambda: write(guarded),
            {"the same client without a guard": lambda: write(bare)},
            at_most_ns_more={"the same client without a guard": 5_000},
            check=lambda: None if write(guarded) is write(bare) is True else 1 / 0,
        ),
        Row(
            "JSON body with 20 values, within limits",
            lambda: parse_json(body),
            {"json.loads": lambda: json.loads(body)},
        ),
    ]
