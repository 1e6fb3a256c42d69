"""The one place that knows Jinja: where templates are, and how what they print is escaped."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound

from paperlark import resources
from paperlark.render import escape

if TYPE_CHECKING:
    from collections.abc import Callable


class _Shipped(BaseLoader):
    """Templates by file name from the shipped folder, wherever that is."""

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        del environment
        try:
            return resources.text("templates", template), None, None
        except FileNotFoundError as error:
            raise TemplateNotFound(template) from error


class Marked(str):
    """A string that already is Markdown and is printed as it stands."""

    __slots__ = ()


@cache
def html() -> Environment:
    """For pages: every value is tamed, then escaped; only `Markup` stands as it is."""
    return _environment(_tamed, autoescape=True)


@cache
def markdown() -> Environment:
    """For Markdown: every value is escaped; only `Marked` is printed as it stands."""
    return _environment(_marked, autoescape=False)


def _environment(finalize: Callable[[object], object], *, autoescape: bool) -> Environment:
    return Environment(
        loader=_Shipped(),
        autoescape=autoescape,  # noqa: S701  (off for Markdown only, which finalize escapes)
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _tamed(value: object) -> object:
    return escape.inline(value) if type(value) is str else value


def _marked(value: object) -> object:
    return escape.markdown(value) if type(value) is str else value
