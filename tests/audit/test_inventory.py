"""The inventory, the code and the guide name the same events."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import zenoo_security
from zenoo_security.audit import EVENTS, emit
from zenoo_security.audit.inventory import as_markdown

PACKAGE = Path(zenoo_security.__file__).parent
GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "audit.md"
# `action` and `dry_run` are those of `told`, of the command line.
COMMON = {
    "action",
    "dry_run",
    "principal",
    "database",
    "model",
    "ids",
    "outcome",
    "reason",
    "client_ip",
    "account",
    "level",
}


def emitted() -> dict[str, set[str]]:
    """Event -> details, of every call that emits one by its name."""
    found: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in {
                "emit", "_tell", "own_line", "Notice", "_to_others", "tell", "told", "told_before",
            }:  # fmt: skip
                for event in {
                    inner.value
                    for argument in node.args
                    for inner in ast.walk(argument)
                    if isinstance(inner, ast.Constant) and inner.value in EVENTS
                }:
                    found.setdefault(event, set()).update(keyword.arg for keyword in node.keywords if keyword.arg)
                first = node.args[0] if node.args else None
                if ast.unparse(node.func) == "emit" and isinstance(first, ast.Constant):
                    assert first.value in EVENTS, f"{path.name}: {first.value} is not in the inventory"
    return found


@pytest.mark.asvs("v5.0.0-16.1.1", document="docs/guide/audit.md")
def test_every_event_of_the_inventory_is_emitted_and_no_other():
    assert set(emitted()) == set(EVENTS)


@pytest.mark.asvs("v5.0.0-16.1.1", document="docs/guide/audit.md")
def test_events_tell_what_the_inventory_says():
    for event, details in emitted().items():
        assert details - COMMON <= set(EVENTS[event].details), event


@pytest.mark.asvs("v5.0.0-16.1.1", document="docs/guide/audit.md")
def test_the_guide_has_the_inventory():
    assert as_markdown() in GUIDE.read_text(encoding="utf-8")


def test_events_of_applications_have_fields_too(heard):
    emit("shop.order_approved", level=20, amount=3)
    (fields,) = heard.fields
    assert (fields["event.category"], fields["event.outcome"], fields["log.level"]) == ("process", "unknown", "info")
