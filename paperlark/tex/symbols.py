"""Commands without arguments and what they look like.

The table holds what arXiv's titles and abstracts use, and the names astronomers give to units and
ions; it answers nearly every question. Whatever else TeX knows is looked up in pylatexenc, which
is imported only then.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

_PAIRS = """
alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι
kappa κ lambda λ mu μ nu ν xi ξ omicron ο pi π varpi ϖ rho ρ varrho ϱ sigma σ varsigma ς tau τ
upsilon υ phi ϕ varphi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ
Upsilon Υ Phi Φ Psi Ψ Omega Ω textmu μ micro μ ell ℓ hbar ℏ Re ℜ Im ℑ aleph ℵ wp ℘ partial ∂
nabla ∇ infty ∞ emptyset ∅ varnothing ∅ forall ∀ exists ∃ neg ¬ lnot ¬ prime ′ angle ∠ degree °
deg ° degr ° textdegree ° celsius °C arcsec ″ arcmin ′ asec ″ amin ′ farcs ″ farcm ′ fdg °
sum ∑ prod ∏ coprod ∐ int ∫ iint ∬ oint ∮ bigcup ⋃ bigcap ⋂ bigoplus ⨁ bigotimes ⨂ bigodot ⊙
pm ± mp ∓ times × div ÷ cdot · ast ∗ star ⋆ circ ∘ bullet • oplus ⊕ ominus ⊖ otimes ⊗ odot ⊙
cup ∪ cap ∩ sqcup ⊔ sqcap ⊓ wedge ∧ land ∧ vee ∨ lor ∨ setminus ∖ backslash ∖ textbackslash ∖
dagger † ddagger ‡ dag † ddag ‡ amalg ⨿ uplus ⊎ diamond ⋄ triangle △ bigcirc ◯ square □ Box □
blacksquare ■ lozenge ◊ bigstar ★ checkmark ✓ cmark ✓ xmark ✗ clubsuit ♣ heartsuit ♥ spadesuit ♠
le ≤ leq ≤ leqslant ⩽ ge ≥ geq ≥ geqslant ⩾ lt < gt > ll ≪ gg ≫ lesssim ≲ gtrsim ≳ lsim ≲ gsim ≳
la ≲ ga ≳ lessapprox ⪅ gtrapprox ⪆ ne ≠ neq ≠ equiv ≡ sim ∼ simeq ≃ approx ≈ cong ≅ asymp ≍
doteq ≐ propto ∝ prec ≺ succ ≻ preceq ⪯ succeq ⪰ subset ⊂ supset ⊃ subseteq ⊆ supseteq ⊇
subsetneq ⊊ sqsubseteq ⊑ in ∈ notin ∉ ni ∋ perp ⊥ bot ⊥ top ⊤ parallel ∥ mid | vdash ⊢ dashv ⊣
models ⊨ vDash ⊨ triangleq ≜ coloneqq ≔ bowtie ⋈ boxtimes ⊠ rtimes ⋊ ltimes ⋉ wr ≀ therefore ∴
because ∵ to → rightarrow → gets ← leftarrow ← leftrightarrow ↔ Rightarrow ⇒ Leftarrow ⇐
Leftrightarrow ⇔ implies ⇒ iff ⇔ mapsto ↦ longrightarrow ⟶ longleftarrow ⟵ uparrow ↑ downarrow ↓
updownarrow ↕ nearrow ↗ searrow ↘ hookrightarrow ↪ rightleftharpoons ⇌ leadsto ⇝
langle ⟨ rangle ⟩ lceil ⌈ rceil ⌉ lfloor ⌊ rfloor ⌋ lbrace { rbrace } lbrack [ rbrack ] vert |
lvert | rvert | Vert ‖ lVert ‖ rVert ‖ textbar | ldots … dots … cdots ⋯ vdots ⋮ ddots ⋱ dotsc …
textellipsis … textendash – textemdash — textquoteleft ‘ textquoteright ’ textquotedblleft “
textquotedblright ” lq ‘ rq ’ guillemotleft « guillemotright » textless < textgreater >
textasciitilde ~ textasciicircum ^ textunderscore _ textdollar $ textperthousand ‰ pounds £
textsterling £ euro € texteuro € yen ¥ copyright © textcopyright © textregistered ® texttrademark ™
S § P ¶ colon : slash / And & angstrom Å ampere A R ℝ N ℕ Z ℤ Q ℚ C ℂ E 𝔼 ie i.e. eg e.g.
"""
_PHRASES = {
    "etal": "et al.", "LaTeX": "LaTeX", "TeX": "TeX", "BibTeX": "BibTeX", "xspace": "",
    "Msun": "M⊙", "msun": "M⊙", "Msolar": "M⊙", "Lsun": "L⊙", "lsun": "L⊙", "Rsun": "R⊙",
    "rsun": "R⊙", "Zsun": "Z⊙", "Mearth": "M⊕", "Rearth": "R⊕", "sun": "⊙", "Sun": "⊙",
    "Mstar": "M⋆", "kms": "km/s", "kmps": "km/s", "muas": "μas", "Halpha": "Hα", "halpha": "Hα",
    "Ha": "Hα", "Hbeta": "Hβ", "hb": "Hβ", "HI": "H I", "hi": "H I", "Hi": "H I", "HII": "H II",
    "hii": "H II", "Heii": "He II", "CaII": "Ca II", "Caii": "Ca II", "SiII": "Si II",
    "oii": "[O II]", "oiii": "[O III]", "nii": "[N II]", "sii": "[S II]", "neiii": "[Ne III]",
    "teff": "T_eff", "Teff": "T_eff", "logg": "log g", "feh": "[Fe/H]", "vsini": "v sin i",
}  # fmt: skip
"""What authors define for themselves so often that its meaning is plain."""
SYMBOLS = dict(zip(_PAIRS.split()[::2], _PAIRS.split()[1::2], strict=True)) | _PHRASES
"""A command's name without its backslash, to what it looks like."""
_OPERATORS = """
arccos arcsin arctan arg argmax argmin cos cosh cot coth csc det dim exp gcd hom inf ker lg
lim liminf limsup ln log max min mod bmod Pr sec sin sinh sup tan tanh Tr tr rank diag sign
poly polylog
"""
FUNCTIONS = frozenset(_OPERATORS.split())
"""Operators that are words: they need a space where TeX puts one."""
_CHANGING = frozenset({"today"})


@lru_cache(512)
def symbol(name: str) -> str | None:
    """What the command looks like; None for one that is no symbol, or that nobody knows."""
    known = SYMBOLS.get(name)
    return _rare(name) if known is None else known


def _rare(name: str) -> str | None:
    """The answer of pylatexenc's own table."""
    if name in _CHANGING:
        return None
    found = _database().get_macro_spec(name)
    text = getattr(found, "simplify_repl", None)
    return text if isinstance(text, str) and text and "%" not in text else None


@lru_cache(1)
def _database() -> Any:
    """The table of pylatexenc, imported where a text asks for it: most texts never do."""
    from pylatexenc.latex2text import get_default_latex_context_db  # noqa: PLC0415  (see above)

    return get_default_latex_context_db()
