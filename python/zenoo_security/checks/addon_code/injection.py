"""Values that become SQL, Python or HTML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from zenoo_security.checks.addon_code.base import CodeCheck, calls, problem, sinks
from zenoo_security.checks.addon_code.names import dotted
from zenoo_security.checks.addon_code.sinks import Sink
from zenoo_security.checks.check import Severity

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from zenoo_security.checks.addon_code.snapshot import Sources
    from zenoo_security.checks.check import Problem

__all__ = ["Evaluation", "Markup", "RawTemplates", "Sql", "Unpickling"]

_UNPICKLES: Final = re.compile(
    r"^(?:c?[pP]ickle|dill|marshal|shelve)\.(?:loads?|Unpickler|open)$|^yaml\.(?:load|unsafe_load|full_load)$"
)
_RAW: Final = re.compile(r"\bt-raw\s*=\s*[\"']")


class Sql(CodeCheck):
    id = "CODE-01"
    title = "Values reach SQL as parameters"
    severity = Severity.CRITICAL
    rationale = "A value that is put into the text of a query can end it and begin another."
    fix = 'cr.execute("... WHERE id = %s", [value]); names of tables and columns with odoo.tools.SQL.identifier'
    asvs = ("v5.0.0-1.2.4",)

    def look(self, sources: Sources, /) -> Iterator[Problem]:
        for module, found in sinks(sources, Sink.SQL):
            if found.value.assembled:
                text = "a query is put together out of values" + (", which the caller chooses" if found.caller else "")
                yield problem(sources, module.path, found.call.lineno, text)
            elif found.caller:
                yield problem(sources, module.path, found.call.lineno, "the caller chooses the query")


class Evaluation(CodeCheck):
    id = "CODE-02"
    title = "No value is run as code"
    severity = Severity.HIGH
    rationale = "safe_eval keeps files out of reach, and none of the records."
    fix = "ast.literal_eval for values; for domains a parser, such as zenoo_security.domains"
    asvs = ("v5.0.0-1.3.2",)

    def look(self, sources: Sources, /) -> Iterator[Problem]:
        for module, found in sinks(sources, Sink.PYTHON):
            worse = found.caller or found.name in {"eval", "exec"}
            text = f"{found.name} runs a value" + (" that the caller chooses" if found.caller else "")
            yield problem(sources, module.path, found.call.lineno, text, severity=Severity.CRITICAL if worse else None)


class Unpickling(CodeCheck):
    id = "CODE-03"
    title = "Nothing is unpickled"
    severity = Severity.CRITICAL
    rationale = "Loading a pickle runs what whoever wrote it wants."
    fix = "json, or yaml.safe_load"
    asvs = ("v5.0.0-1.5.2",)

    def look(self, sources: Sources, /) -> Iterator[Problem]:
        for module, call, name in calls(sources):
            if _UNPICKLES.match(name) and not _is_safe_yaml(call):
                yield problem(sources, module.path, call.lineno, f"{name} loads objects")


def _is_safe_yaml(call: ast.Call) -> bool:
    loaders = [one.value for one in call.keywords if one.arg == "Loader"] + call.args[1:2]
    return any("Safe" in dotted(one) for one in loaders)


class Markup(CodeCheck):
    id = "CODE-04"
    title = "Values are escaped in HTML"
    severity = Severity.HIGH
    rationale = "Markup says that a text is safe; with a value in it, it is as safe as the value."
    fix = 'Markup("<b>%s</b>") % value: the value is escaped'
    asvs = ("v5.0.0-1.2.1",)

    def look(self, sources: Sources, /) -> Iterator[Problem]:
        for module, found in sinks(sources, Sink.HTML):
            line = found.call.lineno
            if found.value.assembled:
                yield problem(sources, module.path, line, "Markup of a text that is put together")
            elif found.caller:
                yield problem(sources, module.path, line, "Markup of a value that the caller chooses")
            else:
                yield problem(sources, module.path, line, "Markup of a value", warning=True)


class RawTemplates(CodeCheck):
    id = "CODE-05"
    title = "Templates escape what they show"
    severity = Severity.HIGH
    rationale = "t-raw shows a value as HTML, and so whatever script somebody stored in it."
    fix = 't-out="value"; where it is HTML, make it Markup after cleaning it'
    asvs = ("v5.0.0-1.2.1",)

    def look(self, sources: Sources, /) -> Iterator[Problem]:
        for one in sources.texts:
            if one.path.endswith(".xml"):
                for number, line in enumerate(one.text.splitlines(), 1):
                    if _RAW.search(line):
                        yield problem(sources, one.path, number, "t-raw shows a value as HTML")
