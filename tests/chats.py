"""A chat as people see it, whatever its kind: what the story tests of every chat are told with."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, Self

from bot.doubles.discord import limits as discord_limits
from bot.doubles.discord import world as discord_world
from bot.doubles.discord.double import DiscordDouble
from bot.doubles.matrix import MatrixDouble
from bot.doubles.matrix import world as matrix_world
from bot.doubles.slack.double import SlackDouble
from bot.doubles.slack.world import BOT_USER
from bot.words import YOURS_ALONE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType

    from tests.story.test_cli import Program

_WAIT_S: Final = 120.0


class Chat(Protocol):
    """One service's double, and the people in it. Texts are what a person can read."""

    target: str
    kind: str

    @property
    def people(self) -> Mapping[str, str]:
        """What the service calls the people whom the tests call U1 to U3."""

    def __enter__(self) -> Self:
        """Start the double."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        """Stop it."""

    def environ(self) -> Mapping[str, str]:
        """Settings that lead to the double."""

    def meet(self, bot: Bot) -> None:
        """Wait until the bot listens."""

    def cards(self) -> Sequence[Any]:
        """The messages of the post that show a paper each, best first."""

    def paper(self, card: Any) -> str:
        """The id of the paper on a card."""

    def press(self, shown: Any, what: str, user: str) -> str:
        """Press a card's ``up``, ``down``, ``abstract`` or ``save``; the answer."""

    def react(self, card: Any, sign: str, user: str, *, on: bool = True, times: int = 1) -> None:
        """Put a thumb on a card, or take it off, maybe told several times."""

    def react_backwards(self, card: Any, sign: str, user: str) -> None:
        """A thumb put on and taken off, told in the wrong order."""

    def noise(self, card: Any) -> None:
        """Reactions that are no votes: a program's, an emoji, one on somebody else's message."""

    def command(self, text: str, user: str = "") -> str:
        """Type a command as product.md writes it: ``/digest today``; the answer."""

    def pages(self) -> tuple[str, str, str]:
        """``/digest today``: its first page, the next one turned in place, the near misses."""

    def share(self) -> str | None:
        """``/digest today``, shared: what everybody sees; None where every answer is."""

    def unknown(self) -> str | None:
        """A command that nobody knows; None where it may be another program's."""

    def settings(self, **filled: str) -> str:
        """Fill in the settings form; what is said beside its fields, or after it."""

    def stale(self, **filled: str) -> str | None:
        """The same with a form that was open while somebody saved another; None: no forms."""

    def home(self, user: str) -> str:
        """The person's own page, where the service has one."""

    def wrongs(self) -> list[Any]:
        """Whatever the service refused, and whomever anything called."""


class Bot:
    """``paperlark bot`` as a process; its log is in a file."""

    def __init__(self, run: Program) -> None:
        self._log = run.folder / "bot.log"
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "paperlark", "bot"],
                env=run.environ,
                cwd=run.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._end = time.monotonic() + _WAIT_S

    def said(self, event: str) -> dict[str, Any]:
        """Wait for a line of the log; its fields."""
        while time.monotonic() < self._end:
            for line in self.log.splitlines():
                if line.startswith("{") and (read := json.loads(line))["event"] == event:
                    return dict(read)
            assert self._process.poll() is None, self.log
            time.sleep(0.05)
        raise AssertionError(self.log)

    @property
    def log(self) -> str:
        """Everything it wrote so far."""
        return self._log.read_text(encoding="utf-8")

    def stop(self) -> int:
        """End it as an operator would; its exit code."""
        self._process.terminate()
        return self._process.wait(60)


