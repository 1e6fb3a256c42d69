"""What strangers try on readers' pages and lists; each was tried, and some of it worked once."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import httpx
import pytest
from structlog.testing import capture_logs

from bot import notices, readers, web
from bot.channels.mail.headers import bare
from bot.channels.mail.mime import subject
from bot.readers import errands, limits, signup
from bot.readers.asked import Asked
from bot.returns.policy import Returns
from bot.returns.suppression import BY_HAND, barred, suppress
from paperlark import profile as profiles
from paperlark import queues
from paperlark.cli.returned import _address
from paperlark.errors import ConfigError, DeliveryError
from paperlark.log import covered
from paperlark.store import RedisStore
from paperlark.store.suppressed import mailbox, spelling
from paperlark.subscription import State, Subscription
from paperlark.tags import Cause, Tag, Tagger
from paperlark.target import Target
from paperlark.tokens import Purpose, reader_key
from tests import builders
from tests.returned import mail

if TYPE_CHECKING:
    import redis

    from bot.readers.letters import Letter
    from bot.readers.office import Reader

SECRET = b"sixteen bytes or more"
NOW = datetime(2026, 11, 19, 12, tzinfo=UTC)
SUB = Subscription(Target("mail", "ada@example.org"), "foundations", made_at=NOW)
FORM_TYPE = "application/x-www-form-urlencoded"


class House:
    """An office over the test's store, and what it sends."""

    def __init__(self, client: redis.Redis) -> None:
        self.client, self.store = client, RedisStore(client)
        self.store.save_profile(profiles.parse("foundations", builders.PROFILE))
        self.sent: list[str] = []
        self.office = readers.Office(
            self.store, lambda: NOW, SECRET, "https://d.example.org", self._send,
            later=lambda _work: None,
            unqueue=lambda name: queues.forget(client, "deliver", name),
        )  # fmt: skip

    def _send(self, target: Target, letter: Letter) -> None:
        del letter
        self.sent.append(target.address)

    def ask(self, address: str = "ada@example.org", source: str = "192.0.2.1") -> None:
        wanted = replace(SUB, target=signup.mailbox(address))
        readers.begin(self.office, wanted, source)

    def begins(self, sub: Subscription = SUB) -> Reader:
        self.store.subscriptions.save_subscription(sub)
        return self.office.known(sub)

    def request(self, method: str, path: str, **given: object) -> httpx.Response:
        async def served() -> httpx.Response:
            async with (
                web.serving("127.0.0.1:0", readers.routes(self.office)) as address,
                httpx.AsyncClient(base_url=f"http://{address}") as client,
            ):
                return await client.request(method, path, **given)  # type: ignore[arg-type]

        return asyncio.run(served())


@pytest.fixture
def house(store: redis.Redis) -> House:
    return House(store)


class TestForms:
    @pytest.mark.parametrize("charset", ["unicode_escape", "utf-7", "punycode", "idna", "hex"])
    def test_nobody_chooses_how_a_form_is_decoded(self, house: House, charset: str):
        body = b"address=\\ud800@example.org&profile=foundations&at=08:00&zone=UTC&days=0"
        how = {"content-type": f"{FORM_TYPE}; charset={charset}"}
        page = house.request("POST", "/subscribe", content=body, headers=how)
        assert page.status_code == 400
        assert house.client.keys("ad:pending:*") == []

    @pytest.mark.parametrize(
        ("kind", "body"),
        [
            ("multipart/form-data; boundary=x", b"--x\r\n\r\n--x--"),
            ("text/plain", b"address=ada@example.org"),
            (FORM_TYPE, b"a&" * 5_000),
            (FORM_TYPE, b"address=" + b"x" * (2 << 20)),
            (FORM_TYPE, b"address=%00%ff&at=%ed%a0%80"),
        ],
    )
    def test_what_is_no_form_of_ours_asks_for_nothing(self, house: House, kind: str, body: bytes):
        how = {"content-type": kind}
        page = house.request("POST", "/subscribe", content=body, headers=how)
        assert page.status_code == 400
        assert house.client.keys("ad:pending:*") == []


