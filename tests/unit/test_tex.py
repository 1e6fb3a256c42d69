"""TeX as readable Unicode: examples of our own, and properties over made-up TeX."""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paperlark import tex
from paperlark.tex import math
from paperlark.tex.prose import is_set

CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
EXAMPLES = {
    # accents and letters
    r"M\"uller, \c{C}elik, Erd\H{o}s and \'{\i}": "Müller, Çelik, Erdős and í",
    r"{\L}ukasz \O re of Gro\ss e Stra{\ss}e": "Łukasz Øre of Große Straße",
    r"\v{S}, \r{u}, \u g, \k{a}, \d{s}, \=a, \.z": "Š, ů, ğ, ą, ṣ, ā, ż",
    r"the workers\' tools": "the workers' tools",
    r"\c{opyright} 2031": "© 2031",
    # formulas
    r"$\mathcal{O}(\sqrt{T}\log(T))$": "𝒪(√T log(T))",
    r"$\tilde{O}(1/\epsilon^2)$": "Õ(1/ϵ²)",
    r"$\mathbb{R}^{d\times d}$": "ℝ^(d× d)",
    r"$\ell_1$-norm and $d_k$": "ℓ₁-norm and dₖ",
    r"$\frac{a+b}{2}$ and $\frac12$": "(a+b)/2 and 1/2",
    r"$10^{-3}$, $x_{\rm eff}$, $2.1^{+0.2}_{-0.1}$": "10⁻³, x_eff, 2.1 (+0.2/-0.1)",
    r"5$\,M_\odot$ at $25^\circ$C": "5 M⊙ at 25°C",
    r"$\sin{i}$, $\mu m$, $f'(x)$": "sin i, μm, f′(x)",
    r"$S=\{0,1\}^n$": "S={0,1}ⁿ",
    r"\(a\le b\), \[c\ge d\] and $$e=f$$": "a≤ b, c≥ d and e=f",
    r"$\sim\,$10 and $ x $, $n$\,km": "∼ 10 and x, n km",
    r"an escaped \$p\$-value of \$5": "an escaped p-value of $5",
    r"$M_{\text{H$_2$}}$": "M_H₂",
    r"$^{13}$CO on the 5$^{th}$": "¹³CO on the 5ᵗʰ",
    # prose
    r"45\% of A \& B, 3\_4, {\bf bold}": "45% of A & B, 3_4, bold",
    r"Si~{\sc iv}, [O\,\textsc{iii}] and \ion{He}{2}": "Si IV, [O III] and He II",
    "``quoted'' --- 5--6, `so'": "“quoted” — 5–6, ‘so’",
    "z~6 and ~15% of Fig.~3, see Section~4": "z~6 and ~15% of Fig. 3, see Section 4",
    r"\textcolor{red}{warm} and {\color{blue}cold}": "warm and cold",
    r"\href{https://a.example/x\_y}{the code}": "the code (https://a.example/x_y)",
    r"at \url{https://a.example/~me/a_b--c}": "at https://a.example/~me/a_b--c",
    "https://a.example/a_b--c^{2}": "https://a.example/a_b--c^2",
    r"We call it \method{}, and \textsc{Lark}": "We call it method, and Lark",
    r"as in \citet{Lark2031}\footnote{Twice.}": "as in [Lark2031] (Twice.)",
    r"\texorpdfstring{$x$}{ex} \ding{182} \unicode{x2014}": "ex ❶ —",
    "10^6 stars, 10^14.5, cm^{-2}": "10⁶ stars, 10^14.5, cm⁻²",
    r"{\small $45\%$} of {it": "45% of it",
    r"\ensuremath{\alpha_1}\quad\textbf\model": "α₁ model",
    r"$\binom{n}{k}$, $\sqrt[3]{x+1}$, $\overline{AB}$": "(n choose k), ³√(x+1), AB",
    r"$\underset{x}{a}$, $\stackrel{*}{b}$, $a\not= b$, $\d x$": "aₓ, b*, a≠ b, d x",
    r"2\textsuperscript{nd}\hspace{1em}H\textsubscript{2}\label{eq}O": "2ⁿᵈ H₂O",
    r"\begin{itemize}\item one\end{itemize}": "one",
    r"$\left. x \right|_0$ and \verb|a_b| \verb": "x |₀ and a_b",
    r"\num{5}, \SI{3}{km}, \si{\micro m}, \ion{C}{iv}": "5, 3 km, μm, C IV",
    r"\ding{51} \ding{x} \unicode{zz} \url{https://a.example}": "✓ x zz https://a.example",
    r"\href{https://a.example/b}{a.example/b}": "https://a.example/b",
    r"$\mathbb{1}$ $\mathfrak{g}$ $\mathfrak{C}$ $\mathcal{LOSS}_{\mathcal{1}}$": "𝟙 𝔤 ℭ LOSS₁",
    r"$\mathbb{+}$ \"hello\" \footnotemark": '+ "hello"',
    r"$x\log_2 n$, $\hat\beta$, $\frac\alpha2$, $x^\mathrm{max}_i$": "x log₂ n, β̂, α/2, x^maxᵢ",
    r"$x_{+}^{2}$, $x^{+a}_{b}$, $\overline{x}$": "x₊², x⁺ᵃ_b, x̄",
    r"\cite[p.~2][x]{Lark2031} \cite[x": "[Lark2031] [[]x",
    # money
    "It costs $5 and $10 more": "It costs $5 and $10 more",
    r"as little as $0.2, so $\textbf{X}$ wins": "as little as $0.2, so X wins",
    r"$10 million \textbf{more} for $\hat{y}$": "$10 million more for ŷ",
    "US$67 billion were lost": "US$67 billion were lost",
    r"the $\tau$-$DM relation": "the τ-DM relation",
    "at 2 x 10^6$ K": "at 2 x 10⁶ K",
    # what stays
    "100% plain & simple #1 snake_case text": "100% plain & simple #1 snake_case text",
    "two\n lines\u00a0and\ttabs": "two lines and tabs",
}


