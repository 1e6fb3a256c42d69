"""Settings: default.toml < site file < environment < secret files, later wins.

Built once by the command line and passed down; never a module global. An unknown key is an error
that names the nearest known one, and the file and line it stands in.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, SecretStr, ValidationError

from paperlark import resources
from paperlark.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "PAPERLARK_"
Where: TypeAlias = Callable[[tuple[str, ...]], str]
"""From a key's path to the place it was set, as text for people."""
NOT_SETTINGS = frozenset({"PAPERLARK_CONFIG", "PAPERLARK_REAL_DATA"})
ALSO_READ = {
    "REDIS_URL": ("store", "url"),
    "PAPERLARK_DATA_DIR": ("store", "data_dir"),
}
"""Names from outside our scheme, and the key each one sets."""


def loopback(host: str) -> bool:
    """Whether a host or address is this machine's own; a name that only begins like one is not."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def local(url: str) -> bool:
    """Whether an address leads to this machine."""
    return loopback(urlsplit(url.strip()).hostname or "")


class Section(BaseModel):
    """A table of settings: frozen, and strict about its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class StoreSettings(Section):
    """Where everything is kept."""

    url: SecretStr = SecretStr("")
    data_dir: str = ""


class ScoringSettings(Section):
    """Who scores. The tables are raw: `worker.llm.settings` checks them."""

    scorer: Literal["auto", "local", "llm"] = "auto"
    llm: dict[str, Any] = Field(default_factory=dict, repr=False)
    budget: dict[str, Any] = Field(default_factory=dict)
    prices: dict[str, dict[str, Any]] = Field(default_factory=dict)


class DigestSettings(Section):
    """What a digest is made for, where nobody says."""

    profile: str = ""


class FeedbackSettings(Section):
    """How votes are heard, until people of a profile decide otherwise.

    Attributes:
        target: the share of shown cards that should be liked.
        least: cards shown a day even where fewer are over the line.
        wild_card: whether one card a day is drawn from under the line, once somebody has voted.
    """

    target: float = Field(default=0.70, ge=0.05, le=0.95)
    least: int = Field(default=0, ge=0, le=20)
    wild_card: bool = True


class ClockSettings(Section):
    """What time it is, where the machine's own clock must not say."""

    pretend: str = ""
    tick_s: float = Field(default=30.0, gt=0)
    look_again_s: float = Field(default=600.0, gt=0)


class DeliverySettings(Section):
    """How posts reach their targets, and what happens where nobody can say whether one did."""

    lease_s: float = Field(default=30.0, ge=5)
    on_ambiguous: Literal["skip", "repeat"] = "skip"
    give_up_h: float = Field(default=6.0, gt=0)
    window_h: float = Field(default=12.0, gt=0, le=23)


class WebSettings(Section):
    """The small server of the bot process."""

    listen: str = "127.0.0.1:8080"
    public_url: str = ""
    secret: SecretStr = SecretStr("")


class ReadersSettings(Section):
    """What readers of mails may ask for besides the profiles there are.

    Attributes:
        own_profiles: how many readers may have categories and topics of their own; 0: nobody.
        own_categories: ``fetched``: only those that a profile of this house has; or ``any``.
        own_scorer: who scores their papers; a model costs money for every one of them.
    """

    own_profiles: int = Field(default=50, ge=0)
    own_categories: Literal["fetched", "any"] = "fetched"
    own_scorer: Literal["local", "auto", "llm"] = "local"


class LogSettings(Section):
    """What is logged, and how it looks."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "json", "text"] = "auto"


class Settings(Section):
    """Every setting. ``sources`` and ``channels`` are raw tables: their modules check them."""

    store: StoreSettings = StoreSettings()
    sources: dict[str, dict[str, Any]] = Field(default_factory=dict, repr=False)
    channels: dict[str, dict[str, Any]] = Field(default_factory=dict, repr=False)
    delivery: DeliverySettings = DeliverySettings()
    web: WebSettings = WebSettings()
    scoring: ScoringSettings = ScoringSettings()
    digest: DigestSettings = DigestSettings()
    feedback: FeedbackSettings = FeedbackSettings()
    readers: ReadersSettings = ReadersSettings()
    clock: ClockSettings = ClockSettings()
    log: LogSettings = LogSettings()
    _place: Where | None = PrivateAttr(default=None)  # a function here would become a method

    def place(self, *path: str) -> str:
        """Where the key was set, for people: a file and line, or a variable; may be empty."""
        return self._place(path) if self._place else ""

    @property
    def url(self) -> str | None:
        """The shared server's address; None means the embedded store."""
        return self.store.url.get_secret_value().strip() or None

    def data_dir(self, environ: Mapping[str, str]) -> Path:
        """The embedded store's folder."""
        if self.store.data_dir:
            return Path(self.store.data_dir).expanduser()
        base = environ.get("XDG_DATA_HOME") or "~/.local/share"
        return Path(base).expanduser() / "paperlark"


