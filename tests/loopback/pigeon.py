"""A message service on loopback that loses answers at will, and the channel that speaks to it.

Stand-alone: ``python -m tests.loopback.pigeon PORT``. Faults are named in the order of the calls
they befall, or drawn from a seed; ``GET /journal`` tells everything that was taken.
"""

from __future__ import annotations

import argparse
import json
import random
import threading
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx

from bot.ports import Finding, Limits
from paperlark.errors import DeliveryError
from paperlark.post import Message

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from paperlark.domain import Digest
    from paperlark.post import Setting
    from paperlark.subscription import Form
    from paperlark.target import Target

LOSSES = ("drop-before", "drop-after", "slow", "500-before", "500-after", "429")
"""Faults that leave the sender in doubt, or ask it to wait."""


@dataclass
class Taken:
    """One message the service has."""

    target: str
    key: str
    ref: str
    root: str
    text: str
    at: float


@dataclass
class Service:
    """What the service has taken, and what it does to its callers.

    Attributes:
        faults: for the calls to come, in order; empty for none.
        chance: of a fault drawn from `LOSSES` where none is named.
        slow_s: how long a slow answer takes; the message is taken at once.
        gone: targets that refuse for good.
    """

    faults: list[str] = field(default_factory=list)
    chance: float = 0.0
    seed: int = 0
    slow_s: float = 1.0
    retry_after: str = "0.1"
    gone: set[str] = field(default_factory=set)
    taken: list[Taken] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311  (a seed is the point)

    def fault(self) -> str:
        """What befalls this call."""
        with self.lock:
            if self.faults:
                return self.faults.pop(0)
            hit = self._random.random() < self.chance
            return self._random.choice(LOSSES) if hit else ""

    def take(self, body: dict[str, str]) -> str:
        """Keep a message; its name."""
        with self.lock:
            ref = f"{body['target']}:{len(self.taken) + 1}"
            self.taken.append(Taken(ref=ref, at=time.time(), **body))
            return ref

    def find(self, target: str, key: str) -> str | None:
        """The name of the message of that key."""
        with self.lock:
            found = (each.ref for each in self.taken if (each.target, each.key) == (target, key))
            return next(found, None)

    def sent(self) -> list[str]:
        """The keys taken, in order."""
        with self.lock:
            return [each.key for each in self.taken]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    service: Service

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        service = self.service
        fault = service.fault()
        service.calls.append(fault or "ok")
        if body["target"] in service.gone:
            self._say(410, {"error": "gone"})
        elif fault == "429":
            self._say(429, {"error": "slow down"}, ("Retry-After", service.retry_after))
        elif fault.endswith("-before"):
            self._lose(fault)
        else:
            ref = service.take(body)
            time.sleep(service.slow_s if fault == "slow" else 0)
            if fault.endswith("-after"):
                self._lose(fault)
            else:
                self._say(200, {"ref": ref})

    def _lose(self, fault: str) -> None:
        if fault.startswith("drop"):
            self.close_connection = True
        else:
            self._say(500, {"error": fault})

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/journal":
            self._say(200, [asdict(each) for each in self.service.taken])
        else:
            self._say(200, {"ref": self.service.find(asked["target"], asked["key"])})

    def _say(self, status: int, body: object, *headers: tuple[str, str]) -> None:
        said = json.dumps(body).encode()
        try:
            self.send_response(status)
            for name, value in (("Content-Length", str(len(said))), *headers):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said)
        except OSError:  # the caller was killed
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the library's name)
        del format, args


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that is killed is no error here."""


@contextmanager
def served(service: Service, port: int = 0) -> Iterator[str]:
    """The service on a port of its own; its address."""
    handler = type("Handler", (_Handler,), {"service": service})
    server = _Server(("127.0.0.1", port), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Pigeon:
    """The channel to it: `bot.ports.Channel`.

    Args:
        url: the service's address.
        can_find: whether it is asked at all.
        limits: how fast it is sent to.
        timeout_s: how long an answer is waited for.
    """

    def __init__(
        self,
        url: str,
        *,
        can_find: bool = True,
        limits: Limits | None = None,
        timeout_s: float = 0.5,
    ) -> None:
        self._can_find = can_find
        self._limits = limits or Limits(per_target=1000.0, burst=100)
        self._http = httpx.AsyncClient(base_url=url, timeout=timeout_s, trust_env=False)

    @property
    def limits(self) -> Limits:
        return self._limits

    @property
    def can_find(self) -> bool:
        return self._can_find

    def compose(self, digest: Digest, form: Form, setting: Setting) -> tuple[Message, ...]:
        if setting.notice:
            return (Message("notice", {"text": setting.notice}),)
        root = Message("summary", {"text": f"{digest.profile} {digest.date} {form}"})
        cards = (
            Message(
                f"card:{card.paper.id}",
                {"text": card.paper.title},
                card.paper.id,
                card.rank,
                card.score.value,
                reply=True,
            )
            for card in digest.cards
        )
        return (root, *cards)

    async def send(self, target: Target, message: Message, *, key: str, root: str) -> str:
        body = {"target": target.address, "key": key, "root": root, "text": message.payload["text"]}
        return str(await self._answer("POST", "/send", json=body))

    async def find(self, target: Target, message: Message, *, key: str, root: str,
                   since: datetime) -> str | None:  # fmt: skip
        del message, root, since
        asked = {"target": target.address, "key": key}
        found = await self._answer("GET", "/find", params=asked)
        return None if found is None else str(found)

    async def check(self, targets: Sequence[Target]) -> tuple[Finding, ...]:
        return tuple(Finding(str(target), "ok") for target in targets)

    async def aclose(self) -> None:
        await self._http.aclose()

    async def _answer(self, method: str, path: str, **how: Any) -> Any:
        try:
            answer = await self._http.request(method, path, **how)
        except httpx.ConnectError as error:
            raise DeliveryError("The pigeon loft is closed: try later.") from error
        except httpx.HTTPError as error:
            raise DeliveryError(f"The pigeon is lost ({error!r}).", uncertain=True) from error
        if answer.status_code == httpx.codes.GONE:
            raise DeliveryError("That roof is gone: name another.", permanent=True)
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            wait = float(answer.headers["Retry-After"])
            raise DeliveryError("The pigeon is tired: try later.", retry_after=wait)
        if answer.is_error:
            raise DeliveryError("The pigeon fainted.", uncertain=True)
        return answer.json()["ref"]


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("--chance", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    with served(Service(chance=given.chance, seed=given.seed), given.port) as url:
        print(url, flush=True)  # noqa: T201  (whoever starts it reads it)
        threading.Event().wait()


if __name__ == "__main__":
    main()
