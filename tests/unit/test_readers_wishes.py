"""Categories and topics of a reader's own: confirmed, changed, seen by nobody, erased."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html

from bot import readers, web
from bot.readers import wishes
from bot.readers.asked import Asked
from bot.readers.forms import Reading
from paperlark import chosen
from paperlark import profile as profiles
from paperlark.domain import Scored, Usage
from paperlark.errors import ConfigError
from paperlark.profile import is_own
from paperlark.render import words
from paperlark.settings import ReadersSettings, ScoringSettings, Settings
from paperlark.site import Site
from paperlark.store import RedisStore
from paperlark.subscription import State, Subscription
from paperlark.target import Target
from paperlark.tokens import Purpose
from paperlark.vote import Door, Thumb, Vote
from tests import builders
from worker.clock import tick
from worker.context import Context

if TYPE_CHECKING:
    import redis

    from bot.readers.letters import Letter

NOW = datetime(2026, 11, 19, 12, tzinfo=UTC)
WEB = "https://digest.example.org"
TOPICS = "How training selects solutions.\n\n## Not wanted\n\nBenchmarks."
FORM = {
    "address": "ada@example.org", "profile": "foundations", "at": "07:30",
    "zone": "Europe/Berlin", "days": "0,1,2,3,4",
}  # fmt: skip
OWN = FORM | {
    "what": "own", "categories": "cs.LG math.oc", "topics": TOPICS, "language": "de",
    "keywords": "sharpness, edge of stability,",
}  # fmt: skip
SUB = Subscription(Target("mail", "ada@example.org"), "foundations", zone="Europe/Berlin")
SAVE = {"do": "save", "at": "08:00", "zone": "Europe/Berlin", "days": "0,1,2,3,4", "until": ""}


class Bench:
    """The pages over a store, and what was sent."""

    def __init__(self, client: redis.Redis) -> None:
        self.client, self.store = client, RedisStore(client)
        for name in ("foundations", "others"):
            self.store.save_profile(profiles.parse(name, builders.PROFILE))
        self.sent: list[Letter] = []
        self.office = readers.Office(
            self.store, lambda: NOW, b"sixteen bytes or more", WEB, lambda _to, it: self._take(it),
            default="foundations",
        )  # fmt: skip

    def _take(self, letter: Letter) -> None:
        self.sent.append(letter)

    def rules(self, **rules: Any) -> None:
        self.office = replace(self.office, rules=ReadersSettings(**rules))

    def http(self, path: str, given: dict[str, str] | None = None) -> httpx.Response:
        async def served() -> httpx.Response:
            async with (
                web.serving("127.0.0.1:0", readers.routes(self.office)) as address,
                httpx.AsyncClient(base_url=f"http://{address}") as client,
            ):
                at = path.removeprefix(WEB)
                return await (client.get(at) if given is None else client.post(at, data=given))

        return asyncio.run(served())

    def ask(self, **changes: str) -> httpx.Response:
        return self.http("/subscribe", OWN | changes)

    def confirm(self) -> httpx.Response:
        found = re.search(rf"{WEB}/confirm/\S+", self.sent[-1].text)
        assert found
        return self.http(found[0], {})

    def subscribed(self) -> Subscription:
        """A reader with topics of their own."""
        self.ask()
        assert title(self.confirm()) == "Confirmed."
        (made,) = self.subs
        return made

    def settled(self) -> Subscription:
        """A reader of the group's profile."""
        self.store.subscriptions.save_subscription(SUB)
        self.office.known(SUB)
        return SUB

    @property
    def subs(self) -> tuple[Subscription, ...]:
        return self.store.subscriptions.subscriptions()

    def page(self, sub: Subscription, purpose: Purpose = Purpose.MANAGE) -> str:
        """The path of a reader's page, as a mail about that subscription links to it."""
        return self.office.link(purpose, self.office.known(sub))

    def everything(self) -> str:
        """All keys and values there are, as text."""
        read: dict[Any, Any] = {
            b"string": self.client.get,
            b"hash": self.client.hgetall,
            b"set": self.client.smembers,
            b"zset": lambda key: self.client.zrange(key, 0, -1),
        }
        return "\n".join(
            f"{key!r} {read[self.client.type(key)](key)!r}" for key in self.client.keys("ad:*")
        )


