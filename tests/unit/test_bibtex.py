from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperlark.domain import Author
from paperlark.render.bibtex import bibtex, entry, key, text
from tests.builders import paper


def test_an_entry_says_what_arxiv_says():
    whole = replace(
        paper("2611.90412", "Keys & 80 % of {it}: 𝒪(1/√T)", "Ada Example", "Iñaki Ruiz"),
        doi="10.1000/x_y",
        journal_ref="J. Ex. 1, 2026",
        categories=("cs.LG", "math.OC"),
    )
    assert entry(whole) == (
        "@misc{arXiv:2611.90412,\n"
        r"  title = {{Keys \& 80 \% of \{it\}: 𝒪(1/√T)}}," + "\n"
        "  author = {Ada Example and Iñaki Ruiz},\n"
        "  year = {2026},\n  month = nov,\n"
        "  eprint = {2611.90412},\n  archiveprefix = {arXiv},\n  primaryclass = {cs.LG},\n"
        "  doi = {10.1000/x_y},\n  note = {J. Ex. 1, 2026},\n"
        "  url = {https://arxiv.org/abs/2611.90412},\n}\n"
    )


def test_old_ids_have_their_century_and_a_key_of_their_own():
    old = entry(paper("math/0309136"))
    assert key(paper("math/0309136")) == "arXiv:math:0309136"
    assert "year = {2003},\n  month = sep" in old
    assert "year = {1994}" in entry(paper("hep-th/9401001"))


@pytest.mark.parametrize("name", ["The ATLAS and CMS Teams", "Example, Ada", "Others"])
def test_a_name_that_reads_as_several_is_kept_whole(name: str):
    assert f"author = {{{{{name}}}}}" in entry(replace(paper(), authors=(Author(name),)))


def test_several_entries_are_parted_and_none_is_nothing():
    assert bibtex([]) == ""
    assert bibtex([paper("2611.90001"), paper("2611.90002")]).count("}\n\n@misc{") == 1


HOSTILE = st.text(st.sampled_from("\\{}$&#^_~%ax \n\x00\u202eé𝒪"), max_size=30)


@given(HOSTILE)
def test_no_text_is_a_command_or_ends_the_entry(said: str):
    made = entry(replace(paper(), title=said, doi=said, journal_ref=said, authors=(Author(said),)))
    assert made.count("\n") == len(made.splitlines()) >= 9
    bare = re.sub(r"\\text(?:backslash|asciicircum|asciitilde)\{\}|\\[{}$&#_%]", "", made)
    assert not re.search(r"[\\$&#^~%]", bare)
    depth = 0
    for sign in bare:
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
    assert depth == 0
    assert "\n" not in text(said)
