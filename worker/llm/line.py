"""The line to one model server: the only module that knows the openai SDK.

A try gives a value or a `Failure`; no exception of the SDK goes further, not even as a cause:
those carry the request with its key, and messages in which servers quote prompts and keys.
"""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from paperlark.errors import ConfigError
from worker.llm import retries, servers
from worker.llm.retries import Course, Failure
from worker.llm.words import ModelRefused, Spent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import openai

    from worker.llm.settings import LlmSettings

T = TypeVar("T")
CONNECT_S = 5.0
_ABSENT = frozenset({404, 405, 501})
_MOST_WORDS = 4000
_NO_KEY = "none"
"""Sent where a server wants no key, because the SDK wants one."""


class Line:
    """Calls one server, from any thread.

    Args:
        settings: where, with which key, how long and how often.
        sleep, chance: waits a number of seconds; gives numbers from 0 to 1.

    Attributes:
        base_url: the settings' own, or else the SDK's default.
        host: the server's name for people.

    Raises:
        ConfigError: no key, and the server is known to need one.
    """

    def __init__(
        self,
        settings: LlmSettings,
        *,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float],
    ) -> None:
        env_url, env_key = os.environ.get("OPENAI_BASE_URL"), os.environ.get("OPENAI_API_KEY")
        self.base_url = settings.base_url or env_url or servers.DEFAULT_URL
        self.host = servers.host(self.base_url)
        self._key = settings.api_key.get_secret_value() or env_key or ""
        if not self._key and servers.known(self.base_url, settings.model).needs_key:
            raise ConfigError(
                f"`scoring.llm.api_key`: {self.host} wants a key and there is none; set "
                "PAPERLARK_SCORING__LLM__API_KEY or OPENAI_API_KEY."
            )
        self._timeout_s, self._tries = settings.timeout_s, settings.tries
        self.sleep, self._chance = sleep, chance
        self._sdk: openai.OpenAI | None = None
        self._lock = Lock()

    def course(self) -> Course:
        """A new question's tries."""
        return Course(self._tries, self._chance)

    def attempt(self, call: Callable[[openai.OpenAI], T]) -> T | Failure:
        """One try of a call."""
        import httpx2  # noqa: PLC0415  (with openai; it costs more than a second to import)
        import openai  # noqa: PLC0415  (the same)

        try:
            return call(self._client())
        except openai.APIStatusError as error:
            return _refused(error.status_code, error.response.headers, _raw(error.response))
        except openai.APITimeoutError as error:
            unsent = isinstance(error.__cause__, httpx2.ConnectTimeout | httpx2.PoolTimeout)
            return Failure(f"no answer in {self._timeout_s:g} seconds", lost=not unsent)
        except (openai.APIConnectionError, httpx2.HTTPError) as error:
            unsent = isinstance(error.__cause__, httpx2.ConnectError)
            return Failure("no connection" if unsent else "the connection broke", lost=not unsent)
        except openai.OpenAIError as error:
            return Failure(f"the client failed: {type(error).__name__}", again=False)

    def insist(self, call: Callable[[openai.OpenAI], T], *, absent: str = "") -> T:
        """A call that costs nothing, tried until it succeeds.

        Args:
            call: what to do.
            absent: the sentence for a server that has nothing of the kind.

        Raises:
            ModelUnavailable, ModelRefused: it did not succeed.
        """
        course = self.course()
        while isinstance(got := self.attempt(call), Failure):
            if absent and got.status in _ABSENT:
                raise ModelRefused(absent)
            if (wait := course.pause(got)) is None:
                raise retries.error(got, self.host, Spent(), course.tried)
            self.sleep(wait)
        return got

    def complete(self, body: Mapping[str, Any], timeout_s: float = 0.0) -> object | Failure:
        """The JSON that answers one chat completion, whatever it is."""
        timeout_s = max(timeout_s, self._timeout_s)
        got = self.attempt(
            lambda sdk: (
                sdk.chat.completions.with_raw_response.create(
                    **body, timeout=_timeout(timeout_s)
                ).http_response
            )
        )
        return got if isinstance(got, Failure) else _decoded(got)

    def close(self) -> None:
        """Give the connections back; a later call opens new ones."""
        with self._lock:
            sdk, self._sdk = self._sdk, None
        if sdk is not None:
            sdk.close()

    def _client(self) -> openai.OpenAI:
        import openai  # noqa: PLC0415  (costs more than a second)

        with self._lock:
            if self._sdk is None:
                self._sdk = openai.OpenAI(
                    base_url=self.base_url,
                    api_key=self._key or _NO_KEY,
                    max_retries=0,
                    timeout=_timeout(self._timeout_s),
                )
            return self._sdk


def _timeout(seconds: float) -> openai.Timeout:
    import openai  # noqa: PLC0415  (costs more than a second)

    return openai.Timeout(seconds, connect=min(CONNECT_S, seconds))


def _raw(response: Any) -> str:
    try:
        return str(response.text)[:_MOST_WORDS]
    except Exception:  # noqa: BLE001  (an unread or undecodable body says nothing; that is all)
        return ""


def _refused(status: int, headers: Mapping[str, str], words: str) -> Failure:
    return Failure(
        f"status {status}",
        status=status,
        code=_code(words),
        words=words,
        wait_s=retries.asked_wait(headers, datetime.now(UTC)),
        again=retries.asked_again(headers),
    )


def _code(words: str) -> str:
    try:
        found = json.loads(words)
    except ValueError:
        return ""
    error = found.get("error") if isinstance(found, dict) else None
    error = error if isinstance(error, dict) else found
    code = (error.get("code") or error.get("type")) if isinstance(error, dict) else None
    return str(code or "")


def _decoded(response: Any) -> object | Failure:
    """A page is no model's answer; JSON that breaks off is one that was lost."""
    if "html" in response.headers.get("content-type", ""):
        return Failure("a web page came instead of an answer")
    try:
        found: object = json.loads(response.content)
    except ValueError:
        return Failure("the answer broke off", lost=True)
    return found
