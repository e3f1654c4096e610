"""The report of a job, as lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from zenoo_security.jobs import Found, Report

__all__ = ["lines"]

SHOWN_IDS = 10


def lines(report: Report) -> Iterator[str]:
    """What was done and found, a few lines for each field.

    Args:
        report: of a job.
    """
    for name, field in report.fields.items():
        yield name
        if field.rows:
            yield f"  {'would be' if report.dry_run else 'done'}: {_counts(field.done)}"
        if field.found:
            yield f"  found: {_counts(_found(field.found, report.primary_key))}"
        ids = field.ids | (field.found.ids if field.found else {})
        for kind, count in report.wrong(name).items():
            yield f"  left or wrong: {count} {kind}{_ids(ids.get(kind, []), count)}"
    if report.operation not in {"status", "verify"}:
        again = f", gone on {report.resumed} times" if report.resumed else ""
        yield f"{report.seconds:.1f} s, {report.waited_s:.1f} s of them waiting for Odoo{again}"


def _found(found: Found, primary: int) -> dict[str, int]:
    keys = {f"with key {key}{' (primary)' * (key == primary)}": count for key, count in sorted(found.keys.items())}
    others = {
        "empty": found.empty,
        "in the clear": found.plaintext,
        "of them Fernet": found.fernet,
        "with a stale index": found.index_stale,
        "without an index that their value could have": found.unindexed,
        "in Odoo's chatter": found.chatter or 0,
    }
    unreadable = {f"that do not open ({reason})": count for reason, count in found.undecryptable.items()}
    return {"records": found.rows, **keys, **others, **unreadable}


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in counts.items() if count) or "nothing"


def _ids(ids: list[int], count: int) -> str:
    if not ids:
        return ""
    more = ", ..." if count > SHOWN_IDS else ""
    return f": {', '.join(map(str, ids[:SHOWN_IDS]))}{more}"
