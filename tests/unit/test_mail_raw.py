"""The bytes of a mail: lines, headers, parts, size, and nothing from outside that breaks out."""

from __future__ import annotations

import base64
import email
import re
from dataclasses import replace
from email import policy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html

from bot.channels.mail import mime
from bot.channels.mail.settings import read
from bot.channels.mail.signature import relaxed, signer
from paperlark.errors import ConfigError
from paperlark.post import Setting
from paperlark.render import addresses
from paperlark.render.mail import MOST_BYTES, letter
from paperlark.target import Target
from paperlark.tokens import Purpose, Signer, reader_key
from tests.builders import card, digest, example, nasty_digests, nasty_text, paper
from tests.mail import ADA, SETTING, TABLE, WEB, channel, composed, raw

if TYPE_CHECKING:
    from email.message import EmailMessage

    from paperlark.domain import Digest

SECRET = str(TABLE["link_secret"]).encode()
STYLES = {
    "background", "border-bottom", "border-left", "border-top", "color", "display", "font",
    "font-size", "line-height", "margin", "max-height", "max-width", "mso-hide", "overflow",
    "padding", "text-align", "text-decoration",
}  # fmt: skip
"""What mail programs draw alike; none of it is needed to read the mail."""
TAGS = {
    "a", "b", "body", "br", "div", "h1", "head", "html", "meta", "p", "span", "style", "table",
    "td", "title", "tr",
}  # fmt: skip


def parsed(message: bytes) -> EmailMessage:
    return email.message_from_bytes(message, policy=policy.SMTP)


def parts(message: bytes) -> tuple[str, str]:
    """The text and the page, as a mail program has them."""
    found = parsed(message)
    assert found.get_content_type() == "multipart/alternative"
    kinds = [part.get_content_type() for part in found.iter_parts()]
    assert kinds == ["text/plain", "text/html"]
    text, page = found.iter_parts()
    assert not found.defects
    return text.get_content(), page.get_content()


def by_hand(message: bytes) -> list[str]:
    """The same by another parser: the bytes between the marks, and RFC 2045 to the letter."""
    head, _, body = message.partition(b"\r\n\r\n")
    mark = re.search(rb'boundary="([^"]+)"', head)
    assert mark
    before, *sections, after = body.split(b"--" + mark[1])
    assert (before, after) == (b"", b"--\r\n")
    found = []
    for section in sections:
        quoted = section.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n")
        assert not re.search(rb"[ \t](\r\n|$)|=(?![0-9A-F]{2}|\r\n)", quoted)
        octets = re.sub(rb"=\r\n", b"", quoted)
        whole = re.sub(rb"=([0-9A-F]{2})", lambda code: bytes.fromhex(code[1].decode()), octets)
        found.append(whole.decode())
    return found


def head_by_hand(message: bytes) -> dict[str, str]:
    """The headers by another parser: unfolded as RFC 5322 says, words decoded as RFC 2047 says."""
    head = message.partition(b"\r\n\r\n")[0].decode("ascii")
    lines = re.sub(r"\r\n(?=[ \t])", "", head).split("\r\n")
    word = r"=\?utf-8\?([bq])\?([^?\s]*)\?="
    found = {}
    for line in lines:
        name, colon, value = line.partition(":")
        assert colon
        assert re.fullmatch(r"[!-9;-~]+", name)
        assert value.strip()
        joined = re.sub(rf"(?<=\?=)[ \t]+(?=({word}))", "", value.strip(), flags=re.IGNORECASE)
        found[name] = re.sub(f"(?:{word})+", _words, joined, flags=re.IGNORECASE)
    return found


def _words(run: re.Match[str]) -> str:
    octets = b""
    for kind, text in re.findall(r"=\?utf-8\?([bq])\?([^?\s]*)\?=", run[0], re.IGNORECASE):
        assert len(text) <= 75 - len("=?utf-8?b??=")
        if kind.lower() == "b":
            octets += base64.b64decode(text, validate=True)
        else:
            spaced = text.replace("_", " ").encode()
            octets += re.sub(
                rb"=([0-9A-F]{2})", lambda code: bytes.fromhex(code[1].decode()), spaced
            )
    return octets.decode()


