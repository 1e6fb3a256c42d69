"""Raised and lowered text in Unicode, where Unicode has the characters."""

from __future__ import annotations

import re

_RAISED = dict(
    zip(
        "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδθφχ⊤",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿᵠᵡᵀ",
        strict=True,
    )
)
_LOWERED = dict(
    zip(
        "0123456789+-−=()aehijklmnoprstuvxβγρφχ",
        "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ",
        strict=True,
    )
)
CHARACTERS = "".join([*_RAISED.values(), *_LOWERED.values()])
"""Every raised and lowered character."""
_OWN = {"^": frozenset("*∗⋆°′″‴†‡"), "_": frozenset("⊙⊕⋆∗*•⊥∥☉♁")}
"""Characters that stand for themselves: nobody reads them as anything but raised or lowered."""
_LONG_WORD = re.compile(r"[^\W\d_]{3}")
_SIMPLE = re.compile(r"\w{2,}")
_ERROR = re.compile(r"(?P<sign>[+\-−])\s*\d[\d.]*")


def script(kind: str, body: str, *, tight: bool = False) -> str:
    """The body of ``^`` or ``_`` as text: ``²``, ``ₖ``, ``°``, ``_eff``, else ``^(..)``.

    Args:
        kind: ``^`` or ``_``.
        body: readable text, TeX already gone.
        tight: a letter or digit follows, so that a word needs its parentheses.
    """
    body = body.strip()
    if not body:
        return ""
    if kind == "^" and set(body) <= {"∘", "◦"}:
        return "°" * len(body)
    if all(c in _OWN[kind] for c in body):
        return body
    table = _RAISED if kind == "^" else _LOWERED
    if all(c in table for c in body) and not _LONG_WORD.search(body):
        return "".join(table[c] for c in body)
    if len(body) == 1 or (_SIMPLE.fullmatch(body) and not tight):
        return kind + body
    return f"{kind}({body})"


def both(upper: str, lower: str) -> str | None:
    """Asymmetric errors, ``^{+0.1}_{-0.2}``, as `` (+0.1/-0.2)``; None for any other pair."""
    up, low = _ERROR.fullmatch(upper.strip()), _ERROR.fullmatch(lower.strip())
    if not up or not low or up["sign"] == low["sign"]:
        return None
    return f" ({up.group()}/{low.group()})"
