"""The built-in sample days and the two example profiles hold what the demo needs."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from paperlark import ids, resources, taxonomy
from paperlark.demo import samples, wire
from paperlark.domain import AnnounceType

TUESDAY, WEDNESDAY, THURSDAY = (date(2026, 11, day) for day in (17, 18, 19))
REPEATED = "2611.90216"
SHORT = "2611.90315"
PROFILES = ("foundations", "language")
FOLDER = Path(samples.__file__).parent / "samples"
SHORTEST, LONGEST = 70, 150


def paper(day: date, paper_id: str) -> wire.Announced:
    return next(paper for paper in samples.days()[day] if paper.id == paper_id)


def every() -> list[wire.Announced]:
    """Every sample paper, the repeated one once."""
    return list({paper.id: paper for day in samples.days().values() for paper in day}.values())


def seen(day: date, category: str) -> Counter[AnnounceType]:
    rows = wire.entries(samples.days()[day], wire.wanted(category))
    return Counter(row.announce_type for row in rows)


def test_three_working_days_of_about_thirty_papers():
    assert list(samples.days()) == [TUESDAY, WEDNESDAY, THURSDAY]
    assert all(28 <= len(papers) <= 34 for papers in samples.days().values())


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_a_file_is_named_after_its_date_and_says_that_it_is_fiction(path: Path):
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    assert table["date"].isoformat() == path.stem
    assert table["note"].startswith("Fictional papers written for paperlark.")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_a_file_holds_only_keys_the_loader_reads(path: Path):
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    known = set(wire.Announced.__dataclass_fields__)
    assert set(table) == {"note", "date", "paper"}
    assert all(set(entry) <= known for entry in table["paper"])


def test_a_file_without_the_optional_keys_reads_with_the_wire_s_defaults():
    text = """
    date = 2026-11-20
    [[paper]]
    id = "2611.90401"
    version = 1
    title = 'Broken
      over lines'
    """.replace("'Broken\n      over lines'", "'''Broken\n      over lines'''")
    rest = "abstract = 'A.'\nauthors = ['A B']\ncategories = ['cs.LG']\nannounce_type = 'cross'\n"
    day, (only,) = samples.read(text + rest)
    assert (day, only.title, only.authors) == (date(2026, 11, 20), "Broken over lines", ("A B",))
    assert (only.announce_type, only.crossed, only.doi) == (AnnounceType.CROSS, (), None)
    assert only.licence.startswith("http://arxiv.org/licenses/")


def test_the_days_cannot_be_changed():
    with pytest.raises(TypeError):
        samples.days()[TUESDAY] = ()  # type: ignore[index]


def test_an_id_stands_once_a_day_and_is_canonical():
    for papers in samples.days().values():
        keys = [paper.id for paper in papers]
        assert len(set(keys)) == len(keys)
        assert all(ids.canonical(key) == (key, None) for key in keys)
        assert all(re.fullmatch(r"26\d\d\.9\d{4}", key) for key in keys)


def test_each_day_s_new_ids_lie_above_those_of_the_day_before():
    days = samples.days().values()
    new = [
        {paper.id for paper in papers if paper.announce_type is AnnounceType.NEW} - {REPEATED}
        for papers in days
    ]
    assert all(max(before) < min(after) for before, after in pairwise(new))


def test_only_one_paper_comes_twice_and_it_comes_unchanged():
    counts = Counter(paper.id for papers in samples.days().values() for paper in papers)
    assert [key for key, times in counts.items() if times > 1] == [REPEATED]
    assert paper(WEDNESDAY, REPEATED) == paper(THURSDAY, REPEATED)


def test_titles_and_abstracts_are_each_written_once():
    for texts in ([one.title for one in every()], [one.abstract for one in every()]):
        assert len(set(texts)) == len(texts)


def test_no_two_abstracts_share_a_sentence():
    sentences = [s for one in every() for s in re.split(r"(?<=\.) (?=[A-Z])", one.abstract)]
    assert len(set(sentences)) == len(sentences)


def test_abstracts_have_the_length_of_abstracts_but_for_one():
    words = {one.id: len(one.abstract.split()) for one in every()}
    assert words.pop(SHORT) < 12
    assert all(SHORTEST <= count <= LONGEST for count in words.values())


def test_texts_are_one_line_with_balanced_braces_and_dollars():
    for one in every():
        for text in (one.title, one.abstract, *one.authors):
            assert text == " ".join(text.split())
            assert text.count("{") == text.count("}")
            assert text.count("$") % 2 == 0


def test_every_category_is_known_and_every_paper_stands_in_a_served_feed():
    for one in every():
        canonical = taxonomy.normalise(one.categories)
        assert set(canonical) & set(samples.CATEGORIES)
        assert len(set(one.categories)) == len(one.categories)


@pytest.mark.parametrize("day", [TUESDAY, WEDNESDAY, THURSDAY])
def test_each_feed_has_papers_every_day(day: date):
    assert all(seen(day, category)[AnnounceType.NEW] for category in samples.CATEGORIES)


@pytest.mark.parametrize("day", [TUESDAY, WEDNESDAY, THURSDAY])
def test_the_feeds_of_a_day_show_all_four_announce_types(day: date):
    kinds: Counter[AnnounceType] = sum(
        (seen(day, category) for category in samples.CATEGORIES), Counter()
    )
    assert set(kinds) == set(AnnounceType)


@pytest.mark.parametrize("day", [TUESDAY, WEDNESDAY, THURSDAY])
def test_each_day_has_late_cross_lists_with_ids_of_earlier_days(day: date):
    papers = samples.days()[day]
    first = min(one.id for one in papers if one.announce_type is AnnounceType.NEW)
    late = [one for one in papers if one.announce_type is AnnounceType.CROSS]
    assert len(late) >= 2
    assert all(one.id < first for one in late if first != REPEATED)
    assert all(set(one.crossed) <= set(one.categories[1:]) for one in late)


@pytest.mark.parametrize("day", [TUESDAY, WEDNESDAY, THURSDAY])
def test_replacements_are_later_versions_of_older_papers(day: date):
    replaced = [one for one in samples.days()[day] if one.announce_type.startswith("replace")]
    assert len(replaced) >= 3
    assert all(one.version >= 2 and one.id < "2611" for one in replaced)
    outside = [one for one in replaced if one.announce_type is AnnounceType.REPLACE_CROSS]
    assert outside
    assert all(one.categories[0] not in samples.CATEGORIES for one in outside)


def test_no_author_wrote_two_papers():
    names = Counter(author.partition(" (")[0] for one in every() for author in one.authors)
    assert [name for name, times in names.items() if times > 1] == []


def test_the_long_list_has_87_names_each_once():
    long = paper(WEDNESDAY, "2611.90203")
    assert len(set(long.authors)) == len(long.authors) == 87
    assert any(name.endswith(" Jr.") for name in long.authors)


@pytest.mark.parametrize(
    "pattern",
    [
        r'\\"',  # M\"uller
        r"\\'",
        r"\\c\{C\}",
        r"\\v\{",
        r"\\H\{",
        r"\\o\{\}",
        r"\\aa\{\}",
        r"\\l\{\}",
        r"[À-ỹ]",  # plain Unicode
        r"\([^()]+, [^()]+\)$",  # two affiliations
        r"\([^()]*\(",  # parentheses within
        r" Jr\.",
        r"Collaboration$",
        r"^\w+$",  # one name
    ],
)
def test_authors_come_in_every_shape(pattern: str):
    assert any(re.search(pattern, author) for one in every() for author in one.authors)


@pytest.mark.parametrize(
    "pattern",
    [
        r"\$\\mathcal\{O\}\(n\\log n\)\$",
        r"\\emph\{",
        r"(?<![\\$])\b\d+%",  # a bare percent sign
        r"\$0\.40 in English",  # dollars that are no formula
        r"``.+''",
        r"\\AA\{\}",
        r"--",
    ],
)
def test_texts_hold_what_arxiv_s_texts_hold(pattern: str):
    assert any(re.search(pattern, f"{one.title}\n{one.abstract}") for one in every())


def test_some_titles_hold_formulas():
    assert sum("$" in one.title for one in every()) >= 2


def test_thursday_has_a_paper_that_gives_orders_and_pings():
    text = paper(THURSDAY, "2611.90317").abstract
    for bait in ("ignore all previous instructions", "relevance 10", "<script>", "</script>"):
        assert bait in text
    for ping in ("<!channel>", "<!here>", "@everyone", "<@U0123456>"):
        assert ping in text


def test_thursday_has_a_paper_with_alias_categories():
    alias = paper(THURSDAY, "2611.90338").categories
    assert {"math.MP", "cs.NA"} <= set(alias)
    assert "math.NA" not in alias
    assert taxonomy.normalise(alias) == ("math-ph", "math.NA", "stat.ML")


def test_a_withdrawn_paper_says_so_in_comment_and_abstract():
    withdrawn = paper(WEDNESDAY, "2610.93380")
    assert withdrawn.announce_type is AnnounceType.REPLACE
    for text in (withdrawn.abstract, withdrawn.comment or ""):
        assert text.startswith("This paper has been withdrawn")


def test_optional_fields_are_there_and_dois_lead_nowhere():
    assert any(one.comment for one in every())
    assert any(one.journal_ref for one in every())
    assert {one.doi[:8] for one in every() if one.doi} == {"10.5555/"}
    assert len({one.licence for one in every()}) >= 4


def test_the_guide_to_the_samples_names_only_papers_that_exist():
    named = set(re.findall(r"`(26\d\d\.\d{5})`", (FOLDER / "README.md").read_text("utf-8")))
    assert named
    assert named <= {one.id for one in every()}


def split(name: str) -> tuple[dict[str, Any], str]:
    """A profile file's head and topics, read the plainest way."""
    empty, head, topics = resources.text("prompts", "topics", f"{name}.md").split("+++\n")
    assert empty == ""
    return tomllib.loads(head), topics


