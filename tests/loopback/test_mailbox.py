"""A visit to a mailbox by IMAP: over TLS, with every fault, and nothing lost on the way."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from bot.channels.mail.settings import ImapSettings, read
from bot.doubles.imap.double import ImapDouble
from bot.doubles.imap.world import DELETED, SEEN, Fault, World
from bot.returns.mailbox import MOST, Mailbox, MailboxError
from bot.returns.policy import Outcome
from bot.returns.reading import LARGEST
from bot.returns.rounds import visit
from paperlark.errors import ConfigError, StoreError
from tests.authority import Authority
from tests.mail import TABLE, channel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.at(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def double() -> Iterator[ImapDouble]:
    with ImapDouble() as running:
        for number in range(3):
            running.world.put(b"Subject: %d\r\n\r\nHello.\r\n" % number)
        yield running


def settings(double: ImapDouble, **given: Any) -> ImapSettings:
    return ImapSettings(**{**double.settings, **given})


def visited(double: ImapDouble, **given: Any) -> list[bytes]:
    """What one visit reads."""
    found: list[bytes] = []

    def take(raw: bytes) -> Outcome:
        found.append(raw)
        return Outcome("read")

    visit(Mailbox(settings(double, **given)), take, lambda _: None)
    return found


def failure(double: ImapDouble, **given: Any) -> str:
    with pytest.raises(MailboxError) as raised:
        visited(double, **given)
    said = str(raised.value)
    assert said.endswith(".")
    assert double.world.login[1] not in said
    return said


def subjects(found: list[bytes]) -> list[bytes]:
    return [each.partition(b"\r\n")[0] for each in found]


ALL = [b"Subject: 0", b"Subject: 1", b"Subject: 2"]


def test_each_mail_is_read_once_and_marked(double: ImapDouble):
    assert subjects(visited(double)) == ALL
    assert all(each.flags == {SEEN} for each in double.world.folders["INBOX"])
    assert visited(double) == []
    double.world.put(b"Subject: new\r\n\r\n")
    assert subjects(visited(double)) == [b"Subject: new"]


@pytest.mark.parametrize("extensions", [("UIDPLUS", "MOVE"), ("UIDPLUS",), ()])
def test_or_moved_to_a_folder_that_is_made(double: ImapDouble, extensions: tuple[str, ...]):
    double.world.extensions = extensions
    own = {"after": "move", "moved_to": 'Done "so" far'}
    double.world.folders["INBOX"][0].flags.add(SEEN)
    assert subjects(visited(double, **own)) == ALL, "a person who has looked hides nothing"
    assert len(double.world.folders['Done "so" far']) == 3
    left = double.world.folders["INBOX"]
    assert left == [] if "UIDPLUS" in extensions else all(DELETED in each.flags for each in left)
    assert visited(double, **own) == []


@pytest.mark.parametrize("implicit", [True, False])
def test_over_tls_by_a_certificate_that_is_checked(authority: Authority, *, implicit: bool):
    with ImapDouble(World(tls=authority.context()), implicit=implicit) as double:
        double.world.put(b"Subject: x\r\n\r\n")
        own = {"tls": "implicit" if implicit else "starttls"}
        said = failure(double, **own)
        assert "is not trusted" in said
        assert "channels.mail.imap.ca_file" in said
        assert "AUTHENTICATE" not in double.world.spoken
        assert len(visited(double, **own, ca_file=authority.file)) == 1


def test_a_server_of_another_name_is_not_trusted(authority: Authority):
    world = World(tls=authority.context("mail.example.org"))
    with ImapDouble(world, implicit=True) as double:
        said = failure(double, tls="implicit", ca_file=authority.file)
    assert "is not trusted" in said


def test_there_is_no_way_back_from_tls(double: ImapDouble):
    assert "TLS not supported" in failure(double, tls="starttls")
    assert double.world.spoken == ["CAPABILITY"]
    assert "cannot be read: " in failure(double, ca_file="/nowhere.pem", tls="implicit")


def test_a_wrong_password_is_said_and_not_repeated(double: ImapDouble):
    for plain in (True, False):
        double.world.plain = plain
        said = failure(double, password="nö such word")  # noqa: S106  (an invented one)
        assert "refused the login" in said
        assert "channels.mail.imap.username and password" in said
        assert "such word" not in said
    assert double.world.spoken.count("AUTHENTICATE") == 1


def test_a_login_without_plain(double: ImapDouble):
    double.world.plain = False
    assert len(visited(double)) == 3


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault("GREETING", drop=True), "cannot be read"),
        (Fault("GREETING", raw=b"* BYE overloaded", drop=True), "overloaded"),
        (Fault("GREETING", raw=b"220 mail.example.org ESMTP", drop=True), "cannot be read"),
        (Fault("CAPABILITY", raw=b"* \xff\x00{", drop=True), "cannot be read"),
        (Fault("AUTHENTICATE", bye=True, drop=True), "cannot be read"),
        (Fault("SELECT", answer="NO no such folder"), "channels.mail.imap.folder"),
        (Fault("SEARCH", answer="NO not now"), "did not do SEARCH (not now)"),
        (Fault("SEARCH", answer="BAD what"), "cannot be read"),
        (Fault("SEARCH", drop=True), "cannot be read"),
    ],
)
def test_what_keeps_a_visit_from_beginning_is_one_sentence(
    double: ImapDouble, fault: Fault, words: str
):
    double.fail(fault)
    assert words in failure(double)
    assert subjects(visited(double)) == ALL, "the next visit reads them all"


@pytest.mark.parametrize(
    ("fault", "again"),
    [
        (Fault("FETCH", drop=True), ALL),
        (Fault("FETCH", bye=True, drop=True), ALL),
        (Fault("FETCH", answer="NO not now"), ALL),
        (Fault("FETCH", raw=b"* 1 FETCH (UID 1 BODY[]<0> {9000}\r\nshort", drop=True), ALL),
        (Fault("FETCH", raw=b"* 1 FETCH (UID 1 BODY[]<0> {99999999999}\r\n", drop=True), ALL),
        (Fault("STORE", drop=True), ALL),
        (Fault("STORE", answer="NO read-only"), ALL),
        (Fault("STORE", drop=True, late=True), ALL[1:]),
    ],
)
def test_a_break_in_the_middle_loses_nothing(double: ImapDouble, fault: Fault, again: list[bytes]):
    double.fail(fault)
    failure(double)
    assert subjects(visited(double)) == again


def test_a_mail_that_is_gone_meanwhile_is_passed_over(double: ImapDouble):
    double.fail(Fault("FETCH", answer="OK nothing there"))
    assert subjects(visited(double)) == ALL[1:]


@pytest.mark.parametrize("partial", [True, False])
def test_of_a_huge_mail_only_the_beginning_is_kept(double: ImapDouble, *, partial: bool):
    double.world.partial = partial
    double.world.put(b"Subject: huge\r\n\r\n" + b"x" * 5_000_000)
    double.world.put(b"Subject: last\r\n\r\n")
    *_, huge, last = visited(double)
    assert len(huge) == LARGEST
    assert last.startswith(b"Subject: last")


def test_a_visit_has_its_end(double: ImapDouble):
    for _ in range(MOST):
        double.world.put(b"Subject: more\r\n\r\n")
    with Mailbox(settings(double)) as box:
        assert len(box.waiting()) == MOST
        assert box.waiting()[:3] == ("1", "2", "3")


def test_what_could_not_be_kept_is_not_marked(double: ImapDouble):
    def take(raw: bytes) -> Outcome:
        if b"Subject: 1" in raw:
            raise StoreError("The store does not answer.")
        return Outcome("read")

    with pytest.raises(StoreError):
        visit(Mailbox(settings(double)), take, lambda _: None)
    assert [each.flags for each in double.world.folders["INBOX"]] == [{SEEN}, set(), set()]


def test_nobody_there():
    with ImapDouble() as gone:
        own = settings(gone)
    with pytest.raises(MailboxError, match=r"cannot be read .*host, port"):
        Mailbox(own).looked()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"imap": {"host": "imap.example.org"}}, r"`channels\.mail\.bounces` is missing"),
        ({"bounces": "Bounce <bounce@example.org>"}, "bare address"),
        ({"bounces": "b" * 32 + "@example.org"}, "at most 31"),
        ({"bounces": "bö@example.org"}, "bare address"),
        ({"imap": {"host": "imap.example.org", "tls": "none"}}, "for this machine only"),
        ({"imap": {"host": "imap.example.org", "folder": "Größe"}}, r"imap\.folder"),
        ({"imap": {"hots": "imap.example.org"}}, r"Did you mean `channels\.mail\.imap\.host`"),
        ({"imap": {"after": "delete"}}, r"channels\.mail\.imap\.after"),
    ],
)
def test_a_slip_in_the_settings_is_named(given: Mapping[str, Any], words: str):
    whole = {"host": "127.0.0.1", "bounces": "" if "missing" in words else "b@example.org"}
    with pytest.raises(ConfigError, match=words):
        read({**TABLE, **whole, **given}, lambda _path: "")


def test_no_secret_shows(double: ImapDouble):
    assert double.world.login[1] not in repr(settings(double))
    assert ImapSettings(host="x").on_port == 993
    assert ImapSettings(host="x", tls="starttls").on_port == 143


def looked_at(double: ImapDouble, **given: Any) -> list[tuple[str, str]]:
    """What the doctor says of mails that come back."""
    table = {"bounces": "bounce@example.org", "imap": {**double.settings, **given}}
    mail = channel({**TABLE, "host": "127.0.0.1", "port": 1, "tls": "none", **table})
    found = asyncio.run(mail.check(()))
    return [(each.state, f"{each.said} {each.fix}") for each in found if "mailbox" in each.what]


def test_the_doctor_looks_into_it_and_reads_nothing(double: ImapDouble):
    assert looked_at(double) == [("ok", "logged in, 3 to be read ")]
    assert len(visited(double)) == 3
    ((state, said),) = looked_at(double, password="wrong")  # noqa: S106  (an invented one)
    assert state == "fail"
    assert "channels.mail.imap.username and password" in said
