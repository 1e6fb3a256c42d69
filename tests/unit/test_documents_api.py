"""Answers of the query API and of OAI-PMH."""

from __future__ import annotations

from datetime import date

import pytest

from paperlark.domain import AnnounceType, Author
from paperlark.errors import BadFeed
from worker.sources.documents import FeedError, Kind, Throttled, parse_api, parse_feed, read
from worker.sources.documents.oai import Harvest, parse_oai

ENTRY = """<entry>
  <id>http://arxiv.org/abs/2509.90001v2</id>
  <title>A toy
  title</title>
  <updated>2025-09-26T17:59:46Z</updated>
  <summary>Made-up $\\beta$ abstract.</summary>
  <category term="cs.AI" scheme="http://arxiv.org/schemas/atom"/>
  <category term="cs.CL" scheme="http://arxiv.org/schemas/atom"/>
  <published>2025-09-24T16:02:02Z</published>
  <arxiv:comment>9 pages</arxiv:comment>
  <arxiv:primary_category term="cs.CL"/>
  <arxiv:journal_ref>J. Ex. 1 (2025)</arxiv:journal_ref>
  <arxiv:doi>10.1000/example</arxiv:doi>
  <author><name>Ada Example</name><arxiv:affiliation>Univ. A</arxiv:affiliation></author>
  <author><name>Bob Sample</name></author>
</entry>"""


def api(*entries: str, total: str = "1") -> bytes:
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"
 xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">
  <id>https://arxiv.org/api/AbCdEf</id><title>arXiv Query: id_list=2509.90001</title>
  <opensearch:itemsPerPage>1</opensearch:itemsPerPage>
  <opensearch:totalResults>{total}</opensearch:totalResults>
  {"".join(entries)}
</feed>""".encode()


def test_an_answer_field_by_field() -> None:
    document = read(api(ENTRY))
    assert (document.kind, document.day, document.total) == (Kind.API, None, 1)
    assert document.complete
    (row,) = document.rows
    found = row.paper
    assert (row.id, row.version, row.announce_type) == ("2509.90001", 2, AnnounceType.NEW)
    assert (found.title, found.abstract) == ("A toy title", "Made-up β abstract.")
    assert found.source_abstract == "Made-up $\\beta$ abstract."
    assert found.authors == (Author("Ada Example", ("Univ. A",)), Author("Bob Sample"))
    assert found.categories == ("cs.CL", "cs.AI")  # the primary is named apart
    assert (found.comment, found.journal_ref) == ("9 pages", "J. Ex. 1 (2025)")
    assert found.doi == "10.1000/example"


def test_a_page_of_many_results_is_not_complete() -> None:
    assert not parse_api(api(ENTRY, total="214881")).complete
    assert parse_api(api(total="0")).rows == ()


def test_arxiv_s_error_entry() -> None:
    error = """<entry><id>https://arxiv.org/api/errors#incorrect_id_format_for_abc</id>
<title>Error</title><summary>incorrect id format for abc</summary>
<author><name>arXiv api core</name></author></entry>"""
    with pytest.raises(FeedError) as caught:
        parse_api(api(error))
    assert caught.value.reason == "incorrect id format for abc"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (api(ENTRY)[:-30], "cut off"),
        (api(ENTRY.replace("2509.90001v2", "")), "entry 1 cannot be identified"),
        (api(ENTRY.replace("A toy\n  title", "")), "no title"),
        (api(ENTRY, total="many"), "states “many” results"),
        (b"<rss version='2.0'/>", "“rss” where an answer of the query API was due"),
    ],
)
def test_answers_that_are_refused(body: bytes, said: str) -> None:
    with pytest.raises(BadFeed) as error:
        parse_api(body)
    assert said in str(error.value)


def test_throttling_with_status_200_is_told_apart() -> None:
    with pytest.raises(Throttled, match="Rate exceeded"):
        parse_api(b"Rate exceeded.")


def test_an_answer_is_no_announcement() -> None:
    with pytest.raises(BadFeed, match="query API"):
        parse_feed(api(ENTRY))


OAI = """<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">
<responseDate>2025-09-26T03:10:00Z</responseDate>{}</OAI-PMH>"""
RECORD = """<record><header><identifier>oai:arXiv.org:2509.90001</identifier>
<datestamp>2025-09-25</datestamp><setSpec>cs:cs:CL</setSpec></header>
<metadata><arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>2509.90001</id>
<authors><author><keyname>Example</keyname><forenames>Ada B.</forenames><suffix>Jr</suffix>
<affiliation>Univ. A</affiliation></author></authors>
<title>A toy title</title><categories>cs.CL cs.SY</categories><comments>9 pages</comments>
<license>http://creativecommons.org/licenses/by/4.0/</license>
<abstract>  Made-up
abstract.</abstract></arXiv></metadata></record>"""
DELETED = """<record><header status="deleted"><identifier>oai:arXiv.org:2509.90002</identifier>
<datestamp>2025-09-25</datestamp></header></record>"""


def oai(inside: str) -> bytes:
    return OAI.format(inside).encode()


def test_a_harvest_field_by_field() -> None:
    more = "<resumptionToken expirationDate='2025-09-27T00:00:00Z'>verb%3D1</resumptionToken>"
    harvest = parse_oai(oai(f"<ListRecords>{RECORD}{DELETED}{more}</ListRecords>"))
    first, second = harvest.records
    assert harvest.token == "verb%3D1"  # noqa: S105  (a resumption token is no secret)
    assert (first.id, first.datestamp, first.sets) == (
        "2509.90001",
        date(2025, 9, 25),
        ("cs:cs:CL",),
    )
    assert first.paper
    assert first.paper.authors == (Author("Ada B. Example Jr", ("Univ. A",)),)
    assert (first.paper.abstract, first.paper.version) == ("Made-up abstract.", 0)
    assert first.paper.categories == ("cs.CL", "eess.SY")
    assert (second.id, second.deleted, second.paper) == ("2509.90002", True, None)


def test_the_last_page_has_an_empty_token() -> None:
    assert parse_oai(oai(f"<ListRecords>{RECORD}<resumptionToken/></ListRecords>")).token is None


def test_nothing_matching_is_an_empty_harvest_and_other_errors_are_errors() -> None:
    assert parse_oai(oai("<error code='noRecordsMatch'>none</error>")) == Harvest((), None)
    with pytest.raises(FeedError, match="badResumptionToken: expired"):
        parse_oai(oai("<error code='badResumptionToken'>expired</error>"))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (oai("<Identify/>"), "holds no records"),
        (oai("<ListRecords><record/></ListRecords>"), "record 1 cannot be identified"),
        (oai(f"<ListRecords>{RECORD}</ListRecords>").replace(b"/OAI/arXiv/", b"/x/"), "neither"),
        (oai(f"<ListRecords>{RECORD}</ListRecords>")[:-40], "cut off"),
        (b"<rss/>", "“rss” where an OAI-PMH answer was due"),
    ],
)
def test_harvests_that_are_refused(body: bytes, said: str) -> None:
    with pytest.raises(BadFeed) as error:
        parse_oai(body)
    assert said in str(error.value)


def test_a_harvest_is_no_announcement() -> None:
    with pytest.raises(BadFeed, match="OAI-PMH answer came"):
        read(oai(f"<ListRecords>{RECORD}</ListRecords>"))
