"""What is noted of where a login came from, so that its user can tell their sessions apart."""

from __future__ import annotations

import ipaddress
from typing import Final

from zenoo_security.errors import InputTooLarge, InvalidInput
from zenoo_security.sanitize import clean_text

__all__ = ["address", "credential", "label"]

_MAX_ADDRESS_CHARS: Final = 64
_MAX_CREDENTIAL_CHARS: Final = 4096
_MAX_LABEL_CHARS: Final = 200


def address(client_ip: object) -> str | None:
    """An IP address in its usual form, without a zone; one of IPv4 that is mapped into IPv6 is that of IPv4.

    Raises:
        InvalidInput: it is none.
    """
    if client_ip is None:
        return None
    try:
        if isinstance(client_ip, str) and len(client_ip) <= _MAX_ADDRESS_CHARS:
            # Behind the % `ipaddress` takes any text, and users are shown what is noted here.
            parsed = ipaddress.ip_address(client_ip.partition("%")[0])
            return str(getattr(parsed, "ipv4_mapped", None) or parsed)
    except ValueError:
        pass
    raise InvalidInput("the value is not valid", field="client_ip", code="invalid")


def label(text: object) -> str | None:
    """The first 200 characters of a text on one line, without what nobody can see; browsers send what they like.

    Raises:
        InvalidInput: it is no text.
    """
    if text is None:
        return None
    if not isinstance(text, str):
        raise InvalidInput("the value has the wrong type", field="label", code="type")
    return clean_text(text[:_MAX_LABEL_CHARS], multiline=False)


def credential(text: object) -> str:
    """The credential, if it can be one.

    Raises:
        InvalidInput: it is no text, or empty.
        InputTooLarge: it has over 4096 characters.
    """
    if not isinstance(text, str):
        raise InvalidInput("the value has the wrong type", field="credential", code="type")
    if not text:
        raise InvalidInput("a value is required", field="credential", code="empty")
    if len(text) > _MAX_CREDENTIAL_CHARS:
        raise InputTooLarge("the text is too long", field="credential", code="too_long")
    return text
