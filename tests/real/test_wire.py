"""Every recorded answer of arXiv's parses field by field, or is refused for the right reason."""

from __future__ import annotations

import gzip
import json
from datetime import date
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import pytest

from paperlark.domain import AnnounceType, Author
from paperlark.errors import BadFeed
from worker.sources.documents import Document, FeedError, Kind, description, parse_api, read
from worker.sources.documents.oai import Harvest, Record, parse_oai

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def wire(real_data: Path) -> Path:
    folder = real_data / "wire"
    if not folder.is_dir():
        pytest.skip(f"no recorded answers in {folder}")
    return folder


def api(wire: Path, name: str) -> Document:
    (path,) = wire.glob(f"atom_api__{name}_*")
    document = parse_api(path.read_bytes())
    assert document == read(path.read_bytes())
    assert (document.kind, document.day) == (Kind.API, None)
    return document


def test_the_manifest_names_every_sample_and_each_is_read_here(wire: Path) -> None:
    named = {entry["file"] for entry in json.loads((wire / "manifest.json").read_bytes())}
    assert named == {path.name for path in wire.iterdir()} - {"manifest.json"}
    refused = {name for name in named if name.endswith(("_cut.txt", "__http400.xml"))}
    for name in sorted(named - refused - {"rss_descriptions_verbatim.jsonl.gz"}):
        body = (wire / name).read_bytes()
        assert parse_oai(body).records if name.startswith("oai") else read(body)


def test_the_announcement_of_cs_ai_in_atom(wire: Path) -> None:
    document = read((wire / "announce_atom__cs.AI_2025-08-20.xml").read_bytes())
    assert (document.kind, document.day) == (Kind.ATOM, date(2025, 8, 20))
    assert document.categories == ("cs.AI",)
    assert [(row.id, row.announce_type.value) for row in document.rows] == [
        ("2508.13426", "cross"),
        ("2508.13428", "cross"),
        ("2508.13429", "cross"),
        ("2508.13434", "cross"),
        ("2508.13435", "cross"),
        ("2508.14001", "new"),
        ("2508.14002", "new"),
    ]
    assert {row.version for row in document.rows} == {1}
    papers = [row.paper for row in document.rows]
    assert papers[0].title.startswith("ALIGN: Word Association Learning for Cross-Cultural")
    assert papers[0].abstract.startswith("As large language models (LLMs) increasingly mediate")
    assert papers[0].abstract.endswith("cultural alignment in AI models.")
    assert papers[0].authors == (
        Author("Chunhua Liu"),
        Author("Kabir Manandhar Shrestha"),
        Author("Sukai Huang"),
    )
    assert papers[0].licence == "http://creativecommons.org/licenses/by-nc-sa/4.0/"
    assert papers[1].categories == ("cs.CV", "cs.AI", "cs.MM")
    assert papers[2].authors == (Author("Paulo André Lima de Castro"),)
    assert "1.13× faster" in papers[3].abstract
    assert r"$1.13\times$ faster" in papers[3].source_abstract
    assert papers[4].abstract == "Spectral graph embedding methods are widely used."
    assert papers[5].primary == papers[6].primary == "cs.AI"
    assert all(paper.comment is paper.doi is paper.journal_ref is None for paper in papers)


def test_a_sunday_is_empty_and_says_its_date(wire: Path) -> None:
    document = read((wire / "announce_rss2__cs_sunday_empty_2025-04-27.xml").read_bytes())
    assert (document.kind, document.day) == (Kind.RSS, date(2025, 4, 27))
    assert (document.rows, document.categories, document.complete) == ((), ("cs",), True)


def test_the_cut_feed_is_refused_as_cut_off(wire: Path) -> None:
    with pytest.raises(BadFeed, match="cut off"):
        read((wire / "announce_rss2__cs.AI_2025-09-18_cut.txt").read_bytes())


