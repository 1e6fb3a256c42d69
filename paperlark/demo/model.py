"""A language model on loopback: the OpenAI wire, answers from known grades, faults on demand."""

from __future__ import annotations

import itertools
import json
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from paperlark.demo import model_answers as answers
from paperlark.demo import model_orders as orders
from paperlark.demo import model_reading as reading
from paperlark.demo.loopback import Handler, Loopback
from paperlark.demo.model_batches import Desk
from paperlark.demo.model_faults import ModelFault, ModelFaults, Reply, error, refusal
from worker.llm.prompt import tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from paperlark.demo.model_answers import Grades

_OK, _BAD, _UNAUTHORISED, _MISSING = 200, 400, 401, 404
_KEPT_PROMPTS = 8
"""How many prompts the cache of beginnings holds."""
_JSON = "application/json"


@dataclass(slots=True)
class Call:
    """One request as it arrived.

    Attributes:
        headers: names in lower case.
        body: the parsed JSON; empty for what is none.
        fault: the name of what went wrong with it; empty for nothing.
        began, ended: monotonic seconds of this process, arrived and about to be answered.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any] = field(default_factory=dict)
    fault: str = ""
    began: float = field(default_factory=time.monotonic)
    ended: float | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """What goes back."""

    body: bytes
    status: int = _OK
    content_type: str = _JSON


class ModelDouble(Loopback):
    """A loopback server with the OpenAI wire; use it as a context manager.

    Chat completions in all three forms of answer, models, files and batches. It reads the papers
    out of the prompt, grades them by `grades`, and answers in the schema it was given or told.

    Args:
        grades: relevance and novelty by title and abstract, or by title.
        latency_s: seconds a call takes, or how many by its completion tokens.
        obeys: follow every order found inside a paper, as far as the form of the answer lets it:
            within an enforced schema by its rows, otherwise with any words at all.
        refuses: fields of calls that are always refused, ``json_schema`` and ``json_object``
            among them.
        key: the only key that is accepted; None for any.
        models: the only models that are known; None for any.
        count: tokens of a text; an estimate where no tokenizer is given.

    Attributes:
        faults: what goes wrong with the next chat completions.
        desk: files and batches, with faults of their own.
        requests: every request, in order of arrival.
    """

    def __init__(
        self,
        grades: Grades,
        *,
        latency_s: float | Callable[[int], float] = 0.0,
        obeys: bool = False,
        refuses: tuple[str, ...] = (),
        key: str | None = None,
        models: tuple[str, ...] | None = None,
        count: Callable[[str], int] = tokens,
    ) -> None:
        self.grades, self.latency_s, self.obeys = grades, latency_s, obeys
        self.refuses, self.key, self.models, self.count = refuses, key, models, count
        self.faults, self.requests = ModelFaults(), list[Call]()
        self.desk = Desk(lambda body: self._completion(body, ModelFault("")))
        self._prompts: deque[tuple[str, str]] = deque(maxlen=_KEPT_PROMPTS)
        self._numbers = itertools.count(1)
        super().__init__(_Handler)

    @property
    def url(self) -> str:
        """The base URL: ``http://127.0.0.1:PORT/v1``."""
        return f"{self.address}/v1"

    @property
    def settings(self) -> dict[str, Any]:
        """The keys of the table ``[scoring.llm]`` that lead here."""
        return {"base_url": self.url, "api_key": self.key or "loopback"}

    @property
    def chats(self) -> list[Call]:
        """The chat completions asked for so far."""
        return [call for call in self.requests if call.path.endswith("/chat/completions")]

    def answer(self, call: Call, raw: bytes, fault: ModelFault) -> Sent:
        """The answer to one request; `raw` is its body."""
        if self.key and call.headers.get("authorization") != f"Bearer {self.key}":
            said = "Incorrect API key provided"
            return Sent(error(said, "invalid_request_error", "invalid_api_key"), _UNAUTHORISED)
        found = self._routed(call, raw, fault)
        return found or _missing(f"Unknown request URL: {call.method} {call.path}")

    def _routed(self, call: Call, raw: bytes, fault: ModelFault) -> Sent | None:
        match call.method, call.path.strip("/").split("/")[1:]:
            case "POST", ["chat", "completions"]:
                return self._chat(call.body, fault)
            case "GET", ["models"]:
                names = self.models or ("gpt-5-mini",)
                return _sent({"object": "list", "data": [_model(name) for name in names]})
            case "POST", ["files"]:
                return _sent(self.desk.keep(_uploaded(call.headers, raw)))
            case "GET", ["files", name, "content"] if name in self.desk.files:
                return Sent(self.desk.files[name], content_type="application/octet-stream")
            case method, ["batches", *rest]:
                return self._batch(method, rest, call.body)
        return None

    def _batch(self, method: str, rest: list[str], body: Mapping[str, Any]) -> Sent:
        match method, rest:
            case "POST", []:
                return _sent(self.desk.create(body))
            case "GET", []:
                return _sent(self.desk.all())
            case "GET", [batch]:
                found = self.desk.retrieve(batch)
            case "POST", [batch, "cancel"]:
                found = self.desk.cancel(batch)
            case _:
                found = None
        return _sent(found) if found else _missing("No batch found")

    def _chat(self, body: Mapping[str, Any], fault: ModelFault) -> Sent:
        model = str(body.get("model"))
        if self.models is not None and model not in self.models:
            return _missing(f"The model `{model}` does not exist", "model_not_found")
        for name in (*self.refuses, *fault.refuses):
            if name in body or name == reading.form(body):
                return Sent(refusal(name), _BAD)
        if reading.form(body) == "json_object" and "json" not in json.dumps(body).lower():
            said = "'messages' must contain the word 'json' in some form"
            return Sent(error(said, "invalid_request_error", None, "messages"), _BAD)
        found = self._completion(body, fault)
        self._work(found["usage"]["completion_tokens"] if found["usage"] else 0)
        return _sent(found)

    def _work(self, completion_tokens: int) -> None:
        latency = self.latency_s
        self.closing.wait(latency(completion_tokens) if callable(latency) else latency)

    def _completion(self, body: Mapping[str, Any], fault: ModelFault) -> dict[str, Any]:
        papers = reading.papers(reading.words(body)[1])
        reply = Reply(self._content(body, papers))
        effort = str(body.get("reasoning_effort", "medium"))
        hidden = answers.reasoning(str(body["model"]), effort, len(papers))
        reply = _limited(reply, body, hidden, self.count)
        if fault.spoil is not None:
            reply = fault.spoil(reply, self.faults.chance)
        return self._wire(body, reply, hidden)

    def _content(self, body: Mapping[str, Any], papers: list[reading.Asked]) -> str:
        rows = answers.rows(papers, self.grades)
        if self.obeys:
            rows = orders.obeying(papers, rows)
            if reading.form(body) == "text" and (dictated := orders.dictated(papers)):
                return dictated
        return answers.content(reading.schema(body), rows)

    def _wire(self, body: Mapping[str, Any], reply: Reply, hidden: int) -> dict[str, Any]:
        message = {"role": "assistant", "content": reply.content, "refusal": reply.refusal}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": reply.finish}
        visible = self.count((reply.content or "") + (reply.refusal or ""))
        return {
            "id": f"chatcmpl-{next(self._numbers):06}", "object": "chat.completion",
            "created": int(time.time()), "model": body["model"], "choices": [choice],
            "usage": self._usage(body, visible, hidden) if reply.usage else None,
            "service_tier": body.get("service_tier", "default"), "system_fingerprint": None,
        }  # fmt: skip

    def _usage(self, body: Mapping[str, Any], visible: int, hidden: int) -> dict[str, Any]:
        model, text = str(body["model"]), "".join(reading.words(body))
        prompt, completion = self.count(text), visible + hidden
        with self._lock:
            cached = answers.cached(
                text, [kept for name, kept in self._prompts if name == model], self.count
            )
            self._prompts.append((model, text))
        return {
            "prompt_tokens": prompt, "completion_tokens": completion,
            "total_tokens": prompt + completion,
            "prompt_tokens_details": {"cached_tokens": cached, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": hidden, "audio_tokens": 0},
        }  # fmt: skip


def _limited(
    reply: Reply, body: Mapping[str, Any], hidden: int, count: Callable[[str], int]
) -> Reply:
    """The reply, cut where the call's limit is used up; hidden tokens count."""
    limit = body.get("max_completion_tokens", body.get("max_tokens"))
    text = reply.content or ""
    if limit is None or hidden + count(text) <= limit:
        return reply
    while (visible := count(text)) > max(limit - hidden, 0):
        text = text[: len(text) * max(limit - hidden, 0) // visible]
    return Reply(text, "length")


def _sent(found: Mapping[str, Any]) -> Sent:
    return Sent(json.dumps(found).encode())


def _missing(message: str, code: str | None = None) -> Sent:
    return Sent(error(message, "invalid_request_error", code), _MISSING)


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "loopback"}


def _uploaded(headers: Mapping[str, str], raw: bytes) -> bytes:
    """The file in a multipart form."""
    boundary = headers.get("content-type", "").partition("boundary=")[2].strip('"').encode()
    for part in raw.split(b"--" + boundary):
        head, _, content = part.partition(b"\r\n\r\n")
        if b"filename=" in head:
            return content.removesuffix(b"\r\n")
    return b""


class _Handler(Handler):
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:  # noqa: N802  (the base calls it so)
        self._serve(b"")

    def do_POST(self) -> None:  # noqa: N802  (the base calls it so)
        self._serve(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

    def _serve(self, raw: bytes) -> None:
        double: ModelDouble = self.server.double
        headers = {name.lower(): value for name, value in self.headers.items()}
        call = Call(self.command, urlsplit(self.path).path, headers, _parsed(raw))
        double.requests.append(call)
        double.waiting(1)
        chat = call.path.endswith("/chat/completions")
        fault = double.faults.take() if chat else ModelFault("")
        call.fault = fault.name
        double.closing.wait(fault.wire.delay_s)
        sent = self._answered(call, raw, fault)
        call.ended = time.monotonic()
        double.waiting(-1)
        if not fault.wire.drop:
            self._send(sent, fault)
        spoilt = fault.wire.drop or (fault.wire.cut_at is not None and fault.wire.honest)
        self.close_connection = self.close_connection or spoilt

    def _answered(self, call: Call, raw: bytes, fault: ModelFault) -> Sent:
        wire = fault.wire
        if wire.body is not None:
            return Sent(wire.body, wire.status, wire.content_type)
        double: ModelDouble = self.server.double
        return double.answer(call, raw, fault)

    def _send(self, sent: Sent, fault: ModelFault) -> None:
        cut = sent.body[: fault.wire.cut_at]
        self.send_response(sent.status)
        self.send_header("Content-Type", sent.content_type)
        self.send_header("Content-Length", str(len(sent.body if fault.wire.honest else cut)))
        for name, value in fault.wire.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(cut)
        self.wfile.flush()


def _parsed(raw: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(raw)
    except ValueError:
        return {}
    return found if isinstance(found, Mapping) else {}
