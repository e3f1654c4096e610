"""`zenoo-security keys`: make a key ring, renew its keys over the years, and find out whether all is well with it."""

from __future__ import annotations

from zenoo_security.cli.app import App
from zenoo_security.cli.keys import changing, exporting, making, retiring, showing

__all__ = ["app"]

app = App("The key ring of encrypted fields, sessions and second factors. To rotate: add, promote, reseal, retire.")
app.command()(making.create)
app.command("list")(showing.list_keys)
app.command()(showing.verify)
app.command()(changing.add)
app.command()(changing.promote)
app.command()(retiring.reseal)
app.command()(retiring.retire)
app.command()(exporting.export)
