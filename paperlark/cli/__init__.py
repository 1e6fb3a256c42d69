"""The command line: knows everybody, and does nothing itself.

Commands are modules, imported only when called, so that ``paperlark --help`` is quick.
"""

from __future__ import annotations

import importlib
import io
import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from paperlark import __version__

if TYPE_CHECKING:
    from types import TracebackType

COMMANDS = {
    "demo": "Three built-in sample days through the whole program. Needs nothing.",
    "digest": "The main job, now: fetch, rank, print.",
    "init": "A first configuration, by questions.",
    "doctor": "Check everything paperlark needs; one line each, with the fix.",
    "profiles": "What a group wants: list, show, check, add, edit, remove.",
    "subs": "Which profile goes where, and when.",
    "up": "Everything in one go: store, clock, workers, bot.",
    "mail": "Whether mail works; what came back; addresses never written to.",
    "why": "The whole trace of one paper.",
    "votes": "The facts behind the line: list, explain, tune, export, import.",
    "replay": "What another line or profile would have shown on past days.",
    "people": "What one person gave: export it, erase it.",
    "stats": "What scoring took: tokens and money, per digest, profile and month.",
    "evaluate": "How well a scorer agrees with labelled days.",
    "worker": "Work the queues: fetch, score, publish, deliver.",
    "clock": "Put on its way whatever is due.",
    "bot": "Answer people in the chats.",
}
"""Every command and its line in the help, in the order a newcomer needs them."""

INTERRUPTED = 130
ENDING = ("SIGTERM", "SIGHUP")
"""Signals that end the program as Ctrl-C does, with 128 and their number as its exit code."""


class Ended(KeyboardInterrupt):
    """A signal of `ENDING` arrived; whatever tidies up after Ctrl-C does so after it.

    Args:
        number: the signal's.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class Lazy(click.Group):
    """A group whose commands are modules of this package, imported when asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of `COMMANDS`."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name; None where there is none."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"paperlark.cli.{cmd_name}").command
        assert isinstance(command, click.Command)  # noqa: S101  (narrows a module attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click's own, but an unknown command names the nearest known one."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches  # noqa: PLC0415  (only for a slip)

            close = get_close_matches(args[0], COMMANDS, n=1)
            hint = f"Did you mean `paperlark {close[0]}`?" if close else "See `paperlark --help`."
            raise click.UsageError(f"There is no command `{args[0]}`. {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table of commands, without importing any of them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="paperlark")
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Settings file. Default: PAPERLARK_CONFIG, then ./paperlark.toml.",
)
@click.pass_context
def cli(ctx: click.Context, config: Path | None) -> None:
    """The day's new arXiv papers, ranked for your group.

    \b
    See it work, with no account and no key:   paperlark demo
    The newest digest for a built-in profile:  paperlark digest --profile foundations
    Your own:                                  paperlark init
    """  # noqa: D301  (click reads the backslash)
    ctx.obj = config
    if config:  # our other processes, and what they fork, know only the environment
        os.environ["PAPERLARK_CONFIG"] = str(config.absolute())


def main(args: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code: 0, 1, 2, 130, or 128 + a signal."""
    try:
        _heed_signals()
        code = _run(args)
    except (KeyboardInterrupt, click.Abort) as error:
        code = _interrupted(error)
    except BrokenPipeError:  # `paperlark digest | head`: nobody reads any more
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    except OSError as error:
        code = _say(f"{error.filename or 'The machine'}: {error.strerror or error}.", 1)
    except Exception as error:  # noqa: BLE001  (no traceback reaches a user)
        code = _say(_unexpected(error), 1)
    sys.exit(code)


def _heed_signals() -> None:
    """Have the signals of `ENDING` raise `Ended`; one that is ignored, as by nohup, stays so."""
    if threading.current_thread() is not threading.main_thread():
        return
    for name in ENDING:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _end)


def _end(number: int, _frame: object) -> NoReturn:
    for name in ENDING:  # the first one is obeyed; a second must not disturb the tidying up
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    raise Ended(number)


def _interrupted(error: BaseException) -> int:
    """Say so, and give the exit code: of the signal where one is behind the error."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, Ended):
        cause = cause.__cause__ or cause.__context__
    code = 128 + cause.number if isinstance(cause, Ended) else INTERRUPTED
    word = "Interrupted" if code == INTERRUPTED else "Stopped by a signal"
    return _say(f"{word}. Nothing is lost: run it again to go on.", code)


def _run(args: list[str] | None) -> int:
    from paperlark.errors import PaperlarkError  # noqa: PLC0415  (keeps --version quick)

    try:
        code = cli.main(args, prog_name="paperlark", standalone_mode=False)
    except PaperlarkError as error:
        return _say(str(error), error.exit_code)
    except click.ClickException as error:
        return _usage(error)
    return code if isinstance(code, int) else 0  # what a command left with by ctx.exit


def _usage(error: click.ClickException) -> int:
    """Show click's own words; an argument may hold anything."""
    from paperlark.render.escape import block  # noqa: PLC0415  (keeps --help quick)

    said = io.StringIO()
    error.show(said)
    click.echo(block(said.getvalue()), err=True)
    return error.exit_code


def _say(sentence: str, code: int) -> int:
    """Say it, without anything that steers a terminal: it may quote a file or an answer."""
    from paperlark.render.escape import plain  # noqa: PLC0415  (keeps --help quick)

    click.echo(f"paperlark: {plain(sentence)}", err=True)
    return code


def _unexpected(error: Exception) -> str:
    if os.environ.get("PAPERLARK_LOG__LEVEL", "").lower() == "debug":
        import traceback  # noqa: PLC0415  (only where asked for)

        traceback.print_exc()
    return (  # without the error's own words: they may quote a password
        f"Something paperlark did not expect: {type(error).__name__}{_place(error.__traceback__)}. "
        "PAPERLARK_LOG__LEVEL=debug shows where; please report it."
    )


def _place(trace: TracebackType | None) -> str:
    """Where it was raised, as a clause: the file's last two parts, and the line."""
    if trace is None:
        return ""
    while trace.tb_next is not None:
        trace = trace.tb_next
    file = Path(trace.tb_frame.f_code.co_filename)
    return f" in {file.parent.name}/{file.name}, line {trace.tb_lineno}"