class TestAddresses:
    @pytest.mark.parametrize(
        "address",
        ["a\u202eb@example.org", "\ud800@example.org", "ada@exam\u200bple.org", "a\u2028@x.org",
         "a b@x.org", "a@x.org\r\nBcc: b@x.org", "a>@x.org", "ada@example.org/x", "\0@x.org"],
    )  # fmt: skip
    def test_what_cannot_be_seen_or_said_is_no_address(self, address: str):
        with pytest.raises(ConfigError, match="no mail address"):
            signup.mailbox(address)

    def test_foreign_letters_are_letters(self):
        assert bare("jürgen@bücher.example") == "jürgen@bücher.example"
        assert signup.mailbox("Ada@EXAMPLE.org.").address == "Ada@example.org"

    def test_a_subject_that_looks_encoded_is_shown_as_it_is(self):
        said = subject("=?utf-8?q?Invoice=0D=0ABcc:_x?= of learning")
        assert "Invoice" not in said
        assert said.startswith("=?utf-8?b?")

    def test_a_subject_of_broken_letters_is_sent(self):
        assert subject("\ud800 learning")


SPELLINGS = (
    "ADA@example.org", "ada@EXAMPLE.ORG", "ada@example.org.", "ada+arxiv@example.org",
    "ada@ｅxample.org", "ada@example。org", "\u200bada@example.org ".replace("\u200b", ""),
)  # fmt: skip


class TestSuppression:
    @pytest.mark.parametrize("spelt", SPELLINGS)
    def test_no_spelling_gets_round_the_list(self, house: House, spelt: str):
        house.begins(replace(SUB, target=Target("mail", spelt.strip())))
        (ended,) = suppress(house.store, "ada@example.org", BY_HAND, NOW)
        assert ended.state is State.DISABLED
        assert barred(house.store, Target("mail", spelt))

    def test_a_tagged_address_bars_itself_alone(self, house: House):
        suppress(house.store, "lab+ada@example.org", BY_HAND, NOW)
        assert barred(house.store, Target("mail", "LAB+ADA@example.org"))
        for other in ("lab@example.org", "lab+bob@example.org", "ada@example.org"):
            assert not barred(house.store, Target("mail", other))

    def test_the_spellings_of_a_foreign_domain_are_one(self):
        assert spelling("ada@bücher.example") == spelling("ada@XN--BCHER-KVA.example")
        assert mailbox("a.d.a+x@googlemail.com") == "ada@gmail.com"
        assert mailbox("+x@example.org") == "+x@example.org"
        for odd in ("nobody", "\ud800@x", "@", "", "a@" + "x" * 400):
            assert mailbox(odd) == spelling(odd)

    def test_tags_do_not_get_round_the_share_of_a_mailbox(self, house: House):
        for tag in ("", "+a", "+b", "+c"):
            house.ask(f"ada{tag}@example.org")
        assert len(house.client.keys("ad:pending:*")) == limits.PER_ADDRESS.most

    def test_a_mail_that_is_owed_is_not_sent_to_who_came_on_the_list(self, house: House):
        house.ask()
        house.store.suppressed.add("ada@example.org", BY_HAND, NOW)
        errands.look(house.office)
        assert house.sent == []
        assert house.store.errands.owed() == ()

    @pytest.mark.parametrize("text", ["Ada <ada@example.org>", "ada@example.org, b@x.org", "ada"])
    def test_the_hash_of_what_is_no_address_is_refused(self, text: str):
        with pytest.raises(ConfigError, match="no mail address"):
            _address(text)

    def test_a_target_is_taken_for_its_address(self):
        assert _address("mail:ada@example.org") == "ada@example.org"

    def test_its_reader_is_told_what_helps(self, house: House):
        path = house.office.link(Purpose.MANAGE, house.begins())
        suppress(house.store, "ada@example.org", BY_HAND, NOW)
        assert "ask for a digest anew" not in (page := house.request("GET", path)).text
        assert "take this address off the list" in page.text
        assert "A salted hash" in house.request("POST", path, data={"do": "erase"}).text
        erased = house.request("POST", path, data={"do": "erase-all"}).text
        assert "A salted hash of the address is kept, and nothing else" in erased
        assert "Nothing is kept" not in erased


