"""The app is made from the manifest: it asks for what the code demands, and for nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from bot import words
from bot.channels.slack import scopes
from bot.desk import days
from bot.desk.commands import QUESTIONS

MANIFEST = Path(__file__).resolve().parents[2] / "config" / "slack-manifest.yaml"
KEY = re.compile(r"( *)(- )?(?:(\w+):(?= |$))? ?(.*)")


def read() -> dict[str, str | list[str]]:
    """The manifest as a flat table: ``a.b.c`` to a value, or to the list under it.

    It is plain enough for this: keys, values, lists of words, and one list of tables, whose keys
    are gathered in lists of their own.
    """
    table: dict[str, str | list[str]] = {}
    path: list[tuple[int, str]] = []
    listed: set[str] = set()
    for line in MANIFEST.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = KEY.fullmatch(re.sub(r"\s+#.*", "", line))
        assert found, line
        indent, item, key, value = len(found[1]) + 2 * bool(found[2]), found[2], found[3], found[4]
        while path and path[-1][0] >= indent:
            path.pop()
        name = ".".join([key for _, key in path] + ([key] if key else []))
        if item and key:
            listed.add(".".join(each for _, each in path))
        if key and not value:
            path.append((indent, key))
        elif item or key is None or name.rpartition(".")[0] in listed:
            entry = table.setdefault(name, [])
            assert isinstance(entry, list)
            entry.append(value)
        else:
            table[name] = value
    return table


def test_its_scopes_are_those_the_check_demands():
    assert read()["oauth_config.scopes.bot"] == list(scopes.SCOPES)


def test_its_events_and_commands_are_those_the_app_listens_to():
    table = read()
    assert table["settings.event_subscriptions.bot_events"] == list(scopes.EVENTS)
    assert table["features.slash_commands.command"] == list(scopes.COMMANDS)


def test_it_listens_by_a_socket_and_has_a_home():
    table = read()
    for switch in (
        "settings.socket_mode_enabled",
        "settings.interactivity.is_enabled",
        "features.app_home.home_tab_enabled",
        "features.app_home.messages_tab_enabled",
    ):
        assert table[switch] == "true"


def test_its_texts_are_within_slacks_limits():
    table = read()
    assert len(str(table["display_information.name"])) <= 35
    assert len(str(table["display_information.description"])) <= 140
    for key in ("features.slash_commands.description", "features.slash_commands.usage_hint"):
        assert all(len(text) <= 1000 for text in table[key])


def test_its_hint_says_words_the_desk_knows_and_what_one_would_not_guess():
    hint = read()["features.slash_commands.usage_hint"][0]
    said = {each.split()[0] for each in hint.split(" | ")}
    assert {word for word in said if not days.is_date(word)} - {"help"} <= {*QUESTIONS, *days.WORDS}
    assert {"today", "mine", "follow", "tune", "setup", "settings", "help"} <= said


def test_help_names_every_word_of_the_desk():
    told = " ".join(words.HELP)
    said = {word for code in re.findall(r"`([^`]+)`", told) for word in re.split(r"[\s|]+", code)}
    assert set(QUESTIONS) - {"abs"} <= said


def test_a_token_without_a_scope_is_told_which():
    granted = [scope for scope in scopes.SCOPES if scope != "groups:history"]
    assert scopes.missing(",".join(granted)) == ("groups:history",)
    assert scopes.missing(", ".join(scopes.SCOPES)) == ()
    assert scopes.missing("") == ()
