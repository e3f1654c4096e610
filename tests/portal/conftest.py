"""One portal on a database of its own, one Chromium, and a stranger's site."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from browser.chromium import running_chromium
from browser.serving import serving, write_certificate
from browser.site import Stranger
from examples.portal.scene import GROUPS, prepare
from portal.serving import Portal, serving_portal
from portal.visitor import Visitor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from selenium.webdriver import Chrome

    from zenoo_security.testing import OdooUser

ARGUMENTS = (
    "--host-resolver-rules=MAP stranger.test 127.0.0.1,MAP localhost 127.0.0.1,MAP * ~NOTFOUND",
    "--ignore-certificate-errors",
    "--hide-scrollbars",
)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("portal")
    write_certificate(folder / "certificate.pem", ["localhost", "stranger.test"])
    return folder


@pytest.fixture(scope="session")
def running(odoo_server, folder: Path) -> Iterator[Portal]:
    database = odoo_server.create_database()
    with serving_portal(prepare(database, folder), database, folder / "certificate.pem") as portal:
        yield portal
    odoo_server.drop_database(database.name)


@pytest.fixture
def portal(running: Portal) -> Portal:
    """With no limit used up by other tests."""
    running.forget_limits()
    return running


@pytest.fixture(scope="session")
def stranger(folder: Path) -> Iterator[Stranger]:
    stranger = Stranger()
    with serving(stranger.app, "stranger.test", folder / "certificate.pem") as stranger.origin:
        yield stranger


@pytest.fixture(scope="session")
def chromium(stranger: Stranger) -> Iterator[Chrome]:
    """It is closed before the stranger's server, which waits for its connections."""
    with running_chromium(*ARGUMENTS) as driver:
        driver.set_page_load_timeout(60)
        yield driver


@pytest.fixture
def visitor(chromium: Chrome, portal: Portal) -> Visitor:
    chromium.set_window_size(1000, 900)
    return Visitor(chromium, portal.origin)


@pytest.fixture
def new_user(portal: Portal) -> Callable[[str], OdooUser]:
    """A user of a role whom no other test knows."""
    return lambda role: portal.database.create_user(GROUPS[role])
