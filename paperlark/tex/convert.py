r"""TeX read once from left to right and written as Unicode.

Nothing is ever refused: an unknown command is its own name (``\method{}`` is a word of the
author's), an unbalanced brace is left out, and a command that nobody can draw gives its arguments.
"""

from __future__ import annotations

import re

from paperlark.tex import letters, scripts
from paperlark.tex.commands import HANDLERS
from paperlark.tex.prose import is_set, ligatures, tie
from paperlark.tex.reader import Reader
from paperlark.tex.symbols import FUNCTIONS, symbol

FORMULAS = "\U000f0000"
"""From this private character on, a character of the source stands for a formula cut out of it."""
_DEEPEST = 40
"""Groups within groups beyond this are read without looking inside: no paper has them."""
_STOP = {
    False: re.compile(r"https?://(?:[^\s\\{}]|\\[_%#&~$])+|[\\{}^_~]"),
    True: re.compile(r"[\\{}^_~'&]"),
}
_UNMARKED = str.maketrans("", "", "\\{}")
_SPLIT_REST = 3
"""Letters: an accent governs one or two."""
_SPACES = {" ": " ", ",": " ", ";": " ", ":": " ", ">": " ", "!": "", "/": "", "-": "", "@": "",
           "\\": " ", "\n": " ", "\t": " ", "|": "‖", "(": "(", ")": ")"}  # fmt: skip
_EXPONENT = re.compile(r"\^([+-]?\d+)(?!\w|\.\d|\^)")


