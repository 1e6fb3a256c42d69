"""HTML from arXiv's own text: safe by proof, typeset where it can be."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from paperlark import tex
from paperlark.render import mathml

CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
SPAN = {"class", "title"}
MATH = {"display", "alttext"}


def _allowed(element: Any) -> bool:
    if element.tag == "span":
        return set(element.attrib) <= SPAN and element.get("class") == "tex"
    if element.tag == "math":
        return set(element.attrib) <= MATH and element.get("display") in {"inline", "block"}
    return element.tag in mathml.ELEMENTS and all(
        name in mathml.ATTRIBUTES and mathml.ATTRIBUTES[name].fullmatch(value)
        for name, value in element.attrib.items()
    )


def _check(page: str) -> None:
    root = lxml_html.fromstring(f"<div>{page}</div>")
    assert root.tag == "div"
    assert not root.attrib
    for element in root.iterdescendants():
        assert isinstance(element.tag, str), "a comment or an instruction came through"
        assert _allowed(element), lxml_html.tostring(element)


ATTACKS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</div><b>", '"', "'", "&lt;",
    "<!--", "-->", "]]>", "<![CDATA[", "<?php", "&#60;script&#62;", "</math>", "</span>",
    "<svg/onload=x>",
    r"\text{<script>alert(1)</script>}", r"\text{<mi href='x'>}", r"\href{javascript:alert(1)}{x}",
    r"\style{background:url(x)}{y}", r"\class{a\" onclick=\"b}{y}", r"\color{red}x", r"\id{a}{b}",
    r"\textcolor{x\" onload=\"y}{z}", r"\hspace{9999em}", r"\kern-99em", r"\data{x=y}{z}",
    r"\begin{matrix}a&b\\c&d\end{matrix}", r"\begin{array}{c|c}a&b\end{array}", r"\unicode{x3c}",
    r"\mathrm{<b>}", r"\operatorname{<i>}", r"\mbox{</mtext><script>}", r"\bbox[red]{x}", "\\",
    r"\cssId{x}{y}", r"\require{html}", r"\includegraphics{x}", r"\def\x{<}", "<", ">", "&", "$",
]  # fmt: skip
PIECES = st.sampled_from([*ATTACKS, r"\frac{1}{2}", "x^2", "{", "}", "a", " ", r"\sqrt{x}"])


@CALM
@given(st.lists(PIECES | st.text(max_size=5), max_size=12), st.booleans())
def test_nothing_foreign_comes_through(pieces: list[str], formula: bool):  # noqa: FBT001  (hypothesis draws it)
    source = "".join(pieces)
    _check(mathml.html(f"${source}$" if formula else source))


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize(
    "frame", ["{}", "${}$", "$x^{{{}}}$", r"$\text{{{}}}$", "a ${}", r"\[{}\]"]
)
def test_attacks(attack: str, frame: str):
    _check(mathml.html(frame.format(attack)))


@CALM
@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\\{}$^~`"), max_size=80))
def test_prose_reads_the_same_on_a_page(prose: str):
    page = lxml_html.fromstring(f"<div>{mathml.html(prose)}</div>")
    assert " ".join(page.text_content().split()) == tex.to_text(prose)


def test_formula_is_typeset_with_its_source():
    page = mathml.html(r"A bound of $\sqrt{T}$ & <more>")
    assert page == (
        'A bound of <math display="inline" alttext="\\sqrt{T}"><mrow><msqrt><mrow><mi>T</mi></mrow>'
        "</msqrt></mrow></math> &amp; &lt;more&gt;"
    )


def test_display_formula_is_a_block():
    assert mathml.html("$$x$$").startswith('<math display="block" alttext="x">')


@pytest.mark.parametrize(
    ("source", "page"),
    [
        (r"$\SO(3)$", r'<span class="tex" title="\SO(3)">SO(3)</span>'),
        (r"$\left x$", r'<span class="tex" title="\left x">x</span>'),
        (r"$\text{a<b}$", r'<span class="tex" title="\text{a&lt;b}">a&lt;b</span>'),
        (
            r"$\href{https://a.example}{b}$",
            r'<span class="tex" title="\href{https://a.example}{b}">b (https://a.example)</span>',
        ),
    ],
)
def test_what_cannot_be_typeset_is_readable(source: str, page: str):
    assert mathml.html(source) == page


def test_prose_commands_are_read():
    assert mathml.html(r"\emph{Caf\'e} \& {\alpha}") == "Café &amp; α"


def test_colours_links_and_wide_gaps_are_left_out():
    page = mathml.html(r"$\color{red} x \hspace{9999em} y \hspace{2em} z$")
    assert "red" not in page.split(">", 1)[1]
    assert "9999" not in page.split(">", 1)[1]
    assert 'width="2em"' in page


def test_deep_nesting_falls_back_to_text():
    assert mathml.html("$" + "{x^" * 90 + "2" + "}" * 90 + "$").startswith('<span class="tex"')
