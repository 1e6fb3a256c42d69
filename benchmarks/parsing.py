"""How fast a day's feed is read: paperlark's strict parser against feedparser, in one run.

The feed has arXiv's exact form and 1,800 items of made-up words, a tenth of them with TeX. Both
read the same bytes with their defaults, taking turns. Reading checks every item; text is made
readable (TeX to Unicode, author strings split) when a paper is first asked for, and the last line
says what that costs for all of them at once. Usage: ``python benchmarks/parsing.py [ITEMS]``.
"""

from __future__ import annotations

import random
import sys
import time
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import feedparser

from worker.sources.documents import read

if TYPE_CHECKING:
    from collections.abc import Callable

ITEMS = 1800
ROUNDS = 5
TEX_SHARE = 0.1
SYLLABLES = "al ber con der el fin gra hy in jo kal lo men nor op per qua ran sub tor un ve xi zet"
FORMULAS = (
    r"$\alpha$-stable",
    r"$O(n \log n)$",
    r"$\ell_2$ norm",
    r"$\mathcal{L}_{\text{reg}} \le \frac{1}{2}\|x\|^2$",
    r"\emph{robust}",
    r"$10^{-3}$",
)
NAMES = ("Ada Example", "Bob Sample Jr.", r"Fran\c{c}ois Mod\`ele", "Chi Muster (Univ. A, Lab B)")
CATEGORIES = ("cs.LG", "cs.AI", "stat.ML", "cs.CL", "math.OC", "cs.NA", "math.NA", "quant-ph")
TYPES = ("new", "new", "cross", "replace", "replace-cross")
HEAD = """<?xml version='1.0' encoding='UTF-8'?>
<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" \
xmlns:atom="http://www.w3.org/2005/Atom" \
xmlns:content="http://purl.org/rss/1.0/modules/content/" version="2.0">
  <channel>
    <title>cs, math, stat updates on arXiv.org</title>
    <link>http://rss.arxiv.org/rss/cs+math+stat</link>
    <description>cs, math, stat updates on the arXiv.org e-print archive.</description>
    <lastBuildDate>Thu, 25 Sep 2025 04:00:11 +0000</lastBuildDate>
    <managingEditor>rss-help@arxiv.org</managingEditor>
    <pubDate>Thu, 25 Sep 2025 00:00:00 -0400</pubDate>
    <skipDays>
      <day>Saturday</day>
      <day>Sunday</day>
    </skipDays>
"""
ITEM = """    <item>
      <title>{title}</title>
      <link>https://arxiv.org/abs/{id}</link>
      <description>arXiv:{id}v1 Announce Type: {type} \nAbstract: {abstract}</description>
      <guid isPermaLink="false">oai:arXiv.org:{id}v1</guid>
{categories}
      <pubDate>Thu, 25 Sep 2025 00:00:00 -0400</pubDate>
      <arxiv:announce_type>{type}</arxiv:announce_type>
      <dc:rights>http://creativecommons.org/licenses/by/4.0/</dc:rights>
      <dc:creator>{authors}</dc:creator>
    </item>
"""


def words(rng: random.Random, count: int, *, tex: bool) -> str:
    """A text of made-up words; with TeX, every twentieth is a formula."""
    syllables = SYLLABLES.split()
    plain = ["".join(rng.choices(syllables, k=rng.randint(1, 4))) for _ in range(count)]
    if tex:
        plain[::20] = [rng.choice(FORMULAS) for _ in plain[::20]]
    return escape(" ".join(plain))


def item(rng: random.Random, number: int) -> str:
    tex = rng.random() < TEX_SHARE
    names = rng.sample(NAMES, 2) if tex else [NAMES[0], NAMES[1]]
    people = [words(rng, 2, tex=False).title() for _ in range(rng.randint(1, 7))]
    chosen = rng.sample(CATEGORIES, rng.randint(1, 4))
    return ITEM.format(
        id=f"2509.{20000 + number:05d}",
        type=rng.choice(TYPES),
        title=words(rng, 10, tex=tex),
        abstract=words(rng, 190, tex=tex),
        categories="\n".join(f"      <category>{name}</category>" for name in chosen),
        authors=escape(", ".join(names + people)),
    )


def feed(items: int) -> bytes:
    """An RSS document of that many items; the same bytes in every run."""
    rng = random.Random(20250925)  # noqa: S311  (made-up words, not secrets)
    body = "".join(item(rng, number) for number in range(items))
    return f"{HEAD}{body}  </channel>\n</rss>\n".encode()


def timed(work: Callable[[], object]) -> float:
    """How long it takes, in seconds."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    body = feed(int(sys.argv[1]) if len(sys.argv) > 1 else ITEMS)
    rows = read(body).rows
    papers = timed(lambda: [row.paper for row in rows])  # first, while every cache is cold
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(timed(lambda: read(body)))
        theirs.append(timed(lambda: feedparser.parse(body)))
    print(f"{len(rows):,} items, {len(body) / 1e6:.2f} MB; the best run of each")
    print(f"paperlark   {min(ours):7.3f} s")
    print(f"feedparser  {min(theirs):7.3f} s")
    print(f"ratio       {min(theirs) / min(ours):7.1f}")
    print(f"every paper made readable once: {papers:.3f} s more")


if __name__ == "__main__":
    main()
