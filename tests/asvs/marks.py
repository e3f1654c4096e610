"""The marks of all tests; `python tests/asvs/marks.py FOLDER` prints those of the tests in a folder, as JSON."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

TESTS = Path(__file__).parents[1]
ROOT = TESTS.parent
# The tests of every check: on what it fires, and on what it stays silent.
FIRES, SILENT = "test_it_fires", "test_it_stays_silent"
# A Rust test is marked by a comment above its attribute.
RUST = re.compile(r"^ *// asvs: (?P<numbers>.+)\n *#\[test\]\n(?: *#\[.+\]\n)* *fn (?P<name>\w+)", re.MULTILINE)


@dataclass(frozen=True)
class Mark:
    """A requirement that a test claims to prove.

    Args:
        number: of the requirement.
        file: of the test.
        test: its name, with its class.
        document: the file whose text it checks; empty where it tests code.
        check: the check that it runs on a case of `tests/checks`; empty for other tests.
        fixture: `FIRES` or `SILENT`, where there is a check.
    """

    number: str
    file: str
    test: str
    document: str = ""
    check: str = ""
    fixture: str = ""


class Collector:
    """A plugin of pytest that reads the marks of what was collected."""

    def __init__(self) -> None:
        self.marks: list[Mark] = []

    def pytest_collection_modifyitems(self, items):
        for item in items:
            # What does not run, or may fail, proves nothing.
            if not item.get_closest_marker("skip") and not item.get_closest_marker("xfail"):
                self.marks += [each for mark in item.iter_markers("asvs") for each in self._read(item, mark)]

    @staticmethod
    def _read(item, mark):
        file = item.path.relative_to(Path.cwd()).as_posix()
        name = item.originalname
        check = item.callspec.params["check"] if name in {FIRES, SILENT} else ""
        for number in mark.args:
            yield Mark(
                number=str(number).removeprefix("v5.0.0-"),
                file=file,
                test=f"{item.cls.__name__}::{name}" if item.cls else name,
                document=mark.kwargs.get("document", ""),
                check=check,
                fixture=name if check else "",
            )


def parse(output: str) -> list[Mark]:
    """What this program prints."""
    return [Mark(**mark) for mark in json.loads(output.splitlines()[-1])]


def collect_python() -> list[Mark]:
    """By the collection of pytest, in a process of its own."""
    done = subprocess.run([sys.executable, __file__, TESTS], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return parse(done.stdout)


def read_rust(file: str, text: str) -> list[Mark]:
    """Of one file, by its comments."""
    return [
        Mark(number=number.strip(), file=file, test=found["name"])
        for found in RUST.finditer(text)
        for number in found["numbers"].split(",")
    ]


def collect_rust() -> list[Mark]:
    """Of all files that hold Rust tests."""
    files = [*sorted((ROOT / "src").rglob("*.rs")), *sorted(TESTS.glob("*.rs"))]
    texts = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in files}
    return [mark for file, text in texts.items() for mark in read_rust(file, text)]


def main(folder: str) -> int:
    """Print the marks of the tests in a folder."""
    import pytest

    collector = Collector()
    # No assertion is to be explained: half of the time.
    quickly = ["--collect-only", "--assert=plain", "-qq", "--no-summary", "-p", "no:cacheprovider"]
    status = pytest.main([*quickly, folder], [collector])
    if status == pytest.ExitCode.OK:
        print(json.dumps([asdict(mark) for mark in dict.fromkeys(collector.marks)]))
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
