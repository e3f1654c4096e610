"""`make bench`: every row, as a table and as JSON.

Usage: python benches/run.py [--json FILE] [--markdown FILE] [--only SUBSTRING] [--rounds N]
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import sys
from dataclasses import asdict
from pathlib import Path

from harness import ROUNDS, Figure, Measure, Result, Row, measure, take

HERE = Path(__file__).parent


def all_rows() -> list[Row | Measure]:
    """The rows of every `bench_*.py` beside this file."""
    modules = (importlib.import_module(path.stem) for path in sorted(HERE.glob("bench_*.py")))
    return [row for module in modules for row in module.rows()]


def duration(seconds: float) -> str:
    """A duration in the unit that suits it."""
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= scale:
            return f"{seconds / scale:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def verdict(result: Result, peer: str) -> str:
    """What was asked for and whether it was reached."""
    target = result.targets.get(peer)
    if target is None:
        return ""
    word = "yes" if target["met"] else "NO"
    if "times_as_fast" in target:
        return f"{target['times_as_fast']:g} times: {word}"
    if "at_most_percent_more" in target:
        return f"+{target['at_most_percent_more']:g} %: {word} ({target['reached']:+.1f} %)"
    return f"+{target['at_most_ns_more']:g} ns: {word} ({target['reached']:+.0f} ns)"


def table(results: list[Result]) -> str:
    """The results as a Markdown table, one line a peer."""
    lines = ["| work | ours | peer | peer's time | times as fast | must reach |", "|---|---|---|---|---|---|"]
    for result in results:
        for peer, seconds in result.peers_s.items():
            cells = [
                result.name,
                duration(result.ours_s),
                peer,
                duration(seconds),
                f"{seconds / result.ours_s:.2f}",
                verdict(result, peer),
            ]
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def figures_table(figures: list[Figure]) -> str:
    """The figures that are not times as a Markdown table; nothing when there are none."""
    if not figures:
        return ""
    lines = ["", "| figure | value | must reach |", "|---|---|---|"]
    for figure in figures:
        word = "yes" if figure.met else "NO"
        lines.append(f"| {figure.name} | {figure.value:.3g} {figure.unit} | at most {figure.at_most:g}: {word} |")
    return "\n" + "\n".join(lines)


def machine() -> dict[str, str | int | None]:
    """The machine by core count and processor model."""
    models = [
        line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line
    ]
    return {
        "cores": os.cpu_count(),
        "cpu": models[0] if models else platform.processor(),
        "python": platform.python_version(),
    }


def machine_line() -> str:
    """The machine in one line of text."""
    return "{cores} cores, {cpu}, Python {python}".format_map(machine())


def main() -> None:
    """Measure, print, write, and say which rows miss what they must reach."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the results there")
    parser.add_argument("--markdown", type=Path, help="write the table there")
    parser.add_argument("--only", default="", help="rows whose name holds this")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    rows = [row for row in all_rows() if options.only in row.name]
    results, figures = [], []
    for number, row in enumerate(rows, 1):
        print(f"[{number}/{len(rows)}] {row.name}", file=sys.stderr, flush=True)
        if isinstance(row, Row):
            results.append(measure(row, options.rounds))
        else:
            figures.append(take(row))
    text = f"{machine_line()}\n\n{table(results)}{figures_table(figures)}"
    print(text)
    if options.json:
        report = {
            "machine": machine(),
            "results": [asdict(result) for result in results],
            "figures": [asdict(figure) for figure in figures],
        }
        options.json.write_text(json.dumps(report, indent=1) + "\n")
    if options.markdown:
        options.markdown.write_text(text + "\n")
    missed = [result.name for result in results if not all(target["met"] for target in result.targets.values())]
    missed += [figure.name for figure in figures if not figure.met]
    print(f"\n{len(missed)} of {len(rows)} miss what they must reach{': ' if missed else ''}{'; '.join(missed)}")


if __name__ == "__main__":
    main()