class Converter(Reader):
    """One pass over a piece of TeX; `macros` calls back for the arguments of its commands.

    Args:
        source: prose, or a formula without its delimiters.
        math: which of the two it is.
        depth: how many groups enclose it.
        before: the character written just before it, empty at the start.
    """

    __slots__ = ("before", "depth", "math", "out")

    def __init__(self, source: str, *, math: bool, depth: int = 0, before: str = "") -> None:
        super().__init__(source)
        self.math, self.depth, self.before = math, depth, before
        self.out: list[str] = []

    @property
    def last(self) -> str:
        """The character written last."""
        return self.out[-1][-1] if self.out else self.before

    def run(self) -> str:
        """The whole piece as readable text, spaces not yet collapsed."""
        while self.at < len(self.source):
            stop = _STOP[self.math].search(self.source, self.at)
            end = stop.start() if stop else len(self.source)
            self._plain(self.source[self.at : end])
            self.at = end
            if stop:
                self._special(stop.group())
        return "".join(self.out)

    def emit(self, text: str) -> None:
        """Write text; nothing is written for none."""
        if text:
            self.out.append(text)

    def argument(self) -> str:
        """The next argument as readable text; a command takes its own arguments with it."""
        self.skip_spaces()
        if self.next == "\\":
            return self._captured()
        if self.next in {"}", ""}:
            return ""
        return self.text(self.raw())

    def rest(self) -> str:
        r"""All that is left of this piece as readable text: what a switch like ``\sc`` governs."""
        start, self.at = self.at, len(self.source)
        return self.text(self.source[start:])

    def text(self, source: str, *, math: bool | None = None) -> str:
        """A part of the source as readable text, in this piece's mode unless said otherwise."""
        if self.depth >= _DEEPEST:
            return source.translate(_UNMARKED)
        mode = self.math if math is None else math
        return Converter(source, math=mode, depth=self.depth + 1, before=self.last).run()

    def _captured(self) -> str:
        kept, self.out = self.out, []
        self._command()
        text = "".join(self.out)
        self.out = kept
        return text

    def _plain(self, run: str) -> None:
        self.emit(run if self.math else ligatures(run))

    def _special(self, stop: str) -> None:
        if stop == "\\":
            self._command()
        elif stop == "{":
            self._group()
        elif stop in {"^", "_"}:
            self._script(stop)
        else:
            self.at += len(stop)
            self._single(stop)

    def _single(self, stop: str) -> None:
        """What stands alone: a tie, a prime, a column's end, a stray brace, an address."""
        if stop == "~":
            before = self.source[max(0, self.at - 12) : self.at - 1]
            self.emit(" " if self.math else tie(before, self.last, self.next))
        elif stop.startswith("http"):
            self.emit(stop.replace("\\", ""))
        else:
            self.emit({"'": "′", "&": " "}.get(stop, ""))

    def _group(self) -> None:
        content = self.group()
        if content is None:
            self.at += 1
            return
        self.raw()
        text = self.text(content)
        self.emit(f"{{{text}}}" if not self.math and is_set(content) else text)

    def _script(self, kind: str) -> None:
        number = None if self.math or kind == "_" else _EXPONENT.match(self.source, self.at)
        if number and (self.last.isalnum() or self.last == ")"):
            self.at = number.end()
            self.emit(scripts.script(kind, number[1]))
            return
        self.at += 1
        if not self.math and self.next not in {"{", "\\"}:
            self.emit(kind)
            return
        body, other = self.argument(), self.next
        if other in {"^", "_"} and other != kind and body[:1] in {"+", "-", "−"}:
            self.at += 1
            self._pair({kind: body, other: self.argument()})
        else:
            self.emit(scripts.script(kind, body, tight=self._tight()))

    def _pair(self, bodies: dict[str, str]) -> None:
        """A raised and a lowered text on the same letter: an asymmetric error, or just both."""
        errors = scripts.both(bodies["^"], bodies["_"])
        if errors is not None:
            self.emit(errors)
            return
        for kind, body in bodies.items():
            self.emit(scripts.script(kind, body, tight=self._tight()))

    def _tight(self) -> bool:
        return self.next.isalnum() or self.next == "("

    def _command(self) -> None:
        name, mark = self.command()
        if name:
            self._named(name)
        elif mark:
            self._marked(mark)

    def _marked(self, mark: str) -> None:
        """A command of one sign: an accent, a space, or the sign itself."""
        if mark in letters.ABOVE:
            self._accent(mark)
        else:
            self.emit(_SPACES.get(mark, mark))

    def _accent(self, command: str) -> None:
        """An accented letter; a mark with a space or no letter after it is only the mark."""
        sign = "" if command.isalpha() else command
        if sign and not self.next.strip():
            self.emit(sign)
            return
        text = self.argument()
        accented = letters.accented(command, text)
        self.emit(sign + text if accented is None else accented)

    def _named(self, name: str) -> None:
        if name in letters.LETTERS:
            self._letter(name)
        elif (handler := HANDLERS.get(name)) is not None:
            self.emit(handler(self, name))
        elif name in letters.BELOW or name in letters.ABOVE:
            self._letter_accent(name)
        elif name in FUNCTIONS:
            self._function(name)
        else:
            self._symbol(name)

    def _letter(self, name: str) -> None:
        r"""A letter of a word takes the space after it along, a unit (``5 \AA``) does not."""
        begin = self.at - len(name) - 1
        before = self.source[max(0, begin - 8) : begin].rstrip()[-1:]
        unit = before.isdigit() or before >= FORMULAS
        if not unit and (self.ahead().islower() or not self.last.strip()):
            self.skip_spaces()
        self.emit(letters.LETTERS[name])

    def _letter_accent(self, name: str) -> None:
        r"""An accent; a lone ``\d`` in a formula is a letter, and ``\k{appa}`` is ``\kappa``."""
        whole = symbol(name + self._split_name()) if len(name) == 1 else None
        if whole:
            self.raw()
            self.emit(whole)
        elif len(name) == 1 and self.math and self.next != "{":
            self.emit(name)
        else:
            self._accent(name)

    def _split_name(self) -> str:
        """The rest of a command that some converter took for an accent and its letter."""
        rest = self.group() or ""
        return rest if len(rest) >= _SPLIT_REST and rest.isalpha() else "{"

    def _function(self, name: str) -> None:
        self.emit(" " if self.last.isalnum() else "")
        self.emit(name)
        ahead = self.ahead()
        if ahead.isalnum() or ahead in {"\\", "{"}:
            self.skip_spaces()
            self.emit(" ")

    def _symbol(self, name: str) -> None:
        known = symbol(name)
        if known is None:
            self._unknown(name)
            return
        self.emit(known)
        if self.math and len(known) == 1 and known.isalpha() and self.ahead().isalpha():
            self.skip_spaces()

    def _unknown(self, name: str) -> None:
        """A word of the author's own, or a wrapper whose content is what counts."""
        if self.group():
            return
        if self.last.isalnum():
            self.emit(" ")
        self.emit(name)