@pytest.mark.parametrize(("source", "expected"), EXAMPLES.items())
def test_reads_as_people_write(source: str, expected: str):
    assert tex.to_text(source) == expected
    assert tex.to_text(expected) == expected


FRAGMENTS = st.sampled_from(
    [
        r"\alpha", r"$\beta_1$", r"$x^{n+1}$", r"\textbf{deep}", r"{\it learned}", r"\'e", r"\c{c}",
        "plain", "words", "$5", "$", "{", "}", "^", "_", "~", "\\", r"\%", r"\$", r"\(", r"\)",
        r"\frac{1}{2}", r"\sqrt[3]{x}", r"\href{https://a.example}{b}", r"\unicode{x202e}", "--",
        "``", "''", r"\unknown", r"\begin{equation}", r"\end{equation}", "\u202e", "\x00", "é",
        r"\unicode{xf0000}", "\U000f0000", r"\left.", r"\not", "[", "]", " ",
    ]
)  # fmt: skip
SOUP = st.lists(FRAGMENTS | st.text(max_size=6), max_size=30).map("".join)
HIDDEN = {"Cc", "Cf", "Co", "Cs"}


@CALM
@given(SOUP)
def test_never_raises_and_hides_nothing(source: str):
    text = tex.to_text(source)
    assert not [c for c in text if unicodedata.category(c) in HIDDEN and c not in "\u200c\u200d"]
    assert text == " ".join(text.split())
    assert unicodedata.is_normalized("NFC", text)
    assert len(text) <= 12 * len(source) + 12


@CALM
@given(SOUP)
def test_pieces_make_the_text(source: str):
    joined = "".join(piece.text for piece in tex.pieces(source))
    assert " ".join(unicodedata.normalize("NFC", joined).split()) == tex.to_text(source)


