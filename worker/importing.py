"""Profiles written for other digests of this kind, written anew as a paperlark profile file."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from paperlark import profile, taxonomy
from paperlark.errors import ConfigError
from worker import foreign

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from worker.foreign import Foreign, Topic

DEFAULT_CATEGORY: Final = "cs.LG"
_LONGEST_COMMENT: Final = 60
_CATEGORY = re.compile(
    r"(?<![\w.-])[a-z][a-z-]{1,8}(?:\.[A-Za-z]{2,5}(?:-[a-z]{2,4})?)?(?![\w-])", re.IGNORECASE
)


def import_prompt(text: str, name: str) -> str:
    """The profile file for a prompt or profile written for another digest.

    Topics, "Relevant" and "Irrelevant" lists, keyword lists, authors and categories are kept;
    what tells a model how to grade or to answer is left out, since prompts/ holds paperlark's own,
    and the file's head says so.

    Args:
        text: Markdown or plain text; a paperlark profile comes back as it is.
        name: the profile's name to be, for the sentence when something is wrong.

    Raises:
        ConfigError: the name is none, or the text names no topic, keyword or author.
    """
    profile.check_name(name)
    plain = _cleaned(text)
    if plain.lstrip().startswith("+++"):
        profile.parse(name, plain)
        return plain
    found = foreign.read(plain)
    if not any((found.wanted, found.keywords, found.authors)):
        raise ConfigError(
            f"profile {name}: no topic, keyword or author was found to import; write the topics "
            "as Markdown, under a heading such as “Relevant topics”."
        )
    source = _written(found, _categories(found, plain))
    profile.parse(name, source)
    return source


def _cleaned(text: str) -> str:
    """Without what TOML and files cannot hold: control characters, and halves of pairs."""
    whole = text.encode("utf-8", "replace").decode("utf-8").removeprefix("\ufeff")
    lines = re.sub(r"\r\n?|[\u2028\u2029\u0085\v\f\x1c-\x1e]", "\n", whole)
    return re.sub(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]", " ", lines)


def _categories(found: Foreign, text: str) -> list[str]:
    """The categories named: in a section of theirs any, elsewhere those with a dot."""
    named = [each for line in found.categories for each in _CATEGORY.findall(line)]
    named += [each for each in _CATEGORY.findall(text) if "." in each]
    known: dict[str, None] = {}
    for each in named:
        try:
            known[taxonomy.canonical(each)] = None
        except ConfigError:
            continue
    return list(known)


def _written(found: Foreign, categories: list[str]) -> str:
    head = "\n".join(_head(found, categories))
    wanted = _markdown("What we want", found.wanted)
    return f"+++\n{head}\n+++\n{wanted}{_markdown('What we don’t want', found.unwanted)}"


def _head(found: Foreign, categories: list[str]) -> Iterator[str]:
    yield "# Imported. Check every line: it was read by patterns, not by meaning."
    if found.left_out:
        yield "# Left out, since prompts/ holds paperlark's own rubric and form of answer:"
    for said in dict.fromkeys(found.left_out):
        yield f"#   {said if len(said) <= _LONGEST_COMMENT else said[:_LONGEST_COMMENT] + '…'}"
    if not categories:
        yield f"# No category was named; {DEFAULT_CATEGORY} is a guess. Put yours here."
    yield f"categories = {_array(categories or [DEFAULT_CATEGORY])}"
    if found.keywords:
        yield f"keywords = {_array(found.keywords)}"
    if found.exclusions or found.applied:
        yield from _exclusions(found)
    if found.authors:
        yield f"authors = {_array(found.authors)}"


def _exclusions(found: Foreign) -> Iterator[str]:
    yield "# With a weight a term lowers the score; without one it keeps its papers out."
    if found.applied:
        yield "# Weight 0.5: terms listed as applications, taken for fields that are not wanted."
    yield "exclusions = ["
    for terms, weight in ((found.exclusions, 1.0), (found.applied, 0.5)):
        for term in _once(terms):
            yield f"  {{ term = {_quoted(term)}, weight = {weight} }},"
    yield "]"


def _markdown(heading: str, topics: Iterable[Topic]) -> str:
    """A paragraph a topic. Titles are no headings: one like "Avoid …" would change sides."""
    blocks = [" ".join(_sentences(topic)) for topic in topics if topic.title or topic.lines]
    return "" if not blocks else f"\n## {heading}\n\n" + "\n\n".join(blocks) + "\n"


def _sentences(topic: Topic) -> Iterator[str]:
    if topic.title:
        yield f"**{topic.title}.**"
    for line in topic.lines:
        yield line if line[-1:] in set(".:;?") else f"{line}."


def _once(terms: Iterable[str]) -> list[str]:
    return list({term.casefold(): term for term in terms}.values())


def _array(values: Iterable[str]) -> str:
    return f"[{', '.join(_quoted(value) for value in _once(values))}]"


def _quoted(text: str) -> str:
    """A TOML string: JSON's is one, once control characters are gone."""
    return json.dumps(text, ensure_ascii=False)
