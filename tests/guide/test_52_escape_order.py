"""Defect 52 of the guide: `&` was replaced last, so that `<b>` became `&amp;lt;b&amp;gt;`."""

from __future__ import annotations

from zenoo_security import InputSanitizer


def test_each_character_is_escaped_once() -> None:
    assert InputSanitizer.sanitize_string("<b>") == "&lt;b&gt;"
    assert InputSanitizer.sanitize_string("a & \"b\" 'c'") == "a &amp; &quot;b&quot; &#x27;c&#x27;"


def test_it_can_be_called_on_an_instance_as_well() -> None:
    assert InputSanitizer().sanitize_string("<b>") == "&lt;b&gt;"
