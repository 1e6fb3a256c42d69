"""From a path to bytes, and those bytes over HTTP."""

from __future__ import annotations

import asyncio
import json
import os
import re
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from bot import pages, web
from bot.desk.house import House
from paperlark.domain import Announcement, AnnounceType, Author, Batch, BatchState, Digest, Listing
from paperlark.errors import StoreError
from paperlark.ids import canonical
from paperlark.render import course
from paperlark.render import page as day_page
from paperlark.render import paper as paper_page
from paperlark.render.addresses import Addresses
from paperlark.render.course import Point
from paperlark.site import Answer, Site, paths
from paperlark.site.paths import Asked, Kind
from paperlark.store import RedisStore
from tests import archive, builders
from tests.fakes import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import redis

SITE = archive.site()


def parsed(answer: Answer) -> html.HtmlElement:
    return html.document_fromstring(answer.body)


def text_of(answer: Answer) -> str:
    return " ".join(parsed(answer).xpath("//main")[0].text_content().split())


def links(answer: Answer) -> list[str]:
    return [str(link) for link in parsed(answer).xpath("//a/@href|//link/@href")]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html"),
        ("/2026-11-19/", "text/html"),
        ("/2026-11/", "text/html"),
        ("/2026-11.bib", "application/x-bibtex"),
        (f"/papers/{archive.BEST}", "text/html"),
        (f"/papers/{archive.BEST}.bib", "application/x-bibtex"),
        ("/api/digests/2026-11-19.json", "application/json"),
        ("/about", "text/html"),
        ("/p/foundations/", "text/html"),
        ("/p/foundations/2026-11-19/", "text/html"),
    ],
)
def test_every_page_is_there(path: str, kind: str):
    answer = SITE.answer(path)
    assert answer.status == 200
    assert answer.kind.startswith(kind)
    assert bool(answer.policy) == (kind == "text/html")
    assert SITE.answer(path) == answer


def test_no_link_of_ours_is_dead():
    seen, queue = set[str](), ["/"]
    while queue:
        path = queue.pop().partition("#")[0]
        if path in seen or not path.startswith("/"):
            continue
        seen.add(path)
        answer = SITE.answer(path)
        assert answer.status == 200, path
        if answer.policy:
            queue += links(answer)
    assert {"/", "/about", "/2026-11/", "/2026-10/", "/2027-01/", "/2026-11-19/"} <= seen
    assert len(seen) > 30


def test_anchors_lead_to_something():
    ids = set(parsed(SITE.answer("/2026-11-19/")).xpath("//@id"))
    month = links(SITE.answer("/2026-11/"))
    inside = [link.partition("#")[2] for link in month if link.startswith("/2026-11-19/#")]
    assert inside
    assert set(inside) <= ids


@pytest.mark.parametrize(
    "path", ["/", "/2026-11-19/", "/2026-11/", f"/papers/{archive.BEST}", "/about", "/nowhere"]
)
def test_pages_are_sound(path: str):
    answer = SITE.answer(path)
    tree = parsed(answer)
    assert answer.body.startswith(b"<!doctype html>")
    assert len(tree.xpath("//h1")) == len(tree.xpath("//main")) == 1
    assert not tree.xpath("//script|//img|//form|//iframe|//link[@rel='stylesheet']")
    levels = [int(str(heading.tag)[1]) for heading in tree.xpath("//h1|//h2|//h3|//h4")]
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    inside = {str(link)[1:] for link in tree.xpath("//a/@href") if str(link).startswith("#")}
    assert inside <= set(ids)
    assert all(each.xpath("@aria-label|@aria-labelledby") for each in tree.xpath("//nav"))
    policy = str(tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0])
    assert answer.policy == f"{policy}; frame-ancestors 'none'"
    assert "unsafe" not in policy


