"""Profiles of other programs come in whole: no topic lost, nothing meant for a model kept."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperlark.errors import ConfigError
from paperlark.profile import parse
from worker.importing import import_prompt

if TYPE_CHECKING:
    from pathlib import Path

SAMPLE = """# My prompt

## System Prompt
You are a careful assistant that reads papers.

## Scoring Criteria
### Relevance Scoring
- 9-10: bullseye
### Novelty Scoring
- 9-10: a first

## Papers
[PAPERS]

## Relevant Topics
Look for work on spin systems. Announced in cs.lg, math.OC or cond-mat.dis-nn, not in xx.YY.

1. Spin Glasses
   - Relevant: replica methods,
     cavity methods
   - Irrelevant: toy simulations
     - of the plain Ising model
   - Everything by experiment
2) Output feedback control
   -Keep: Lyapunov functions
   -Filter: tuning of gains

Avoid surveys of any kind.

### Keyword spotting
Small footprints.

### Not interested in
Speech corpora.
- Chat bots

Usually irrelevant, unless surprising:
- leaderboards

**Keywords:**
- Relevant: Replica Symmetry Breaking (RSB), Sparse/Sparsity, "cavity", phase \\ transition, etc.
- Irrelevant: Federated Learning; Blockchain
- Applications: Radiology

Authors to follow:
- Ada Example, 123456
- Bo Second
"""


def sections(source: str) -> tuple[str, str, str]:
    head, _, body = source.removeprefix("+++\n").partition("+++\n")
    wanted, _, unwanted = body.partition("## What we don’t want")
    return head, wanted, unwanted


def test_every_part_finds_its_place():
    source = import_prompt(SAMPLE, "spins")
    found = parse("spins", source)
    assert found.categories == ("cs.LG", "math.OC", "cond-mat.dis-nn")
    assert [term.text for term in found.keywords] == [
        "Replica Symmetry Breaking", "RSB", "Sparse", "Sparsity", "cavity", "phase \\ transition"
    ]  # fmt: skip
    assert [(term.text, term.weight) for term in found.exclusions] == [
        ("Federated Learning", 1.0), ("Blockchain", 1.0), ("Radiology", 0.5)
    ]  # fmt: skip
    assert found.authors == ("Ada Example", "Bo Second")
    _, wanted, unwanted = sections(source)
    assert "**Spin Glasses.** replica methods, cavity methods. Everything by experiment." in wanted
    assert "**Output feedback control.** Lyapunov functions." in wanted
    assert "**Keyword spotting.** Small footprints." in wanted
    assert "**Spin Glasses.** toy simulations. of the plain Ising model." in unwanted
    assert "**Output feedback control.** tuning of gains." in unwanted
    assert "Avoid surveys of any kind." in unwanted
    assert "Speech corpora. Chat bots." in unwanted
    assert "Usually irrelevant, unless surprising: leaderboards." in unwanted


def test_the_rubric_is_left_out_and_said_to_be():
    source = import_prompt(SAMPLE, "spins")
    head, wanted, unwanted = sections(source)
    assert "bullseye" not in source
    assert "assistant" not in wanted + unwanted
    for said in ("Scoring Criteria", "Relevance Scoring", "Papers", "You are a careful"):
        assert f"#   {said}" in head


def test_a_category_is_guessed_only_where_none_is_named():
    source = import_prompt("1. Whales\n2. Seals", "sea")
    assert parse("sea", source).categories == ("cs.LG",)
    assert "cs.LG is a guess" in source
    assert "guess" not in import_prompt("Categories: stat, cs\n\nTopics:\n1. Whales", "sea")


def test_plain_text_without_headings():
    text = (
        "You are my research assistant.\n 1. Whale song;\n 2. Seals\n\n"
        "She likes clever statistics.\nRespond in JSON only.\n\n"
        "Scoring criteria:\n10 is perfect, 1 is noise\n\nTopics:\n1. Reading the sea floor\n"
        "Keywords: sonar, acoustics\n\nAnything on krill."
    )
    found = parse("sea", import_prompt(text, "sea"))
    assert found.wanted == (
        "What we want Whale song; Seals. She likes clever statistics. "
        "Reading the sea floor. Anything on krill."
    )
    assert [term.text for term in found.keywords] == ["sonar", "acoustics"]


def test_a_long_keyword_is_a_topic():
    sentence = "the way in which very long sentences stand in lists that were meant for words"
    source = import_prompt(f"Keywords:\n- Relevant: krill, {sentence}", "sea")
    assert sentence in parse("sea", source).wanted


def test_our_own_profiles_come_back_as_they_are():
    own = '+++\ncategories = ["cs.LG"]\n+++\nWhales.\n'
    assert import_prompt(own, "sea") == own
    with pytest.raises(ConfigError, match="unknown key"):
        import_prompt(own.replace("categories", "kategories"), "sea")


@pytest.mark.parametrize("text", ["", "\n\n", "## Scoring\n- 1: low", "Respond in JSON only."])
def test_nothing_to_import_is_said(text: str):
    with pytest.raises(ConfigError, match="no topic, keyword or author"):
        import_prompt(text, "sea")


def test_a_name_that_is_none_is_refused():
    with pytest.raises(ConfigError, match="cannot name a profile"):
        import_prompt("1. Whales", "a/b")


NASTY = ("+++", '"""', "- \x00\x7f\ud800", "#", "# #", "1. ", "i" * 60, "a, " * 40 + "(")
LINES = st.lists(
    st.one_of(
        st.sampled_from([*SAMPLE.splitlines(), *NASTY]),
        st.text(max_size=30),
    ),
    max_size=12,
)  # fmt: skip


