"""Every row of the fault table: what became of the mail, and what is said about it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.channels.mail.settings import MailSettings, read
from bot.channels.mail.wire import Wire
from bot.doubles.smtp.double import SmtpDouble
from bot.doubles.smtp.faults import NAMED
from bot.doubles.smtp.world import World
from paperlark.errors import ConfigError, DeliveryError, Refused
from paperlark.target import Target
from tests.authority import Authority
from tests.mail import ADA, LOGIN, composed, on

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.channels.mail.client import Mail
    from bot.ports import Finding


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.at(tmp_path_factory.mktemp("authority"))


@pytest.fixture(params=[True, False], ids=["pipelining", "one by one"])
def double(request: pytest.FixtureRequest) -> Iterator[SmtpDouble]:
    with SmtpDouble(World(pipelining=request.param)) as running:
        yield running


def send(table: Mapping[str, Any], target: Target = ADA, key: str = "k") -> str:
    return on(table, lambda way: way.send(target, composed(), key=key, root=""))


def failure(table: Mapping[str, Any], target: Target = ADA) -> DeliveryError:
    with pytest.raises(DeliveryError) as raised:
        send(table, target)
    said = str(raised.value)
    assert said.endswith(".")
    assert "!" not in said
    return raised.value


def secured(double: SmtpDouble, authority: Authority, **table: Any) -> dict[str, Any]:
    login = {"username": LOGIN[0], "password": LOGIN[1]}
    own = {"tls": "starttls", "ca_file": authority.file, **login}
    return {**double.settings, **own, **table}


NOT_SENT = (False, False, 0)
FOR_GOOD = (True, False, 0)
UNKNOWN = (False, True, 0)
PERHAPS = (False, True, 1)


@pytest.mark.parametrize(
    ("fault", "what", "words"),
    [
        ("ehlo-421", NOT_SENT, "cannot be used"),
        ("mail-451", NOT_SENT, "not ready"),
        ("mail-421", NOT_SENT, "not ready"),
        ("mail-550", NOT_SENT, "channels.mail.from"),
        ("rcpt-450", NOT_SENT, "tried again later"),
        ("rcpt-550", FOR_GOOD, "check the address"),
        ("rcpt-554", NOT_SENT, "for good"),
        ("data-452", NOT_SENT, "tried again later"),
        ("dot-554", NOT_SENT, "for good"),
        ("dot-451", NOT_SENT, "tried again later"),
        ("dot-nonsense", UNKNOWN, "may or may not"),
        ("drop-mail", NOT_SENT, "broke before"),
        ("drop-rcpt", NOT_SENT, "broke before"),
        ("drop-data", NOT_SENT, "broke before"),
        ("drop-dot", UNKNOWN, "may or may not"),
        ("drop-dot-kept", PERHAPS, "may or may not"),
    ],
)
def test_a_row(double: SmtpDouble, fault: str, what: tuple[bool, bool, int], words: str):
    double.fail(fault)
    error = failure(double.settings)
    assert (error.permanent, error.uncertain, len(double.recipients())) == what
    assert words in str(error)
    assert send(double.settings)
    assert double.recipients()[-1] == ADA.address


@pytest.mark.parametrize(
    ("fault", "final"),
    [("rcpt-450", False), ("data-452", False), ("dot-451", False), ("mail-451", False),
     ("rcpt-554", True), ("dot-554", True)],
)  # fmt: skip
def test_a_refusal_says_whether_it_is_final(double: SmtpDouble, fault: str, *, final: bool):
    double.fail(fault)
    error = failure(double.settings)
    assert isinstance(error, Refused)
    assert error.final is final


def test_a_connection_that_breaks_in_a_long_mail_sent_nothing(double: SmtpDouble):
    double.fail("drop-body")

    async def long(way: Mail) -> None:
        wire = Wire(read(double.settings, lambda _path: ""))
        await wire.send("a@example.org", "b@example.org", b"x: y\r\n\r\n" + b"text\r\n" * 3_000_000)
        del way

    with pytest.raises(DeliveryError, match="before the mail was whole") as raised:
        on(double.settings, long)
    assert not raised.value.uncertain
    assert double.recipients() == []


def test_a_server_that_is_slow_before_the_dot_sent_nothing(double: SmtpDouble):
    double.fail("slow-rcpt")
    error = failure({**double.settings, "timeout_s": 0.2})
    assert "too slow" in str(error)
    assert not error.uncertain


def test_whoever_stops_waiting_lets_the_connection_go(double: SmtpDouble):
    double.fail("slow-dot-kept")

    async def two(way: Mail) -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await way.send(ADA, composed(), key="1", root="")
        await way.send(Target("mail", "b@example.org"), composed(), key="2", root="")

    on({**double.settings, "connections": 1}, two)
    assert double.recipients()[-1] == "b@example.org"
    assert double.world.connections == 2


def test_a_connection_is_used_again_even_after_a_refusal(double: SmtpDouble):
    double.fail("rcpt-550", "dot-451")

    async def several(way: Mail) -> None:
        for key in "12345":
            try:
                await way.send(ADA, message, key=key, root="")
            except DeliveryError:
                continue

    message = composed()
    on({**double.settings, "connections": 1}, several)
    assert double.recipients() == [ADA.address] * 3
    assert double.world.connections == 1


@pytest.mark.parametrize("fault", ["mail-451", "rcpt-450", "rcpt-550", "mail-550"])
def test_a_server_that_waits_for_a_text_for_nobody_gets_an_empty_one(fault: str):
    async def two(way: Mail) -> None:
        with pytest.raises(DeliveryError):
            await way.send(ADA, composed(), key="1", root="")
        await way.send(ADA, composed(), key="2", root="")

    with SmtpDouble(World(careless=True)) as double:
        double.fail(fault)
        on({**double.settings, "connections": 1}, two)
        assert double.recipients() == [ADA.address]
        assert double.world.connections == 1


@pytest.mark.parametrize("fault", ["mail-421", "drop-mail"])
def test_a_connection_the_server_has_had_enough_of_is_made_anew(double: SmtpDouble, fault: str):
    async def two(way: Mail) -> None:
        await way.send(ADA, message, key="1", root="")
        double.fail(fault)
        await way.send(ADA, message, key="2", root="")

    message = composed()
    on({**double.settings, "connections": 1}, two)
    assert double.recipients() == [ADA.address] * 2
    assert double.world.connections == 2


def test_it_goes_by_starttls_and_a_login(authority: Authority):
    with SmtpDouble(World(tls=authority.context(), login=LOGIN)) as double:
        send(secured(double, authority))
        assert double.recipients() == [ADA.address]


def test_it_goes_by_implicit_tls(authority: Authority):
    world = World(tls=authority.context(), login=LOGIN)
    with SmtpDouble(world, implicit=True) as double:
        send(secured(double, authority, tls="implicit"))
        assert double.recipients() == [ADA.address]


def test_another_way_to_log_in_is_tried(authority: Authority):
    with SmtpDouble(World(tls=authority.context(), login=LOGIN)) as double:
        double.fail("auth-454")
        send(secured(double, authority))
        assert double.recipients() == [ADA.address]


def test_a_wrong_password_is_named_and_not_said(authority: Authority):
    with SmtpDouble(World(tls=authority.context(), login=LOGIN)) as double:
        error = failure(secured(double, authority, password="another"))  # noqa: S106  (a wrong one)
        assert "refused the login (535)" in str(error)
        assert "another" not in str(error)
        double.fail("auth-535", "auth-535")
        assert "refused the login" in str(failure(secured(double, authority)))


@pytest.mark.parametrize("name", ["127.0.0.1", "mail.example.org"])
def test_a_certificate_that_is_not_trusted_ends_it(
    authority: Authority, tmp_path_factory: pytest.TempPathFactory, name: str
):
    other = Authority.at(tmp_path_factory.mktemp("other")) if name == "127.0.0.1" else authority
    with SmtpDouble(World(tls=other.context(name), login=LOGIN)) as double:
        error = failure(secured(double, authority))
        assert "is not trusted" in str(error)
        assert "ca_file" in str(error)
        assert double.recipients() == []
        assert not error.uncertain


def test_where_starttls_is_not_offered_nothing_is_sent_in_the_clear(authority: Authority):
    with SmtpDouble(World(login=LOGIN)) as double:
        error = failure(secured(double, authority))
        assert "cannot be used" in str(error)
        assert double.recipients() == []


def test_no_tls_is_for_this_machine_only():
    with pytest.raises(ConfigError, match="for this machine only"):
        read({"host": "mail.example.org", "tls": "none", "from": "a@example.org"}, lambda _path: "")


def test_letters_beyond_ascii_need_a_server_that_knows_them(double: SmtpDouble):
    target = Target("mail", "žofie@example.org")
    error = failure(double.settings, target)
    assert error.permanent
    assert "letters beyond ASCII" in str(error)
    double.world.utf8 = True
    send(double.settings, target)
    assert double.recipients() == [target.address]


@pytest.mark.parametrize(
    "address",
    ["a@b\r\nBcc: c@d", "a\x00@example.org", "a@example.org>", "nobody", "a,b@example.org"],
)
def test_an_address_that_is_none_goes_nowhere(double: SmtpDouble, address: str):
    error = failure(double.settings, Target("mail", address))
    assert error.permanent
    assert double.world.connections == 0


def test_lines_that_begin_with_a_dot_arrive_whole(double: SmtpDouble):
    body = b"Subject: x\r\n\r\n.\r\n..a\r\nb.\r\n"

    async def dotted(_way: Mail) -> None:
        wire = Wire(MailSettings.model_validate(double.settings))
        await wire.send("a@example.org", "b@example.org", body)
        await wire.aclose()

    on(double.settings, dotted)
    assert double.world.taken[0].raw == body


def test_the_doctor_says_what_it_found(double: SmtpDouble):
    def found(table: Mapping[str, Any]) -> tuple[Finding, ...]:
        return on(table, lambda way: way.check([ADA]))

    first, *records = found(double.settings)
    assert (first.state, first.said) == ("ok", "no TLS, this machine only, no login")
    assert [each.what.split()[0] for each in records] == ["SPF", "DKIM", "DMARC"]
    double.fail("ehlo-421")
    assert found(double.settings)[0].state == "fail"
    assert found({})[0].state == "warn"


def test_every_fault_has_a_test():
    source = Path(__file__).read_text("utf-8")
    assert not [name for name in NAMED if f'"{name}"' not in source]
