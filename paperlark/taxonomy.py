"""ArXiv's archives and categories: canonical names, display names, and the nearest to a typo.

The facts are in config/arxiv/categories.toml. A category with two names (``cs.NA`` and
``math.NA``) and a closed archive (``cmp-lg``) are read as the one name arXiv uses today.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from functools import cache
from operator import eq
from typing import TYPE_CHECKING, Any

from paperlark import resources
from paperlark.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Category:
    """One category, or an archive taken as a whole.

    Attributes:
        code: as arXiv writes it: ``cs.LG``.
        archive: the code of the archive it belongs to; equal to `code` for a whole archive.
        active: whether new papers can be listed under exactly this name.
    """

    code: str
    name: str
    archive: str
    group: str
    active: bool


def lookup(name: str) -> Category:
    """What `name` means, in any case, an alias and a closed archive included.

    Raises:
        ConfigError: no category or archive has that name; the sentence offers the nearest.
    """
    taxonomy = _load()
    plain = name.strip().lower()
    found = taxonomy.by_code.get(taxonomy.renamed.get(plain, plain))
    if found is None:
        raise ConfigError(f"arXiv has no category “{name.strip()[:60]}”. {hint(name)}")
    return found


def canonical(name: str) -> str:
    """The one code for a category or a whole archive, in any case; raises like `lookup`."""
    return lookup(name).code


def display_name(name: str) -> str:
    """The name people read, without the code: ``Machine Learning``; raises like `lookup`."""
    return lookup(name).name


def normalise(names: Iterable[str]) -> tuple[str, ...]:
    """Canonical codes, each once, in the order given; a name unknown here is kept as written.

    ArXiv adds categories; a paper must not be lost over one that is newer than this program.
    """
    taxonomy = _load()
    return tuple(dict.fromkeys([taxonomy.spelt.get(n) or _kept(n, taxonomy) for n in names]))


def nearest(name: str) -> str | None:
    """The canonical code most like `name`, by code or by display name; None if nothing is near.

    A name that begins with an archive's is looked for in that archive; elsewhere only its key.
    """
    taxonomy = _load()
    plain = name.strip().lower()
    codes = [*taxonomy.by_code, *taxonomy.renamed]
    found = next((code for code in codes if _letters(code) == _letters(plain) != ""), None)
    archive = plain.partition(".")[0]
    if found is None and "." in plain and archive in taxonomy.members:
        return _sibling(plain, archive) or next(iter(_namesakes(_key(plain))), None)
    found = (
        found
        or next((code for code in codes if plain and code.endswith(f".{plain}")), None)
        or _closest(plain, codes, 0.6)
        or _closest(plain, list(taxonomy.by_name), 0.75)
    )
    if found is None:
        return None
    code = taxonomy.by_name.get(found, (taxonomy.renamed.get(found, found),))[0]
    return taxonomy.by_code[code].code


def hint(name: str) -> str:
    """The sentence for a name that arXiv does not know: the nearest, or what there is to name."""
    archive, _, key = name.strip().lower().partition(".")
    near = nearest(name)
    if near:
        said = dict.fromkeys([near, *_namesakes(key)])
        return f"Did you mean {' or '.join(said)}?"
    keys = [code.partition(".")[2] for code in _load().members.get(archive, ())]
    if not keys:
        return "Categories look like cs.LG, math.OC or hep-th."
    return f"The categories of {archive} are {', '.join(keys[:-1])} and {keys[-1]}."


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _namesakes(key: str) -> tuple[str, ...]:
    """The one category of all archives that ends in exactly `key`; empty for none or several."""
    taxonomy = _load()
    found = {taxonomy.spelt[c.code] for c in taxonomy.by_code.values() if _key(c.code) == key != ""}
    return tuple(found) if len(found) == 1 else ()


def _key(code: str) -> str:
    return code.partition(".")[2].lower()


def _sibling(plain: str, archive: str) -> str | None:
    """The archive's category whose key is a slip of the pen away, of several the alphabet's first.

    One with the same first letter goes before others. An undivided archive is its only category.
    """
    codes = [code for code in _load().members[archive] if _load().spelt[code] == code]
    if codes == [archive]:
        return archive
    key = _key(plain)
    far = {code: _distance(key, _key(code)) for code in codes}
    near = [code for code in codes if far[code] <= max(1, len(key) // 3)]
    return min(near, key=lambda code: (far[code], _key(code)[:1] != key[:1], code), default=None)


def _distance(one: str, two: str) -> int:
    """Levenshtein's: the fewest letters put in, left out or changed that make `one` of `two`."""
    row = list(range(len(two) + 1))
    for i, a in enumerate(one, start=1):
        corner, row[0] = row[0], i
        for j, b in enumerate(two, start=1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (a != b))
    return row[-1]


