"""Reads docstrings as they are meant: examples are code, and every constructor has its arguments."""

from __future__ import annotations

import re
from typing import Any

from griffe import Class, Extension, Function, Object, Parameter, ParameterKind, Parameters

EXAMPLE = re.compile(r"^>>> .*(?:\n.+)*", re.MULTILINE)


class Docstrings(Extension):
    """Called by mkdocstrings for what it finds."""

    def on_object(self, *, obj: Object, **_: Any) -> None:
        """Fence the examples."""
        if obj.docstring:
            obj.docstring.value = EXAMPLE.sub(r"```pycon\n\g<0>\n```", obj.docstring.value)

    def on_class(self, *, cls: Class, **_: Any) -> None:
        """Take the arguments of a constructor from the fields of a model, or from `__new__`."""
        new = cls.members.get("__new__")
        if {"BaseModel", "TypedDict"} & {str(base).rpartition(".")[2] for base in cls.bases}:
            fields = (field for name, field in cls.attributes.items() if name != "model_config")
            parameters = Parameters(Parameter("self"), *map(_keyword, fields))
        elif isinstance(new, Function):
            parameters = new.parameters
        else:
            return
        cls.set_member("__init__", Function("__init__", parameters=parameters, parent=cls))


def _keyword(field: Any) -> Parameter:
    return Parameter(
        field.name, annotation=field.annotation, kind=ParameterKind.keyword_only, default=field.value or "unset"
    )