def test_a_day_knows_its_neighbours_and_its_month():
    tree = parsed(SITE.answer("/2026-11-23/"))
    days = [(each.get("rel"), each.get("href")) for each in tree.xpath("//header//nav/a[@rel]")]
    assert days == [("prev", "/2026-11-20/"), ("up", "/2026-11/"), ("next", "/2026-11-25/")]
    assert tree.xpath("//link[@rel='canonical']/@href") == ["/2026-11-23/"]
    newest = parsed(SITE.answer("/"))
    assert newest.xpath("//link[@rel='canonical']/@href") == ["/2027-01-04/"]
    assert newest.xpath("//a[@aria-current='page']/@href") == ["/"]
    assert "/papers/" in " ".join(tree.xpath("//article//a/@href"))


def test_the_json_is_the_renderers():
    document = json.loads(SITE.answer("/api/digests/2026-11-19.json").body)
    assert (document["schema"], document["date"]) == (1, "2026-11-19")
    none = SITE.answer("/api/digests/2026-11-21.json")
    assert (none.status, none.kind) == (404, "application/json; charset=utf-8")
    assert json.loads(none.body)["error"].startswith("No announcement on Sat 21 Nov (weekend).")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/2026-11-21/", "No announcement on Sat 21 Nov (weekend). Nearest mailing dates: Fri 20"),
        ("/2026-11-27/", "No announcement on Fri 27 Nov (Thanksgiving"),
        ("/2026-12-02/", "arXiv announces Wed 2 Dec at 01:00 (UTC); ask again after that."),
        ("/2026-11-24/", "There is no digest of foundations for Tue 24 Nov. The first one kept"),
        ("/1990-01-01/", "arXiv’s first day was Wednesday 14 August 1991."),
        ("/9999-12-31/", "That is further ahead than anyone plans."),
        ("/2026-02-30/", "2026-02-30 is no date: give one as 2026-11-19"),
        ("/2026-13/", "2026-13 is no date"),
        ("/2026-13", "2026-13 is no date"),
        ("/api/digests/2026-02-30.json", "is no date"),
        ("/2026-09/", "There is no digest of foundations in September 2026."),
        ("/papers/2611.99999", "2611.99999 is not among the papers kept here"),
        ("/papers/nonsense", "nonsense"),
        ("/x", "There is no page at this address. Days are at /2026-11-19/"),
        ("/p/foundations/x", "There is no page at this address."),
        ("/p/other/", "No digest of other was made yet."),
        ("/" + "x" * 400, "There is no page at this address."),
    ],
)
def test_what_is_not_there_says_why_and_where_to_go(path: str, said: str):
    answer = SITE.answer(path)
    assert answer.status == 404
    assert said in text_of(answer)
    if "/p/other" not in path:
        assert "/2027-01-04/" in links(answer) or "/" in links(answer)


def test_the_nearest_digests_are_offered():
    ways = parsed(SITE.answer("/2026-11-21/")).xpath("//ul[@class='ways']//a")
    assert [(way.get("href"), way.text_content()) for way in ways[:2]] == [
        ("/2026-11-20/", "Friday 20 November 2026, the nearest digest before"),
        ("/2026-11-23/", "Monday 23 November 2026, the nearest digest after"),
    ]


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("/2026-11-19", "/2026-11-19/"),
        ("/2026-11", "/2026-11/"),
        ("/p/foundations/2026-11", "/2026-11/"),
        ("/papers/2611.90412v3", "/papers/2611.90412"),
        ("/papers/https%3A%2F%2Farxiv.org%2Fabs%2F2611.90412", "/papers/2611.90412"),
        ("/papers/arXiv:2611.90412.bib", "/papers/2611.90412.bib"),
    ],
)
def test_other_ways_of_writing_lead_to_the_one_address(path: str, where: str):
    answer = SITE.answer(path)
    assert (answer.status, answer.location) == (308, where)
    assert archive.site(base="/lark/").answer(path).location == f"/lark{where}"


def test_without_a_default_among_several_profiles_none_is_chosen():
    kept = archive.store()
    kept.save_profile(replace(kept.known["foundations"], name="other"))
    site = archive.site(kept)
    assert "none of them is the default" in text_of(site.answer("/"))
    assert site.answer("/p/foundations/2026-11-19/").status == 200
    assert "/p/foundations/2026-11/" in links(site.answer("/p/foundations/2026-11-19/"))
    named = Site(kept, lambda: archive.NOW, default="foundations")
    assert "/2026-11/" in links(named.answer("/p/foundations/2026-11-19/"))


