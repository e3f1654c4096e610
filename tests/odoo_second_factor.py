"""Users of Odoo who have enabled the second factor as users do."""

from __future__ import annotations

import time

import pyotp

from odoo_entrances import Entrances

STORED = "SELECT totp_secret FROM res_users WHERE id = %s"
LEFT = "totp_recovery_codes_left"


def code_of(secret, steps=0):
    """What the app shows now, or so many steps later."""
    return pyotp.TOTP(secret).at(int(time.time()), counter_offset=steps)


class Enrolled:
    """A user who has enabled the second factor as users do."""

    def __init__(self, database, address, groups=("base.group_user",)):
        self.database, self.address = database, address
        self.user = database.create_user(list(groups))
        self.ways = Entrances(database)
        with self.ways.logged_in(self.user.login, self.user.password, address) as call:
            asked = call("res.users", "action_totp_enable_wizard", [self.user.uid])["result"]
            wizard = confirm(call, asked, self.user)["res_id"]
            [row] = call("auth_totp.wizard", "read", [wizard], ["secret", "url", "qrcode"])["result"]
            self.secret = row["secret"].replace(" ", "")
            assert self.secret in row["url"]
            assert row["qrcode"]
            self.first_code = pyotp.TOTP(self.secret).now()
            self.shown = call("auth_totp.wizard", "enable", [wizard], context={"code": self.first_code})["result"]
        following = self.shown["params"]["next"]
        self.codes = following["context"]["default_codes"].split("\n") if "context" in following else []

    def stored(self):
        return self.database.sql(STORED, [self.user.uid])[0]["totp_secret"]

    def next_code(self):
        """A code that was not used: enrolling has used up that of now."""
        return code_of(self.secret, 1)

    def asked_for_a_code(self):
        return self.ways.asked_for_a_code(self.user.login, self.user.password, self.address)

    def session(self):
        """A function that calls methods for the user."""
        return self.ways.logged_in_with_code(self.user.login, self.user.password, self.next_code(), self.address)

    def unlock(self):
        self.database.call("res.users", "action_unlock_login", [self.user.uid])
        self.database.sql("DELETE FROM auth_totp_rate_limit_log")

    def enter(self, code):
        """Why the code does not let in, or None."""
        with self.asked_for_a_code() as enter:
            return enter(code)


def confirm(call, asked, user):
    """Give the password that is asked for, and return what was asked for."""
    assert asked["res_model"] == "res.users.identitycheck"
    context = {"password": user.password}
    return call("res.users.identitycheck", "run_check", [asked["res_id"]], context=context)["result"]