def test_the_cut_feed_made_whole_again(wire: Path) -> None:
    body = (wire / "announce_rss2__cs.AI_2025-09-18_cut.txt").read_text(encoding="utf-8")
    document = read((body + "</description></item></channel></rss>").encode())
    (row,) = document.rows
    assert (document.day, document.categories) == (date(2025, 9, 18), ("cs.AI",))
    assert (row.id, row.version, row.announce_type) == ("2509.13332", 1, AnnounceType.NEW)
    assert row.paper.title.startswith("Explicit Reasoning Makes Better Judges: A Systematic Study")
    assert row.paper.abstract.startswith("As Large Language Models (LLMs) are increasingly adopted")


def test_180_descriptions(wire: Path) -> None:
    lines = gzip.decompress((wire / "rss_descriptions_verbatim.jsonl.gz").read_bytes()).splitlines()
    assert len(lines) == 180
    for line in map(json.loads, lines):
        text = line["description"]
        said = description.split(text)
        head = f"arXiv:{said.id}v{said.version} Announce Type: {said.announce_type}  Abstract: "
        assert (said.id, said.announce_type) == (line["arxiv_id"], "new")
        assert said.version >= 1
        assert head + said.abstract == text
        assert len(said.abstract) > 200


def test_the_180_descriptions_as_a_feed(wire: Path) -> None:
    lines = gzip.decompress((wire / "rss_descriptions_verbatim.jsonl.gz").read_bytes()).splitlines()
    given = list(map(json.loads, lines))
    items = "".join(
        f"<item><title>{escape(one['title'])}</title>"
        f"<description>{escape(one['description'])}</description></item>"
        for one in given
    )
    feed = (
        "<rss><channel><title>cs updates on arXiv.org</title>"
        f"<pubDate>Fri, 31 Oct 2025 00:00:00 -0400</pubDate>{items}</channel></rss>"
    )
    rows = read(feed.encode()).rows
    assert [row.id for row in rows] == list(dict.fromkeys(one["arxiv_id"] for one in given))
    assert all(row.paper.abstract and "Announce Type" not in row.paper.abstract for row in rows)


@pytest.mark.parametrize(
    ("name", "ids", "total"),
    [
        ("id_0000.0000_s0", [], 0),
        ("id_0808.05394_s0", [], 0),
        ("id_0808.05394_1707.08567_s0", ["1707.08567"], 1),
        ("id_1605.08386_s0", ["1605.08386"], 1),
        ("id_1707.08567_s0", ["1707.08567"], 1),
        ("id_2104.12255v1_s0", ["2104.12255"], 1),
        ("id_astro-ph_0601001_s0", ["astro-ph/0601001"], 1),
        ("id_quant-ph_0201082v1_s0", ["quant-ph/0201082"], 1),
    ],
)
def test_answers_to_lists_of_ids(wire: Path, name: str, ids: list[str], total: int) -> None:
    document = api(wire, name)
    assert [row.id for row in document.rows] == ids
    assert (document.total, document.complete) == (total, True)
    for row in document.rows:
        assert row.version >= 1
        assert row.paper.title
        assert row.paper.abstract
        assert row.paper.authors


def test_one_answer_field_by_field(wire: Path) -> None:
    (row,) = api(wire, "id_astro-ph_0601001_s0").rows
    found = row.paper
    assert (found.id, found.version) == ("astro-ph/0601001", 1)
    assert found.title.startswith("Frequency of Hot Jupiters and Very Hot Jupiters from the OGLE")
    assert found.abstract.startswith("We derive the frequencies of hot Jupiters (HJs)")
    assert "(1/310)(1^{+1.39}_{-0.59})" in found.source_abstract
    assert found.authors[0] == Author("Andrew Gould", ("Ohio State",))
    assert found.authors[3] == Author("Andrzej Udalski", ("Warsaw University Observatory",))
    assert found.categories == ("astro-ph",)
    assert found.comment
    assert found.comment.startswith("62 pages including 16 figures and 9 tables.")
    assert (found.journal_ref, found.doi) == ("ActaAstron.56:1-50,2006", None)


