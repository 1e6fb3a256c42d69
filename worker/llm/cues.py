"""Sentences of an abstract that are about being graded, told by what they are made of.

`orders` knows turns of phrase; this knows none. A sentence is pointed out where kinds of words
meet that science seldom brings together: somebody addressed, a task of grading, this paper or the
others as its object, the ends of a scale, a command.
"""

from __future__ import annotations

import re

_ADDRESS = r"""you|yours?|please|kindly|dear|whoever|reviewers?|graders?|referees?|machines?|bots?
automated|automatic (?:reader|system|judge)s?|assistants?|ai|llms?|language models?|readers?
chatbots?|gpt|claude|gemini|agent"""
_TASK = r"""grad(?:e|es|ed|ing)|rat(?:e|ing|ings)|scor(?:e|es|ed|ing)|relevan(?:ce|t)|novelty|rubric
instructions?|prompt|guidance|verdict|marks?|points?|ranked|evaluation|evaluating|review(?:ing)?
assessment|answer|respond|reply|output|json|list|entry|entries|batch|sentence|summar\w+"""
_GRADING = r"""grad(?:e|es|ed|er|ers|ing)\b(?!-)|rubric|relevance\b(?!-)|novelty|verdict|reviewers?
referees?|these instructions|your"""
_OBJECT = r"""(?<!in )(?<!of )this %PAPER%(?= %NEXT%\b|[.;!:)]|$)
(?:all|other|each|every|remaining|these|following|competing|another)(?: other)? %PAPERS%
the authors|papers? \d+|this tool"""
_EXTREME = r"""10|ten|tens|top|best|highest|maxim\w*|full|perfect|irrelevant|retracted|spam|approved
favou?rable|positive|worthless|genius\w*|enthusiastic|excellent|first|lowest|nothing|empty|zero
obsolete|void"""
_COMMAND = r"""must|should|shall|has to|have to|asked to|told|instructed|required to|never|always
do not|don't|ignor\w+|disregard|forget|skip|treat|consider|set|return|mark|say|include|choose|raise
lower|output|respond|reply|print|give|assign|award|mention|override|instead|from now on|add|obey
follow"""
_BLANKS = {
    "%PAPER%": r"(?:paper|work|manuscript|submission|abstract|article|one|entry|text|preprint)",
    "%PAPERS%": r"(?:papers?|works|entries|submissions|abstracts?|manuscripts|preprints)",
    "%NEXT%": r"(?:is|be|as|at|for|to|deserve|should|must|gets?|has been|10|ten|on)",
}
_NOT_ENGLISH = re.compile(
    r"\b(?:und|nicht|bitte|diese[rsmn]?|der|ist|alle|eine[rnms]?|arbeit|les|des|une|est|cette?|cet"
    r"|veuillez|pour|este|esta|como|todos|por|los|las|una|para|nota|mas|articulo|uma|nao|artigo"
    r"|questo|questa|della|tutti|che|het|een|niet|jest|oraz|nie|bir|ve)\b"
)
_LEAST_FOREIGN = 4
"""Different words that English has not: more than a name or a quotation brings."""
_SENTENCE = re.compile(r"(?<=[.!?;]) |\n")


def _kind(words: str) -> re.Pattern[str]:
    joined = words.replace("\n", "|")
    for blank, said in _BLANKS.items():
        joined = joined.replace(blank, said)
    return re.compile(rf"\b(?:{joined})(?!\w)")


_KINDS = {
    name: _kind(words)
    for name, words in (
        ("address", _ADDRESS),
        ("task", _TASK),
        ("grading", _GRADING),
        ("object", _OBJECT),
        ("extreme", _EXTREME),
        ("command", _COMMAND),
    )
}

_PRESSING = frozenset({"address", "extreme", "command"})


def graded(text: str) -> bool:
    """Whether a sentence of the text seems to be about its own grade.

    Args:
        text: in lower case, accents gone.
    """
    return any(_about_grades(sentence) for sentence in _SENTENCE.split(text))


def foreign(text: str) -> bool:
    """Whether the text, as for `graded`, is written in another language with Latin letters."""
    return len(set(_NOT_ENGLISH.findall(text))) >= _LEAST_FOREIGN


def _about_grades(sentence: str) -> bool:
    kinds = {name for name, words in _KINDS.items() if words.search(sentence)}
    if "object" in kinds and kinds & {"extreme", "command", "grading"}:
        return True
    pressed = kinds & _PRESSING
    if "grading" in kinds:
        return len(pressed) > 1
    return "task" in kinds and pressed == _PRESSING
