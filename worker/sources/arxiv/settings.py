"""The table ``[sources.arxiv]``: where arXiv is, who asks, and how patiently."""

from __future__ import annotations

import re
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from paperlark.settings import local
from worker.sources.documents.quoting import quoted

_SHOWN = 200
"""Characters of an address that are shown: a redirect's is foreign text."""
POLITE_S = 3.0
"""Seconds between requests that arXiv's terms ask for."""


def _parted(url: str) -> None:
    """Raise ValueError unless the address can be taken apart and its port, if any, can exist."""
    try:
        _ = urlsplit(url).port
    except ValueError:
        raise ValueError("the host, or the port (0 to 65535), is malformed") from None


def _address(url: str) -> str:
    _parted(url)
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"“{shown(url)}” is no web address; it begins with https://")
    if parts.query or parts.fragment:
        raise ValueError("an address without ? and # is needed")
    return url.rstrip("/")


def _proxy(url: SecretStr) -> SecretStr:
    if url.get_secret_value() and not re.match(r"https?://[^/\s]+", url.get_secret_value()):
        raise ValueError("a proxy's address is needed, like http://proxy.example.org:3128")
    _parted(url.get_secret_value())
    return url


def _plain(text: str) -> bool:
    """Whether a header can hold the text: the user agent names who asks."""
    return text.isascii() and text.isprintable()


def _page(url: str) -> str:
    if url and not (_plain(url) and re.fullmatch(r"https?://[^\s()<>;]+", url)):
        raise ValueError("a web page's address in ASCII is needed, like https://example.org/digest")
    return url


def _contact(text: str) -> str:
    if text and not (_plain(text) and re.fullmatch(r"[^\s()<>;,]+@[^\s()<>;,]+", text)):
        raise ValueError("an e-mail address in ASCII is needed, like operator@example.org")
    return text


Address = Annotated[str, AfterValidator(_address)]


class Settings(BaseModel):
    """How to reach arXiv. The interval may be shorter than 3 s for loopback addresses only.

    Attributes:
        rss_url, site_url: without a path's end: ``/rss/cs.LG`` and ``/list/cs.LG/new`` follow.
        api_url: the query API itself.
        contact: an address arXiv can write to; part of the user agent.
        homepage: a page about this deployment; part of the user agent too.
        patience_s: longest wait for a turn.
        cross_check: whether the listing page is asked how many papers there are.
        proxy: a proxy for outgoing requests; the environment's proxies are not read.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rss_url: Address = "https://rss.arxiv.org"
    site_url: Address = "https://arxiv.org"
    api_url: Address = "https://export.arxiv.org/api/query"
    interval_s: float = Field(default=POLITE_S, ge=0, le=600, allow_inf_nan=False)
    contact: Annotated[str, AfterValidator(_contact)] = ""
    homepage: Annotated[str, AfterValidator(_page)] = ""
    patience_s: float = Field(default=120.0, ge=0, le=86_400, allow_inf_nan=False)
    cross_check: bool = True
    proxy: Annotated[SecretStr, AfterValidator(_proxy)] = SecretStr("")

    @model_validator(mode="after")
    def _polite(self) -> Self:
        if self.interval_s < POLITE_S and not all(map(local, self._urls)):
            raise ValueError("`interval_s` must be at least 3: arXiv's terms ask for it")
        return self

    @property
    def _urls(self) -> tuple[str, str, str]:
        return self.rss_url, self.site_url, self.api_url

    @property
    def origins(self) -> frozenset[str]:
        """The only places requests and redirects may go: ``https://arxiv.org``."""
        return frozenset(map(origin, self._urls))


def origin(url: str) -> str:
    """Scheme, host and port, without user or password."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{(parts.hostname or '').lower()}{port}"


def host(url: str) -> str:
    """The host as it may be shown, with its port where that is not the usual one."""
    return shown(url).partition("/")[0]


def shown(url: str) -> str:
    """The address as it may be shown and logged: no user, password or query."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return quoted(f"{parts.hostname or ''}{port}{parts.path}", _SHOWN)
