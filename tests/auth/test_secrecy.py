"""No password, code, token or key is in a log, an exception or a `repr`, whatever happens at a login."""

from __future__ import annotations

import logging
import traceback

import pytest

from fake_odoo import DATABASE, LOGIN, PASSWORD, FakeOdoo, OdooError, Raw
from zenoo_security.errors import LoginFailed, SecondFactorRequired, SecurityError

NEW = "eleven green boats at noon"


def everything(error: BaseException) -> str:
    """What a log or an error tracker would get to see of an exception."""
    seen = [repr(error), str(error), repr(error.args), "".join(traceback.format_exception(error))]
    return "\n".join(seen + [everything(each) for each in (error.__cause__, error.__context__) if each is not None])


@pytest.mark.asvs("v5.0.0-16.2.5", "v5.0.0-14.2.1")
async def test_a_day_of_logins_shows_no_secret(make_auth, enroll, clock, caplog):
    caplog.set_level(logging.DEBUG)
    fake = FakeOdoo()
    fake.answers["res.users.read"] = lambda ids, _: [{"id": ids[0], "login": LOGIN, "all_group_ids": [1]}]
    fake.answers["get_external_id"] = {"1": "base.group_user"}
    auth = make_auth(odoo=None, odoo_url=fake.url)
    secrets = [PASSWORD, "a wrong password", NEW]
    seen = []

    async def attempt(call):
        try:
            return await call
        except SecurityError as error:
            seen.append(everything(error))
            return error

    token = await attempt(auth.authenticate(LOGIN, PASSWORD, DATABASE))
    secrets += [token, await auth.remember_device(token)]
    seen.append(repr([auth, await auth.session(token), await auth.client(token), auth._pool, vars(auth)]))
    totp = await enroll(auth, token, clock)
    secrets.append(totp.reveal_secret())
    ticket = (await attempt(auth.authenticate(LOGIN, PASSWORD, DATABASE))).ticket
    secrets += [ticket, totp.code(clock.now())]
    assert isinstance(await attempt(auth.complete(ticket, "87654321")), LoginFailed)
    secrets.append(await attempt(auth.complete(ticket, totp.code(clock.now()))))
    for answer in (OdooError("odoo.exceptions.AccessDenied"), OdooError("builtins.KeyError"), Raw(b"", 502)):
        fake.answers["authenticate"] = answer
        await attempt(auth.authenticate(LOGIN, "a wrong password", DATABASE))
        await attempt(auth.step_up(token, password="a wrong password"))
    fake.answers["change_password"] = OdooError("odoo.exceptions.UserError")
    await attempt(auth.change_password(token, PASSWORD, NEW))
    fake.answers["read"] = fake.answers["res.users.read"] = OdooError("odoo.exceptions.AccessDenied")
    clock.advance(46)
    await attempt(auth.session(token))
    await auth.aclose()
    fake.close()

    seen.append("\n".join(record.getMessage() + str(record.args) + str(record.exc_text) for record in caplog.records))
    assert len(seen) > 8
    shown = "\n".join(seen)
    assert not [secret for secret in secrets if secret in shown]


async def test_the_ticket_is_not_in_the_text_of_the_exception():
    error = SecondFactorRequired("ztk_secret")
    assert "ztk_secret" not in f"{error} {traceback.format_exception(error)}"
