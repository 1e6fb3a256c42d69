"""One `Digest`, every form it is read in. Importing this costs nothing; a form costs when used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paperlark.errors import ConfigError

if TYPE_CHECKING:
    from paperlark.domain import Digest

FORMATS = ("text", "md", "html", "json")


def render(digest: Digest, fmt: str, *, width: int = 80, colour: bool = False) -> str:
    """The digest in one of `FORMATS`, ending with a newline.

    Args:
        digest: what to show; nothing else is looked up.
        fmt: ``text`` for a terminal, ``md``, ``html`` (one file), or ``json`` (schema 1).
        width: of the terminal, in cells; for ``text`` only.
        colour: whether the terminal wants colours; for ``text`` only.

    Raises:
        ConfigError: no such format.
    """
    # Each renderer is imported where it is used: rich, Jinja and MathML are slow to load.
    match fmt:
        case "text":
            from paperlark.render.terminal import terminal  # noqa: PLC0415  (see above)

            return terminal(digest, width=width, colour=colour)
        case "md":
            from paperlark.render.markdown import markdown  # noqa: PLC0415  (see above)

            return markdown(digest)
        case "html":
            from paperlark.render.page import page  # noqa: PLC0415  (see above)

            return page(digest)
        case "json":
            from paperlark.render.as_json import as_json  # noqa: PLC0415  (see above)

            return as_json(digest)
    raise ConfigError(f"There is no format {fmt!r}; choose one of {', '.join(FORMATS)}.")
