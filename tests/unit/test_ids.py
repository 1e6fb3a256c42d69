from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperlark import ids
from paperlark.errors import ConfigError

ARCHIVES = ("math", "hep-th", "cond-mat", "alg-geom", "cs", "astro-ph", "math-ph", "q-bio")

new_ids = st.builds(
    lambda year, month, serial: (
        f"{year:02}{month:02}.{serial:05}"
        if year >= 15
        else f"{year:02}{month:02}.{serial % 9999 + 1:04}"
    ),
    st.integers(8, 40),
    st.integers(1, 12),
    st.integers(1, 99999),
)
old_ids = st.builds(
    lambda archive, year, month, serial: f"{archive}/{year:02}{month:02}{serial:03}",
    st.sampled_from(ARCHIVES),
    st.sampled_from([92, 97, 99, 0, 3, 6]),
    st.integers(1, 12),
    st.integers(1, 999),
)
paper_ids = new_ids | old_ids
versions = st.none() | st.integers(1, 30)
FORMS = (
    "{}",
    "arXiv:{}",
    "ARXIV: {}",
    "oai:arXiv.org:{}",
    "https://arxiv.org/abs/{}",
    "http://www.arxiv.org/abs/{}",
    "https://export.arxiv.org/pdf/{}.pdf",
    "arxiv.org/pdf/{}",
    "https://arxiv.org/html/{}#S3.F2",
    "https://arxiv.org/format/{}/",
    "https://arxiv.org/abs/{}?context=cs.LG",
    "10.48550/arXiv.{}",
    "doi:10.48550/arXiv.{}",
    "https://doi.org/10.48550/arXiv.{}",
    "https://dx.doi.org/10.48550/ARXIV.{}",
    "  ({}),",
    "<https://arxiv.org/abs/{}>",
    "<https://arxiv.org/abs/{}|this one>",
    "“{}”.",
    "arXiv:{} [cs.LG]",
    "`{}`",
)


@given(paper_ids, versions, st.sampled_from(FORMS))
def test_every_usual_form_is_understood(paper: str, version: int | None, form: str) -> None:
    written = paper if version is None else f"{paper}v{version}"
    assert ids.canonical(form.format(written)) == (paper, version)


@given(paper_ids, versions, st.sampled_from(FORMS))
def test_case_does_not_matter(paper: str, version: int | None, form: str) -> None:
    written = form.format(paper if version is None else f"{paper}v{version}")
    assert ids.canonical(written.upper()) == ids.canonical(written.lower()) == (paper, version)


@given(paper_ids)
def test_canonical_leaves_its_own_answers_alone(paper: str) -> None:
    assert ids.canonical(paper) == (paper, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("math.GT/0309136", ("math/0309136", None)),
        ("Math.GT/0309136V2", ("math/0309136", 2)),
        ("cond-mat.mes-hall/0001001", ("cond-mat/0001001", None)),
        ("https://arxiv.org/abs/astro-ph%2F0601001", ("astro-ph/0601001", None)),
        ("http://arxiv.org/abs/quant-ph/0201082v1", ("quant-ph/0201082", 1)),
        ("0704.0001", ("0704.0001", None)),
        ("1412.9999", ("1412.9999", None)),
        ("1501.00001v12", ("1501.00001", 12)),
    ],
)
def test_examples(text: str, expected: tuple[str, int | None]) -> None:
    assert ids.canonical(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "abc",
        "2611.9041",  # five digits since 2015
        "1412.00001",  # four before
        "1413.0001",  # no thirteenth month
        "0703.0001",  # before the scheme
        "0000.0000",
        "2509.00000",
        "2509.20323v0",
        "foo/0309136",
        "math/0313136",
        "hep-th/0704001",  # after the scheme
        "2509.20323 and 2509.20324",
        "https://example.org/abs/2509.20323",
        "https://arxiv.org.example/abs/2509.20323",
        "２５０９.20323",
        "2509.20323" * 100,
    ],
)
def test_anything_else_is_refused_in_one_sentence_with_the_remedy(text: str) -> None:
    with pytest.raises(
        ConfigError, match=r"is not an arXiv id\. Ids look like 2611\.90412"
    ) as error:
        ids.canonical(text)
    assert len(str(error.value)) < 140


@given(st.text(max_size=80))
def test_no_text_breaks_it(text: str) -> None:
    try:
        paper, version = ids.canonical(text)
    except ConfigError:
        return
    assert re.fullmatch(r"[0-9]{4}\.[0-9]{4,5}|[a-z-]+/[0-9]{7}", paper)
    assert version is None or version > 0


@given(paper_ids, versions, st.sampled_from(FORMS))
def test_the_first_id_in_free_text_is_found(paper: str, version: int | None, form: str) -> None:
    written = form.format(paper if version is None else f"{paper}v{version}")
    text = f"At 10.30 we read {written} and then 2509.11111, for 1234.5678 euros."
    assert ids.find(text) == (paper, version)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nothing here",
        "pi is 3141.5926",
        "v2509.20323",
        "2509.203234",
        "x2509.20323",
        "1.2509.20323",
    ],
)
def test_free_text_without_an_id(text: str) -> None:
    assert ids.find(text) is None


def test_ids_sort_by_when_they_were_given() -> None:
    given_order = [
        "hep-th/9201001",
        "math/9912001",
        "cs/0001001",
        "math/0309136",
        "0704.0001",
        "1412.9999",
        "1501.00001",
        "1501.10000",
        "2509.20323",
    ]
    assert sorted(set(given_order), key=ids.sort_key) == given_order


@given(st.lists(new_ids))
def test_new_ids_sort_by_month_then_number(papers: list[str]) -> None:
    keys = [(int(p[:4]), int(p[5:])) for p in sorted(papers, key=ids.sort_key)]
    assert keys == sorted(keys)
