"""A person at the portal, in Chromium: reads headings, fills fields by their labels, presses buttons by their text."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pyotp
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By

from browser.site import wait_for

if TYPE_CHECKING:
    from selenium.webdriver import Chrome
    from selenium.webdriver.remote.webelement import WebElement

    from zenoo_security.testing import OdooUser

_WHOLE = "return !window.left && document.readyState === 'complete' && !!document.querySelector('h1')"
_PERIOD_S = 30
_MARGIN_S = 12


class Visitor:
    def __init__(self, driver: Chrome, origin: str) -> None:
        self.driver, self.origin = driver, origin

    def open(self, path: str) -> None:
        self.driver.get(self.origin + path)
        self._is_shown()

    @property
    def heading(self) -> str:
        return self.driver.find_element(By.TAG_NAME, "h1").text

    @property
    def path(self) -> str:
        return self.driver.current_url.removeprefix(self.origin)

    @property
    def text(self) -> str:
        return self.driver.find_element(By.TAG_NAME, "main").text

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def field(self, label: str) -> WebElement:
        """Found by its label, as a screen reader finds it."""
        [found] = self.driver.find_elements(By.XPATH, f"//label[.='{label}']")
        return self.driver.find_element(By.ID, found.get_attribute("for"))

    def fill(self, fields: dict[str, str]) -> None:
        for label, value in fields.items():
            field = self.field(label)
            field.clear()
            field.send_keys(value)

    def press(self, text: str) -> None:
        """Press a button or follow a link, and wait for the page that comes."""
        found = self.driver.find_elements(By.XPATH, f'(//button | //a)[normalize-space()="{text}"]')
        assert found, self.text
        self.driver.execute_script("window.left = true")  # The next page has a window of its own.
        found[0].click()
        self._is_shown()

    def log_in(self, user: OdooUser) -> None:
        self.driver.delete_all_cookies()
        self.open("/login")
        self.fill({"User name": user.login, "Password": user.password})
        self.press("Log in")

    def arrives(self, heading: str, text: str = "") -> None:
        """Wait for a page after a key."""
        wait_for(lambda: self._shows(heading, text), 30)

    def _shows(self, heading: str, text: str) -> bool:
        try:
            return self.heading == heading and text in self.text
        except WebDriverException:  # between two pages
            return False

    def take_picture(self, name: str, *, width: int = 1000, most: int = 1250) -> None:
        """A picture of the page as high as it is, for the guide; with `ZENOO_SECURITY_PICTURES=docs/guide`."""
        folder = os.environ.get("ZENOO_SECURITY_PICTURES")
        if folder is None:
            return
        self.driver.set_window_size(width, 400)
        inside, outside = self.driver.execute_script("return [window.innerHeight, window.outerHeight]")
        whole = self.driver.execute_script("return document.documentElement.scrollHeight")
        self.driver.set_window_size(width, min(max(whole, 420), most) + outside - inside)
        path = Path(folder) / f"portal-{name}.png"
        self.driver.save_screenshot(str(path))
        assert path.stat().st_size < 150_000

    def _is_shown(self) -> None:
        wait_for(self._is_whole, 30)

    def _is_whole(self) -> bool:
        try:
            return self.driver.execute_script(_WHOLE)
        except WebDriverException:  # between two pages
            return False


class App:
    """An authenticator app. A code is good for its step and the next, and the portal takes each step once."""

    def __init__(self, secret: str) -> None:
        self._totp, self._used = pyotp.TOTP(secret), 0

    def code(self) -> str:
        """The oldest code that is good and was not used; waits for the next step where there is none."""
        now = time.time()
        oldest = int(now) // _PERIOD_S - (now % _PERIOD_S < _PERIOD_S - _MARGIN_S)
        self._used = max(oldest, self._used + 1)
        wait_for(lambda: time.time() >= self._used * _PERIOD_S, _PERIOD_S + 1)
        return self._totp.at(self._used * _PERIOD_S)