@pytest.mark.parametrize("name", PROFILES)
def test_an_example_profile_is_a_toml_head_and_markdown_topics(name: str):
    head, topics = split(name)
    assert set(head["categories"]) <= set(samples.CATEGORIES)
    assert re.findall(r"^## (.*)$", topics, re.MULTILINE) == ["What we want", "What we don't"]
    wanted, unwanted = topics.split("## What we want")[1].split("## What we don't")
    assert len(re.findall(r"^\d\. \*\*", wanted, re.MULTILINE)) == 5
    assert len(re.findall(r"^- ", unwanted, re.MULTILINE)) >= 4


@pytest.mark.parametrize("name", PROFILES)
def test_an_example_profile_has_phrases_of_both_forms(name: str):
    head, _ = split(name)
    keywords, exclusions = head["keywords"], head["exclusions"]
    assert 18 <= len(keywords) <= 25
    assert 10 <= len(exclusions) <= 15
    assert {type(term) for term in keywords} == {type(term) for term in exclusions} == {str, dict}
    assert 1 <= sum(isinstance(term, str) for term in exclusions) <= 2
    tables = [term for term in keywords + exclusions if isinstance(term, dict)]
    assert all(set(term) == {"term", "weight"} for term in tables)


@pytest.mark.parametrize("name", PROFILES)
def test_an_example_profile_follows_an_author_of_the_samples(name: str):
    head, _ = split(name)
    authors = {author for one in every() for author in one.authors}
    assert set(head["authors"]) <= authors


@pytest.mark.parametrize("day", [TUESDAY, WEDNESDAY, THURSDAY])
def test_every_day_the_foundations_profile_has_wanted_and_filtered_papers(day: date):
    head, _ = split("foundations")
    texts = [f"{one.title} {one.abstract}".lower() for one in samples.days()[day]]
    weighted = [term if isinstance(term, str) else term["term"] for term in head["keywords"]]
    rules = [term for term in head["exclusions"] if isinstance(term, str)]
    named = [sum(term.lower() in text for term in weighted) for text in texts]
    assert sum(count >= 1 for count in named) >= 7
    assert all(any(rule in text for text in texts) for rule in rules)