@pytest.fixture
def bench(store: redis.Redis) -> Bench:
    return Bench(store)


def title(page: httpx.Response) -> str:
    return str(html.document_fromstring(page.text).xpath("string(//h1)"))


def wrong(page: httpx.Response, field: str) -> str:
    return str(html.document_fromstring(page.text).xpath(f"string(//*[@id='{field}-wrong'])"))


def test_own_topics_begin_when_they_are_confirmed_and_not_before(bench: Bench):
    page = bench.ask()
    assert "asks to confirm your topics, Mon–Fri 07:30 (Europe/Berlin)" in page.text
    assert not bench.client.keys("ad:own:*")
    shown = bench.http(re.findall(rf"{WEB}/confirm/\S+", bench.sent[0].text)[0])
    assert "Topics: How training selects solutions. Not wanted: Benchmarks." in shown.text
    assert not bench.client.keys("ad:own:*")
    bench.confirm()
    (made,) = bench.subs
    own = bench.store.profile(made.profile)
    assert own
    assert (own.categories, own.language) == (("cs.LG", "math.OC"), "de")
    assert [term.text for term in own.keywords] == ["sharpness", "edge of stability"]
    assert (own.wanted, own.unwanted) == ("How training selects solutions.", "Benchmarks.")
    assert chosen.chosen(bench.store, made.profile) == own, "the clock and the worker find it"
    assert chosen.lost(bench.store, bench.subs) == ()


def test_nobody_else_sees_it(bench: Bench):
    made = bench.subscribed()
    assert is_own(made.profile)
    assert [each.name for each in bench.store.profiles()] == ["foundations", "others"]
    assert made.profile not in bench.http("/subscribe").text
    assert wrong(bench.http("/subscribe", FORM | {"profile": made.profile}), "profile")
    with pytest.raises(ConfigError, match="cannot name a profile"):
        profiles.check_name(made.profile)
    bench.store.save_digest(replace(builders.example(), profile=made.profile))
    site = Site(bench.store, lambda: NOW, default="foundations")
    found = site.answer(f"/p/{made.profile}/")
    assert (found.status, found.private) == (200, True)
    assert made.profile[1:] not in re.sub(r'="[^"]*"', "", found.body.decode())
    assert "Your topics" in found.body.decode()
    assert not site.answer("/").private


def test_the_clock_and_the_worker_take_it_and_no_model_is_paid(bench: Bench):
    made = bench.subscribed()
    model = {"api_key": "not a real key", "base_url": "http://127.0.0.1:9/v1"}
    table = Settings(scoring=ScoringSettings(scorer="llm", llm=model))
    events = tick(bench.store, bench.client, table, datetime(2026, 11, 20, 6, tzinfo=UTC)) or ()
    assert ("fetch", made.profile) in {(each.what, each.about) for each in events}
    run = Context(table, bench.store, None, lambda: NOW)  # type: ignore[arg-type]  # nothing is fetched
    assert run.profile(made.profile).name == made.profile
    assert run.scorer(run.choice(made.profile))[0] == "local"
    assert run.choice("foundations") == ""
    paid = table.model_copy(update={"readers": ReadersSettings(own_scorer="llm")})
    assert replace(run, settings=paid).choice(made.profile) == "llm"


