"""``paperlark init``: a first configuration, by questions or from a few papers."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from paperlark import profile as files
from paperlark import taxonomy
from paperlark.cli.app import app
from paperlark.cli.learn import learn as learn_from
from paperlark.cli.output import show, write
from paperlark.cli.setup import asked, conversation, examples
from paperlark.errors import ConfigError, PaperlarkError

if TYPE_CHECKING:
    from collections.abc import Callable

    from paperlark.cli.app import App
    from paperlark.drafting import Request

QUESTIONS = 6
T = TypeVar("T")


@click.command("init")
@click.option("--learn/--no-learn", default=True, help="Load the last weeks' abstracts from arXiv.")
@click.option(
    "--import-prompt",
    "foreign",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Make the profile from a prompt written for another tool: topics, keyword lists, scoring "
    "criteria in Markdown. Asks for the name only.",
)
@click.option("--name", default="", help="The profile's name; it is not asked for then.")
@click.option(
    "--liked",
    multiple=True,
    metavar="LINK",
    help="Draft the profile from papers you liked: arXiv links or ids, five are best. Give it once "
    "for each, or several in quotes.",
)
@click.option("--not-liked", "not_liked", multiple=True, metavar="LINK", help="And from some not.")
@click.option(
    "--papers/--no-papers",
    default=None,
    help="Ask for papers, or ask the six questions. Default: for papers on a terminal.",
)
@click.option("--yes", is_flag=True, help="Take the draft as it is, and ask nothing.")
@click.pass_obj
def command(
    site: Path | None,
    *,
    learn: bool,
    foreign: Path | None,
    name: str,
    liked: tuple[str, ...],
    not_liked: tuple[str, ...],
    papers: bool | None,
    yes: bool,
) -> None:
    """Make a profile: drafted from papers you liked, or of the answers to six questions.

    \b
    paperlark init
    paperlark init --name reading --liked "2611.90412 2611.90377" --not-liked 2611.90266 --yes

    Writes NAME.md beside you, for you to edit later (`paperlark profiles edit NAME --file
    NAME.md`), and keeps it. Answers may be empty where the question says so. Drafting asks arXiv
    for the papers and the last days; the six questions need no network with --no-learn.
    """  # noqa: D301  (click reads the backslash)
    run = app(site)
    given = examples(liked, not_liked)
    if yes and not given.liked:
        raise ConfigError("With --yes nothing is asked: give --liked, papers to draft from.")
    with run.store() as (_, store):
        taken = {profile.name for profile in store.profiles()}
    drafts = not foreign and bool(given.liked or (sys.stdin.isatty() if papers is None else papers))
    name = _named(name, taken, foreign=foreign is not None, drafts=drafts, yes=yes)
    text = _imported(foreign, name) if foreign else _made(run, given, drafts=drafts, yes=yes)
    kept = files.parse(name, text)
    path = Path(f"{name}.md")
    with run.store() as (connection, store):
        write(path, text)
        store.save_profile(kept)
        show(f"✓ {path}\n")
        if learn:
            show(learn_from(run, (connection, store), kept, 10))
    show(f"Next  paperlark digest --profile {name}\n")


def _named(name: str, taken: set[str], *, foreign: bool, drafts: bool, yes: bool) -> str:
    """The name that was given, else the one that is answered."""
    if name or yes:
        return _free(name or "reading", taken)
    asks = "One question" if foreign else "A few papers" if drafts else "Six questions"
    show(f"A profile says what your group wants to read. {asks}, then a file to edit.\n\n")
    return _ask(1, "A short name for the group", lambda text: _free(text, taken), "reading")


def _made(run: App, given: Request, *, drafts: bool, yes: bool) -> str:
    """A profile's text: drafted from papers where there are any, else of six answers."""
    request = asked(given) if drafts and not given.liked else given
    return conversation(run, request, yes=yes) if request.liked else _composed()


def _imported(foreign: Path, name: str) -> str:
    from worker.importing import import_prompt  # noqa: PLC0415  (rarely needed)

    try:
        return import_prompt(foreign.read_text(encoding="utf-8"), name)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise ConfigError(f"{foreign} cannot be read: {reason}.") from error


def _composed() -> str:
    categories = _ask(2, "Its arXiv categories, as cs.LG stat.ML", _checked_categories)
    wanted = _ask(3, "What it wants to read, in a sentence or two", str)
    keywords = _ask(4, "Phrases that speak for a paper, with commas between (may be empty)", _list)
    against = _ask(5, "Phrases that speak against one (may be empty)", _list)
    authors = _ask(6, "Authors it follows (may be empty)", _list)
    return compose(categories, wanted, keywords, against, authors)


def compose(
    categories: list[str], wanted: str, keywords: list[str], against: list[str], authors: list[str]
) -> str:
    """A profile file's text from the answers; what speaks against only lowers, never removes."""
    weighted = ", ".join(f"{{term = {_quoted(term)}, weight = 1.0}}" for term in against)
    return (
        "+++\n"
        f"categories = {_texts(categories)}\n"
        f"keywords = {_texts(keywords)}\n"
        "# A plain text removes papers that name it; with a weight it only counts against them.\n"
        f"exclusions = [{weighted}]\n"
        f"authors = {_texts(authors)}\n"
        "# Ids of papers you would have wanted, and of some you would not: they teach the ranker.\n"
        "liked = []\n"
        "not_liked = []\n"
        "+++\n\n"
        f"## What we want\n\n{wanted.strip()}\n\n"
        "## What we don't\n\n"
    )


def _quoted(text: str) -> str:
    plain = re.sub(r"[\x00-\x1f\x7f]", " ", text)
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _texts(values: list[str]) -> str:
    return f"[{', '.join(_quoted(value) for value in values)}]"


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _free(text: str, taken: set[str]) -> str:
    """The name, if nothing else has it: no profile, built-in ones included, and no file here."""
    from paperlark.chosen import built_in_names  # noqa: PLC0415  (keeps --help quick)

    files.check_name(text)
    if text in taken or text in built_in_names():
        raise ConfigError(f"There is a profile “{text}” already; choose another name.")
    if Path(f"{text}.md").exists():
        raise ConfigError(f"{text}.md is there already: move it, or choose another name.")
    return text


def _checked_categories(text: str) -> list[str]:
    names = re.split(r"[\s,]+", text.strip())
    return [taxonomy.canonical(name) for name in names if name]


def _ask(number: int, question: str, read: Callable[[str], T], default: str | None = None) -> T:
    """Ask until the answer can be read; what was wrong is said in one sentence."""
    empty = "" if "may be empty" in question else None
    while True:
        text = click.prompt(
            f"{number}/{QUESTIONS} {question}",
            default=default if default is not None else empty,
            show_default=default is not None,
        )
        try:
            return read(text)
        except PaperlarkError as error:
            click.echo(f"    {error}", err=True)