def test_an_empty_store_says_that_nothing_was_made_yet():
    nothing = archive.site(MemoryStore())
    assert nothing.answer("/").status == 404
    assert nothing.answer("/about").status == 200
    kept = MemoryStore()
    kept.save_profile(archive.store().known["foundations"])
    assert "No digest of foundations was made yet." in text_of(archive.site(kept).answer("/"))


def test_a_paper_has_every_digest_it_was_on_and_its_votes_without_names():
    said = text_of(SITE.answer(f"/papers/{archive.BEST}"))
    assert "Shown, number 1 of 10. Score 93, line 61.5." in said
    assert "2 up, 1 down." in said
    assert "slack" not in said
    quiet = text_of(SITE.answer("/papers/2611.81704"))
    assert "No votes yet." in quiet


def test_a_paper_off_the_digest_says_what_became_of_it():
    kept = archive.store()
    found = builders.paper(
        "2611.91001", "Near", *(f"A. Name{n}" for n in range(40)), categories=("cs.LG", "x.YZ")
    )
    rows = (Listing(found.id, 1, AnnounceType.CROSS),)
    batch = Batch(builders.DAY, "cs.LG", BatchState.COMPLETE, rows)
    kept.save(Announcement(builders.DAY, (batch,), {found.id: found}))
    day = kept.digests["foundations", builders.DAY]
    near = builders.unshown(found.id, "Near", score=70.0, reason="over the cap")
    kept.digests["foundations", builders.DAY] = replace(day, not_shown=(near,))
    said = text_of(archive.site(kept).answer(f"/papers/{found.id}"))
    assert "Not shown: over the cap. Score 70, line 61.5." in said
    assert "in cs.LG as cross" in said
    assert "and 10\u00a0more authors".replace("\u00a0", " ") in said


def test_fates_are_told_in_words():
    day = builders.example(further=1)
    told = {
        paper_page.said(place)
        for each in day.not_shown
        if (place := paper_page.place(day, each.id))
    }
    assert "Below the line" in told
    assert any(one.startswith("Filtered: excluded by") for one in told)
    assert any(one.startswith("Could not be scored: ") for one in told)
    assert paper_page.place(day, "2611.00001") is None


@settings(max_examples=25)
@given(builders.nasty_digests(), builders.nasty_text())
def test_nasty_papers_and_days_stay_text(digest: Digest, text: str):
    to = Addresses(digest.profile)
    outs = [day_page.page(digest, addresses=to)]
    for card in digest.cards[:1]:
        paper = replace(card.paper, comment=text, doi=text, journal_ref=text,
                        authors=(Author(text),) * 33)  # fmt: skip
        place = paper_page.place(digest, card.paper.id)
        assert place
        record = paper_page.Record(
            paper, digest.profile, (place,), ((digest.date, text, card.announce_type),)
        )
        outs.append(paper_page.page(record, to))
    for out in outs:
        tree = html.document_fromstring(out.encode())
        for formula in tree.xpath("//math"):
            formula.drop_tree()
        assert not tree.xpath("//script|//img|//iframe|//object|//form|//input|//base|//svg//a")
        names = {str(name) for tag in tree.iter() for name in tag.attrib}
        assert not [name for name in names if name.startswith("on")]
        assert "style" not in names
        for link in tree.xpath("//a/@href"):
            assert str(link).startswith(("https://arxiv.org/", "#", "/"))
            assert not str(link).startswith("//")


@settings(max_examples=60)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_no_path_breaks_the_site(text: str):
    for path in (f"/{text}", f"/papers/{text}", f"/p/{text}/", f"/{text}.bib", text):
        answer = SITE.answer(path)
        assert answer.status in {200, 308, 404}
        assert not answer.location.startswith("//")