def test_the_mail_that_asks_holds_nothing_a_stranger_wrote(bench: Bench):
    bench.ask(topics="Buy cheap watches at evil.example", keywords="watches")
    (letter,) = bench.sent
    assert letter.subject == "Confirm your digest of cs.LG, math.OC"
    for text in (letter.subject, letter.text, letter.html):
        assert "watches" not in text


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("categories", "cs.LX", "arXiv has no category “cs.LX”. Did you mean cs.LG"),
        ("categories", "", "at least one category"),
        ("categories", "hep-th", "hep-th is not fetched here. There is cs.LG, math.OC and stat.ML"),
        ("categories", "cs.AI cs.AR cs.CC cs.CE cs.CG cs.CL cs.CR cs.CV cs.CY", "at most 8"),
        ("topics", "x" * 3_001, "at most 3,000 characters"),
        ("keywords", ",".join(f"w{n}" for n in range(31)), "at most 30"),
        ("keywords", "x" * 81, "at most 80"),
        ("language", "<b>", "Choose a language"),
    ],
)  # fmt: skip
def test_a_slip_is_told_at_its_field_and_the_rest_stays(
    bench: Bench, field: str, text: str, said: str
):
    page = bench.ask(**{field: text})
    assert page.status_code == 400
    assert said in wrong(page, field)
    tree = html.document_fromstring(page.text)
    assert tree.xpath("//input[@id='what-own'][@checked]")
    if field != "topics":
        assert tree.xpath("string(//textarea)").strip() == TOPICS
    assert bench.sent == []


def test_topics_or_keywords_are_needed(bench: Bench):
    assert "Say what you want" in wrong(bench.ask(topics=" ", keywords=""), "topics")
    assert bench.ask(topics="", keywords="sharpness").status_code == 200


def test_any_category_where_the_house_allows_it(bench: Bench):
    bench.rules(own_categories="any")
    assert bench.ask(categories="hep-th").status_code == 200
    bench.confirm()
    (made,) = bench.subs
    assert wishes.fetched(bench.office) == ("cs.LG", "math.OC", "stat.ML"), "own ones add none"
    assert bench.store.profile(made.profile)


def test_a_house_has_room_for_so_many(bench: Bench):
    bench.rules(own_profiles=1)
    bench.ask()
    bench.ask(address="bob@example.org")
    assert title(bench.confirm()) == "Confirmed."
    assert "Every place" in wrong(bench.ask(address="eve@example.org"), "what")
    bench.sent.pop()
    page = bench.confirm()
    assert page.status_code == 400
    assert "Every place" in page.text
    assert len(bench.client.keys("ad:own:*")) == 1
    bench.http(bench.page(bench.subs[0], Purpose.UNSUBSCRIBE), {})
    assert title(bench.confirm()) == "Confirmed.", "a place is free again"


def test_where_nobody_may_the_form_does_not_offer_it(bench: Bench):
    bench.rules(own_profiles=0)
    assert 'id="what-own"' not in bench.http("/subscribe").text
    assert bench.ask().status_code == 400
    assert bench.sent == []


@pytest.mark.parametrize(("scorer", "said"), [("local", "no language model"), ("auto", "may read")])
def test_the_form_says_who_ranks(bench: Bench, scorer: str, said: str):
    bench.rules(own_scorer=scorer)
    assert said in bench.http("/subscribe").text


def test_topics_change_on_the_readers_page(bench: Bench):
    made = bench.subscribed()
    before = bench.store.profile(made.profile)
    page = bench.http(bench.page(made))
    tree = html.document_fromstring(page.text)
    assert title(page) == "Your topics to ada@…"
    assert tree.xpath("string(//textarea)").strip() == TOPICS
    form = OWN | SAVE | {"topics": "Only this.", "categories": "stat.ML"}
    assert "Changed." in bench.http(bench.page(made), form).text
    after = bench.store.profile(made.profile)
    assert before
    assert after
    assert (after.topics, after.categories) == ("Only this.", ("stat.ML",))
    assert after.revision != before.revision, "the worker scores it anew"


def test_a_slip_changes_neither_topics_nor_hour(bench: Bench):
    made = bench.subscribed()
    own = bench.store.profile(made.profile)
    page = bench.http(bench.page(made), OWN | SAVE | {"at": "18:00", "categories": "cs.LX"})
    assert page.status_code == 400
    assert (bench.subs, bench.store.profile(made.profile)) == ((made,), own)


