"""The rows of OWASP ASVS 5.0 that concern the package: `docs/asvs.csv`."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
VERSION = "v5.0.0-"

CHAPTERS = {
    "V1": "Encoding and Sanitization",
    "V2": "Validation and Business Logic",
    "V3": "Web Frontend Security",
    "V4": "API and Web Service",
    "V5": "File Handling",
    "V6": "Authentication",
    "V7": "Session Management",
    "V8": "Authorization",
    "V9": "Self-contained Tokens",
    "V10": "OAuth and OIDC",
    "V11": "Cryptography",
    "V12": "Secure Communication",
    "V13": "Configuration",
    "V14": "Data Protection",
    "V15": "Secure Coding and Architecture",
    "V16": "Security Logging and Error Handling",
}


@dataclass(frozen=True)
class Row:
    """One requirement.

    Args:
        number: its number in ASVS 5.0, such as `1.2.3`.
        level: of ASVS, 1 to 3.
        chapter: `V1` to `V16`.
        tier: how much it matters here; all of tier 1 are to hold.
        kinds: of what is to be there: `I` code, `E` code around an application, `C` a check, `D` a document.
        module: where it is.
        paraphrase: what is asked, in our words.
    """

    number: str
    level: int
    chapter: str
    tier: int
    kinds: frozenset[str]
    module: str
    paraphrase: str


def read_rows() -> list[Row]:
    """All rows, in the order of ASVS."""
    with (DOCS / "asvs.csv").open(encoding="utf-8", newline="") as file:
        return [
            Row(
                row["asvs_id"].removeprefix(VERSION),
                int(row["level"]),
                row["chapter"],
                int(row["tier"]),
                # What CI makes is no text: its tests are of the thing itself.
                frozenset("I" if row["module"] == "CI" else row["kind"].split(",")),
                row["module"],
                row["paraphrase"],
            )
            for row in csv.DictReader(file)
        ]