class SlackChat:
    """Slack's double, by Socket Mode or by signed HTTP."""

    target = "slack:C1"
    kind = "slack"
    people: Final = {"U1": "U1", "U2": "U2", "U3": "U3"}
    emoji: Final = {"up": "+1::skin-tone-4", "down": "thumbsdown"}

    def __init__(self, way: str) -> None:
        self.way, self.double = way, SlackDouble()

    def __enter__(self) -> Self:
        self.double.__enter__()
        self.double.channel("C1", "reading")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.double.__exit__(kind, error, trace)

    def environ(self) -> dict[str, str]:
        table = self.double.environ(http=self.way == "http")
        return {**table, "PAPERLARK_WEB__LISTEN": "127.0.0.1:0"}

    def meet(self, bot: Bot) -> None:
        bot.said("slack listens")
        if self.way == "http":
            self.double.by_http(f"http://{bot.said('bot started')['web']}/slack/events")
        else:
            self.double.wait_connected()

    def cards(self) -> list[dict[str, Any]]:
        root = self.double.roots("C1")[0]
        return self.double.replies(root["ts"])

    def paper(self, card: Any) -> str:
        return str(card["metadata"]["event_payload"]["paper"])

    def press(self, shown: Any, what: str, user: str) -> str:
        verb = {"up": "vote:up", "down": "vote:down"}.get(what, what)
        did = self.double.press(shown, f"{verb}:{self.paper(shown)}", user)
        assert did.acked
        return did.said

    def react(self, card: Any, sign: str, user: str, *, on: bool = True, times: int = 1) -> None:
        name = self.emoji.get(sign, sign)
        assert self.double.react(card["ts"], name, user, added=on, times=times).acked

    def react_backwards(self, card: Any, sign: str, user: str) -> None:
        item = {"type": "message", "channel": "C1", "ts": card["ts"]}
        event = {"reaction": self.emoji[sign], "user": user, "item": item, "item_user": BOT_USER}
        put, taken = self.double.world.stamp(), self.double.world.stamp()
        for kind, stamp in (("reaction_removed", taken), ("reaction_added", put)):
            assert self.double.event({**event, "type": kind, "event_ts": stamp}, user).acked

    def noise(self, card: Any) -> None:
        self.react(card, "tada", "U3")
        self.react(card, "up", BOT_USER)
        assert self.double.react("1.000001", "+1", "U3").acked
        assert self.double.event({"type": "message", "channel": "C1", "text": "+1"}).acked

    def command(self, text: str, user: str = "") -> str:
        name, _, rest = text.partition(" ")
        did = self.double.command(name, rest, user or "U1")
        assert did.acked
        for answer in did.posts:
            assert answer["response_type"] == "ephemeral"
        return did.said

    def pages(self) -> tuple[str, str, str]:
        first = self.double.command("/digest", "today")
        second = self.double.press(first.posts[0], "page:2")
        below = self.double.press(second.posts[0], "page:below")
        assert second.posts[0]["replace_original"] is below.posts[0]["replace_original"] is True
        return first.said, second.said, below.said

    def share(self) -> str:
        shown = self.double.command("/digest", "today").posts[0]
        [shared] = self.double.press(shown, "share").posts
        assert shared["response_type"] == "in_channel"
        return json.dumps(shared, ensure_ascii=False)

    def unknown(self) -> str:
        return self.command("/lark")

    def settings(self, **filled: str) -> str:
        return self._submit(self._form(), **filled)

    def stale(self, **filled: str) -> str:
        mine = self._form()
        self.settings(zone="Europe/Oslo")
        return self._submit(mine, **filled)

    def _form(self) -> Any:
        [view] = self.double.command("/digest", "settings").views
        return view

    def _submit(self, view: Any, **filled: str) -> str:
        did = self.double.submit(view, filled)
        if did.ack:
            return "\n".join(did.ack["errors"].values())
        while not did.effects:
            time.sleep(0.02)
        return did.said

    def home(self, user: str) -> str:
        return self.double.open_home(user).said

    def wrongs(self) -> list[Any]:
        return [*self.double.refused, *self.double.pinged]


