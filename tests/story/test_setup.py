"""From a few links to a profile: `/digest setup` over a real queue, and `paperlark init`."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.app import house as furnished
from bot.desk import FrontDesk
from bot.ports import Asker
from bot.replies import Lines, Reply, Said
from paperlark import profile as profiles
from paperlark import settings
from paperlark.demo.double import ArxivDouble
from paperlark.demo.samples import days
from paperlark.store import RedisStore
from paperlark.store.connection import connect
from paperlark.target import Target

if TYPE_CHECKING:
    from collections.abc import Iterator

    import redis

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 120
ADA = Asker("slack:U1", Target("slack", "C1"))
LIKED = ("2611.90102", "2611.90104", "2611.90107", "2611.90109", "2611.90110")
NOT = ("2611.90119", "2611.90121", "2611.90122")


class Place:
    """A chat's desk over a real store, workers when wanted, and the program beside them."""

    def __init__(self, folder: Path, url: str, double: ArxivDouble) -> None:
        self.folder, self.double = folder, double
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("PAPERLARK_", "REDIS_"))}
        self.environ = clean | {
            "PYTHONPATH": str(ROOT),
            "REDIS_URL": url,
            "PAPERLARK_DATA_DIR": str(folder / "d"),
            "PAPERLARK_CLOCK__PRETEND": "2026-11-19T12:00:00+00:00",
            "PAPERLARK_SOURCES__ARXIV__RSS_URL": double.url,
            "PAPERLARK_SOURCES__ARXIV__SITE_URL": double.url,
            "PAPERLARK_SOURCES__ARXIV__API_URL": f"{double.url}/api/query",
            "PAPERLARK_SOURCES__ARXIV__INTERVAL_S": "0",
            "PAPERLARK_SOURCES__ARXIV__PATIENCE_S": "1",
        }

    def ask(self, text: str, asker: Asker = ADA) -> Reply:
        """One question in a bot of its own: nothing is lost by a restart."""
        chosen = settings.load(self.environ)
        connection = connect(chosen.url, self.folder / "d")
        try:
            return asyncio.run(FrontDesk(furnished(chosen, connection)).command(asker, text))
        finally:
            connection.close()

    def said(self, text: str, asker: Asker = ADA) -> str:
        reply = self.ask(text, asker)
        assert isinstance(reply, Said), reply
        return reply.text

    def page(self) -> Lines:
        reply = self.ask("setup")
        assert isinstance(reply, Lines), reply
        return reply

    def run(self, *args: str, said: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "paperlark", *args],
            env=self.environ | more,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
            input=said,
        )

    def work(self) -> None:
        done = self.run("worker", "--queue", "fetch", "--burst")
        assert done.returncode == 0, done.stderr


@pytest.fixture
def place(store: redis.Redis, store_url: str) -> Iterator[Place]:
    assert store.dbsize() == 0
    with (
        ArxivDouble(days()) as double,
        tempfile.TemporaryDirectory(prefix="pl-", dir="/tmp") as folder,
    ):
        yield Place(Path(folder), store_url, double)


def test_from_five_links_to_a_digest_of_ones_own(place: Place, store: redis.Redis):
    links = " ".join(f"https://arxiv.org/abs/{each}" for each in LIKED)
    assert "type `/digest setup`" in place.said(f"setup {links} not {' '.join(NOT)}")
    assert "Still drafting" in place.said("setup")
    place.work()
    page = place.page()
    assert page.lines[0].startswith("Categories: cs.LG")
    assert any("papers, line" in line and "Thu 19 Nov" in line for line in page.lines)
    asked = [each.command for each in page.actions if each.command.startswith("setup up")]
    assert len(asked) == 6
    assert not {each.split()[-1] for each in asked} & {*LIKED, *NOT}
    for command in (asked[0], asked[1], asked[2].replace(" up ", " down ")):
        assert "Noted" in place.said(command)
    assert "Drafting anew" in place.said("setup again")
    place.work()
    again = place.page()
    assert again.title.replace("\u00a0", " ") == "Draft from 7 liked papers, 4 not liked"
    assert "Kept as “ours”" in place.said("setup use ours")
    kept = RedisStore(store)
    made = kept.profile("ours")
    assert made
    assert set(LIKED) < set(made.liked)
    assert kept.papers(made.liked).keys() == set(made.liked)
    assert [each.id for each in kept.subscriptions.subscriptions()] == ["slack:C1/ours"]


def test_a_job_that_comes_late_or_twice_changes_nothing(place: Place):
    place.said(f"setup {LIKED[0]}")
    place.said(f"setup {LIKED[1]}")
    place.work()
    assert place.page().title.replace("\u00a0", " ") == "Draft from 1 liked paper, 0 not liked"
    before = place.page()
    place.work()
    assert place.page() == before


