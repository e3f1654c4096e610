"""Parses Structured Fields (RFC 9651, section 4.2) as strictly as the RFC does: Lists of Strings and Integers."""

from __future__ import annotations

import re
from typing import TypeAlias

Item: TypeAlias = "tuple[str | int, dict[str, str | int]]"

_STRING = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')
_INTEGER = re.compile(r"-?[0-9]{1,15}(?![0-9.])")
_KEY = re.compile(r"[a-z*][a-z0-9_.*-]*")


class Malformed(Exception):
    """It is no List, or one with other types in it."""


def parse_list(field: bytes) -> list[Item]:
    """A List whose members are Strings or Integers with parameters of the same types."""
    text = field.decode("ascii").strip(" ")
    members: list[Item] = []
    while text:
        member, text = _item(text)
        members.append(member)
        text = text.lstrip(" \t")
        if not text:
            return members
        if not text.startswith(","):
            raise Malformed(text)
        text = text[1:].lstrip(" \t")
        if not text:
            raise Malformed("a comma at the end")
    return members


def _item(text: str) -> tuple[Item, str]:
    value, text = _bare_item(text)
    parameters: dict[str, str | int] = {}
    while text.startswith(";"):
        text = text[1:].lstrip(" ")
        key = _KEY.match(text)
        if key is None:
            raise Malformed(text)
        text = text[key.end() :]
        if not text.startswith("="):
            raise Malformed("a Boolean")
        parameters[key.group()], text = _bare_item(text[1:])
    return (value, parameters), text


def _bare_item(text: str) -> tuple[str | int, str]:
    if match := _STRING.match(text):
        return re.sub(r"\\(.)", r"\1", match.group(1)), text[match.end() :]
    if match := _INTEGER.match(text):
        return int(match.group()), text[match.end() :]
    raise Malformed(text)
