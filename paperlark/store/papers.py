"""Papers and batches by mailing date, on Redis."""

from __future__ import annotations

from datetime import timedelta
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final, TypeVar

from paperlark.codec import encode, read
from paperlark.domain import Batch, BatchState, Paper
from paperlark.store import keys
from paperlark.store.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from paperlark.domain import Announcement, Listing, PaperId

T = TypeVar("T")

_PAPERS_AT_ONCE: Final = 500
"""About one megabyte an answer."""
_BATCHES_AT_ONCE: Final = 7
_KEPT_DAYS: Final = keys.BATCH_S // keys.DAY_S

_FILLED: Final = {BatchState.COMPLETE: 3, BatchState.TRUNCATED: 2}
"""States whose rows are the day's own, and what they are worth."""


def worth(batch: Batch) -> tuple[int, bool, int, bool]:
    """How much a batch knows: of two for one day and category the greater is kept.

    A batch with the day's own rows beats one without, then arXiv's own answer beats a file's, then
    more rows beat fewer, then one checked against the listing page beats one that is not. Where
    nothing usable came all are equal: the newest says best what is wrong.
    """
    if batch.state in _FILLED:
        rows, checked = len(batch.listings), batch.stated is not None
        return _FILLED[batch.state], batch.source != "file", rows, checked
    return int(batch.state is BatchState.QUIET), False, 0, False


def stays(new: Batch, old: Batch | None, *, given: bool) -> bool:
    """Whether `new` is kept in the place of `old`.

    One file that a person gives replaces another; what arXiv itself said is never replaced by one.
    """
    if old is None or worth(new) >= worth(old):
        return True
    return given and old.source == "file" and new.state is BatchState.COMPLETE


def fuller(new: Paper, old: Paper | None) -> Paper:
    """The paper that says more: with an abstract, then of the later version; else `new`.

    A listing page gives neither version nor abstract, and must not blank what a feed gave.
    """
    known = [new] if old is None else [new, old]
    return max(known, key=lambda paper: (bool(paper.abstract), paper.version))


