"""Which command is read by which handler."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paperlark.tex import letters, macros

if TYPE_CHECKING:
    from paperlark.tex.macros import Handler

_TABLE: tuple[tuple[Handler, str], ...] = (
    (macros.styled, """
     underline uline ul hl mathbf mathit mathsf mathrm mathnormal bm boldsymbol pmb operatorname
     mathop mathbin mathrel mathord boxed fbox smash widebar underbrace overbrace sout uppercase
     lowercase textlf ce ac acs acl acf gls acrshort
     """),
    (macros.prose, """
     text textbf textit emph textsl textsf texttt textmd textup textrm textnormal mathtt mbox hbox
     """),
    (macros.formula, "ensuremath"),
    (macros.switch, """
     rm it bf sf tt sl em up md itshape bfseries slshape upshape ttfamily rmfamily sffamily
     mdseries normalfont tiny scriptsize footnotesize small normalsize large Large LARGE huge
     Huge displaystyle textstyle scriptstyle noindent centering protect boldmath unboldmath
     limits nolimits nonumber notag relax
     """),
    (macros.small_caps, "textsc sc scshape"),
    (macros.ion, "ion"),
    (macros.fraction, "frac tfrac dfrac nicefrac sfrac cfrac"),
    (macros.binomial, "binom tbinom dbinom"),
    (macros.root, "sqrt"),
    (macros.alphabet, " ".join(letters.ALPHABETS)),
    (macros.over, "overline overrightarrow overleftarrow"),
    (macros.stacked, "overset underset stackrel"),
    (macros.raised, "textsuperscript textsubscript"),
    (macros.address, "url path nolinkurl"),
    (macros.link, "href"),
    (macros.second, """
     textcolor colorbox texorpdfstring hyperlink hyperref raisebox scalebox foreignlanguage
     """),
    (macros.dropped, """
     label color pagecolor vspace phantom hphantom vphantom index includegraphics
     """),
    (macros.gap, "hspace"),
    (macros.reference, """
     cite citep citet citealt citealp citeauthor citeyear parencite textcite autocite Citet
     Citep nocite ref eqref autoref cref Cref pageref
     """),
    (macros.note, "footnote thanks footnotetext"),
    (macros.environment, "begin end"),
    (macros.fence, """
     left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr
     """),
    (macros.negated, "not"),
    (macros.verbatim, "verb lstinline"),
    (macros.code, "unicode"),
    (macros.dingbat, "ding"),
    (macros.quantity, "num numprint SI qty"),
    (macros.unit, "si unit"),
    (macros.nothing, "footnotemark maketitle allowbreak linebreak nobreak"),
    (macros.space, "quad qquad enspace thinspace newline par item hfill bigskip medskip smallskip"),
)  # fmt: skip
HANDLERS: dict[str, Handler] = {
    name: handler for handler, names in _TABLE for name in names.split()
}
"""A command's name, without its backslash, to what reads it."""
