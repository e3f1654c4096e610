"""An Odoo as a person sees it, in Chromium."""

from __future__ import annotations

from selenium.webdriver.common.keys import Keys

from browser.site import wait_for

SHOWN = "return [...document.querySelectorAll(arguments[0])].filter(each => each.getClientRects().length)"


class Page:
    def __init__(self, driver, database):
        self.driver, self.url, self.name = driver, database.url, database.name

    def shown(self, selector):
        """What a selector finds that can be seen."""
        found = []
        wait_for(lambda: found.extend(self.driver.execute_script(SHOWN, selector)) or found, 60)
        return found[0]

    def text(self, selector):
        """The text of what can be seen, which has none while it unfolds."""
        found = []
        wait_for(lambda: found.append(self.shown(selector).text) or found[-1], 60)
        return found[-1]

    def click(self, selector):
        self.shown(selector).click()

    def type(self, selector, text):
        self.shown(selector).send_keys(text)

    def log_in(self, user):
        # Answers to what the page before still asks would put its session in the place of that of the form.
        self.driver.get("about:blank")
        self.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
        self.driver.get(f"{self.url}/web/login?db={self.name}")
        self.type("[name=login]", user.login)
        self.type("[name=password]", user.password + Keys.ENTER)

    def enter_code(self, code):
        self.type("[name=totp_token]", code + Keys.ENTER)

    def is_in(self):
        return bool(self.shown(".o_main_navbar"))