class Papers(Shelf):
    """The store's papers and batches (`PaperStore`). Every method may raise `StoreError`."""

    def save(self, announcement: Announcement, *, given: bool = False) -> None:
        """Keep papers and batches for 35 days from now, in one step: all of it, or nothing.

        A batch replaces an earlier one for its day and category only where it knows at least as
        much (`worth`); a paper gives way only to one that says as much (`fuller`).

        Args:
            announcement: what to keep.
            given: a person asked for exactly this: it replaces what another file gave.
        """
        batches, papers = announcement.batches, tuple(announcement.papers.values())
        names = [keys.batch(batch.date, batch.category) for batch in batches]
        with self._open() as client:
            now = client.time()[0]

            def write(pipe: Any) -> None:
                held = pipe.mget(names) if names else []
                known = pipe.mget([keys.paper(paper.id) for paper in papers]) if papers else []
                pipe.multi()
                _put_papers(pipe, papers, known)
                for batch, document in zip(batches, held, strict=True):
                    old = read(Batch, document)
                    if stays(batch, old, given=given):
                        _put_batch(pipe, batch, now + keys.BATCH_S)
                pipe.zremrangebyscore(keys.DAYS, "-inf", now)

            client.transaction(write, *names)

    def batches(self, day: date, categories: Sequence[str]) -> tuple[Batch, ...]:
        """The batches kept for that day, in the order asked; those never fetched are absent.

        So are damaged ones: they are fetched again, instead of standing in the way for good.
        """
        documents = self._documents([keys.batch(day, category) for category in categories])
        found = (read(Batch, document) for document in documents)
        return tuple(batch for batch in found if batch)

    def papers(self, ids: Iterable[PaperId]) -> Mapping[PaperId, Paper]:
        """The papers kept under these ids, in the order asked; unknown ones are absent."""
        found: dict[PaperId, Paper] = {}
        for chunk in _chunks(dict.fromkeys(ids), _PAPERS_AT_ONCE):
            with self._open() as client:
                announced = client.mget([keys.paper(each) for each in chunk])
                examples = client.hmget(keys.KEPT, chunk)
            for each, document, example in zip(chunk, announced, examples, strict=True):
                paper = read(Paper, document) or read(Paper, example)
                if paper:
                    found[each] = paper
        return found

    def recent(self) -> Iterator[Paper]:
        """Every paper of a kept batch once, oldest mailing date first, read as it is consumed."""
        return (paper for _, paper in self.dated())

    def dated(self) -> Iterator[tuple[date, Paper]]:
        """The same, with the first mailing date that each was announced for."""
        filled = (batch for batch in self._kept() if batch.state in _FILLED)
        told: set[PaperId] = set()
        rows = chain.from_iterable(((b.date, row.paper) for row in b.listings) for b in filled)
        for chunk in _chunks(rows, _PAPERS_AT_ONCE):
            fresh = {paper: day for day, paper in reversed(chunk) if paper not in told}
            told |= fresh.keys()
            found = self.papers(dict.fromkeys(paper for _, paper in chunk if paper in fresh))
            yield from ((fresh[each.id], each) for each in found.values())

    def keep(self, papers: Iterable[Paper]) -> None:
        """Keep a profile's example papers for good, beside those that announcements bring."""
        documents: dict[Any, Any] = {paper.id: encode(paper) for paper in papers}
        if documents:
            with self._open() as client:
                client.hset(keys.KEPT, mapping=documents)

    def last_batch(self, category: str, before: date) -> Batch | None:
        """The newest batch of a category, before that date, that holds papers of its own day.

        Looks back 35 days: as far as batches are kept.
        """
        days = (before - timedelta(days=back) for back in range(1, _KEPT_DAYS + 1))
        for chunk in _chunks(days, _BATCHES_AT_ONCE):
            for document in self._documents([keys.batch(day, category) for day in chunk]):
                batch = read(Batch, document)
                if batch and batch.state in _FILLED and batch.listings:
                    return batch
        return None

    def listed(
        self, paper: PaperId, day: date | None = None
    ) -> tuple[tuple[date, str, Listing], ...]:
        """Every kept listing of a paper as (date, category, listing), newest date first.

        Looks through all kept batches (of that day, where one is given). They are few; an index
        by paper would be as large as they are, and wrong when one of them is replaced.
        """
        found = [
            (batch.date, batch.category, row)
            for batch in self._kept(day, f'"{paper}"'.encode())
            for row in batch.listings
            if row.paper == paper
        ]
        return tuple(sorted(found, key=lambda each: each[0], reverse=True))

    def first_day(self) -> date | None:
        """The oldest mailing date of which anything is kept; None where nothing is."""
        with self._open() as client:
            members = [raw.decode() for raw in client.zrange(keys.DAYS, 0, -1)]
        return min((keys.named(member)[0] for member in members), default=None)

    def _kept(self, only: date | None = None, naming: bytes = b"") -> Iterator[Batch]:
        """Kept batches by date; with `naming`, those alone whose document has these bytes."""
        with self._open() as client:
            members = sorted(raw.decode() for raw in client.zrange(keys.DAYS, 0, -1))
        named = (keys.named(member) for member in members)
        names = (keys.batch(day, category) for day, category in named if only in {None, day})
        for chunk in _chunks(names, _BATCHES_AT_ONCE):
            for document in self._documents(chunk):
                batch = read(Batch, document) if naming in document else None
                if batch:
                    yield batch

    def _documents(self, names: Sequence[str]) -> list[bytes]:
        """What is kept under these keys, in their order, without the absent ones."""
        if not names:
            return []
        with self._open() as client:
            return [document for document in client.mget(names) if document is not None]


def _put_papers(pipe: Any, papers: Iterable[Paper], known: Iterable[bytes | None]) -> None:
    for paper, document in zip(papers, known, strict=True):
        best = fuller(paper, read(Paper, document))
        pipe.set(keys.paper(paper.id), encode(best), ex=keys.PAPER_S)


def _put_batch(pipe: Any, batch: Batch, end: int) -> None:
    pipe.set(keys.batch(batch.date, batch.category), encode(batch), ex=keys.BATCH_S)
    pipe.zadd(keys.DAYS, {keys.day_member(batch.date, batch.category): end})


def _chunks(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """The values in lists of at most `size`."""
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk
