"""Search domains that are nearly right, from a seeded generator; and a run of many of them through the parser.

python tests/domain_maker.py 1000000
"""

from __future__ import annotations

import json
import random
import sys
import time

from zenoo_security.errors import InvalidInput
from zenoo_security.validate import DomainParser

OPERATORS = (
    "= != =? < > <= >= in like ilike =like =ilike any child_of parent_of", "== <>", "not in", "not like", "not ilike",
    "not =like", "not =ilike", "not any", "any!", "not any!", "LIKE", "", "is", "=~",
)  # fmt: skip
ALL = [*OPERATORS[0].split(), *OPERATORS[1].split(), *OPERATORS[2:]]
TEXTS = (
    "", "a", "Azure", "%", "_", "\\", "a\\", "\\\\", "%\\%", "'", '"', "; drop table", "2026-01-31", "2026-02-30", "today",
    "2026-01-31 23:59:59", "9999-12-31", "0001-01-01", "9998-12-31 23:59:59", "en_US", "\x00", "é", "\U0001f600", "a" * 5000,
    "1", "true", "-1", "1e5", "NaN", "__class__", "{{7*7}}", "[", "%s", "\u202e",
)  # fmt: skip
NUMBERS = (
    0,
    1,
    -1,
    2,
    7,
    2**31 - 1,
    2**31,
    -(2**31),
    2**53,
    2**53 + 1,
    2**63 - 1,
    2**63,
    10**30,
    1.5,
    -0.5,
    1e15,
    1e16,
    1e308,
)
ODD = (None, True, False, {}, {"a": 1}, [], [[]], [None])
#: What a field of a type is mostly compared with.
LIKELY = {
    "boolean": (True, False), "integer": NUMBERS[:6], "float": NUMBERS[:5] + NUMBERS[13:16], "date": TEXTS[12:13],
    "datetime": (TEXTS[12], TEXTS[15]), "many2one": (1, 7, False, "a"), "char": TEXTS[1:7], "binary": (False,),
}  # fmt: skip
SAME = {"monetary": "float", "one2many": "many2one", "many2many": "many2one"}


class Maker:
    """Makes domains from a seed.

    Args:
        seed: the same seed makes the same domains.
        fields: paths with their types.
        wrong: how often a part is anything at all.
    """

    def __init__(self, seed: int, fields: dict[str, str], wrong: float = 0.1) -> None:
        self.chance = random.Random(seed)
        self.fields = fields
        self.paths = list(fields)
        self.wrong = wrong

    def domain(self, prefix: str = "", depth: int = 0) -> list[object]:
        terms: list[object] = []
        for _ in range(self.chance.randrange(1, 4)):
            terms += self.expression(prefix, depth)
        return terms

    def expression(self, prefix: str, depth: int) -> list[object]:
        roll = self.chance.random()
        if depth < 4 and roll < 0.25:
            return [self.chance.choice("&|"), *self.expression(prefix, depth + 1), *self.expression(prefix, depth + 1)]
        if depth < 4 and roll < 0.33:
            return ["!", *self.expression(prefix, depth + 1)]
        if self.chance.random() < self.wrong / 4:
            return [self.chance.choice(["&", "!", "^", 5, None, [], ["name"], ["name", "="], [1, "=", 1], [0, "=", 1]])]
        return [self.condition(prefix, depth)]

    def condition(self, prefix: str, depth: int) -> list[object]:
        own = [path[len(prefix) :] for path in self.paths if path.startswith(prefix)]
        field = (
            self.chance.choice(own)
            if own and self.chance.random() > self.wrong
            else self.chance.choice(["nam", "a..b", "id.id", 5, ""])
        )
        operator = self.chance.choice(ALL)
        if operator in {"any", "not any"} and depth < 4 and self.chance.random() > self.wrong:
            return [field, operator, self.domain(f"{prefix}{field}.", depth + 1)]
        kind = self.fields.get(f"{prefix}{field}", "").removesuffix(" tree")
        if operator in {"in", "not in"} and self.chance.random() > self.wrong:
            return [field, operator, [self.value(kind) for _ in range(self.chance.randrange(4))]]
        return [field, operator, self.value("char" if "like" in operator else kind)]

    def value(self, kind: str) -> object:
        likely = LIKELY.get(SAME.get(kind, kind))
        if likely and self.chance.random() > self.wrong * 2:
            return self.chance.choice(likely)
        return self.chance.choice(self.chance.choice([TEXTS, NUMBERS, ODD]))

    def source(self) -> object:
        """A domain as Python or as JSON, sometimes with a piece cut out or put in."""
        domain = self.domain()
        if self.chance.random() < 0.5:
            return domain
        text = json.dumps(domain, ensure_ascii=self.chance.random() < 0.5)
        if self.chance.random() < self.wrong * 2:
            at, more = self.chance.randrange(len(text)), self.chance.randrange(4)
            text = (
                text[:at]
                + self.chance.choice(["", "[", "]", ",", '"', "\\", "1e999", "\ud800", "null"])
                + text[at + more :]
            )
        return text


FIELDS = {
    "id": "integer tree", "name": "char", "active": "boolean", "color": "integer", "amount": "monetary", "day": "date",
    "create_date": "datetime", "kind": "selection", "image": "binary", "parent_id": "many2one tree", "tags": "many2many",
    "parent_id.name": "char", "parent_id.parent_id": "many2one tree", "tags.name": "char", "lines": "one2many",
    "lines.qty": "float", "lines.parent_id": "many2one",
}  # fmt: skip


def run(count: int, seed: int = 7) -> tuple[int, float]:
    """Give so many domains to the parser; return how many pass, and the longest processor time that one took.

    Raises:
        Exception: the parser raised something else than a refusal, or what passed does not pass a second time.
    """
    maker = Maker(seed, FIELDS)
    parsers = [
        DomainParser(fields=FIELDS),
        DomainParser(),
        DomainParser(fields=FIELDS, operators=["=", "in"], max_leaves=5),
    ]
    passed, longest = 0, 0.0
    for number in range(count):
        parser, source = parsers[number % 3], maker.source()
        began = time.thread_time()
        try:
            parsed = parser.parse(source)
        except InvalidInput:
            continue
        finally:
            longest = max(longest, time.thread_time() - began)
        assert parser.parse(parsed) == parsed, source
        passed += 1
    return passed, longest


if __name__ == "__main__":
    total = int(sys.argv[1])
    passing, longest_s = run(total)
    print(
        f"{total:,} domains: {passing:,} pass, none raises anything but InvalidInput; the longest took {longest_s * 1e3:.1f} ms"
    )