PROSE = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\\{}$^~`"), max_size=300)


@CALM
@given(PROSE)
def test_prose_keeps_its_words(prose: str):
    text = tex.to_text(prose)
    assert all(
        word in text for word in re.findall(r"[A-Za-z]{4,}", unicodedata.normalize("NFC", prose))
    )
    assert not tex.residue(prose)


WORDS = st.sampled_from(
    ["graph", "neural", "galaxies", "at", "of", "a", "low-rank", "Model", "(see", "Fig. 2)", "5%"]
)
FORMULAS = st.sampled_from(
    [
        r"$\alpha$", r"$x_i^2$", r"$\mathbb{R}^d$", r"$10^{-3}$", r"$\{0,1\}^n$",
        r"$\frac{a}{b+1}$",
        r"$1.5^{+0.2}_{-0.3}$", r"$O(n \log n)$", r"$M_\odot$", r"$\hat{y}_{\text{test}}$",
    ]
)  # fmt: skip
MARKED = st.sampled_from(
    [
        r"\textbf{robust}", r"{\it TESS}", r"\emph{so-called}", r"Poincar\'e", r"20\%", "``this''",
        "1--2", r"{\AA}", r"\href{https://a.example/b_c}{code}", "$10 million", r"\ours{}", "z~6",
    ]
)  # fmt: skip
ABSTRACT = st.lists(WORDS | FORMULAS | MARKED, max_size=25).map(" ".join)


@CALM
@given(ABSTRACT)
def test_own_answer_is_left_alone(source: str):
    once = tex.to_text(source)
    assert tex.to_text(once) == once


@CALM
@given(ABSTRACT)
def test_no_word_of_an_abstract_is_lost(source: str):
    text = tex.to_text(source)
    plain = re.sub(r"\$[^$]*\$|\\[a-z]+|https?://\S*", " ", source)
    kept = [w for w in re.findall(r"(?<![\w'])[A-Za-z]{4,}(?!\\)", plain) if w in plain.split()]
    assert all(word in text for word in kept)


@pytest.mark.parametrize(
    "text",
    [r"a \alpha", "the {group}", "x^{2}", "H_{2}", "$x$", r"5\%", "is $E=mc^2$ so"],
)
def test_residue_is_seen(text: str):
    assert tex.residue(text)


@pytest.mark.parametrize(
    "text", ["", "$5 and $10", "costs $3 million", "a_b and x^2", "C: 5 > 3 & 2", "ℝ^(d×d)"]
)
def test_residue_is_not_imagined(text: str):
    assert not tex.residue(text)


def test_spans_cut_and_keep_everything():
    cut = math.spans(r"a $x$ b \(y\) c $$z$$ d \$5")
    assert [(s.source, s.math, s.display) for s in cut] == [
        ("a ", False, False), ("x", True, False), (" b ", False, False), ("y", True, False),
        (" c ", False, False), ("z", True, True), (r" d \$5", False, False),
    ]  # fmt: skip


def test_a_long_way_to_the_next_dollar_is_no_formula():
    assert not any(span.math for span in math.spans("$x" + "+y" * 2000 + "$"))


@pytest.mark.parametrize("kept", ["می‌خواهم", "ക്‍ഷ", "👩‍🔬", "☀️"])
def test_joiners_that_letters_need_stay(kept: str):
    assert tex.to_text(kept) == unicodedata.normalize("NFC", kept)


@pytest.mark.parametrize(
    "hidden",
    ["\u200b", "\u200d", "\u202e", "\ufeff", "\x07", "\ue000", "\ud800", "\ufdd0", "\u034f"],
)
def test_hidden_characters_go(hidden: str):
    assert tex.to_text(f"pa{hidden}per") == "paper"


def test_sets_are_no_groups():
    assert is_set("0, 1")
    assert is_set("x₁, …, xₙ")
    assert not is_set("a clear, simple and well known method")
    assert not is_set("B")


@pytest.mark.parametrize(
    "bomb", ["{" * 5000, "$" * 5001, r"\'" * 3000, "^{" * 3000, r"\sqrt" * 3000, r"$a{" * 2000]
)
def test_hostile_sources_come_back(bomb: str):
    assert isinstance(tex.to_text(bomb), str)


def test_plain_text_never_loads_the_library():
    code = (
        "import sys; from paperlark import tex; from paperlark.names import split_authors;"
        "tex.to_text('A plain title'); tex.to_text(r'$\\alpha$ of \\\"Ozg\\\"ur');"
        "split_authors('A. Alpha (X, Y)'); sys.exit('pylatexenc' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_rare_commands_are_looked_up():
    assert tex.to_text(r"$a \backsimeq b$, \varkappa") == "a ⋍ b, ϰ"
    assert tex.to_text(r"made \today{}") == "made today"
