"""What every double over HTTP stands on: a server in threads of its own on a loopback port."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from types import TracebackType


class Loopback:
    """A server that answers while it is entered as a context manager.

    Args:
        handler: answers each request; finds this object as ``self.server.double``.

    Attributes:
        closing: set when it ends, so that no answer is waited for any more.
        peak: most requests that waited for their answer at one time.
    """

    def __init__(self, handler: type[Handler]) -> None:
        self.peak, self.closing = 0, Event()
        self._waiting, self._lock = 0, Lock()
        self._server = _Server(("127.0.0.1", 0), handler)
        self._server.double = self
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def address(self) -> str:
        """Where it listens: ``http://127.0.0.1:PORT``."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def waiting(self, change: int) -> None:
        """Count a request that arrives (1), or whose answer is about to be sent (-1)."""
        with self._lock:
            self._waiting += change
            self.peak = max(self.peak, self._waiting)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    double: Any

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A reader that went away is no event."""


class Handler(BaseHTTPRequestHandler):
    """Answers without a word in the log."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base's name)
        """Say nothing."""