class DiscordChat:
    """Discord's double, by its gateway."""

    target = f"discord:{discord_world.CHANNEL}"
    kind = "discord"
    people: Final = {
        "U1": discord_world.MIRA,
        "U2": discord_world.TOMAS,
        "U3": discord_world.ADA,
    }
    emoji: Final = {"up": "👍🏽", "down": "👎"}

    def __init__(self) -> None:
        self.double = DiscordDouble()

    def __enter__(self) -> Self:
        self.double.__enter__()
        self.double.world.people[discord_world.MIRA].name = "u1"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.double.__exit__(kind, error, trace)

    def environ(self) -> dict[str, str]:
        return {**self.double.environ(), "PAPERLARK_WEB__LISTEN": "127.0.0.1:0"}

    def meet(self, bot: Bot) -> None:
        bot.said("discord listens")
        self.double.wait_connected()

    def cards(self) -> list[dict[str, Any]]:
        root = self.double.messages()[0]
        return [each for each in self.double.replies(root["id"]) if self._thumb(each)]

    def paper(self, card: Any) -> str:
        return self._thumb(card).removeprefix("vote:up:")

    def press(self, shown: Any, what: str, user: str) -> str:
        verb = {"up": "vote:up", "down": "vote:down"}.get(what, what)
        did = self.double.press(shown, f"{verb}:{self.paper(shown)}", self.people[user])
        assert did.acked
        return _plain(did.said)

    def react(self, card: Any, sign: str, user: str, *, on: bool = True, times: int = 1) -> None:
        self.double.react(card, self.emoji[sign], self.people[user], added=on, times=times)

    def react_backwards(self, card: Any, sign: str, user: str) -> None:
        """Discord tells everything in its order, and of no moments: there is no other way."""
        self.react(card, sign, user)
        self.react(card, sign, user, on=False)

    def noise(self, card: Any) -> None:
        other = discord_world.Person("400000000000000009", "robot", bot=True)
        self.double.world.people[other.id] = other
        self.double.react(card, "🎉", discord_world.ADA)
        self.double.react(card, "👍", discord_world.ADA, custom="900000000000000001")
        self.double.react(card, "👍", discord_world.APP)
        self.double.react(card, "👍", other.id)
        elsewhere = {"id": "1", "channel_id": discord_world.CHANNEL}
        self.double.react(elsewhere, "👍", discord_world.ADA)

    def command(self, text: str, user: str = "") -> str:
        words, options = self._chosen(text)
        did = self.double.command(words, options, user=self.people[user or "U1"])
        assert did.acked
        assert all(answer["flags"] & 1 << 6 for answer in did.answers)
        return _plain(did.said)

    def pages(self) -> tuple[str, str, str]:
        shown = self.double.command("/digest today").answers[0]
        told = [_plain("\n".join(discord_world.texts(shown)))]
        for page in ("2", "below"):
            did = self.double.press(shown, f"page:2026-11-19:{page}", expect=0)
            while (now := _plain(did.said)) in {"", *told}:
                time.sleep(0.01)
            told.append(now)
        return told[0], told[1], told[2]

    def share(self) -> str:
        shown = self.double.command("/digest today").answers[0]
        before = len(self.double.messages())
        self.double.press(shown, "share:2026-11-19:1", expect=0)
        while len(self.double.messages()) == before:
            time.sleep(0.01)
        return _plain("\n".join(discord_world.texts(self.double.messages()[-1])))

    def unknown(self) -> str:
        return self.command("/lark")

    def settings(self, **filled: str) -> str:
        did = self._submit(self.double.command("/digest settings"), **filled)
        if quiet := filled.get("quiet"):
            did = self.double.command("/digest settings", {"quiet": quiet})
        return _plain(did.said)

    def stale(self, **filled: str) -> str:
        mine = self.double.command("/digest settings")
        self._submit(self.double.command("/digest settings"), zone="Europe/Oslo")
        return _plain(self._submit(mine, **filled).said)

    def _submit(self, form: Any, **filled: str) -> Any:
        shown = {"at": "08:00", "zone": "UTC", "cap": "12"} | filled
        return self.double.submit(form, {"when": "{at} {zone}, {cap} cards".format(**shown)})

    def home(self, user: str) -> str:
        return self.command("/digest home", user)

    def wrongs(self) -> list[Any]:
        return [*self.double.refused, *self.double.pinged]

    def _thumb(self, message: Any) -> str:
        parts = discord_limits.walk(message["components"])
        names = (str(part.get("custom_id", "")) for part in parts)
        return next((name for name in names if name.startswith("vote:up:")), "")

    def _chosen(self, text: str) -> tuple[str, dict[str, str]]:
        """What is typed elsewhere as Discord's commands and their options."""
        name, _, rest = html.unescape(text).partition(" ")
        if name != "/digest":
            return name, {"id": rest} if rest else {}
        sub, _, more = rest.partition(" ")
        if sub[0].isdigit():
            return "/digest day", {"date": sub}
        key = {"today": "page", "search": "words", "why": "id"}.get(sub, "what")
        return f"/digest {sub}", {key: more} if more else {}


