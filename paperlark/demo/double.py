"""ArXiv on loopback: its feeds, listings, catch-up pages and query API over made-up days."""

from __future__ import annotations

import gzip
import hashlib
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qs, unquote, urlsplit

from paperlark import taxonomy
from paperlark.demo import api, feeds, pages, wire
from paperlark.demo.faults import HTML, Fault, Faults
from paperlark.demo.loopback import Handler, Loopback
from paperlark.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

SHOWS = (25, 50, 100, 250, 500, 1000, 2000)
HISTORY_DAYS = 91
"""How far back catch-up pages go."""
_XML, _HTML = "text/xml; charset=utf-8", "text/html; charset=utf-8"


@dataclass(slots=True)
class Seen:
    """One request as it arrived.

    Attributes:
        began, ended: monotonic seconds of this process, arrived and about to be answered.
    """

    path: str
    query: Mapping[str, Sequence[str]]
    headers: Mapping[str, str]
    began: float
    ended: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back."""

    body: bytes
    content_type: str = _HTML
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class ArxivDouble(Loopback):
    """A loopback arXiv; use it as a context manager.

    Args:
        days: the papers announced on each mailing date; a date without any is a quiet day.
        now: the mailing date the feeds carry; the last of `days` where None. Settable.
        library: further papers that only the query API knows.

    Attributes:
        announced: the newest mailing date that listing pages show where it differs from the
            newest of `days` up to `now`: after 20:00 they are ahead of the feeds. Settable.
        faults: what goes wrong with the next requests.
        requests: every request, in order of arrival.
    """

    def __init__(
        self,
        days: Mapping[date, Sequence[wire.Announced]],
        now: date | None = None,
        library: Sequence[wire.Announced] = (),
    ) -> None:
        self.days, self.library = dict(days), tuple(library)
        self.now = now or max(self.days)
        self.announced: date | None = None
        self.faults, self.requests = Faults(), list[Seen]()
        super().__init__(_Handler)

    @property
    def url(self) -> str:
        """Where it listens: ``http://127.0.0.1:PORT``."""
        return self.address

    @property
    def settings(self) -> dict[str, Any]:
        """The table ``[sources.arxiv]`` that leads here, without a pause between requests."""
        return {
            "rss_url": self.url,
            "site_url": self.url,
            "api_url": f"{self.url}/api/query",
            "interval_s": 0.0,
        }

    def paths(self, prefix: str = "/") -> list[str]:
        """The paths asked for so far that begin with `prefix`."""
        return [seen.path for seen in self.requests if seen.path.startswith(prefix)]

    def answer(self, path: str, query: Mapping[str, Sequence[str]], fault: Fault) -> Answer:
        """The answer to one request, spoilt by `fault` where that needs to know the days."""
        try:
            return self._route(path, query, fault)
        except wire.BadQuery as error:
            return self._refusal(path, str(error))

    def _route(self, path: str, query: Mapping[str, Sequence[str]], fault: Fault) -> Answer:
        match [unquote(part) for part in path.strip("/").split("/")]:
            case ["rss" | "atom" as form, names]:
                return self._feed(form, names, fault)
            case ["list", name, "new"]:
                return self._listing(name, query, fault)
            case ["catchup", name, day]:
                return self._catchup(name, day, query)
            case ["api", "query"]:
                return self._api(query)
            case ["feed", "status"]:
                return Answer(b"Status: GOOD Version: 1.1.0", "text/plain")
        return Answer(HTML, status=404)

    def _refusal(self, path: str, reason: str) -> Answer:
        kind, _, names = path.strip("/").partition("/")
        if kind in {"rss", "atom"}:
            form = cast("feeds.Form", kind)
            return Answer(feeds.refusal(unquote(names), reason, form), _XML, 400)
        if kind == "api":
            return Answer(api.refusal(reason, self.now), "application/atom+xml", 400)
        return Answer(HTML, status=400)

    def _feed(self, form: feeds.Form, names: str, fault: Fault) -> Answer:
        day = self._before(self.now) if fault.stale else self.now
        papers = () if fault.empty or day is None else self.days.get(day, ())
        body = feeds.feed(names, self.now, papers, form)
        tag = {"ETag": hashlib.sha256(body).hexdigest(), "Cache-Control": "max-age=3600"}
        return Answer(body, _XML, headers=tag)

    def _before(self, day: date) -> date | None:
        return max((other for other in self.days if other < day and self.days[other]), default=None)

    def _listing(self, name: str, query: Mapping[str, Sequence[str]], fault: Fault) -> Answer:
        skip, show = int(query.get("skip", ["0"])[0]), int(query.get("show", ["2000"])[0])
        if show not in SHOWS:
            return Answer(HTML, status=400)
        day = self.announced or self._before(self.now + timedelta(days=1)) or self.now
        if fault.stale:
            day = self._before(day) or day
        papers = () if fault.empty else self.days.get(day, ())
        return Answer(pages.listing(name, day, papers, skip, show))

    def _catchup(self, name: str, day: str, query: Mapping[str, Sequence[str]]) -> Answer:
        when, page = self._past(day), int(query.get("page", ["1"])[0])
        if when is None or set(query) - {"abs", "page"} or query.get("abs") not in (None, ["True"]):
            return Answer(HTML, status=400)
        if (canonical := _canonical(name)) != name:
            return Answer(b"", status=301, headers={"Location": f"/catchup/{canonical}/{day}"
                                                    "?abs=True"})  # fmt: skip
        newest = self.announced or self.now
        later = [d for d in self.days if when < d <= newest and self.days[d]]
        papers = self.days.get(when, ())
        return Answer(pages.catchup(name, when, papers, page, min(later, default=None)))

    def _past(self, day: str) -> date | None:
        newest = self.announced or self.now
        reach = (newest - timedelta(days=back) for back in range(HISTORY_DAYS + 1))
        return next((when for when in reach if when.isoformat() == day), None)

    def _api(self, query: Mapping[str, Sequence[str]]) -> Answer:
        known = {paper.id: paper for paper in self.library}
        for day in sorted(day for day in self.days if day <= self.now):
            known |= {paper.id: paper for paper in self.days[day]}
        id_list = [part for part in query.get("id_list", [""])[0].split(",") if part]
        most = int(query.get("max_results", ["10"])[0])
        return Answer(api.answer(known, id_list, most, self.now), "application/atom+xml")