def test_a_long_list_of_authors(wire: Path) -> None:
    (row,) = api(wire, "id_1707.08567_s0").rows
    names = [author.name for author in row.paper.authors]
    assert (names[0], names[-1]) == ("Kees A. Schouhamer Immink", "Hirosuke Yamamoto")
    assert len(names) == 34
    assert row.paper.categories == ("cs.IT",)


@pytest.mark.parametrize(
    ("name", "number"),
    [("q_testing_s0_m10", 10), ("q_testing_s0_m15", 15), ("q_testing_s10_m10", 10)],
)
def test_pages_of_a_search(wire: Path, name: str, number: int) -> None:
    document = api(wire, name)
    assert (len(document.rows), document.total, document.complete) == (number, 214881, False)
    assert all(row.paper.categories for row in document.rows)


def test_the_error_answer(wire: Path) -> None:
    (path,) = wire.glob("*__http400.xml")
    with pytest.raises(FeedError) as error:
        read(path.read_bytes())
    assert error.value.reason == "incorrect id format for abc"


def harvest(wire: Path, name: str) -> Harvest:
    return parse_oai((wire / name).read_bytes())


def test_headers_of_2014(wire: Path) -> None:
    day = date(2014, 5, 6)
    assert harvest(wire, "oai__ListIdentifiers_2014.xml") == Harvest(
        (
            Record("0705.1765", day, ("physics:gr-qc",), deleted=False, paper=None),
            Record("0705.3619", day, ("physics:gr-qc",), deleted=False, paper=None),
        ),
        None,
    )


def test_a_raw_record_of_2013(wire: Path) -> None:
    (record,) = harvest(wire, "oai__arXivRaw_GetRecord_2013.xml").records
    assert (record.id, record.datestamp) == ("1304.4214", date(2013, 4, 16))
    found = record.paper
    assert found
    assert found.version == 1
    assert found.title.startswith("Neutron Scattering and Its Application to Strongly")
    assert [a.name for a in found.authors] == ["Igor A. Zaliznyak", "John M. Tranquada"]
    assert found.categories == ("cond-mat.str-el",)
    assert found.comment
    assert "Experimental Techniques" in found.comment
    assert found.abstract.endswith("spin-wave dispersions.")
    assert found.licence == "http://arxiv.org/licenses/nonexclusive-distrib/1.0/"


def test_a_page_of_records_of_2015(wire: Path) -> None:
    page = harvest(wire, "oai__arXiv_ListRecords_resumption_2015.xml")
    assert page.token == "788421|43001"  # noqa: S105  (a resumption token is no secret)
    (record,) = page.records
    assert (record.id, record.sets) == ("0712.4079", ("physics:cond-mat",))
    found = record.paper
    assert found
    assert [a.name for a in found.authors] == [
        "Mauro M. Doria",
        "Antonio R. de C. Romaguera",
        "F. M. Peeters",
    ]
    assert found.title.endswith("three-dimensional superconductors - disk and sphere")
    assert found.categories == ("cond-mat.supr-con", "cond-mat.mes-hall", "cond-mat.mtrl-sci")
    assert found.doi == "10.1103/PhysRevB.75.064505"
    assert found.journal_ref == "Phys. Rev. B 75, 064505 (2007) (7 pages)"
    assert found.comment == "7 pages, 4 figures (low resolution)"


def test_a_labelled_day_is_read_whole(real_data: Path) -> None:
    path = real_data / "dev" / "fulldays_cslg_csai.jsonl.gz"
    day = date(2025, 9, 25)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        own = [line for line in lines if json.loads(line)["date"] == day.isoformat()]
    document = read("".join(own).encode())
    assert (document.day, len(document.rows)) == (day, len(own))
    assert len(own) > 250
    assert all(row.paper.authors for row in document.rows)