@given(st.text(min_size=1, max_size=20), st.dates(), st.integers(0, 99999))
def test_addresses_are_read_as_they_are_written(profile: str, day: date, number: int):
    if not profile.isprintable() or any("\ud800" <= char <= "\udfff" for char in profile):
        profile = "plain"
    to, key = Addresses(profile), f"2611.{number:05}"
    named = {
        to.home: Asked(Kind.NEWEST, profile, ""),
        to.day(day): Asked(Kind.DAY, profile, day.isoformat()),
        to.document(day): Asked(Kind.DOCUMENT, profile, day.isoformat()),
        to.paper(key): Asked(Kind.PAPER, profile, key),
        to.entry("math/0309136"): Asked(Kind.ENTRY, profile, "math/0309136"),
    }
    assert {path: paths.parse(path) for path in named} == named
    assert canonical("math/0309136")[0] == "math/0309136"


def test_the_real_store_gives_the_same_pages(store: redis.Redis):
    kept, memory = RedisStore(store), archive.store()
    kept.save_profile(memory.known["foundations"])
    for digest in sorted(memory.digests.values(), key=lambda each: each.date):
        kept.save_digest(digest)
    for vote in memory.votes.kept.values():
        kept.votes.cast(vote)
    real = Site(kept, lambda: archive.NOW)
    for path in ("/", "/2026-11/", f"/papers/{archive.BEST}", "/2026-11-21/"):
        assert real.answer(path) == SITE.answer(path)


_OTHERS = re.compile(
    r"(?<=<style>).*?(?=</style>)|(?<=sha256-)[^&]+|(?<=<math ).*?(?=</math>)", re.DOTALL
)  # the look is reviewed in a browser, the formulas are proved where they are made


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("month.html", "/2026-11/"),
        ("paper.html", f"/papers/{archive.BEST}"),
        ("about.html", "/about"),
        ("missing.html", "/2026-11-21/"),
    ],
)
def test_pages_as_reviewed(name: str, path: str):
    """PAPERLARK_GOLDEN=write renews them, to be read by eye."""
    golden = Path(__file__).resolve().parents[1] / "golden" / name
    text = _OTHERS.sub("…", SITE.answer(path).body.decode())
    if os.environ.get("PAPERLARK_GOLDEN") == "write":
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def points(*values: tuple[int, float]) -> list[Point]:
    first = date(2026, 11, 2)
    return [Point(first + timedelta(days=n), *value) for n, value in enumerate(values)]


@given(st.lists(st.tuples(st.integers(0, 99), st.floats(0, 100)), min_size=3, max_size=22))
def test_a_course_stays_within_its_drawing(values: list[tuple[int, float]]):
    drawn = course.course(points(*values))
    assert drawn
    assert [bar.now for bar in drawn.bars] == [False] * (len(values) - 1) + [True]
    for bar in drawn.bars:
        assert 0 <= bar.x <= bar.x + bar.width <= course.WIDTH
        assert 0 <= bar.y <= bar.y + bar.height <= course.HEIGHT
    assert all(0 <= float(y) <= course.HEIGHT for y in re.findall(r"V([\d.]+)", drawn.path))


def test_a_course_is_told_in_words_and_drawn_from_three_days_on():
    drawn = course.course(points((9, 62.0), (12, 62.0), (0, 61.5)))
    assert drawn
    assert drawn.said == (
        "From Mon 2 Nov to Wed 4 Nov, on 3\u00a0mailing dates, 0 to 12 cards were shown a day. "
        "The line was 62.0 at first, lay between 61.5 and 62.0, and is 61.5 at last."
    )
    assert (drawn.first, drawn.last, drawn.line, drawn.shown) == ("2 Nov", "4 Nov", "61.5", "0")
    assert course.course(points((9, 62.0), (12, 62.0))) is None
    tree = parsed(SITE.answer("/2026-11-23/"))
    assert len(tree.xpath("//*[@class='course']//*[@class='bars']/*")) == 5


# Over HTTP.


def over_http(
    answer: Callable[[str], Answer],
    story: Callable[[httpx.AsyncClient], Awaitable[Any]],
    now: Callable[[], float] = lambda: 0.0,
) -> Any:
    async def run() -> Any:
        routes = pages.Pages(answer, now).routes
        async with (
            web.serving("127.0.0.1:0", routes) as where,
            httpx.AsyncClient(base_url=f"http://{where}", timeout=60) as client,
        ):
            return await story(client)

    return asyncio.run(run())


