"""Write docs/reference/ from the program itself; ``--check`` fails where a page is stale."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path

import click

from paperlark import resources
from paperlark.cli import COMMANDS, cli

FOLDER = Path(__file__).resolve().parent / "reference"


def settings() -> str:
    """The settings page: every key of default.toml with its comment and its variable."""
    lines = ["# Settings", "", "Generated from `config/default.toml` by `make docs`.", ""]
    table = ""
    said: list[str] = []
    for line in resources.text("config", "default.toml").splitlines():
        if header := re.match(r"\[(.+)\]", line):
            table, said = header[1], []
            lines += [f"## `[{table}]`", ""]
        elif line.startswith("#"):
            said.append(line.lstrip("# "))
        elif key := re.match(r"(\w+) = (.*)", line):
            name = "__".join(("PAPERLARK_" + table.upper().replace(".", "__"), key[1].upper()))
            lines += [f"- **`{key[1]}`** = `{key[2]}` (`{name}`): {' '.join(said)}", ""]
            said = []
        elif not line.strip():
            if said and not table:
                lines += [" ".join(said), ""]
            said = []
    return "\n".join(lines).rstrip() + "\n"


def commands() -> str:
    """The commands page: the help of every command."""
    parts = ["# Commands", "", "Generated from the program's own help by `make docs`.", ""]
    top = click.Context(
        cli, info_name="paperlark", terminal_width=80, help_option_names=["-h", "--help"]
    )
    parts += ["```text", cli.get_help(top), "```", ""]
    for name in COMMANDS:
        command = importlib.import_module(f"paperlark.cli.{name}").command
        parts += _help(command, click.Context(command, parent=top, info_name=name, terminal_width=80))
    return "\n".join(line.rstrip() for line in "\n".join(parts).splitlines()) + "\n"


def _help(command: click.Command, context: click.Context) -> list[str]:
    parts = [f"## {context.command_path}", "", "```text", command.get_help(context), "```", ""]
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            parts += _help(inner, click.Context(inner, parent=context, info_name=name, terminal_width=80))
    return parts


PAGES = {"settings.md": settings, "commands.md": commands}


def main() -> int:
    """Write the pages, or with ``--check`` say which are stale."""
    stale = []
    FOLDER.mkdir(exist_ok=True)
    for name, make in PAGES.items():
        path, text = FOLDER / name, make()
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
    if "--check" in sys.argv and stale:
        print(f"stale: {', '.join(stale)}; run `python -m docs.generate`")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
