"""Requests to addresses that outsiders name: webhooks, checks of a website, pictures to fetch.

    from zenoo_security.safehttp import SafeClient

    async with SafeClient(allow_hosts=None) as client:
        answer = await client.get(url_from_a_form)

Nothing that is refused is sent. Each address is parsed once, by the parser that `validate.url` has, and what was parsed
is what is called. Each IP address of a host is looked at before a connection is made, and the connection goes to the
very address that was looked at.

The rules are in `docs/guide/safehttp.md`.
"""

from zenoo_security.safehttp.addresses import is_public
from zenoo_security.safehttp.client import SafeClient
from zenoo_security.safehttp.limits import Limits
from zenoo_security.safehttp.response import SafeResponse

__all__ = ["Limits", "SafeClient", "SafeResponse", "is_public"]