def test_a_page_is_given_once_and_then_known():
    async def story(client: httpx.AsyncClient) -> None:
        first = await client.get("/2026-11-19/")
        assert (first.status_code, first.headers["Content-Encoding"]) == (200, "gzip")
        assert first.headers["Cache-Control"] == "public, max-age=10"
        assert "default-src 'none'" in first.headers["Content-Security-Policy"]
        assert first.headers["X-Content-Type-Options"] == "nosniff"
        assert first.content == SITE.answer("/2026-11-19/").body
        tag = first.headers["ETag"]
        again = await client.get("/2026-11-19/", headers={"If-None-Match": tag})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
        other = await client.get("/2026-11-18/", headers={"If-None-Match": tag})
        assert other.status_code == 200
        plain = await client.get("/2026-11-19/", headers={"Accept-Encoding": "br, gzip;q=0.0"})
        assert "Content-Encoding" not in plain.headers
        assert plain.content == first.content
        head = await client.head("/2026-11-19/")
        assert (head.status_code, head.content, head.headers["ETag"]) == (200, b"", tag)

    over_http(SITE.answer, story)


def test_other_methods_redirects_and_missing_pages():
    async def story(client: httpx.AsyncClient) -> list[int]:
        moved = await client.get("/2026-11")
        assert moved.headers["Location"] == "/2026-11/"
        found = [moved, await client.post("/2026-11/"), await client.get("/2026-11-21/")]
        return [each.status_code for each in found]

    assert over_http(SITE.answer, story) == [308, 405, 404]


def test_a_page_is_made_once_for_many_readers_and_again_when_it_is_old():
    made, moment = list[str](), [0.0]
    begun, hold = threading.Event(), threading.Event()

    def slow(path: str) -> Answer:
        made.append(path)
        begun.set()
        hold.wait(60)
        return Answer(200, "text/plain", f"{path} {len(made)}".encode())

    async def story(client: httpx.AsyncClient) -> None:
        many = [asyncio.create_task(client.get("/a")) for _ in range(6)]
        assert await asyncio.to_thread(begun.wait, 60)
        many[0].cancel()
        hold.set()
        said = [(await each).text for each in many[1:]]
        assert set(said) == {"/a 1"}
        moment[0] = pages.FRESH_S - 0.001
        assert (await client.get("/a")).text == "/a 1"
        moment[0] = pages.FRESH_S
        assert (await client.get("/a")).text == "/a 2"

    over_http(slow, story, lambda: moment[0])
    assert made == ["/a", "/a"]


def test_no_more_pages_are_held_than_have_room():
    made = list[str]()

    def count(path: str) -> Answer:
        made.append(path)
        return Answer(200, "text/plain", b"x")

    async def story(client: httpx.AsyncClient) -> None:
        for number in (*range(pages.KEPT + 1), 0, pages.KEPT):
            await client.get(f"/{number}")

    over_http(count, story)
    assert made[pages.KEPT :] == [f"/{pages.KEPT}", "/0"]


def test_a_store_that_is_away_is_said_and_tried_again():
    fates: list[Exception | None] = [StoreError("The store does not answer."), None]

    def answer(path: str) -> Answer:
        fate = fates.pop(0)
        if fate:
            raise fate
        return SITE.answer(path)

    async def story(client: httpx.AsyncClient) -> None:
        away = await client.get("/about")
        assert (away.status_code, away.headers["Retry-After"]) == (503, "60")
        assert away.text == "paperlark cannot reach what it keeps: try again in a minute.\n"
        assert (await client.get("/about")).status_code == 200

    over_http(answer, story)


def test_the_bots_routes_are_the_archives():
    kept: Any = archive.store()
    house = House(kept, lambda: datetime(2026, 11, 27, tzinfo=UTC), lambda *_: "", web="http://h/x")

    async def run() -> str:
        served = web.serving("127.0.0.1:0", pages.routes(house))
        async with served as where, httpx.AsyncClient(timeout=60) as client:
            return (await client.get(f"http://{where}/")).text

    assert 'href="/x/2026-10/"' not in asyncio.run(run())
    assert 'href="/x/about"' in asyncio.run(run())
