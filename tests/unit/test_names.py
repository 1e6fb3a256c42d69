"""Author strings in arXiv's form, made up."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paperlark import tex
from paperlark.names import same_author, split_authors, surname

CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
LISTS = {
    "": [],
    " , ,": [],
    "Ada Moss, Bo Fern": ["Ada Moss", "Bo Fern"],
    "Ada Moss (Univ. X, Dept. Y), Bo Fern": ["Ada Moss", "Bo Fern"],
    "Ada Moss (U (a, b), Z) (Second), Bo Fern": ["Ada Moss", "Bo Fern"],
    "Ada Moss (Univ. X, Bo Fern (Y), Cy Reed": ["Ada Moss", "Bo Fern", "Cy Reed"],
    "Ada Moss), Bo Fern": ["Ada Moss", "Bo Fern"],
    "Ada Moss, Jr., Bo Fern, III (MIT)": ["Ada Moss Jr.", "Bo Fern III"],
    "Cy Reed, Ph.D., Ada Moss, M.D., Ph.D.": ["Cy Reed Ph.D.", "Ada Moss M.D. Ph.D."],
    "Ada Moss and Bo Fern, and Cy Reed": ["Ada Moss", "Bo Fern", "Cy Reed"],
    r"Ada Moss \& Bo Fern, et al.": ["Ada Moss", "Bo Fern"],
    "The LARK Collaboration: A. Moss, B. Fern": ["The LARK Collaboration", "A. Moss", "B. Fern"],
    "OpenLark, :, Ada Moss": ["OpenLark", "Ada Moss"],
    "(The LARK Collaboration), A. Moss": ["The LARK Collaboration", "A. Moss"],
    "A. Moss, for the LARK Collaboration": ["A. Moss", "LARK Collaboration"],
    "A. Moss and the LARK Collaboration": ["A. Moss", "the LARK Collaboration"],
    "LARK and Wren Collaborations": ["LARK and Wren Collaborations"],
    "the LARK Collaboration and the Wren Team": ["the LARK Collaboration", "the Wren Team"],
    r"Ay\c{s}e {\"O}z, {\L}. K{\i}l{\i}\c{c}, \'A. T\'oth": ["Ayşe Öz", "Ł. Kılıç", "Á. Tóth"],
    r"A. Moss$^{1,2}$, B. Fern$^\dagger$": ["A. Moss", "B. Fern"],
    r"C. Reed\textsuperscript{3}*, 1 D. Sedge": ["C. Reed", "D. Sedge"],
    r"J.~Moss, Zo\"e Pine--Oak, {Ana": ["J. Moss", "Zoë Pine-Oak", "Ana"],
}  # fmt: skip


@pytest.mark.parametrize(("creator", "names"), LISTS.items())
def test_names_of_a_list(creator: str, names: list[str]):
    assert [author.name for author in split_authors(creator)] == names


def test_affiliations_stay_with_their_author():
    found = split_authors(
        r"A. Moss (Univ. X, Y; Inst. Z) (for the LARK Collaboration), B. (Universit\`a)"
    )
    assert found[0].affiliations == ("Univ. X, Y", "Inst. Z", "for the LARK Collaboration")
    assert found[1].affiliations == ("Università",)


def test_numbered_affiliations_are_looked_up():
    found = split_authors("A (1), B (1 and 2), C (9) ((1) Univ. X, UK, (2) Inst. (Rome))")
    assert [a.affiliations for a in found] == [
        ("Univ. X, UK",),
        ("Univ. X, UK", "Inst. (Rome)"),
        (),
    ]


def test_three_thousand_authors():
    creator = ", ".join(f"A. Name{i} (Inst {i}, City)" for i in range(3000))
    found = split_authors(creator)
    assert len(found) == 3000
    assert found[2999].name == "A. Name2999"
    assert found[2999].affiliations == ("Inst 2999, City",)


NAME = st.from_regex(r"[A-Z][a-z]{2,8} [A-Z][a-z]{3,9}", fullmatch=True).filter(
    lambda name: not {"And", "The", "For"} & set(name.split())
)
PLACE = st.lists(st.sampled_from(["Univ. X", "Dept (Y, Z)", "Rome, Italy"]), max_size=2)


@CALM
@given(st.lists(st.tuples(NAME, PLACE), max_size=12))
def test_a_joined_list_is_cut_where_it_was_joined(people: list[tuple[str, list[str]]]):
    creator = ", ".join(
        " ".join([name, *(f"({place})" for place in places)]) for name, places in people
    )
    found = split_authors(creator)
    assert [author.name for author in found] == [name for name, _ in people]
    assert [list(author.affiliations) for author in found] == [places for _, places in people]


@CALM
@given(st.text(alphabet=st.sampled_from("Ab(){}$^\\,;:' and&~\"1é\u202e"), max_size=80))
def test_any_string_gives_clean_names(creator: str):
    for author in split_authors(creator):
        assert author.name
        assert not set(author.name) & set("\\{}$^\u202e")
        assert not tex.residue(author.name)


SURNAMES = {
    "Ludwig van Beethoven": "van Beethoven",
    "Juana de la Cruz": "de la Cruz",
    "J. Smith Jr.": "Smith",
    "Smith, John": "Smith",
    "John Smith, III": "Smith",
    r"A. Kara\c{c}ay": "Karaçay",
    "Van Tran": "Tran",
    "Plato": "Plato",
    "The LARK Collaboration": "The LARK Collaboration",
    "": "",
}


@pytest.mark.parametrize(("name", "family"), SURNAMES.items())
def test_family_names(name: str, family: str):
    assert surname(name) == family


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A. Karaçay", "Ayşegül Karaçay"),
        ("A. KARACAY", "Ayşegül Karaçay"),
        ("L. Van Beethoven", "Ludwig van Beethoven"),
        ("J. Müller", "Jörg Mueller"),
        ("Juan García López", "J. García-López"),
        ("JP Moss", "Jean-Pierre Moss"),
        ("Hao-Yu Wang", "Haoyu Wang"),
        ("Smith, John", "J. A. Smith Jr."),
        ("Zs. Kovács", "Zsolt Kovács"),
        (r"Erd\H{o}s, P.", "Paul Erdős"),
        ("B. O'Neil", "Bo O’Neil"),
        ("LARK Collaboration", "for the LARK Collaboration"),
        ("张伟", "张伟"),
    ],
)
def test_may_be_one_person(one: str, other: str):
    assert same_author(one, other)
    assert same_author(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bob Karaçay", "Ayşegül Karaçay"),
        ("Alan R. Moss", "Alan B. Moss"),
        ("J. de Vries", "J. Vries"),
        ("A. Jones", "A. Smith-Jones"),
        ("Moss", "Ada Moss"),
        ("A. Moss", "A. Mosse"),
        ("", ""),
        ("", "Ada Moss"),
        ("LARK Collaboration", "Wren Collaboration"),
    ],
)
def test_is_not_one_person(one: str, other: str):
    assert not same_author(one, other)
    assert not same_author(other, one)


@CALM
@given(NAME)
def test_a_name_is_its_own_and_its_initials(name: str):
    first, family = name.split()
    assert same_author(name, name)
    assert same_author(name.upper(), f"{first[0]}. {family}")


@CALM
@given(st.text(max_size=40), st.text(max_size=40))
def test_comparing_is_symmetric_and_never_raises(one: str, other: str):
    assert same_author(one, other) == same_author(other, one)
