"""A headless Chromium of Debian's package."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selenium.webdriver import Chrome

ARGUMENTS = (
    "--headless=new",
    # Tests may run as root, in a container with a small /dev/shm.
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    # What it asks its maker for by itself.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=AutofillServerCommunication",
    "--no-first-run",
)


@contextmanager
def running_chromium(*arguments: str) -> Iterator[Chrome]:
    """Start one with more arguments."""
    options = Options()
    options.binary_location = program("chromium", "chromium-browser", "google-chrome")
    for argument in (*ARGUMENTS, *arguments):
        options.add_argument(argument)
    # What a policy forbids or reports, Chromium writes to its console.
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(program("chromedriver")))
    driver.set_page_load_timeout(120)
    try:
        yield driver
    finally:
        driver.quit()


def program(*names: str) -> str:
    """The path of one of some programs."""
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail(f"{names[0]} is missing: apt-get install --no-install-recommends chromium chromium-driver")
    return found