def sound(message: bytes) -> None:
    """See that the bytes are a mail that every server and program takes."""
    assert len(message) <= MOST_BYTES
    assert b"\r\n" in message
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", message)
    assert message.isascii()
    head, _, body = message.partition(b"\r\n\r\n")
    assert max(map(len, head.split(b"\r\n"))) <= 998
    assert max(map(len, body.split(b"\r\n"))) <= 78
    names = [line.partition(b":")[0] for line in head.split(b"\r\n") if line[:1] not in b" \t"]
    assert len(names) == len(set(names)), "each header stands once"
    assert {b"From", b"To", b"Subject", b"Date", b"Message-ID", b"List-Id"} <= set(names)
    read_, again = head_by_hand(message), parsed(message)
    for name in ("From", "To", "Subject", "Date", "Message-ID", "List-Id", "List-Unsubscribe"):
        assert " ".join(read_[name].split()) == " ".join(str(again[name]).split()), name
    text, page = parts(message)
    assert text.strip()
    assert [each.rstrip() for each in by_hand(message)] == [text.rstrip(), page.rstrip()]
    compatible(page)


def compatible(page: str) -> None:
    """See that the page uses nothing that mail programs draw differently, or fetch."""
    tree = html.fromstring(page)
    found = list(tree.iter())
    assert {str(each.tag) for each in found} <= TAGS
    for each in found:
        assert not [name for name in each.attrib if name.startswith("on") or name == "src"]
        used = {rule.partition(":")[0].strip() for rule in each.get("style", "").split(";")}
        assert used - {""} <= STYLES
        link = each.get("href", "")
        assert re.match(r"(https://arxiv\.org/|https://digest\.example\.org/|$)", link), link
    assert "url(" not in page
    assert "@import" not in page


def test_the_example_is_sound():
    sound(raw(composed()))
    sound(raw(composed(setting=Setting())))
    sound(raw(composed(setting=Setting(notice="No announcement on Fri 27 Nov.", web=WEB))))


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(nasty_digests(), st.sampled_from([SETTING, Setting(), replace(SETTING, late_s=9_000.0)]))
def test_whatever_the_day_holds_the_mail_is_sound(made: Digest, setting: Setting):
    message = raw(composed(made, setting))
    sound(message)
    assert parsed(message)["To"] == ADA.address


@given(nasty_text())
def test_hostile_text_adds_no_header_and_no_mark_up(hostile: str):
    title = f"{hostile}\r\nBcc: eve@example.org\r\n\r\n<script>x</script><img src=//e.org/p.png>"
    made = digest(tuple(card(paper(f"2611.9{n:04}", title, hostile), comment=title)
                        for n in range(3)), profile="a\r\nBcc: b@c")  # fmt: skip
    message = raw(composed(made))
    sound(message)
    assert parsed(message)["Bcc"] is None


def many(count: int, **text: Any) -> Digest:
    title = text.get("title", "On the Convergence of Something That Has a Rather Long Title")
    cards = (
        card(paper(f"2611.9{n:04}", title, "Ada Example", "Åsne Lindkvist-Berg", "C. Three"),
             rank=n, score=99.5 - n / 10, comment=text.get("comment", "A reason of some length."))
        for n in range(1, count + 1)
    )  # fmt: skip
    return digest(tuple(cards), example().not_shown)


@pytest.mark.parametrize("count", [0, 1, 12, 60, 200])
@pytest.mark.parametrize(
    "text", [{}, {"title": "𝒪" * 200, "comment": "名" * 600}, {"comment": "word " * 120}]
)
def test_the_mail_is_small_however_many_cards(count: int, text: dict[str, str]):
    made = many(count, **text)
    message = raw(composed(made), Target("mail", f"{'a' * 64}@{'b' * 180}.example.org"))
    sound(message)
    plain, page = parts(message)
    shown = len(letter(made, SETTING).cards)
    if shown < count:
        assert f"all {count} papers" in " ".join(plain.split())
        at = addresses.day_page(WEB, made.profile, made.date)
        assert at in plain
        assert f'<a href="{at}">all {count} papers</a>' in page
        assert len(message) > MOST_BYTES / 2, "as many as fit"
    assert page.count("👍") == shown


def test_a_thousand_characters_of_subject_are_one_short_line():
    made = replace(example(), profile="name " * 200)
    found = parsed(raw(composed(made)))["Subject"]
    assert found.startswith("name name")
    assert len(found) <= 200
    assert found.endswith("…")


@given(st.text(max_size=400))
def test_a_subject_is_one_line_and_says_what_was_said(text: str):
    value = mime.subject(text)
    assert not re.search(
        r"[\x00-\x08\x0b-\x1f\x7f]|\r(?!\n )|(?<!\r)\n", value.replace("\r\n ", "")
    )
    assert value.isascii()


