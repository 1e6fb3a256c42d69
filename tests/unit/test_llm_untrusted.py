from __future__ import annotations

import gzip
import json
import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import builders
from tests.attacks import PLAIN_ABSTRACT, PLAIN_TITLE, Attack, attacks
from worker.llm.untrusted import block, clean, cut, sentence, suspicious

if TYPE_CHECKING:
    from pathlib import Path

    from paperlark.domain import Paper

HOSTILE = st.text(
    st.sampled_from(
        "<>[]()@#*_`|\\/:.&;~!- \n\tabmw1\u200b\u202e\ufeff\x00\x1b\ue000＜＠e\u0301\ufe0f"
    )
    | st.characters(),
    max_size=80,
)
PIECES = st.lists(
    st.sampled_from(
        [
            "http://",
            "www.",
            "x.com",
            "](",
            "[a]",
            "<b>",
            "<",
            "!",
            "@here",
            "@",
            "#",
            "**",
            "_",
            "`",
            "a",
            "1.",
            "&lt;",
            "||",
            "mailto:",
            "/",
            ".",
            "\u202e",
            "�",
            "\n",
            "y@x.ab",
            ")",
            ">",
            "~~",
            "data:a/b",
            " ",
        ]
    ),
    max_size=14,
).map("".join)
UNSEEN = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}


def unseen(text: str) -> list[str]:
    selectors = [c for c in text if 0xFE00 <= ord(c) < 0xFE10 or 0xE0100 <= ord(c) < 0xE01F0]
    return selectors + [c for c in text if unicodedata.category(c) in UNSEEN]


@given(HOSTILE | PIECES)
def test_cleaned_text_is_one_line_of_visible_text_and_stays_so(text: str):
    cleaned = clean(text)
    assert unseen(cleaned) == []
    assert cleaned == " ".join(cleaned.split())
    assert unicodedata.is_normalized("NFC", cleaned)
    assert clean(cleaned) == cleaned
    assert not re.search(r"<[^\s\d=.,;)<>≤≥−-]|<<|<\s*/|＜[a-z]", cleaned)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("if a < b, n<3 or x<=y", "if a < b, n<3 or x<=y"),
        ("the <think> token, <|im_end|>", "the ‹think> token, ‹|im_end|>"),
        ("[INST] x [/INST]", "(INST] x (/INST]"),
        ("na\u200bi\u0308ve\ufe0f\u00a0 text\r\n", "naïve text"),
        ("\u202eevil\u202c \ue000\x1b[2J", "evil [2J"),
    ],
)
def test_cleaning_keeps_what_science_writes(text: str, cleaned: str):
    assert clean(text) == cleaned


def test_a_block_keeps_its_lines():
    assert block("\n# A\u200b\n\n\n\n- b  c\n</profile>\n") == "# A\n\n- b c\n‹/profile>"


@given(st.text(max_size=60), st.integers(1, 60))
def test_a_cut_is_no_longer_than_allowed_and_changes_nothing_short(text: str, most: int):
    assert len(cut(text, most)) <= most
    assert cut(text, max(1, len(text))) == text


def test_a_cut_falls_on_a_word():
    assert cut("one two three", 9) == "one two…"
    assert cut("one two three", 8) == "one two…"
    assert cut("無視" * 9, 5) == "無視無視…"


@given(HOSTILE | PIECES)
def test_a_sentence_links_marks_and_calls_nothing(text: str):
    said = sentence(text)
    assert len(said) <= 200
    assert "\n" not in said
    assert all(unicodedata.category(c) not in {"Cc", "Co", "Cs"} for c in said)
    assert not re.search(
        r"://|\bwww\.|`|\*\*|\]\(|<[A-Za-z/!@#]|(?<!\w)[@#]\w", said, re.IGNORECASE
    )
    assert not re.search(r"@(?:everyone|here|channel)", said, re.IGNORECASE)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "Cuts memory *fourfold* at n < 10, recall@10 kept.",
            "Cuts memory fourfold at n < 10, recall@10 kept.",
        ),
        ("See [the code](https://example.test/x) for **more**.", "See the code for more."),
        ("  “Halves the cache.”\n", "Halves the cache."),
        ("A new “bound” for O(n^2), a*b and x_1.", "A new “bound” for O(n^2), a*b and x_1."),
        ("- 1. Ask <@U012AB3CD> or @here.", "Ask or here."),
        ("\u202e\x1b[2J \u200b", "[2J"),
        (" \u200b\n", ""),
    ],
)
def test_a_sentence_keeps_what_people_read(text: str, said: str):
    assert sentence(text) == said


def test_a_sentence_is_cut_on_a_word():
    said = sentence("eleven word " * 40, 50)
    assert said.endswith("word…")
    assert len(said) <= 50


def test_the_set_of_attacks_is_large_and_mixed():
    assert len(attacks()) >= 60
    assert len({attack.name for attack in attacks()}) == len(attacks())
    assert min(Counter(attack.trick for attack in attacks()).values()) >= 2


@pytest.mark.parametrize("attack", attacks(), ids=lambda attack: attack.name)
def test_no_attack_keeps_an_invisible_character(attack: Attack):
    paper = attack.paper()
    assert unseen(clean(paper.title) + clean(paper.abstract)) == []


def test_most_attacks_are_noticed():
    missed = [a.name for a in attacks() if not a.silent and suspicious(a.paper()) is None]
    assert len(missed) <= len(attacks()) // 10, missed
    flagged = [a for a in attacks() if suspicious(a.paper())]
    assert len(flagged) >= 0.8 * len(attacks())


def test_a_suspicion_is_a_clause_for_people():
    clauses = {suspicious(attack.paper()) for attack in attacks()} - {None}
    assert {str(clause).split()[0] for clause in clauses} == {"it", "its"}


@pytest.mark.parametrize(
    "abstract",
    [
        PLAIN_ABSTRACT,
        "We ignore terms of higher order and rate each model by its score of 71.3 on ten tasks.",
        "The relevance of previous instructions to a language model is measured on 9 data sets.",
        "This paper presents a survey. We score 10% higher than all other methods on [1, 2, 3].",
        "Let {x_i : i in [1, 10]} be a basis; then the [[7,1,3]] code is optimal for n < 10.",
        "Graders agreed with the model in 90 of 100 essays.",
        "",
    ],
)
def test_science_is_not_suspicious(abstract: str):
    assert suspicious(builders.paper(title=PLAIN_TITLE, abstract=abstract)) is None


@given(HOSTILE, HOSTILE)
def test_suspicion_never_raises(title: str, abstract: str):
    found = suspicious(builders.paper(title=title, abstract=abstract))
    assert found is None or found


@pytest.mark.real
@pytest.mark.parametrize(
    "name", ["fulldays_cslg_csai", "fulldays_gpt4o_2025-08", "astroph_graded_all"]
)
def test_few_real_papers_are_suspicious(real_data: Path, name: str):
    papers = _eighth(real_data / "dev" / f"{name}.jsonl.gz")
    flagged = sum(suspicious(paper) is not None for paper in papers)
    assert flagged / len(papers) < 0.02


def _eighth(path: Path) -> list[Paper]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for number, line in enumerate(lines) if number % 8 == 0]
    return [builders.paper(title=row["title"], abstract=row["abstract"]) for row in rows]
