"""Text from outside does nothing in any dialect."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from jinja2 import TemplateNotFound
from markdown_it import MarkdownIt

from paperlark.render import escape, templates
from tests import builders

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


@given(builders.nasty_text())
def test_plain_text_is_one_line_without_controls(text: str):
    out = escape.plain(text)
    assert not [char for char in out if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"}]
    assert out == escape.plain(out)
    out.encode()


@pytest.mark.parametrize(
    ("text", "out"),
    [
        ("  two \n lines ", "two lines"),
        ("\x1b[31mred", "\ufffd[31mred"),
        ("a\u202eb\u200b\ufeffc", "abc"),
        ("a \u2060 b", "a b"),
        ("ب\u200cپ", "ب\u200cپ"),
        ("\ud800\ufffe", "\ufffd\ufffd"),
        ("87\u00a0%", "87\u00a0%"),
    ],
)
def test_plain_text_by_example(text: str, out: str):
    assert escape.plain(text) == out


def test_a_block_keeps_lines_and_indents():
    assert escape.block("\n\ta\r\n  b \r\x1b[1m\n\n") == "    a\n  b\n\ufffd[1m"


@given(builders.nasty_text())
def test_markdown_shows_the_text_itself_and_nothing_else(text: str):
    for source in (escape.markdown(text), f"- {escape.markdown(text)}"):
        tokens = MARKDOWN.parse(source)
        kinds = {token.type for token in tokens} - {
            *("bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close"),
            *("paragraph_open", "paragraph_close", "inline"),
        }
        assert not kinds
        inline = [child for token in tokens for child in token.children or ()]
        assert {child.type for child in inline} <= {"text", "text_special"}
        shown = "".join(child.content for child in inline).replace("\u2060", "")
        assert shown.strip() == escape.plain(text)


@pytest.mark.parametrize(
    ("text", "out"),
    [
        ("@someone in #12", "@\u2060someone in \\#\u206012"),
        ("see http://x.example", "see http\\://x.example"),
        ("www.x.example", "www\\.x.example"),
        ("Foo: A Bar (v2.1)", "Foo: A Bar (v2.1)"),
        ("1. one", "1\\. one"),
        ("2611.90412", "2611.90412"),
        ("- 3", "\\- 3"),
    ],
)
def test_markdown_by_example(text: str, out: str):
    assert escape.markdown(text) == out


@given(builders.nasty_text())
def test_nothing_leaves_a_fence(text: str):
    (token,) = MARKDOWN.parse(escape.fence(text))
    assert token.type == "fence"
    assert token.content.rstrip("\n") == escape.block(text)


def test_slugs_are_those_of_a_forge():
    assert escape.slug("1. Deep Learning: A_B & 80 % (x)") == "1-deep-learning-a_b--80--x"


@given(builders.nasty_text())
def test_an_anchor_needs_no_escaping(text: str):
    assert all(char.isascii() and (char.isalnum() or char in ".-") for char in escape.anchor(text))


def test_a_template_that_is_not_shipped_is_not_found():
    with pytest.raises(TemplateNotFound):
        templates.html().get_template("nothing.j2")