def test_the_profile_changes_there_and_back_and_every_old_link_works(bench: Bench):
    old = bench.settled()
    link, out = bench.page(old), bench.page(old, Purpose.UNSUBSCRIBE)
    vote = Vote(NOW, bench.office.known(old).voter, old.id, "2611.90412", Thumb.UP, Door.MAIL)
    bench.store.votes.cast(vote)
    bench.http(link, OWN | SAVE)
    (own,) = bench.subs
    assert is_own(own.profile)
    assert own.since > date(2026, 11, 18), "what the other profile had is not owed again"
    assert title(bench.http(link)) == "Your topics to ada@…"
    bench.http(link, FORM | SAVE | {"what": "offered", "profile": "others"})
    assert [each.profile for each in bench.subs] == ["others"]
    assert bench.client.ttl(f"ad:own:{own.profile}") > 0
    bench.http(link, OWN | SAVE | {"topics": "Again."})
    assert [each.profile for each in bench.subs] == [own.profile], "their topics, as before"
    assert bench.client.ttl(f"ad:own:{own.profile}") == -1
    held = json.loads(bench.http(link, {"do": "export"}).text)
    assert [each["paper"] for each in held["votes"]] == ["2611.90412"]
    assert "Again." in held["topics"]
    assert set(held["before"]) == {old.id, "mail:ada@example.org/others"}
    assert title(bench.http(out, {"List-Unsubscribe": "One-Click"})) == "Stopped."
    assert bench.subs == (), "the oldest mail's button ends what comes today"


def test_a_profile_that_comes_already_is_not_asked_for_twice(bench: Bench):
    old = bench.settled()
    other = replace(old, profile="others")
    bench.store.subscriptions.save_subscription(other)
    page = bench.http(bench.page(old), FORM | SAVE | {"what": "offered", "profile": "others"})
    assert "come to this address already" in wrong(page, "profile")
    assert set(bench.subs) == {old, other}


def test_who_asks_again_for_an_earlier_profile_has_both(bench: Bench):
    old = bench.settled()
    link = bench.page(old)
    bench.http(link, FORM | SAVE | {"what": "offered", "profile": "others"})
    bench.http("/subscribe", FORM)
    bench.confirm()
    assert [each.profile for each in bench.subs] == ["foundations", "others"]
    assert title(bench.http(link)) == "foundations to ada@…"


def test_erasing_takes_topics_digests_and_every_earlier_subscription(bench: Bench):
    bench.settled()
    bench.http(bench.page(SUB), OWN | SAVE)
    (own,) = bench.subs
    bench.store.save_digest(replace(builders.example(), profile=own.profile))
    kept = bench.store.profile(own.profile)
    assert kept
    bench.store.save_scores(
        own.profile, kept.revision, builders.DAY, "local", Scored({}, {}, Usage("local"))
    )
    for sub in (SUB, own):
        vote = Vote(NOW, bench.office.known(sub).voter, sub.id, "2611.1", Thumb.UP, Door.MAIL)
        bench.store.votes.cast(vote)
    bench.ask()
    page = bench.http(bench.page(SUB), {"do": "erase"})
    assert "2 votes, saved papers, your topics and their digests" in page.text.replace("\xa0", " ")
    bench.http(bench.page(SUB), {"do": "erase-all"})
    left = bench.everything()
    assert "ada@" not in left
    assert own.profile[1:] not in left
    assert "How training" not in left.replace("ad:draft", "")


def test_whoever_left_is_forgotten_in_forty_days(bench: Bench):
    made = bench.subscribed()
    bench.http(bench.page(made, Purpose.UNSUBSCRIBE), {})
    (key,) = bench.client.keys("ad:own:*")
    assert 0 < bench.client.ttl(key) <= 40 * 86_400