class TestErrands:
    def test_one_that_breaks_keeps_no_other_waiting(self, house: House):
        house.ask("ada@example.org")
        house.ask("bob@example.org")
        broken, _ = house.store.errands.due()
        house.client.set(f"ad:pending:{broken}", b"\x00 no document")
        with capture_logs() as logs:
            errands.look(house.office)
        assert house.sent == ["bob@example.org"]
        assert [each["event"] for each in logs] == ["confirmation waits"]
        assert house.store.errands.due() == ()

    def test_rounds_go_on_after_it(self, house: House):
        house.ask()
        (name,) = house.store.errands.due()
        house.client.set(f"ad:pending:{name}", b"\x00")
        stop = threading.Event()
        stop.set()
        errands.rounds(house.office, stop)

    def test_no_spelling_of_an_address_gets_into_the_log(self):
        said = "450 <ADA@Example.org> is greylisted"
        assert notices.masked(said, SUB.target) == "450 <a…@example.org> is greylisted"


class TestLeaving:
    def test_a_request_of_before_is_over_too(self, house: House):
        house.ask()
        reader = house.begins()
        house.request("POST", house.office.link(Purpose.UNSUBSCRIBE, reader))
        errands.look(house.office)
        assert house.sent == []
        assert house.store.subscriptions.subscription(SUB.id) is None

    def test_by_mail_likewise_and_others_requests_stay(self, house: House):
        house.ask()
        house.ask("bob@example.org")
        house.begins()
        tag = Tagger(SECRET).make(Tag(Cause.LEAVE, reader_key(SECRET, SUB.id)))
        said = Returns(house.office).take(mail(f"bounce+{tag}@example.org")).said
        assert said.endswith("its reader asks to leave: ended.")
        errands.look(house.office)
        assert house.sent == ["bob@example.org"]


class TestErasure:
    def test_no_job_in_the_queue_names_the_reader_any_more(self, house: House):
        path = house.office.link(Purpose.MANAGE, house.begins())
        other = replace(SUB, target=Target("mail", "ada@example.org.uk"))
        house.begins(other)
        for sub in (SUB, other):
            queues.enqueue(house.client, "deliver", sub.id, "2026-11-19")
            name = queues.job_id("deliver", sub.id, "2026-11-19")
            house.client.xadd(f"rq:results:{name}", {"type": 1})
        house.store.subscriptions.settle(SUB.id, [date(2026, 11, 18)], "posted")
        house.request("POST", path, data={"do": "erase-all"})
        left = " ".join(str(key) for key in house.client.keys("rq:*"))
        assert "ada__40_example__2e_org__2e_uk" in left
        assert "ada__40_example__2e_org__2f_" not in left
        assert house.client.keys("ad:*mail%3Aada%40example.org%2F*") == []

    def test_a_job_that_runs_is_left_to_its_end(self, house: House):
        queues.enqueue(house.client, "deliver", SUB.id, "2026-11-19")
        (key,) = house.client.keys("rq:job:*")
        house.client.hset(key, "status", "started")
        assert queues.forget(house.client, "deliver", SUB.id) == 0
        assert queues.forget(house.client, "deliver", "mail:nobody@example.org/x") == 0

    def test_old_links_mean_nobody(self, house: House):
        reader = house.begins()
        ways = [house.office.link(each, reader) for each in (Purpose.MANAGE, Purpose.UNSUBSCRIBE)]
        house.request("POST", ways[0], data={"do": "erase-all"})
        before = sorted(house.client.keys("*"))
        for way in ways:
            for method in ("GET", "POST"):
                assert house.request(method, way, data={"do": "save"}).status_code == 200
        assert sorted(house.client.keys("*")) == before


def test_a_forged_source_is_no_error():
    assert Asked(given={"at": "x" * 10_000}).text("at") == "x" * 400


def test_a_letter_to_nobody_is_refused():
    with pytest.raises(DeliveryError):
        bare("x" * 65 + "@example.org")


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("deliver mail:Ada.L@x.org/f 2026", "deliver mail:A…@x.org/f 2026"),
        (
            queues.job_id("deliver", SUB.id),
            "deliver_mail__3a_…__40_example__2e_org__2f_foundations",
        ),
        ("/manage/H2FGZ3BY.leoKOb2nJ done", "/manage/… done"),
        ("a…@example.org and @ada:example.org", "a…@example.org and @ada:example.org"),
    ],
)
def test_no_log_line_names_a_reader_whoever_writes_it(said: str, shown: str):
    assert covered(None, "info", {"event": said, "n": 3}) == {"event": shown, "n": 3}
