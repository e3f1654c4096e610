"""Defect 47: the guide knew one boolean, "true"; FORCE_HTTPS=1 meant no and DEBUG=1 passed as disabled."""

from __future__ import annotations

import pytest

from zenoo_security import SecurityConfig
from zenoo_security.errors import ConfigurationError

YES = ["1", "true", "True", "TRUE", "yes", "on", "ON"]
NO = ["0", "false", "False", "no", "off", "OFF"]


@pytest.mark.parametrize(("text", "meant"), [*((text, True) for text in YES), *((text, False) for text in NO)])
def test_every_usual_boolean_means_what_it_says(monkeypatch, text, meant):
    """FORCE_HTTPS=1 is yes, and DEBUG=1 is no less debug than DEBUG=true."""
    monkeypatch.setenv("ZENOO_SECURITY_FORCE_HTTPS", text)
    monkeypatch.setenv("ZENOO_SECURITY_DEBUG", text)
    config = SecurityConfig()
    assert (config.force_https, config.debug) == (meant, meant)


def test_the_guides_own_variables_are_read_alike(monkeypatch):
    """The bare names go through the same parser."""
    monkeypatch.setenv("FORCE_HTTPS", "1")
    monkeypatch.setenv("DEBUG", "1")
    with pytest.warns(DeprecationWarning, match="is deprecated"):
        config = SecurityConfig()
    assert (config.force_https, config.debug) == (True, True)


@pytest.mark.parametrize("text", ["", " ", "true ", "t", "y", "2", "enabled", "ja", "None", "truefalse"])
def test_an_unknown_boolean_is_an_error(monkeypatch, text):
    """What is not understood is not a no."""
    monkeypatch.setenv("ZENOO_SECURITY_FORCE_HTTPS", text)
    with pytest.raises(ConfigurationError, match="ZENOO_SECURITY_FORCE_HTTPS: not a boolean; allowed: 1, true, yes"):
        SecurityConfig()
