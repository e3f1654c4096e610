"""What a real browser does with the headers of the profile `app`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from selenium.webdriver.common.by import By

from audit.conftest import Heard
from browser.site import wait_for
from zenoo_security.audit import AuditLog, configured

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selenium.webdriver import Chrome

    from browser.site import Site, Stranger

RUNS = "document.body.dataset.ran = 'yes'"


@pytest.fixture
def heard() -> Iterator[Heard]:
    sink = Heard()
    with configured(AuditLog(sink)):
        yield sink


def ran(browser: Chrome) -> bool:
    return browser.execute_script("return document.body.dataset.ran === 'yes'")


def loaded(browser: Chrome) -> bool:
    return browser.execute_script("return document.body.dataset.loaded === 'yes'")


@pytest.mark.asvs("v5.0.0-3.4.3")
@pytest.mark.parametrize(
    "body",
    [
        f"<script>{RUNS}</script>",
        f"<script nonce=AAAAAAAAAAAAAAAAAAAAAA>{RUNS}</script>",
        f'<img src=x: onerror="{RUNS}">',
        f'<svg onload="{RUNS}"></svg>',
        f'<iframe srcdoc="<script>parent.{RUNS}</script>"></iframe>',
    ],
    ids=["no nonce", "guessed nonce", "handler", "svg", "srcdoc"],
)
def test_an_inline_script_that_is_not_ours_does_not_run(browser: Chrome, site: Site, body: str) -> None:
    browser.get(site.show(lambda nonce: f"{body}<script nonce={nonce}>document.body.dataset.ours = 1</script>"))
    assert browser.execute_script("return document.body.dataset.ours") == "1"
    assert not ran(browser)


@pytest.mark.asvs("v5.0.0-3.4.3")
def test_a_script_with_the_nonce_runs_and_may_load_others(browser: Chrome, site: Site) -> None:
    load = "const s = document.createElement('script'); s.src = '/script.js'; document.body.append(s)"
    browser.get(site.show(lambda nonce: f"<script nonce={nonce}>{RUNS}; {load}</script>"))
    assert ran(browser)
    wait_for(lambda: loaded(browser))


def test_neither_a_file_without_the_nonce_nor_eval_runs(browser: Chrome, site: Site) -> None:
    evaluates = f'try {{ eval("{RUNS}") }} catch (e) {{ document.body.dataset.caught = e.name }}'
    body = "<script src=/script.js></script>"
    browser.get(site.show(lambda nonce: f"{body}<script nonce={nonce}>{evaluates}</script>"))
    assert browser.execute_script("return document.body.dataset.caught") == "EvalError"
    assert not ran(browser)
    assert not loaded(browser)


def test_a_page_that_asked_for_no_nonce_runs_nothing(browser: Chrome, site: Site) -> None:
    browser.get(site.show(f"<script src=/script.js></script><script>{RUNS}</script>"))
    assert not ran(browser)
    assert not loaded(browser)


@pytest.mark.asvs("v5.0.0-3.4.4")
def test_a_text_is_no_script(browser: Chrome, site: Site) -> None:
    browser.get(site.show(lambda nonce: f"<script nonce={nonce} src=/notes.txt></script>"))
    assert not loaded(browser)


@pytest.mark.asvs("v5.0.0-3.4.6")
@pytest.mark.parametrize(
    ("path", "is_framed"), [("/page", False), ("/csp-alone", False), ("/xfo-alone", False), ("/embeddable", True)]
)
def test_a_stranger_cannot_frame_a_page(
    browser: Chrome, site: Site, stranger: Stranger, path: str, is_framed: bool
) -> None:
    page = site.show("<p>the page</p>", path)
    browser.get(stranger.show(f"<iframe src={page}></iframe>"))
    browser.switch_to.frame(browser.find_element(By.TAG_NAME, "iframe"))
    assert ("the page" in browser.execute_script("return document.documentElement.innerText")) is is_framed


@pytest.mark.asvs("v5.0.0-3.4.3")
def test_a_base_of_somebody_else_changes_no_address(browser: Chrome, site: Site, stranger: Stranger) -> None:
    browser.get(site.show(f"<base href={stranger.origin}/evil/><a href=x>link</a>"))
    assert browser.execute_script("return document.querySelector('a').href") == f"{site.origin}/x"


@pytest.mark.asvs("v5.0.0-3.4.3")
def test_a_form_sends_nothing_to_a_stranger(browser: Chrome, site: Site, stranger: Stranger) -> None:
    page = site.show(
        f"<form method=post action={stranger.origin}/steal><button name=password value=x>go</button></form>"
    )
    browser.get(page)
    browser.find_element(By.TAG_NAME, "button").click()
    browser.get(site.show("after"))
    assert "/steal" not in stranger.hits


@pytest.mark.asvs("v5.0.0-3.4.3")
def test_no_plugin_is_loaded(browser: Chrome, site: Site) -> None:
    browser.get(site.show("<object data=/picture type=image/svg+xml></object><embed src=/picture type=image/svg+xml>"))
    assert site.count("/picture") == 0


@pytest.mark.asvs("v5.0.0-3.4.7")
@pytest.mark.parametrize("path", ["/reported", "/old-reports"])
def test_a_violation_is_reported_to_us(browser: Chrome, site: Site, heard: Heard, path: str) -> None:
    """By the Reporting API, and by `report-uri` as browsers without it do."""
    browser.get(site.show(f"<script>{RUNS}</script>", path))
    wait_for(lambda: reported(heard, path))
    assert reported(heard, path) == [("script-src-elem", "inline")]


def reported(heard: Heard, path: str) -> list[tuple[str, str]]:
    """What was reported of a page: those of earlier tests may still come in."""
    details = [value for fields in heard.fields for value in fields.values() if isinstance(value, dict)]
    return [(each["directive"], each["blocked"]) for each in details if each.get("page") == path]


@pytest.mark.asvs("v5.0.0-3.4.8")
def test_who_opens_a_page_has_no_hold_on_it(browser: Chrome, site: Site, stranger: Stranger) -> None:
    page = site.show("<p>the page</p>")
    browser.get(stranger.show(f"<button onclick=\"window.opened = window.open('{page}')\">open</button>"))
    browser.find_element(By.TAG_NAME, "button").click()
    wait_for(lambda: len(browser.window_handles) == 2)
    wait_for(lambda: browser.execute_script("return window.opened.closed"))
    browser.switch_to.window(browser.window_handles[1])
    assert browser.execute_script("return window.opener") is None


@pytest.mark.asvs("v5.0.0-3.5.8")
@pytest.mark.parametrize(("path", "is_shown"), [("/picture", False), ("/for-all/picture", True)])
def test_a_stranger_cannot_show_our_pictures(
    browser: Chrome, site: Site, stranger: Stranger, path: str, is_shown: bool
) -> None:
    browser.get(stranger.show(f"<img src={site.origin}{path}>"))
    wait_for(lambda: browser.execute_script("return document.images[0].complete"))
    assert (browser.execute_script("return document.images[0].naturalWidth") > 0) is is_shown


def test_a_page_has_no_camera(browser: Chrome, site: Site) -> None:
    browser.get(site.show("<p>the page</p>"))
    allowed = browser.execute_script(
        "return ['camera', 'geolocation', 'usb'].filter(f => document.featurePolicy.allowsFeature(f))"
    )
    assert allowed == []


@pytest.mark.asvs("v5.0.0-3.2.1")
def test_an_uploaded_file_runs_nothing(browser: Chrome, site: Site) -> None:
    browser.get(f"{site.origin}/files/7.svg")
    assert browser.execute_script("return [document.documentElement.id, window.origin]") == ["", "null"]
    browser.get(f"{site.origin}/picture")
    before = browser.current_url
    browser.get(f"{site.origin}/files/8.html")
    assert browser.current_url == before  # it was saved, not shown


@pytest.mark.asvs("v5.0.0-3.2.1", "v5.0.0-3.5.8")
def test_data_is_fetched_and_neither_opened_nor_embedded(browser: Chrome, site: Site, stranger: Stranger) -> None:
    browser.get(f"{site.origin}/api/note")
    assert browser.title != "note"
    assert "This is data" in browser.page_source
    picture = "<img src={0}/api/picture>"
    for page in (site.show(picture.format("")), stranger.show(picture.format(site.origin))):
        browser.get(page)
        wait_for(lambda: browser.execute_script("return document.images[0].complete"))
        assert browser.execute_script("return document.images[0].naturalWidth") == 0
    assert site.count("/api/note") == site.count("/api/picture") == 0
    browser.get(site.show("<p>the page</p>"))
    fetched = browser.execute_async_script("fetch('/api/note').then(r => r.text()).then(arguments[0])")
    assert fetched.startswith("<title>note")


@pytest.mark.asvs("v5.0.0-3.3.4", "v5.0.0-14.3.1", "v5.0.0-14.3.2")
def test_after_a_logout_nothing_is_left(browser: Chrome, site: Site) -> None:
    """No cookie that a script could read, no page to go back to, nothing in the storage."""
    browser.get(f"{site.origin}/account")
    assert browser.title == "login"
    browser.find_element(By.TAG_NAME, "button").click()
    wait_for(lambda: browser.title == "account")
    assert "account of" in browser.find_element(By.TAG_NAME, "p").text
    assert browser.execute_script("return [document.cookie, localStorage.draft]") == ["", "secret"]
    (cookie,) = browser.get_cookies()
    assert (cookie["name"], cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == (
        "__Host-session", True, True, "Lax",
    )  # fmt: skip
    browser.find_element(By.TAG_NAME, "button").click()
    # With what the page loads, which has Chromium forget the page before it.
    wait_for(lambda: browser.execute_script("return [document.title, document.readyState]") == ["bye", "complete"])
    assert browser.get_cookies() == []
    assert browser.execute_script("return localStorage.length") == 0
    browser.back()
    assert browser.title == "login"
    assert "account of" not in browser.page_source


@pytest.mark.asvs("v5.0.0-14.3.1")
def test_what_the_page_after_a_logout_loads_has_the_page_that_was_left_forgotten(browser: Chrome, site: Site) -> None:
    """Without it Chromium shows that page as it stood: its scripts go on."""

    def is_kept(next_page: str) -> bool:
        browser.get(f"{site.origin}/account")
        browser.execute_script("window.kept = true")
        browser.get(site.show(next_page))
        wait_for(lambda: browser.execute_script("return document.readyState") == "complete")
        browser.back()
        return browser.execute_script("return [document.title, window.kept === true]") == ["login", True]

    assert is_kept("<p>nothing")
    assert not is_kept("<link rel=stylesheet href=/clear-site-data.css>")
