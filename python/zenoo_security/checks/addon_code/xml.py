"""XML that outsiders write."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from zenoo_security.checks.addon_code.base import CodeCheck, calls, keyword, problem
from zenoo_security.checks.check import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.checks.addon_code.snapshot import Sources
    from zenoo_security.checks.check import Problem

__all__ = ["Entities"]

_LXML: Final = re.compile(r"(?:^|\.)(?:XMLParser|ETCompatXMLParser|iterparse|XMLPullParser)$")
_DANGERS: Final = {"resolve_entities": True, "load_dtd": True, "no_network": False, "huge_tree": True}
_EXPANDING: Final = re.compile(
    r"^(?:xml\.)?(?:sax|dom\.minidom|minidom|dom\.pulldom|pulldom)\.(?:parse|parseString|make_parser)$"
)


class Entities(CodeCheck):
    id = "CODE-17"
    title = "XML is read without entities of its own"
    severity = Severity.HIGH
    rationale = "An entity reads a file of the server or asks another host; a few that hold each other fill the memory."
    fix = "lxml.etree.XMLParser(resolve_entities=False, no_network=True), without load_dtd and huge_tree"
    asvs = ("v5.0.0-1.5.1",)

    def look(self, sources: Sources, /) -> Iterator[Problem]:
        for module, call, name in calls(sources):
            if _LXML.search(name):
                for option, danger in _DANGERS.items():
                    if keyword(call, option) is danger:
                        yield problem(sources, module.path, call.lineno, f"{name} with {option}={danger}")
            elif _EXPANDING.match(name):
                yield problem(sources, module.path, call.lineno, f"{name} expands what the XML says")
