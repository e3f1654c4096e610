"""One headless Chromium for all tests, the site that it looks at, and a stranger's site."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from browser.chromium import running_chromium
from browser.serving import serving, write_certificate
from browser.site import Site, Stranger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from selenium.webdriver import Chrome

ARGUMENTS = (
    # Reports are sent at once, not after a minute.
    "--short-reporting-delay",
    # Both sites are on this machine, and there are no others.
    "--host-resolver-rules=MAP site.test 127.0.0.1,MAP stranger.test 127.0.0.1,MAP odoo.test 127.0.0.1,MAP * ~NOTFOUND",
    "--ignore-certificate-errors",
)


@pytest.fixture(scope="session")
def chromium(site: Site, stranger: Stranger) -> Iterator[Chrome]:
    """It is closed before the servers, which wait for its connections."""
    with running_chromium(*ARGUMENTS) as driver:
        yield driver


@pytest.fixture
def browser(chromium: Chrome) -> Iterator[Chrome]:
    """The browser with one window."""
    yield chromium
    first, *others = chromium.window_handles
    for window in others:
        chromium.switch_to.window(window)
        chromium.close()
    chromium.switch_to.window(first)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("browser") / "certificate.pem"
    write_certificate(path, ["site.test", "stranger.test", "odoo.test"])
    return path


@pytest.fixture(scope="session")
def site(certificate: Path) -> Iterator[Site]:
    site = Site()
    with serving(site.app, "site.test", certificate) as site.origin:
        yield site


@pytest.fixture(scope="session")
def stranger(certificate: Path) -> Iterator[Stranger]:
    stranger = Stranger()
    with serving(stranger.app, "stranger.test", certificate) as stranger.origin:
        yield stranger