def _canonical(name: str) -> str:
    try:
        return taxonomy.canonical(name)
    except ConfigError as error:
        raise wire.BadQuery(str(error)) from error


class _Handler(Handler):
    def do_GET(self) -> None:  # noqa: N802  (the base calls it so)
        double: ArxivDouble = self.server.double
        parts = urlsplit(self.path)
        seen = Seen(parts.path, parse_qs(parts.query), dict(self.headers), time.monotonic())
        double.requests.append(seen)
        double.waiting(1)
        fault = double.faults.take(parts.path) or Fault()
        double.closing.wait(fault.delay_s)
        answer = _spoilt(double.answer(parts.path, seen.query, fault), fault)
        seen.ended = time.monotonic()
        double.waiting(-1)
        if not fault.drop:
            self._send(answer, fault)
        self.close_connection = self.close_connection or fault.drop or fault.cut_at is not None

    def _send(self, answer: Answer, fault: Fault) -> None:
        body, packed = answer.body, "gzip" in self.headers.get("Accept-Encoding", "")
        if packed:
            body = gzip.compress(body, 1)
        sent = body[: fault.cut_at]
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(body if fault.honest else sent)))
        if packed:
            self.send_header("Content-Encoding", "gzip")
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(sent)


def _spoilt(answer: Answer, fault: Fault) -> Answer:
    if fault.body is not None:
        return Answer(fault.body, fault.content_type, fault.status, fault.headers)
    status = answer.status if fault.status == 200 else fault.status  # noqa: PLR2004  (HTTP's OK)
    return Answer(answer.body, answer.content_type, status, {**answer.headers, **fault.headers})
