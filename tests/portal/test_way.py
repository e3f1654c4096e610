"""The whole way of a customer and of a clerk, in Chromium."""

from __future__ import annotations

import io

import pytest
import zxingcpp
from PIL import Image

from portal.visitor import App

pytestmark = pytest.mark.odoo


def _enroll(visitor):
    """Set up the app by the QR code, after a wrong code. Gives the app and the recovery codes."""
    visitor.press("Set up an authenticator app")
    visitor.take_picture("enroll")
    secret = visitor.all(".secret")[0].text
    [code] = zxingcpp.read_barcodes(Image.open(io.BytesIO(visitor.all(".qr")[0].screenshot_as_png)).convert("L"))
    assert f"secret={secret}&" in code.text
    visitor.fill({"Code": "000000"})
    visitor.press("Confirm")
    assert "wrong or too old" in visitor.text
    app = App(secret)
    visitor.fill({"Code": app.code()})
    visitor.press("Confirm")
    assert visitor.heading == "Your recovery codes"
    visitor.take_picture("recovery")
    return app, [each.text for each in visitor.all(".codes code")]


def _enter(visitor, user, code):
    visitor.log_in(user)
    assert visitor.heading == "Enter your code"
    visitor.take_picture("code")
    visitor.fill({"Code": code})
    visitor.press("Log in")
    assert visitor.path == "/"


def test_a_wrong_password_and_nobody(visitor, portal):
    """Pages lead to the login; it says nothing of what was wrong."""
    visitor.driver.delete_all_cookies()
    visitor.open("/customer")
    assert visitor.heading == "Log in"
    visitor.fill({"User name": portal.scene.users["customer"].login, "Password": "a guess"})
    visitor.press("Log in")
    assert "the login was refused" in visitor.text
    visitor.take_picture("login")


@pytest.mark.asvs("v5.0.0-6.5.1", "v5.0.0-7.4.1", "v5.0.0-7.5.2")
def test_log_in_enroll_and_log_in_with_codes(visitor, portal):
    """By the QR code; with the app, with a recovery code; each session can be seen and ended."""
    user = portal.scene.users["customer"]
    visitor.log_in(user)
    assert visitor.path == "/"
    visitor.press("Set up a second factor")
    app, recovery = _enroll(visitor)
    assert len(set(recovery)) == 10

    visitor.press("Log out")
    visitor.open("/sessions")
    assert visitor.heading == "Log in"
    _enter(visitor, user, app.code())
    cookie = visitor.driver.get_cookie("__Host-session")
    _enter(visitor, user, recovery[0].lower())
    visitor.open("/sessions")
    assert len(visitor.all("tbody tr")) == 2
    visitor.take_picture("sessions")
    visitor.press("End")
    assert len(visitor.all("tbody tr")) == 1
    with portal.visit(cookies={cookie["name"]: cookie["value"]}) as ended:
        assert ended.get("/customer").headers["location"] == "/login"

    visitor.open("/factor")
    assert "You have 9 recovery codes left" in visitor.text
    visitor.press("Turn it off")
    visitor.log_in(user)
    assert visitor.path == "/"