@given(lines=LINES)
def test_whatever_comes_the_profile_can_be_read(lines: list[str]):
    text = "1. Whales\n" + "\n".join(lines)
    if not text.lstrip().startswith("+++"):
        parse("sea", import_prompt(text, "sea"))


WORD = st.from_regex(r"[a-z]{3,9}", fullmatch=True)


@given(
    topics=st.lists(st.tuples(WORD, WORD, WORD), min_size=1, max_size=5, unique_by=lambda t: t[0]),
    style=st.sampled_from(["{n}. {t}", "## {t}", "{n}) {t}"]),
    labels=st.sampled_from([("Relevant", "Irrelevant"), ("Keep", "Filter"), ("**Like**", "Avoid")]),
)  # fmt: skip
def test_no_topic_is_lost_and_each_stays_on_its_side(
    topics: list[tuple[str, str, str]], style: str, labels: tuple[str, str]
):
    text = "".join(
        f"{style.format(n=n, t=f'T{title}')}\n- {labels[0]}: W{good}\n- {labels[1]}: U{bad}\n\n"
        for n, (title, good, bad) in enumerate(topics, 1)
    )
    _, wanted, unwanted = sections(import_prompt(text, "x"))
    for title, good, bad in topics:
        assert re.search(rf"\*\*T{title}\.\*\* W{good}\.", wanted)
        assert re.search(rf"\*\*T{title}\.\*\* U{bad}\.", unwanted)


@pytest.mark.real
def test_real_prompts_lose_no_topic(real_data: Path):
    prompts = json.loads((real_data / "dev" / "profiles.json").read_text("utf-8"))
    assert prompts
    for prompt in prompts:
        text = prompt["text"]
        found = parse("x", source := import_prompt(text, "x"))
        kept = plain(source)
        start, end = text.find("## Relevant Topics"), text.find("## Scoring Criteria")
        part = text[start : end if end > start else None] if start >= 0 else text
        items = re.findall(
            r"^\s*(?:\d+\.|[-*](?!\*))\s*(.+)$", part.partition("\n## Topic")[0], re.MULTILINE
        )
        for item in items:
            said = re.sub(
                r"^(?:Relevant|Irrelevant[^:]*|Keep|Filter|Goal|Application): *", "", item
            )
            for word in plain(said).replace(" etc", "").split():
                assert word in kept, (prompt["prompt_sha"], item)
        assert found.wanted
        assert "9-10" not in source


def plain(text: str) -> str:
    return re.sub(r"[^\w]+", " ", text).strip()