class Between:
    """A part of a store that does something first, just before a form is kept."""

    def __init__(self, kept: Any, event: Any) -> None:
        self._kept, self._event = kept, event

    def change(self, seen: Subscription, made: Subscription) -> bool:
        self._event()
        return bool(self._kept.change(seen, made))

    @property
    def subscriptions(self) -> Any:
        found = self._kept.subscriptions
        return found if callable(found) else Between(found, self._event)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._kept, name)


def test_one_click_wins_over_a_form_that_is_being_kept(bench: Bench):
    old = bench.settled()
    between = Between(bench.store, lambda: bench.store.subscriptions.remove_subscription(old.id))
    bench.office = replace(bench.office, store=between)  # type: ignore[arg-type]  # it is wrapped
    for form in (SAVE | {"at": "18:30"}, OWN | SAVE):
        page = bench.http(bench.page(old), form)
        assert title(page) == "Stopped."
        assert bench.store.subscriptions.subscriptions() == ()
        assert not bench.client.keys("ad:own:*")


def test_a_mailbox_that_ended_stays_off_whatever_form_is_being_kept(bench: Bench):
    old = bench.settled()
    between = Between(bench.store, lambda: bench.store.subscriptions.disable(old, "no such box"))
    bench.office = replace(bench.office, store=between)  # type: ignore[arg-type]  # it is wrapped
    page = bench.http(bench.page(old), SAVE | {"at": "18:30"})
    assert page.status_code == 409
    assert "Nothing was saved" in page.text
    assert "Mails are off: no such box." in page.text
    (kept,) = bench.store.subscriptions.subscriptions()
    assert (kept.state, kept.at) == (State.DISABLED, old.at)


def test_a_form_from_before_another_change_undoes_nothing(bench: Bench):
    old = bench.settled()
    first = html.document_fromstring(bench.http(bench.page(old)).text)
    stamp = str(first.xpath("string(//input[@name='stamp']/@value)"))
    assert "Changed." in bench.http(bench.page(old), SAVE | {"at": "18:30", "stamp": stamp}).text
    page = bench.http(bench.page(old), SAVE | {"at": "06:00", "stamp": stamp})
    assert (page.status_code, "Nothing was saved" in page.text) == (409, True)
    tree = html.document_fromstring(page.text)
    assert tree.xpath("string(//input[@name='at']/@value)") == "18:30"
    (kept,) = bench.subs
    assert kept.at == time(18, 30)
    fresh = str(tree.xpath("string(//input[@name='stamp']/@value)"))
    assert "Changed." in bench.http(bench.page(old), SAVE | {"at": "06:00", "stamp": fresh}).text


def test_after_a_pause_the_form_can_be_kept_as_it_stands(bench: Bench):
    old = bench.settled()
    over = replace(old, state=State.PAUSED, until=date(2026, 11, 13))
    bench.store.subscriptions.save_subscription(over)
    tree = html.document_fromstring(bench.http(bench.page(old)).text)
    given = {str(each.get("name")): str(each.get("value") or "") for each in tree.xpath("//input")}
    page = bench.http(bench.page(old), SAVE | given | {"what": "offered"})
    assert (page.status_code, "Changed." in page.text) == (200, True)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=300), st.text(max_size=100), st.text(max_size=20))
def test_whatever_is_typed_is_a_profile_or_is_told(
    bench: Bench, topics: str, keywords: str, language: str
):
    given = {"what": "own", "categories": "cs.LG", "topics": topics, "keywords": keywords}
    reading = Reading(Asked(given=given | {"language": language}))
    wish = wishes.read(bench.office, reading)
    if not reading.wrong:
        assert wish.own
        assert profiles.parse(wish.name, wish.own.source) == wish.own
        assert wish.own.categories == ("cs.LG",)
        assert wishes.about(wish.own).startswith("cs.LG.")


@given(st.text(max_size=80))
def test_no_other_name_is_one_of_our_own(name: str):
    assert not is_own(name) or re.fullmatch(r"~[\w-]{16}", name, re.ASCII)
    assert is_own(profiles.own_name())
    assert words.opening(profiles.own_name()) == "Your topics"