def test_one_click_stands_there_byte_for_byte():
    head = raw(composed()).partition(b"\r\n\r\n")[0]
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in head
    found = re.search(rb"\r\nList-Unsubscribe: <(https://[!-~]+)>,\r\n <(mailto:[!-~]+)>\r\n", head)
    assert found
    token = found[1].decode().removeprefix(f"{WEB}/u/")
    (key,) = Signer(SECRET).read(Purpose.UNSUBSCRIBE, token, example().made_at)  # type: ignore[arg-type]  # the example has one
    assert key == reader_key(SECRET, f"{ADA}/foundations")


def test_no_link_holds_the_address():
    text, page = parts(raw(composed()))
    for part in (
        text.replace("because ada@example.org", ""),
        page.replace("ada@example.org c", ""),
    ):
        assert "ada" not in part.lower().replace("adam", "")
    assert b"ada@" not in raw(composed()).partition(b"Message-ID")[2].partition(b"\r\n")[0]


def test_every_vote_link_is_its_cards_own():
    message = composed()
    text, page = parts(raw(message))
    links = re.findall(rf"{WEB}/v/([\w.-]+)", text)
    assert set(links) == set(re.findall(rf"{WEB}/v/([\w.-]+)", page))
    read_ = [Signer(SECRET).read(Purpose.VOTE, each, example().made_at) for each in links]  # type: ignore[arg-type]  # the example has one
    cards = [each.paper.id for each in example().cards]
    assert [each[2] for each in read_] == [each for each in cards for _ in range(2)]
    assert [each[3] for each in read_] == ["1", "-1"] * len(cards)
    assert {each[1] for each in read_} == {"20261119"}


def test_a_mail_is_the_same_for_all_but_for_what_is_theirs():
    message = composed()
    one, other = raw(message), raw(message, Target("mail", "bob@example.org"))
    assert parsed(one)["Message-ID"] != parsed(other)["Message-ID"]
    assert raw(message).partition(b"\r\nDate:")[0] == one.partition(b"\r\nDate:")[0]
    assert parsed(raw(message))["Message-ID"] == parsed(one)["Message-ID"]
    assert composed().payload["shared"] is message.payload["shared"]


def test_a_name_beyond_ascii_is_encoded_and_the_address_is_not():
    named = {**TABLE, "from": "Žofie für alle <digest@example.org>"}
    found = channel(named).raw(ADA, composed(), key="k")
    assert found.partition(b"\r\nTo:")[0].endswith(b"<digest@example.org>")
    assert str(parsed(found)["From"].addresses[0].display_name) == "Žofie für alle"


def test_without_pages_the_way_out_is_an_answer():
    found = parsed(raw(composed(setting=Setting())))
    assert found["List-Unsubscribe"] == "<mailto:digest@example.org?subject=unsubscribe>"
    assert found["List-Unsubscribe-Post"] is None


@pytest.mark.parametrize(
    ("body", "canonical"),
    [(b"", b""), (b"\r\n\r\n", b""), (b" C \r\nD \t E\r\n\r\n\r\n", b" C\r\nD E\r\n")],
)
def test_a_bodys_relaxed_form(body: bytes, canonical: bytes):
    assert relaxed(body) == canonical


def test_a_signature_needs_a_selector_and_a_key(tmp_path: Any):
    def asked(**table: str) -> None:
        signer(read({**TABLE, **table}, lambda _path: ""))

    asked()
    with pytest.raises(ConfigError, match="dkim_selector"):
        asked(dkim_key_file="/nowhere")
    with pytest.raises(ConfigError, match="No such file"):
        asked(dkim_key_file=str(tmp_path / "none.pem"), dkim_selector="s")
    (tmp_path / "bad.pem").write_text("no key")
    with pytest.raises(ConfigError, match="no PEM key"):
        asked(dkim_key_file=str(tmp_path / "bad.pem"), dkim_selector="s")


def test_what_is_filled_in_is_text_in_both_parts():
    odd = Target("mail", "a&b'c@example.org")
    table = {**TABLE, "sender": "The <b>group</b> & friends."}
    message = email.message_from_bytes(channel(table).raw(odd, composed(), key="k"))
    text, page = (each.get_payload(decode=True).decode() for each in message.get_payload())  # type: ignore[union-attr]  # it has two parts
    assert "because a&b'c@example.org confirmed" in text
    assert "because a&amp;b&#x27;c@example.org confirmed" in page
    assert "The <b>group</b> & friends." in text
    assert "The &lt;b&gt;group&lt;/b&gt; &amp; friends." in page
