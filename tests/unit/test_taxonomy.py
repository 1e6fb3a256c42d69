from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperlark import taxonomy
from paperlark.errors import ConfigError

ALIASES = {
    "math.MP": "math-ph",
    "stat.TH": "math.ST",
    "math.IT": "cs.IT",
    "q-fin.EC": "econ.GN",
    "cs.SY": "eess.SY",
    "cs.NA": "math.NA",
}
WHOLE = [
    "gr-qc",
    "hep-ex",
    "hep-lat",
    "hep-ph",
    "hep-th",
    "math-ph",
    "nucl-ex",
    "nucl-th",
    "quant-ph",
]
DIVIDED = [
    "astro-ph",
    "cond-mat",
    "cs",
    "econ",
    "eess",
    "math",
    "nlin",
    "physics",
    "q-bio",
    "q-fin",
]
ARCHIVES = [*WHOLE, *DIVIDED, "stat"]
EVERY = [code for archive in ARCHIVES for code in taxonomy.categories_of(archive)]


def test_155_active_categories_less_six_second_names() -> None:
    assert len(set(EVERY)) == 155 - len(ALIASES)
    assert all(taxonomy.lookup(code).active for code in EVERY)


@pytest.mark.parametrize(("alias", "code"), ALIASES.items())
def test_two_names_of_one_category_are_one(alias: str, code: str) -> None:
    assert taxonomy.canonical(alias) == taxonomy.canonical(code) == code


@pytest.mark.parametrize(
    ("closed", "code"),
    [("cmp-lg", "cs.CL"), ("alg-geom", "math.AG"), ("supr-con", "cond-mat.supr-con")],
)
def test_closed_archives_live_on(closed: str, code: str) -> None:
    assert taxonomy.canonical(closed) == code


@given(st.sampled_from([*EVERY, *ARCHIVES, *ALIASES]), st.randoms())
def test_case_and_blanks_do_not_matter(code: str, random: object) -> None:
    flipped = "".join(c.swapcase() if hash((c, str(random))) % 2 else c for c in code)
    assert taxonomy.canonical(f" {flipped} ") == taxonomy.canonical(code)


def test_names_for_people() -> None:
    assert taxonomy.display_name("cs.LG") == "Machine Learning"
    assert taxonomy.display_name("cs.SY") == "Systems and Control"
    assert taxonomy.display_name("q-bio") == "Quantitative Biology"
    assert taxonomy.lookup("hep-th") == taxonomy.Category(
        "hep-th", "High Energy Physics - Theory", "hep-th", "Physics", active=True
    )
    assert taxonomy.lookup("astro-ph").active is False


def test_what_an_archive_covers() -> None:
    assert taxonomy.categories_of("stat") == (
        "stat.AP",
        "stat.CO",
        "stat.ME",
        "stat.ML",
        "stat.OT",
        "math.ST",
    )
    assert taxonomy.categories_of("hep-th") == ("hep-th",)
    assert taxonomy.categories_of("cs.SY") == ("eess.SY",)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("csLG", "cs.LG"),
        ("machine learning", "cs.LG"),
        ("LG", "cs.LG"),
        ("hepth", "hep-th"),
        ("quant ph", "quant-ph"),
        ("physics.optic", "physics.optics"),
        ("cs.SI.", "cs.SI"),
        ("cs.LH", "cs.LG"),
        ("cs.L", "cs.LG"),
        ("cs.LGG", "cs.LG"),
        ("cs-lg", "cs.LG"),
        ("math.ph", "math-ph"),
        ("stat.LG", "cs.LG"),
        ("sc.LG", "cs.LG"),
        ("hep-th.QX", "hep-th"),
        ("physics.acc-phs", "physics.acc-ph"),
        ("Numerical Analyses", "math.NA"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(typed: str, meant: str) -> None:
    assert taxonomy.nearest(typed) == meant
    with pytest.raises(ConfigError, match=f"no category “{typed}”. Did you mean {meant}?"):
        taxonomy.canonical(typed)


def test_a_name_like_no_other_gets_an_example() -> None:
    assert taxonomy.nearest("zzzzzz") is None
    with pytest.raises(ConfigError, match=r"look like cs\.LG"):
        taxonomy.canonical("zzzzzz")


def test_the_same_archive_goes_first_and_the_only_namesake_elsewhere_second() -> None:
    assert taxonomy.nearest("cs.ML") == "cs.MA"
    assert taxonomy.hint("cs.ML") == "Did you mean cs.MA or stat.ML?"


def test_a_key_like_no_other_of_its_archive_gets_the_archives_keys() -> None:
    assert taxonomy.nearest("cs.ZZ") is None
    with pytest.raises(ConfigError, match=r"“stat\.XX”\. The categories of stat are AP, CO, ME, "):
        taxonomy.canonical("stat.XX")
    assert taxonomy.hint("econ.") == "Did you mean econ?"


@given(st.sampled_from([code for code in EVERY if "." in code]), st.data())
def test_one_wrong_letter_stays_in_the_archive(code: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(code.index(".") + 1, len(code) - 1))
    letter = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz"))
    near = taxonomy.nearest(code[:at] + letter + code[at + 1 :])
    assert near is not None
    archive = code.partition(".")[0]
    assert near.startswith(archive) or near in ALIASES.values()


@given(st.text(max_size=30))
def test_nearest_answers_with_a_known_code_or_not_at_all(name: str) -> None:
    near = taxonomy.nearest(name)
    assert near is None or taxonomy.canonical(near) == near


def test_normalising_keeps_the_primary_first_and_what_is_newer_than_this_program() -> None:
    assert taxonomy.normalise(["math.NA", "cs.NA", "CS.lg", "cs.QX", "cmp-lg"]) == (
        "math.NA",
        "cs.LG",
        "cs.QX",
        "cs.CL",
    )


@given(st.lists(st.sampled_from([*EVERY, *ALIASES]), min_size=1))
def test_normalising_twice_changes_nothing(names: list[str]) -> None:
    once = taxonomy.normalise(names)
    assert taxonomy.normalise(once) == once
    assert len(set(once)) == len(once)
    assert once[0] == taxonomy.canonical(names[0])


def test_a_display_name_may_belong_to_two_categories() -> None:
    assert set(taxonomy.named("machine learning")) == {"cs.LG", "stat.ML"}
    assert taxonomy.named("Computation and Language") == ("cs.CL",)
    assert taxonomy.named("Alchemy") == ()
