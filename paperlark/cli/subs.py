"""``paperlark subs``: which profile goes where, and when."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path  # noqa: TC003  (click reads it)
from typing import TYPE_CHECKING, Any, Final

import click

from paperlark import chosen, slots
from paperlark.cli import hours, returned
from paperlark.cli.app import app
from paperlark.cli.output import show
from paperlark.errors import ConfigError, NotFound
from paperlark.owed import served
from paperlark.render import dates
from paperlark.render.escape import plain
from paperlark.subscription import Form, Quiet, State, Subscription, Wait
from paperlark.target import Target

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from paperlark.cli.app import App
    from paperlark.store import RedisStore
    from paperlark.store.subscriptions import Subscriptions

_FEED_LAG: Final = timedelta(minutes=30)
"""How long after midnight Eastern the feeds may need to turn over."""


@click.group("subs")
def command() -> None:
    """Which profile goes where, and when.

    \b
    paperlark subs add slack:C0123 --profile foundations --at 08:00 --tz Europe/Berlin
    paperlark subs edit slack:C0123 --days mon,thu
    paperlark subs pause slack:C0123 --until 2027-01-06

    A subscription is named by its target, or by TARGET/PROFILE where a target has several.
    """  # noqa: D301  (click reads the backslash)


def _options(*, fresh: bool) -> Callable[[Any], Any]:
    """The options that `add` and `edit` share; only `add` shows what holds without them."""

    def default(text: str) -> str:
        return f" Default: {text}." if fresh else ""

    given = (
        click.option("--at", help="Local time of the post, as 08:00." + default("08:00")),
        click.option("--tz", help="Time zone, as Europe/Berlin." + default("this machine's")),
        click.option("--days", help="Weekdays, as mon-fri or tue,fri." + default("mon-fri")),
        click.option(
            "--wait",
            type=click.Choice([each.value for each in Wait]),
            help="Post a whole day, or what there is first." + default("complete"),
        ),
        click.option(
            "--quiet",
            type=click.Choice([each.value for each in Quiet]),
            help="A line, or nothing, on a weekday without papers." + default("notice"),
        ),
        click.option(
            "--form",
            type=click.Choice([each.value for each in Form]),
            help="How a chat post is laid out." + default("thread"),
        ),
        click.option("--owner", help="Who is told if the target fails for good: a target."),
    )

    def added(function: Any) -> Any:
        for option in reversed(given):
            function = option(function)
        return function

    return added


@command.command("add")
@click.argument("target")
@click.option("--profile", default="", help="Whose digest. Default: the only profile there is.")
@_options(fresh=True)
@click.option("--confirmed", is_flag=True, help="The reader of the address has agreed; do not ask.")
@click.pass_obj
def add(
    site: Path | None, /, target: str, profile: str, *, confirmed: bool, **given: str | None
) -> None:
    """Deliver a profile to TARGET.

    TARGET is slack:CHANNEL_ID, discord:CHANNEL_ID, mail:ADDRESS or console:. An address is asked by
    one mail first, and gets nothing else before its reader has pressed Confirm, within 48 hours.
    """
    run, place = app(site), _target(target)
    now = run.clock()
    with run.store() as (_, store):
        name = chosen.chosen(store, profile, run.settings.digest.profile).name
        zone = given["tz"] or hours.system_zone(run.environ)
        made = _changed(Subscription(place, name, zone=zone, made_at=now), given)
        if store.subscriptions.subscription(made.id):
            raise ConfigError(
                f"{place} has the profile “{name}” already: `paperlark subs edit {made.id} …`."
            )
        if place.kind == "mail":
            returned.check_allowed(store, place.address)
        made = replace(made, since=slots.since(made, now))
        if place.kind == "mail" and not confirmed:
            _asks_first(run, store, made)
            return
        store.subscriptions.save_subscription(made)
    show(plain(f"✓ Added {made.id}.") + "\n")
    _say_when(made, now, "First")


def _asks_first(run: App, store: RedisStore, wanted: Subscription) -> None:
    """Send the mail that asks, and say so.

    Raises:
        ConfigError: nobody could be asked, or was asked often enough.
        DeliveryError: the mail was refused, or may or may not have arrived.
    """
    from bot import readers  # noqa: PLC0415  (keeps --help quick)
    from bot.app import enabled  # noqa: PLC0415
    from bot.context import signing  # noqa: PLC0415

    if "mail" not in enabled(run.settings):
        raise ConfigError(
            "Mail is not set up, so nobody can be asked: set `channels.mail.host` and "
            "`channels.mail.from`; or, where the reader has agreed, add --confirmed."
        )
    office = readers.office(signing(run.settings, store), store, run.clock)
    request = readers.prepared(office, wanted, "")
    if request is None:
        raise ConfigError(
            f"{wanted.target} was asked twice within a day: wait for an answer; or, where the "
            "reader has agreed, add --confirmed."
        )
    readers.send(office, request)
    show(plain(f"✓ Asked {wanted.target} to confirm {wanted.profile} within 48 hours.") + "\n")
    show("Until then it is pending: nothing else is sent.\n")


@command.command("list")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.pass_obj
def list_(site: Path | None, form: str) -> None:
    """The subscriptions there are, and when each posts next."""
    run = app(site)
    with run.store() as (_, store):
        found, damaged = store.subscriptions.kept()
        found = (*found, *store.readers.waiting())
        lost = chosen.lost(store, found)
    _warn(damaged, lost)
    if form == "json":
        rows = [_row(each, run.clock()) | _nothing(each, lost) for each in found]
        show(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
        return
    if not found and not damaged:
        show("None yet. Add one: paperlark subs add slack:CHANNEL_ID --profile NAME\n")
    for each in found:
        when = f"{hours.days_text(each.days)} {each.at:%H:%M} ({each.zone})"
        kinds = f"{each.wait}, {each.quiet}, {each.form}"
        state = "no such profile" if each in lost else _state(each, run.clock())
        columns = (f"{plain(each.id):<32}", f"{when:<34}", f"{kinds:<26}", plain(state))
        show(" ".join(columns) + "\n")


def _nothing(each: Subscription, lost: Sequence[Subscription]) -> dict[str, object]:
    """What a row says instead where nothing is ever posted."""
    return {"next": None, "reason": chosen.without(each)} if each in lost else {}


def _warn(damaged: Sequence[str], lost: Sequence[Subscription]) -> None:
    """Tell of subscriptions that cannot be read, and of those without a profile."""
    from paperlark.store.subscriptions import unreadable  # noqa: PLC0415  (keeps --help quick)

    for identifier in damaged:
        click.echo(plain(f"✗ {unreadable(identifier)}"), err=True)
    for each in lost:
        click.echo(plain(f"✗ {chosen.without(each)}"), err=True)


def _row(each: Subscription, now: datetime) -> dict[str, object]:
    return {
        "id": each.id,
        "target": str(each.target),
        "profile": each.profile,
        "at": f"{each.at:%H:%M}",
        "tz": each.zone,
        "days": [hours.DAYS[day] for day in each.days],
        "wait": each.wait,
        "quiet": each.quiet,
        "form": each.form,
        "since": each.since.isoformat(),
        "state": each.state,
        "until": each.until.isoformat() if each.until else None,
        "reason": each.reason,
        "owner": each.owner,
        "next": slots.first(each, now).isoformat() if served(each, now) else None,
    }


def _state(each: Subscription, now: datetime) -> str:
    if served(each, now):
        return f"next {_moment(slots.first(each, now), now)}"
    if each.state is State.PAUSED and each.until:
        return f"paused until {dates.short(each.until, year=now.year)}"
    return f"{each.state}: {each.reason}" if each.reason else str(each.state)


@command.command("edit")
@click.argument("which")
@_options(fresh=False)
@click.pass_obj
def edit(site: Path | None, /, which: str, **given: str | None) -> None:
    """Change WHICH subscription. What was posted is not posted again at the new hour."""
    if all(text is None for text in given.values()):
        raise ConfigError("Nothing to change: give one of --at, --tz, --days … (see --help).")
    _change(site, which, lambda old, _: _changed(old, given))


@command.command("pause")
@click.argument("which")
@click.option("--until", default="", help="The last date of the pause, as 2027-01-06.")
@click.pass_obj
def pause(site: Path | None, which: str, until: str) -> None:
    """Post nothing for a while; what was missed comes as one catch-up, three days at most."""

    def paused(old: Subscription, now: datetime) -> Subscription:
        last = hours.day(until) if until else None
        if last and last < now.astimezone(slots.zone(old.zone)).date():
            raise ConfigError(f"{until} is over. Give a date from today on.")
        return replace(old, state=State.PAUSED, until=last, reason="")

    _change(site, which, paused)


@command.command("resume")
@click.argument("which")
@click.pass_obj
def resume(site: Path | None, which: str) -> None:
    """Post again: after a pause, or once a target that failed has been put right."""
    _change(
        site,
        which,
        lambda old, _: replace(old, state=State.ACTIVE, until=None, reason=""),
    )


@command.command("remove")
@click.argument("which")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def remove(site: Path | None, which: str, *, yes: bool) -> None:
    """Forget a subscription. What it posted stays, and is not posted again if it comes back."""
    with app(site).store() as (_, store):
        shelf = store.subscriptions
        identifier = which if which in shelf.damaged() else _find(shelf, which).id
        if not yes:
            click.confirm(f"Forget {plain(identifier)}?", abort=True)
        shelf.remove_subscription(identifier)
    show(plain(f"✓ Forgotten: {identifier}.") + "\n")


def _change(
    site: Path | None, which: str, change: Callable[[Subscription, datetime], Subscription]
) -> None:
    """Change one subscription and say when it posts next."""
    run = app(site)
    now = run.clock()
    with run.store() as (_, store):
        changed = change(_find(store.subscriptions, which), now)
        store.subscriptions.save_subscription(changed)
    show(plain(f"✓ Changed {changed.id}.") + "\n")
    _say_when(changed, now, "Next")


def _say_when(each: Subscription, now: datetime, word: str) -> None:
    if not served(each, now):
        show(plain(f"{each.id}: {_state(each, now)}.") + "\n")
        return
    show(f"{word} digest: {_moment(slots.first(each, now), now)} ({each.zone}). ")
    show(plain(f"To see the newest now: paperlark digest --profile {each.profile}") + "\n")
    if out := slots.out_by(each, now):
        show(_early(each, out))


def _early(each: Subscription, out: time) -> str:
    settled = datetime.combine(date.min, out) + _FEED_LAG
    return (
        f"– At {each.at:%H:%M} in {each.zone} the day's own papers may not be out yet: then a post "
        f"holds the announcement before. All year they are out by {settled:%H:%M}: "
        f"--at {settled:%H:%M}\n"
    )


def _moment(at: datetime, now: datetime) -> str:
    return f"{dates.short(at.date(), year=now.year)}, {at:%H:%M}"


def _find(store: Subscriptions, which: str) -> Subscription:
    """The subscription of that id, or the only one of that target."""
    found = store.subscription(which)
    if found:
        return found
    here = [each for each in store.subscriptions() if str(each.target) == which]
    if len(here) == 1:
        return here[0]
    if here:
        raise ConfigError(f"Which one? {which} has {', '.join(each.id for each in here)}.")
    raise NotFound(f"There is no subscription “{which}”: see `paperlark subs list`.")


def _changed(old: Subscription, given: Mapping[str, str | None]) -> Subscription:
    """The subscription with what was given.

    Raises:
        ConfigError: something given cannot be; the sentence says what would.
    """
    read: dict[str, tuple[str, Callable[[str], object]]] = {
        "at": ("at", hours.clock_time),
        "tz": ("zone", lambda text: slots.zone(text.strip()).key),
        "days": ("days", hours.weekdays),
        "wait": ("wait", Wait),
        "quiet": ("quiet", Quiet),
        "form": ("form", Form),
        "owner": ("owner", lambda text: str(_target(text)) if text else ""),
    }
    changes: dict[str, Any] = {
        read[key][0]: read[key][1](text) for key, text in given.items() if text is not None
    }
    return replace(old, **changes)


def _target(text: str) -> Target:
    from bot.channels import kinds  # noqa: PLC0415  (keeps --help quick)

    try:
        target = Target.parse(text)
        if target.kind in kinds():
            return target.fitting()
    except ValueError as error:
        raise ConfigError(str(error)) from error
    raise ConfigError(f"There is no channel `{target.kind}`: use {', '.join(kinds())}.")