def test_papers_that_arxiv_does_not_know_are_named(place: Place):
    place.said("setup 2611.99999")
    place.work()
    assert "arXiv does not know 2611.99999" in place.said("setup")


def test_an_arxiv_that_is_away_is_said_and_tried_again(place: Place):
    api = place.environ["PAPERLARK_SOURCES__ARXIV__API_URL"]
    place.environ["PAPERLARK_SOURCES__ARXIV__API_URL"] = "http://127.0.0.1:1"
    place.said(f"setup {' '.join(LIKED)}")
    place.work()
    assert "No draft yet: " in place.said("setup")
    place.environ["PAPERLARK_SOURCES__ARXIV__API_URL"] = api
    place.said("setup again")
    place.work()
    assert place.page().actions


def test_init_drafts_from_options_and_asks_nothing(place: Place, store: redis.Redis):
    done = place.run(
        "init", "--name", "ours", "--liked", " ".join(LIKED), "--not-liked", NOT[0],
        "--not-liked", NOT[1], "--yes", "--no-learn",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Thu 19 Nov 2026 under it:" in done.stdout
    text = (place.folder / "ours.md").read_text(encoding="utf-8")
    assert profiles.parse("ours", text).liked == tuple(sorted(LIKED))
    kept = RedisStore(store).profile("ours")
    assert kept
    assert kept.source == text
    assert place.run("digest", "--profile", "ours").returncode == 0


def test_init_by_questions_with_thumbs_and_papers(place: Place):
    said = f"ours\n{' '.join(LIKED)}\n{' '.join(NOT)}\ny\nn\n\ny\n\n\n\n"
    done = place.run("init", "--papers", "--no-learn", said=said)
    assert done.returncode == 0, done.stderr
    assert "With your thumbs:" in done.stdout
    made = profiles.parse("ours", (place.folder / "ours.md").read_text(encoding="utf-8"))
    assert (len(made.liked), len(made.not_liked)) == (7, 4)


def test_init_lets_the_draft_be_edited_until_it_can_be_read(place: Place):
    editor = place.folder / "editor.sh"
    editor.write_text(
        "#!/bin/sh\nif [ -e once ]; then sed -i 's/^cap.*$//; s/^wrong.*$/cap = 7/' \"$1\"\n"
        "else touch once; sed -i '2s/^/wrong = 1\\n/' \"$1\"; fi\n"
    )
    editor.chmod(0o755)
    done = place.run(
        "init", "--name", "ours", "--liked", " ".join(LIKED), "--no-learn",
        said="\n\n\n\n\n\ne\ne\n\n", EDITOR=str(editor),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "unknown key `wrong`" in done.stderr


def test_init_keeps_its_six_questions(place: Place):
    said = "ours\ncs.LG stat.ML\nSparse attention.\nsparse attention\n\n\n"
    done = place.run("init", "--no-learn", said=said)
    assert done.returncode == 0, done.stderr
    made = profiles.parse("ours", (place.folder / "ours.md").read_text(encoding="utf-8"))
    assert made.categories == ("cs.LG", "stat.ML")
    assert not place.double.requests


def test_init_without_a_network_says_what_it_can_do(place: Place):
    away = {f"PAPERLARK_SOURCES__ARXIV__{name}_URL": "http://127.0.0.1:1" for name in
            ("RSS", "SITE", "API")}  # fmt: skip
    done = place.run("init", "--name", "ours", "--liked", LIKED[0], "--yes", **away)
    assert done.returncode == 1
    assert "`paperlark init --no-papers --no-learn`" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (place.folder / "ours.md").exists()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--yes",), "give --liked"),
        (("--not-liked", NOT[0]), "need some that you did"),
        (("--liked", "nonsense"), "is not an arXiv id"),
        (("--liked", LIKED[0], "--not-liked", LIKED[0]), "as liked and as not liked"),
    ],
)
def test_init_refuses_what_it_cannot_draft_from(place: Place, args: tuple[str, ...], said: str):
    done = place.run("init", "--name", "ours", *args)
    assert done.returncode == 2
    assert said in done.stderr


def test_init_drafts_offline_from_what_is_kept(place: Place):
    """A store that holds the days needs arXiv no more."""
    first = ("init", "--name", "one", "--liked", " ".join(LIKED), "--yes", "--no-learn")
    assert place.run(*first).returncode == 0
    asked = len(place.double.requests)
    done = place.run(*first[:2], "two", *first[3:], PAPERLARK_SOURCES__ARXIV__API_URL="http://127.0.0.1:1",
                     PAPERLARK_SOURCES__ARXIV__RSS_URL="http://127.0.0.1:1",
                     PAPERLARK_SOURCES__ARXIV__SITE_URL="http://127.0.0.1:1")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert len(place.double.requests) == asked
    assert (place.folder / "two.md").read_text() == (place.folder / "one.md").read_text()
