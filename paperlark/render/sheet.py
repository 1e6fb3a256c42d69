"""A page's style sheet, and the content security policy that allows it and nothing else."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from functools import cache
from typing import NamedTuple

from markupsafe import Markup

from paperlark import resources

_ALWAYS = ("tokens.css", "base.css")


class Sheet(NamedTuple):
    """What stands in a page's ``style`` element, and the policy for its ``meta`` or a header."""

    style: Markup
    policy: str


@cache
def sheet(name: str) -> Sheet:
    """The tokens and what every page begins with, then the rules of templates/`name`."""
    parts = (resources.text("templates", each) for each in (*_ALWAYS, name))
    style = "\n" + "\n".join(parts)
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    allowed = f"style-src 'sha256-{digest}'"
    policy = f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"
    return Sheet(Markup(style), policy)  # noqa: S704  (our own files)