def load(environ: Mapping[str, str], site: Path | None = None) -> Settings:
    """The settings of this process.

    Args:
        environ: the environment, usually ``os.environ``.
        site: the operator's file; without one PAPERLARK_CONFIG, then ``./paperlark.toml``.

    Raises:
        ConfigError: one sentence naming the key, where it stands, and what was expected.
    """
    layers = [_Layer("config/default.toml", resources.text("config", "default.toml"))]
    if path := site or _site_file(environ):
        layers.append(_Layer(str(path), _read(path)))
    tree: dict[str, Any] = {}
    for layer in layers:
        _merge(tree, layer.table())
    origins = _environment(environ, tree)

    def place(path: tuple[str, ...]) -> str:
        return _where(path, layers, origins)

    found = check(Settings, tree, where=place)
    found._place = place  # noqa: SLF001  (a private attribute of ours; pydantic's way to carry one)
    return found


Model = TypeVar("Model", bound=BaseModel)


def check(
    model: type[Model],
    raw: Mapping[str, Any],
    *,
    prefix: str = "",
    where: Where = lambda _path: "",
) -> Model:
    """The raw table as `model`; the first thing wrong becomes one sentence.

    Args:
        model: what the table must be.
        raw: the table.
        prefix: what stands before its keys, for the sentence: ``sources.arxiv.``.
        where: from a key's path to the place it was set, as text.
    """
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        path = tuple(str(part) for part in first["loc"])
        raise ConfigError(_sentence(model, prefix, path, first, where(path))) from None


def _sentence(
    model: type[BaseModel], prefix: str, path: tuple[str, ...], first: Any, place: str
) -> str:
    key, at = (prefix + ".".join(path)).rstrip("."), f" ({place})" if place else ""
    if first["type"] == "extra_forbidden":
        close = get_close_matches(path[-1], _known(model, path[:-1]), n=1)
        hint = f" Did you mean `{prefix}{'.'.join((*path[:-1], close[0]))}`?" if close else ""
        return f"Unknown key `{key}`.{hint}{at}"
    said = first["msg"].removeprefix("Input ").removeprefix("Value error, ")
    return f"`{key}`: {said}.{at}"


def _known(model: type[BaseModel], path: tuple[str, ...]) -> list[str]:
    for part in path:
        field = model.model_fields.get(part)
        inner = field.annotation if field else None
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return []
        model = inner
    return list(model.model_fields)


class _Layer:
    """One TOML file: its table, and the line a key stands in."""

    def __init__(self, name: str, source: str) -> None:
        self.name, self.source = name, source

    def table(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self.source)
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(f"{self.name} is not TOML: {error}.") from error

    def line(self, path: tuple[str, ...]) -> int | None:
        """The line where the key is set, found by its table's header and its own name."""
        table = ""
        for number, text in enumerate(self.source.splitlines(), 1):
            if header := re.match(r"\s*\[\s*([^\]]+?)\s*\]", text):
                table = header[1] + "."
                if header[1] == ".".join(path):
                    return number
            elif (key := re.match(r"\s*([\w.-]+)\s*=", text)) and table + key[1] == ".".join(path):
                return number
        return None


def _where(path: tuple[str, ...], layers: list[_Layer], origins: Mapping[str, str]) -> str:
    if name := origins.get(".".join(path)):
        return name
    for layer in reversed(layers):
        if line := layer.line(path):
            return f"{layer.name}, line {line}"
    return ""


def _site_file(environ: Mapping[str, str]) -> Path | None:
    if given := environ.get("PAPERLARK_CONFIG"):
        return Path(given).expanduser()
    here = Path("paperlark.toml")
    return here if here.is_file() else None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise ConfigError(f"The settings file {path} cannot be read: {reason}.") from error


def _merge(tree: dict[str, Any], over: Mapping[str, Any]) -> None:
    for key, value in over.items():
        if isinstance(value, dict) and isinstance(tree.get(key), dict):
            _merge(tree[key], value)
        else:
            tree[key] = value


def _environment(environ: Mapping[str, str], tree: dict[str, Any]) -> dict[str, str]:
    """Lay the environment over the tree; returns which variable set which key."""
    origins: dict[str, str] = {}
    for name in sorted(environ):
        path = ALSO_READ.get(name) or _path(name)
        if path:
            _set(tree, path, environ[name])
            origins[".".join(path)] = name
    for name in sorted(n for n in environ if n.startswith(PREFIX) and n.endswith("_FILE")):
        path = _path(name.removesuffix("_FILE"))
        if path:
            _set(tree, path, _read(Path(environ[name])).strip())
            origins[".".join(path)] = name
    return origins


def _path(name: str) -> tuple[str, ...] | None:
    if not name.startswith(PREFIX) or name in NOT_SETTINGS or name in ALSO_READ:
        return None
    if name.endswith("_FILE"):
        return None
    return tuple(name.removeprefix(PREFIX).lower().split("__"))


def _set(tree: dict[str, Any], path: tuple[str, ...], value: str) -> None:
    for part in path[:-1]:
        inner = tree.setdefault(part, {})
        if not isinstance(inner, dict):
            raise ConfigError(f"`{'.'.join(path)}`: `{part}` is a value, not a table.")
        tree = inner
    tree[path[-1]] = value