class MatrixChat:
    """A homeserver's double. There are no buttons: what they do elsewhere is typed.

    Nobody is answered alone, so there is nothing to share, and the commands of other programs are
    theirs. What is the asker's alone is asked again in a room of two.
    """

    target = f"matrix:{matrix_world.ROOM}"
    kind = "matrix"
    people: Final = {
        "U1": matrix_world.MIRA,
        "U2": matrix_world.TOMAS,
        "U3": matrix_world.ADA,
    }
    emoji: Final = {"up": "👍🏽", "down": "👎\ufe0f"}

    def __init__(self) -> None:
        self.double = MatrixDouble()
        self._put: dict[tuple[str, str, str], str] = {}
        self._pressed: dict[tuple[str, str], str] = {}

    def __enter__(self) -> Self:
        self.double.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.double.__exit__(kind, error, trace)

    def environ(self) -> dict[str, str]:
        return {**self.double.environ(), "PAPERLARK_WEB__LISTEN": "127.0.0.1:0"}

    def meet(self, bot: Bot) -> None:
        bot.said("matrix listens")
        self.double.heard()

    def cards(self) -> list[dict[str, Any]]:
        root = self.double.roots()[0]
        return [each for each in self.double.replies(root["event_id"]) if self.paper(each)]

    def paper(self, card: Any) -> str:
        found = re.match(r"\d+\s.*`!abstract (\S+)`$", card["content"]["body"], re.DOTALL)
        return found[1] if found else ""

    def press(self, shown: Any, what: str, user: str) -> str:
        paper = self.paper(shown)
        if what not in self.emoji:
            asked = {"abstract": f"/abstract {paper}", "save": f"/digest save {paper}"}
            return self.command(asked[what], user)
        back = self._pressed.get((paper, user)) == what
        self._pressed[paper, user] = "" if back else what
        return self.command(f"/digest vote {'none' if back else what} {paper}", user)

    def react(self, card: Any, sign: str, user: str, *, on: bool = True, times: int = 1) -> None:
        event, who = card["event_id"], self.people[user]
        if on:
            put = self.double.react(event, self.emoji[sign], who)
            self._put[event, sign, user] = put
            for _ in range(times - 1):
                self.double.again(put)
        else:
            self.double.redact(self._put.pop((event, sign, user)), who)
        self.double.heard()

    def react_backwards(self, card: Any, sign: str, user: str) -> None:
        """A homeserver tells of a redaction after what it takes back, or of neither."""
        self.react(card, sign, user)
        self.react(card, sign, user, on=False)

    def noise(self, card: Any) -> None:
        other = self.double.say("look at this", expect=0).event["event_id"]
        self.double.react(card["event_id"], "🎉", matrix_world.ADA)
        self.double.react(card["event_id"], "👍", matrix_world.ME)
        self.double.react(other, "👍", matrix_world.ADA)
        self.double.redact(other)
        self.double.heard()

    def command(self, text: str, user: str = "") -> str:
        typed, who = html.unescape(text).replace("/", "!", 1), self.people[user or "U1"]
        said = self._said(typed, who, matrix_world.ROOM)
        if said == YOURS_ALONE:
            said = self._said(typed, who, self._room(who))
        return re.sub(r"!(?=digest\b|abstract\b)", "/", said)

    def _said(self, typed: str, who: str, room: str) -> str:
        did = self.double.say(typed, who, room)
        assert did.answers, typed
        return did.said.replace("\u2060", "")

    def _room(self, who: str) -> str:
        """A room of that person and the bot."""
        room = f"!{who.strip('@').partition(':')[0]}:example.org"
        self.double.room(room, members={matrix_world.ME: "join", who: "join"})
        return room

    def pages(self) -> tuple[str, str, str]:
        asked = ("today", "today 2", "today below")
        first, second, below = (self.command(f"/digest {each}") for each in asked)
        return first, second, below

    def settings(self, **filled: str) -> str:
        pairs = " ".join(f'{key}="{value}"' for key, value in filled.items())
        return self.command(f"/digest settings {pairs}")

    def stale(self, **filled: str) -> str | None:
        del filled
        return None

    def home(self, user: str) -> str:
        return self.command("/digest home", user)

    def share(self) -> str | None:
        return None

    def unknown(self) -> str | None:
        assert not self.double.say("!lark sing", expect=0).answers
        return None

    def wrongs(self) -> list[Any]:
        return [*self.double.refused, *self.double.pinged]


def _plain(said: str) -> str:
    """A text as it is read: without what keeps Discord from formatting it."""
    return said.replace("\\", "").replace("\u2060", "")


CHATS: Final[Mapping[str, Callable[[], Chat]]] = {
    "slack-socket": lambda: SlackChat("socket"),
    "slack-http": lambda: SlackChat("http"),
    "discord": DiscordChat,
    "matrix": MatrixChat,
}


def chat(name: str) -> Chat:
    """A chat by its name in `CHATS`."""
    return CHATS[name]()


def lowered(source: str, line: int) -> str:
    """A profile's text with its base line lowered: more cards."""
    return re.sub(r"base_line\s*=.*", f"base_line = {line}", source)


def post(run: Program, at: Chat, *, line: int) -> None:
    """A subscription of Wednesday, and on Thursday its digest, by the real clock and workers."""
    source = run("profiles", "show", "foundations").stdout
    Path(run.folder, "p.md").write_text(lowered(source, line), encoding="utf-8")
    before = {"PAPERLARK_CLOCK__PRETEND": "2026-11-18T20:00:00+00:00"}
    _done(run("profiles", "add", "foundations", "--file", "p.md", "--learn", "0"))
    add = ("subs", "add", at.target, "--profile", "foundations", "--at", "08:00", "--tz", "UTC")
    _done(run(*add, **before))
    for _ in range(2):  # fetched and scored, then delivered
        _done(run("clock", "--once"))
        _done(run("worker", "--burst"))


def _done(done: Any) -> None:
    assert done.returncode == 0, done.stderr
