"""One polite request after another: turns, time-outs, retries, and what each answer means."""

from __future__ import annotations

import math
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import httpx

from paperlark import __version__
from paperlark.errors import BadFeed
from paperlark.store.gate import Blocked
from worker.sources import documents
from worker.sources.arxiv.answers import (
    Answer,
    CutOff,
    Refused,
    TooMany,
    Unanswered,
    body,
    refused,
    retry_after,
    unread,
)
from worker.sources.arxiv.hosts import PAUSE_S, UNCONNECTED, Hosts
from worker.sources.arxiv.settings import host, origin, shown
from worker.sources.arxiv.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from paperlark.ports import Progress
    from paperlark.store.gate import Gate, Turn
    from worker.sources.arxiv.settings import Settings
    from worker.sources.documents import Document

TRIES = 3
REDIRECTS = 3
_LATER = "check the network, or try again in some minutes"
_TIMEOUT = httpx.Timeout(60.0, connect=10.0)


class Client:
    """Asks arXiv for documents, one at a time, through the gate.

    Every connection is closed after its answer: an idle one would still be a second connection
    when another process has its turn.

    Args:
        settings: where arXiv is and who asks.
        gate: gives a turn for each request.
        progress: told while a turn is waited for.
        wait: how to sleep before a connection is tried once more.
    """

    def __init__(
        self,
        settings: Settings,
        gate: Gate,
        progress: Progress | None = None,
        *,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._origins, self._gate, self._progress = settings.origins, gate, progress
        self._wait, proxy = wait, settings.proxy.get_secret_value()
        self._hosts = Hosts(proxy)
        self._turns = Turns(gate, settings.patience_s, self._waiting, wait)
        self._http = httpx.Client(
            headers={"User-Agent": user_agent(settings), "Accept-Encoding": "gzip"},
            timeout=_TIMEOUT,
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=0),
            follow_redirects=False,
            trust_env=False,
            proxy=proxy or None,
        )

    def close(self) -> None:
        """Let go of whatever is open."""
        self._turns.close()
        self._http.close()

    @contextmanager
    def run(self) -> Iterator[None]:
        """One run: a host that cannot be reached is not asked again until the next one."""
        self._hosts.forget()
        try:
            yield
        finally:
            self._turns.close()

    def alive(self, url: str) -> str:
        """Whether anybody answers at `url`: the host, and the answer's first line.

        Raises:
            Unreachable, Unanswered, Throttled, Blocked: nobody does, or we may not ask.
        """
        answer = self._follow(url)
        plain = answer.status == httpx.codes.OK and answer.body[:1] != b"<"
        line = answer.body[:200].decode(errors="replace").strip().partition("\n")[0]
        said = documents.quoted(line) if plain else ""
        return f"{host(url)} answers{f' ({said})' if said else ''}"

    def document(self, url: str, parse: Callable[[bytes], Document]) -> Document:
        """The document at `url`, asked for up to three times while that may help.

        Raises:
            Unreachable, Unanswered, Refused, CutOff, Throttled, Blocked: see each.
            FeedError: arXiv says that the request is wrong.
            BadFeed: the answer is not what `parse` reads.
        """
        for left in reversed(range(TRIES)):
            try:
                return self._read(self._follow(url), parse)
            except (Unanswered, TooMany, CutOff) as error:
                # A cut answer is asked for once more only: the next one is cut the same way.
                if left == 0 or (isinstance(error, CutOff) and left < TRIES - 1):
                    raise
        raise AssertionError("unreachable")  # pragma: no cover

    def _follow(self, url: str) -> Answer:
        for _ in range(REDIRECTS + 1):
            answer = self._ask(url)
            if not 300 <= answer.status < 400:  # noqa: PLR2004  (HTTP's redirects)
                return answer
            url = self._target(answer)
        raise Refused(f"{shown(url)} sends us round in circles; check sources.arxiv.site_url.")

    def _target(self, answer: Answer) -> str:
        location = str(answer.headers.get("Location", ""))
        try:
            target = urljoin(answer.url, location)
            place = origin(target)
        except ValueError:  # no address at all, or one with an impossible port
            target, place = "", location
        if place not in self._origins:
            raise Refused(
                f"{shown(answer.url)} has moved to {documents.quoted(place)}, "
                "which is not allowed; if that is right, set it in sources.arxiv."
            )
        return target

    def _ask(self, url: str) -> Answer:
        """One request in one turn; statuses that concern every request end here."""
        self._hosts.check(url)
        with self._turns.turn() as turn:
            answer = self._connected(url, turn)
        match answer.status:
            case 403:
                self._gate.blocked("403")
                raise Blocked(self._gate.status().sentence)
            case 429 | 503:
                raise self._too_many(f"{answer.status}", answer.headers)
            case status if status >= 500:  # noqa: PLR2004  (HTTP's server errors)
                raise Unanswered(f"{host(url)} answered {status}; try again in some minutes.")
        return answer

    def _waiting(self, seconds: float, reason: str) -> None:
        if self._progress:
            self._progress(f"{reason}: {math.ceil(seconds)} s", 0, 0)

    def _too_many(self, reason: str, headers: httpx.Headers) -> TooMany:
        seconds = self._gate.throttled(retry_after(headers), reason)
        return TooMany(self._gate.status().sentence, retry_after=seconds)

    def _connected(self, url: str, turn: Turn) -> Answer:
        """The answer; a connection that cannot be made is tried once more, in the same turn."""
        try:
            return self._exchange(url, turn)
        except UNCONNECTED:
            self._wait(PAUSE_S)
        try:
            return self._exchange(url, turn)
        except UNCONNECTED as error:
            raise self._hosts.gone(url, error) from error

    def _exchange(self, url: str, turn: Turn) -> Answer:
        try:
            with self._http.stream("GET", url) as response:
                return Answer(
                    url, response.status_code, response.headers, body(url, response, turn)
                )
        except UNCONNECTED:
            raise
        except httpx.RemoteProtocolError as error:
            raise Unanswered(f"{host(url)} broke the connection off; {_LATER}.") from error
        except httpx.TimeoutException as error:
            raise Unanswered(f"{host(url)} did not answer in time; {_LATER}.") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unanswered(f"{host(url)} cannot be asked ({_plain(error)}); {_LATER}.") from error

    def _read(self, answer: Answer, parse: Callable[[bytes], Document]) -> Document:
        try:
            document = parse(answer.body)
        except documents.Throttled as error:
            raise self._too_many("“Rate exceeded.”", answer.headers) from error
        except documents.FeedError:
            raise
        except BadFeed as error:
            whole = answer.status == httpx.codes.OK
            raise (unread(answer, error) if whole else refused(answer)) from error
        if answer.status != httpx.codes.OK:
            raise refused(answer)
        self._gate.answered()
        return document


def user_agent(settings: Settings) -> str:
    """Who asks: ``paperlark/0.1.0 (+https://example.org; mailto:operator@example.org)``."""
    parts = [
        f"+{settings.homepage}" if settings.homepage else "",
        f"mailto:{settings.contact}" if settings.contact else "",
    ]
    who = "; ".join(filter(None, parts))
    return f"paperlark/{__version__} ({who})" if who else f"paperlark/{__version__}"


def _plain(error: Exception) -> str:
    return documents.quoted(str(error), 200) or type(error).__name__
