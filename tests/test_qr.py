"""QR codes: a reader reads what was drawn, in every form; limits and bad input."""

from __future__ import annotations

import io
import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from zenoo_security import Totp, qr
from zenoo_security.errors import InputTooLarge, InvalidInput, ParameterError

URI = Totp("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").uri("alice@example.com", "Söhne & Co.")
SVG = "{http://www.w3.org/2000/svg}"

Rows = list[list[bool]]


def read(picture: Image.Image) -> zxingcpp.Barcode:
    """The one code in the picture."""
    (code,) = zxingcpp.read_barcodes(picture.convert("L"))
    return code


def from_png(png: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(png))
    picture.load()
    return picture


def from_rows(rows: Rows, scale: int = 4) -> Image.Image:
    """A picture of modules, `True` dark."""
    picture = Image.new("L", (len(rows[0]), len(rows)), 255)
    picture.putdata([0 if dark else 255 for row in rows for dark in row])
    return picture.resize((picture.width * scale, picture.height * scale), Image.Resampling.NEAREST)


def rows_of_svg(svg: str) -> Rows:
    """The modules that the path of an SVG picture fills."""
    root = ET.fromstring(svg)
    _, _, width, height = map(int, root.attrib["viewBox"].split())
    rows = [[False] * width for _ in range(height)]
    background, path = root.findall(f"{SVG}path")
    assert background.attrib == {"fill": "#fff", "d": f"M0 0h{width}v{width}H0z"}
    parts = re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", path.attrib["d"])
    assert "".join("M{} {}h{}v1h-{}z".format(*part) for part in parts) == path.attrib["d"]
    for x, y, length, back in (map(int, part) for part in parts):
        assert length == back
        rows[y][x : x + length] = [True] * length
    return rows


def rows_of_text(text: str, *, dark_text: bool) -> Rows:
    """The modules that half blocks show, ink being dark only on a light terminal."""
    rows = []
    for line in text.splitlines():
        for half in ("▀█", "▄█"):
            rows.append([(block in half) is dark_text for block in line])
    return rows


class TestReaders:
    @pytest.mark.parametrize("level", ["L", "M", "Q", "H"])
    @pytest.mark.parametrize(("scale", "border"), [(1, 4), (2, 1), (3, 4), (8, 4), (10, 8), (32, 2)])
    def test_a_png_is_read_at_every_scale_border_and_level(self, scale: int, border: int, level: Any) -> None:
        code = read(from_png(qr.png(URI, scale=scale, border=border, level=level)))
        assert code.text == URI
        assert code.ec_level == level

    @pytest.mark.parametrize("level", ["L", "M", "Q", "H"])
    def test_an_svg_is_read_and_has_the_modules_of_the_png(self, level: Any) -> None:
        rows = rows_of_svg(qr.svg(URI, level=level))
        assert read(from_rows(rows)).text == URI
        png = from_png(qr.png(URI, scale=1, level=level)).convert("L")
        assert [[pixel == 0 for pixel in rows_] for rows_ in pixels(png)] == rows

    @pytest.mark.parametrize("dark_text", [False, True])
    def test_a_terminal_drawing_is_read(self, dark_text: bool) -> None:
        text = qr.terminal(URI, dark_text=dark_text)
        assert read(from_rows(rows_of_text(text, dark_text=dark_text))).text == URI

    @given(st.text(min_size=1, max_size=200))
    @settings(max_examples=50)
    def test_any_text_comes_back_byte_for_byte(self, data: str) -> None:
        code = read(from_png(qr.png(data, scale=3, level="Q")))
        assert code.bytes == data.encode()


def pixels(picture: Image.Image) -> list[list[int]]:
    flat = list(picture.tobytes())
    return [flat[start : start + picture.width] for start in range(0, len(flat), picture.width)]


class TestPictures:
    def test_a_png_is_one_bit_grey_and_as_large_as_asked(self) -> None:
        png = from_png(qr.png("x", scale=5, border=3))
        assert (png.format, png.mode, png.size) == ("PNG", "1", ((21 + 6) * 5,) * 2)

    def test_an_svg_passes_a_strict_policy(self) -> None:
        svg = qr.svg(URI, scale=6)
        root = ET.fromstring(svg)
        assert {element.tag for element in root.iter()} == {f"{SVG}svg", f"{SVG}path"}
        assert not any(name.startswith("on") or name in {"style", "href"} for el in root.iter() for name in el.attrib)
        assert root.attrib["shape-rendering"] == "crispEdges"
        assert int(root.attrib["width"]) == 6 * int(root.attrib["viewBox"].split()[2])

    def test_nothing_of_the_data_stands_in_the_svg(self) -> None:
        assert "<script>" not in qr.svg("<script>alert(1)</script>")

    def test_lines_of_the_drawing_are_of_one_length(self) -> None:
        lines = qr.terminal("x", border=2).splitlines()
        assert {len(line) for line in lines} == {25}
        assert len(lines) == 13


class TestLimits:
    @pytest.mark.parametrize(("level", "most"), [("L", 2953), ("M", 2331), ("Q", 1663), ("H", 1273)])
    def test_a_level_takes_what_the_standard_says_and_not_a_byte_more(self, level: Any, most: int) -> None:
        assert read(from_png(qr.png("x" * most, scale=2, level=level))).text == "x" * most
        with pytest.raises(InputTooLarge):
            qr.png("x" * (most + 1), level=level)

    @pytest.mark.parametrize("draw", [qr.png, qr.svg, qr.terminal])
    def test_what_is_too_large_or_no_text_is_refused(self, draw: Any) -> None:
        with pytest.raises(InputTooLarge):
            draw("x" * 10_000_000)
        for data in (b"bytes", None, 5, "\ud800"):
            with pytest.raises(InvalidInput) as caught:
                draw(data)
            assert caught.value.code in {"type", "encoding"}

    @pytest.mark.parametrize(
        "arguments",
        [{"border": 33}, {"border": -1}, {"border": 10**30}, {"border": "4"}, {"level": "X"}, {"level": ""}],
    )
    @pytest.mark.parametrize("draw", [qr.png, qr.svg, qr.terminal])
    def test_an_argument_out_of_its_range_is_refused(self, draw: Any, arguments: dict[str, Any]) -> None:
        with pytest.raises(ParameterError):
            draw("x", **arguments)

    @pytest.mark.parametrize("scale", [0, 33, -1, 10**30, 1.5])
    @pytest.mark.parametrize("draw", [qr.png, qr.svg])
    def test_a_scale_out_of_its_range_is_refused(self, draw: Any, scale: Any) -> None:
        with pytest.raises(ParameterError):
            draw("x", scale=scale)
