"""What a real Odoo renders as a template is refused in text from outside."""

from __future__ import annotations

import random

import pytest

from zenoo_security.errors import InvalidInput
from zenoo_security.sanitize import clean_html, clean_text, refuse_templates

pytestmark = pytest.mark.odoo

#: Renders each text by both of the engines that Odoo has for mails; what it refuses to render is no answer.
CODE = """
mixin = env["mail.render.mixin"]
answers = []
for text in env.context["zs_texts"]:
    rendered = []
    for engine in ("inline_template", "qweb"):
        try:
            rendered.append(str(mixin._render_template(text, "res.partner", [1], engine=engine)[1]))
        except Exception:
            rendered.append("")
    answers.append(rendered)
action = {"answers": answers}
"""
#: Renders each text as a part of the arch of a view, which is XML.
ARCH = """
answers = []
for text in env.context["zs_texts"]:
    view = env["ir.ui.view"].create({"name": "Arch", "type": "qweb", "arch": "<div>" + text + "</div>"})
    answers.append(str(env["ir.qweb"]._render(view.id)))
action = {"answers": answers}
"""
ANSWER = "42042"
EXPRESSIONS = [
    "{{ 6006*7 }}",
    "{{6006*7}}",
    "{{ 6006*7 ||| x }}",
    "#{6006*7}",
    "{{\n6006*7\n}}",
    "{\u200b{ 6006*7 }}",
    "${6006*7}",
]
ATTRIBUTES = [
    "t-out='6006*7'", "t-esc=6006*7", "T-OUT='6006*7'", "t-raw='6006*7'", "t-out = '6006*7'", "t-att-title='6006*7'", "t-att-class=6006*7",
    "t-attf-title='{{6006*7}}'", "t-attf-title='#{6006*7}'", "t-att=\"{'title': 6006*7}\"", "t-set='a' t-value='6006*7'", "t-field='x'",
]  # fmt: skip


def texts(count: int) -> list[str]:
    chance = random.Random(7)
    around = ["", "a ", "<b>x</b> ", "O'Brien & Söhne ", "\n", "{ ", "} ", "< "]

    def one() -> str:
        tag, space = (
            chance.choice(["t", "T", "p", "b", "t-x"]),
            chance.choice([" ", "\n", "\t", "/", " a='b' ", " a='>' "]),
        )
        element = f"<{tag}{space}{chance.choice(ATTRIBUTES)}>{chance.choice(around)}</{tag}>"
        return chance.choice(around) + chance.choice([chance.choice(EXPRESSIONS), element]) + chance.choice(around)

    return [one() for _ in range(count)]


def is_refused(text: str) -> bool:
    try:
        return refuse_templates(text) != text
    except InvalidInput:
        return True


def renderer(odoo_database, code):
    model = odoo_database.call("ir.model", "search", [("model", "=", "res.partner")])[0]
    values = {"name": "Render", "model_id": model, "state": "code", "code": code}
    action = odoo_database.call("ir.actions.server", "create", values)
    return lambda texts: odoo_database.call("ir.actions.server", "run", [action], context={"zs_texts": texts})[
        "answers"
    ]


@pytest.fixture(scope="module")
def render(odoo_database):
    return renderer(odoo_database, CODE)


@pytest.fixture(scope="module")
def render_arch(odoo_database):
    return renderer(odoo_database, ARCH)


@pytest.mark.asvs("v5.0.0-1.3.7")
def test_what_odoo_renders_is_refused(render) -> None:
    tried = texts(600)
    rendered = render(tried)
    live = {text for text, results in zip(tried, rendered, strict=True) if any(ANSWER in result for result in results)}
    assert len(live) > 100
    assert {text for text in live if not is_refused(text)} == set()


def test_what_is_accepted_is_rendered_as_it_is(render) -> None:
    accepted = ["O'Brien & Söhne", "a { b } c", "100 % {", "T-Shirt = 5 €", "{ {6006*7} }"]
    assert not any(map(is_refused, accepted))
    assert [inline for inline, _ in render(accepted)] == accepted


@pytest.mark.asvs("v5.0.0-1.3.7")
def test_cleaned_text_and_markup_render_nothing(render) -> None:
    """Cleaning may bring an expression together: `{`, something invisible, `{`. It was refused before."""
    tried = texts(300)
    assert all(is_refused(text) for text in tried if is_refused(clean_text(text)))
    rendered = render([clean_html(text, "odoo") for text in tried])
    assert not [results for _, *results in rendered if ANSWER in results[0]]


@pytest.mark.asvs("v5.0.0-1.3.7")
def test_what_only_the_arch_of_a_view_renders_is_refused(render_arch) -> None:
    tried = [f"<{name} t-out='6006*7'/>" for name in ("p", "_", "é", "名")]
    assert [ANSWER in rendered for rendered in render_arch(tried)] == [True] * len(tried)
    assert all(map(is_refused, tried))