def _closest(word: str, choices: Sequence[str], cutoff: float) -> str | None:
    """The most similar choice; of equally similar ones that with most letters in place."""
    found = get_close_matches(word, choices, n=8, cutoff=cutoff)
    alike = {choice: SequenceMatcher(None, choice, word).ratio() for choice in found}
    return max(found, key=lambda c: (alike[c], sum(map(eq, c, word))), default=None)


def named(display: str) -> tuple[str, ...]:
    """The canonical codes that share a display name, whole archives last; empty if none does.

    ``Machine Learning`` is cs.LG and stat.ML: a name alone does not always identify a category.
    """
    taxonomy = _load()
    codes = taxonomy.by_name.get(display.strip().lower(), ())
    return tuple(taxonomy.by_code[code].code for code in codes)


def categories_of(archive: str) -> tuple[str, ...]:
    """The active categories that a request for a whole archive covers, canonical, each once.

    A category gives itself. Raises like `lookup`.
    """
    asked = lookup(archive)
    if asked.code != asked.archive:
        return (asked.code,)
    return normalise(_load().members[asked.code])


def search(words: str) -> tuple[Category, ...]:
    """Active categories whose code or name holds every word, in any case, by their codes.

    A code that begins with the whole text comes first. An empty text finds all of them.
    """
    taxonomy, plain = _load(), words.strip().lower()
    found = [
        category
        for code, category in taxonomy.by_code.items()
        if category.active
        and taxonomy.spelt.get(category.code) == category.code
        and all(part in f"{code} {category.name.lower()}" for part in plain.split())
    ]
    return tuple(sorted(found, key=lambda c: (not c.code.lower().startswith(plain), c.code)))


@dataclass(frozen=True, slots=True)
class _Taxonomy:
    """The file, indexed by lower-case codes and names."""

    by_code: Mapping[str, Category]
    by_name: Mapping[str, tuple[str, ...]]
    renamed: Mapping[str, str]
    spelt: Mapping[str, str]
    """From every usual spelling to the canonical code: the fast path of `normalise`."""
    members: Mapping[str, tuple[str, ...]]


@cache
def _load() -> _Taxonomy:
    table = tomllib.loads(resources.text("config", "arxiv", "categories.toml"))
    renamed = {old: new.lower() for old, new in (table["aliases"] | table["subsumed"]).items()}
    members = {code: _members(code, entry) for code, entry in table["archives"].items()}
    categories = [c for code, entry in table["archives"].items() for c in _categories(code, entry)]
    by_code = {c.code.lower(): c for c in categories}
    by_lower = {old.lower(): new for old, new in renamed.items()}
    spelt = {c.code: by_code[by_lower.get(low, low)].code for low, c in by_code.items()}
    spelt |= {old: by_code[new].code for old, new in renamed.items()}
    by_name = _by_name(by_code[code.lower()] for code in dict.fromkeys(spelt.values()))
    return _Taxonomy(by_code, by_name, by_lower, spelt, members)


def _categories(archive: str, entry: Mapping[str, Any]) -> list[Category]:
    name, group = entry["name"], entry.get("group", entry["name"])
    parts = entry.get("categories", {})
    found = [Category(f"{archive}.{k}", v, archive, group, active=True) for k, v in parts.items()]
    return [*found, Category(archive, name, archive, group, active=not parts)]


def _members(archive: str, entry: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(f"{archive}.{key}" for key in entry.get("categories", {})) or (archive,)


def _by_name(categories: Iterable[Category]) -> dict[str, tuple[str, ...]]:
    names: dict[str, tuple[str, ...]] = {}
    for category in sorted(categories, key=lambda c: c.code == c.archive):
        key = category.name.lower()
        names[key] = (*names.get(key, ()), category.code.lower())
    return names


def _kept(name: str, taxonomy: _Taxonomy) -> str:
    plain = name.strip().lower()
    found = taxonomy.by_code.get(taxonomy.renamed.get(plain, plain))
    return found.code if found else name.strip()
