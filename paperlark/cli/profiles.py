"""``paperlark profiles``: what groups and people want."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from paperlark import chosen
from paperlark import profile as files
from paperlark.cli.app import app
from paperlark.cli.learn import learn as learn_from
from paperlark.cli.output import show
from paperlark.errors import ConfigError, NotFound
from paperlark.render.escape import plain

if TYPE_CHECKING:
    from paperlark.cli.app import App
    from paperlark.domain import Profile
    from paperlark.store import RedisStore


@click.group("profiles")
def command() -> None:
    """What a group or a person wants: one Markdown file with a TOML head.

    \b
    paperlark profiles show foundations > mine.md    a built-in one, to start from
    paperlark profiles check mine.md                 every mistake has a sentence
    paperlark profiles add mine --file mine.md       keep it under the name "mine"
    """  # noqa: D301  (click reads the backslash)


@command.command("list")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.pass_obj
def list_(site: Path | None, form: str) -> None:
    """The profiles there are: yours, then the built-in ones."""
    run = app(site)
    with run.store() as (_, store):
        own = store.profiles()
    shadowed = {profile.name for profile in own}
    spare = [chosen.built_in(n) for n in chosen.built_in_names() if n not in shadowed]
    rows = [*((p, "yours") for p in own), *((p, "built in") for p in spare)]
    if form == "json":
        table = [_row(profile, origin) for profile, origin in rows]
        show(json.dumps(table, ensure_ascii=False, indent=1) + "\n")
        return
    for profile, origin in rows:
        show(f"{profile.name:<20} {origin:<9} {', '.join(profile.categories)}\n")


def _row(profile: Profile, origin: str) -> dict[str, object]:
    return {
        "name": profile.name,
        "from": origin,
        "categories": list(profile.categories),
        "revision": profile.revision,
        "cap": profile.cap,
        "base_line": profile.base_line,
    }


@command.command("show")
@click.argument("name")
@click.pass_obj
def show_(site: Path | None, name: str) -> None:
    """Print a profile's file, ready to be edited."""
    show(_find(app(site), name).source.rstrip() + "\n")


def _find(run: App, name: str) -> Profile:
    with run.store() as (_, store):
        return store.profile(name) or chosen.built_in(name)


@command.command("check")
@click.argument("file", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    """Read a profile file and say what it asks for; nothing is kept."""
    profile = files.parse(_name(file), _read(file))
    rules = sum(term.weight is None for term in profile.exclusions)
    show(
        f"✓ {file}: {', '.join(profile.categories)}; {len(profile.keywords)} keywords, "
        f"{len(profile.exclusions)} exclusions ({rules} of them rules), "
        f"{len(profile.liked)} liked, {len(profile.not_liked)} not liked, "
        f"line {profile.base_line:.1f}, at most {profile.cap} cards.\n"
    )
    if not profile.wanted and not profile.keywords and not profile.liked:
        show("  It names no topic, no keyword and no liked paper: nothing to rank by.\n")


def _name(file: Path) -> str:
    name = "".join(c if c.isalnum() or c in "._-" else "-" for c in file.stem).strip("._-")
    return name or "profile"


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise ConfigError(f"{file} cannot be read: {reason}.") from error


@command.command("add")
@click.argument("name")
@click.option("--file", type=click.Path(path_type=Path), required=True, help="The profile file.")
@click.option(
    "--learn",
    type=click.IntRange(0, 30),
    default=10,
    show_default=True,
    help="Mailing dates of abstracts to load from arXiv, so that the ranker knows the field's "
    "words. 0: none.",
)
@click.pass_obj
def add(site: Path | None, name: str, file: Path, learn: int) -> None:
    """Keep a profile under a name, and load the last weeks' abstracts for it."""
    files.check_name(name)
    profile = files.parse(name, _read(file))
    run = app(site)
    with run.store() as (connection, store):
        if store.profile(name):
            raise ConfigError(
                f"There is a profile “{name}” already: `paperlark profiles edit {name} --file …`."
            )
        store.save_profile(profile)
        instead = ", in the place of the built-in one" if name in chosen.built_in_names() else ""
        show(f"✓ Kept “{name}”{instead}.\n")
        show(learn_from(run, (connection, store), profile, learn))
    show(f"Next  paperlark digest --profile {name}\n")


@command.command("edit")
@click.argument("name")
@click.option("--file", type=click.Path(path_type=Path), help="The new text; without it an editor.")
@click.pass_obj
def edit(site: Path | None, name: str, file: Path | None) -> None:
    """Change a profile: from a file, or in your editor (EDITOR)."""
    run = app(site)
    old = _find(run, name)
    text = _read(file) if file else click.edit(old.source, extension=".md")
    if text is None or text.strip() == old.source.strip():
        show("Unchanged.\n")
        return
    profile = files.parse(name, text)
    with run.store() as (connection, store):
        store.save_profile(profile)
        learn_from(run, (connection, store), profile, 0)
    show(f"✓ Changed “{name}”. Digests made before keep what they were made with.\n")


@command.command("remove")
@click.argument("name")
@click.option("--with-subscriptions", "along", is_flag=True, help="And whatever delivers it.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def remove(site: Path | None, name: str, *, along: bool, yes: bool) -> None:
    """Forget a profile that nobody gets any more. Its digests stay."""
    with app(site).store() as (_, store):
        if not store.profile(name):
            raise NotFound(f"There is no profile “{name}” of yours.")
        left = _left_alone(store, name)
        if left and not along:
            raise ConfigError(
                f"“{name}” still goes to {', '.join(left)}: `paperlark subs remove` each of them "
                "first, or add --with-subscriptions."
            )
        if not yes:
            also = f" and {', '.join(left)}" if left else ""
            click.confirm(f"Forget the profile “{name}”{plain(also)}?", abort=True)
        for each in left:
            store.subscriptions.remove_subscription(each)
        store.remove_profile(name)
    gone = "".join(f"✓ Forgotten: {plain(each)}.\n" for each in left)
    show(f"{gone}✓ Forgotten: “{name}”.\n")


def _left_alone(store: RedisStore, name: str) -> list[str]:
    """The subscriptions that would have no profile; a built-in one of the name serves them."""
    if name in chosen.built_in_names():
        return []
    return [each.id for each in store.subscriptions.subscriptions() if each.profile == name]
