from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from paperlark.errors import ConfigError
from paperlark.settings import Section, Settings, check, load, local, loopback


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def site(text: str) -> Path:
    path = Path("site.toml")
    path.write_text(text, encoding="utf-8")
    return path


def test_the_defaults_stand_alone():
    settings = load({})
    assert settings.url is None
    assert settings.scoring.scorer == "auto"
    assert settings.sources["arxiv"]["interval_s"] == 3.0


def test_later_layers_win_key_by_key():
    text = '[sources.arxiv]\ncontact = "a@example.org"\ninterval_s = 5\n'
    environ = {"PAPERLARK_SOURCES__ARXIV__INTERVAL_S": "7", "REDIS_URL": "redis://there"}
    settings = load(environ, site(text))
    assert settings.sources["arxiv"]["interval_s"] == "7"
    assert settings.sources["arxiv"]["contact"] == "a@example.org"
    assert settings.sources["arxiv"]["rss_url"] == "https://rss.arxiv.org"
    assert settings.url == "redis://there"


def test_a_secret_file_wins_over_the_environment(tmp_path: Path):
    secret = tmp_path / "url"
    secret.write_text("redis://:hidden@there\n", encoding="utf-8")
    settings = load({"PAPERLARK_STORE__URL": "redis://x", "PAPERLARK_STORE__URL_FILE": str(secret)})
    assert settings.url == "redis://:hidden@there"
    assert "hidden" not in repr(settings)


def test_the_file_beside_is_read_and_the_named_one_instead():
    Path("paperlark.toml").write_text('[log]\nlevel = "error"\n', encoding="utf-8")
    assert load({}).log.level == "error"
    assert load({}, site('[log]\nlevel = "debug"\n')).log.level == "debug"
    assert load({"PAPERLARK_CONFIG": "site.toml"}).log.level == "debug"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[sorces]\n", "Unknown key `sorces`. Did you mean `sources`? (site.toml, line 1)"),
        ("[log]\n\nlevle = 'info'\n", "Unknown key `log.levle`. Did you mean `log.level`?"),
        ("[log]\nlevel = 'loud'\n", "`log.level`: should be 'debug', 'info'"),
        ("[log\n", "site.toml is not TOML"),
        ("log = 3\n", "`log`"),
    ],
)
def test_what_is_wrong_is_one_sentence_with_its_place(text: str, said: str):
    with pytest.raises(ConfigError) as caught:
        load({}, site(text))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_wrong_variable_is_named():
    with pytest.raises(ConfigError, match=r"did you mean `log\.level`|PAPERLARK_LOG__LEVL"):
        load({"PAPERLARK_LOG__LEVL": "info"})


def test_a_missing_file_says_which():
    with pytest.raises(ConfigError, match=r"none\.toml cannot be read: No such file"):
        load({}, Path("none.toml"))


def test_a_variable_cannot_reach_into_a_value():
    with pytest.raises(ConfigError, match="is a value, not a table"):
        load({"PAPERLARK_LOG__LEVEL__DEEP": "1"})


def test_a_raw_table_is_checked_by_the_module_it_is_for():
    class Table(Section):
        token: SecretStr = SecretStr("")
        interval_s: float = 3.0

    raw: dict[str, Any] = {"interval": 1}
    with pytest.raises(ConfigError, match=r"Did you mean `sources\.x\.interval_s`\?"):
        check(Table, raw, prefix="sources.x.")
    assert check(Table, {"interval_s": "4"}).interval_s == 4.0


def test_where_the_embedded_store_lives(tmp_path: Path):
    assert load({"PAPERLARK_DATA_DIR": "/d"}).data_dir({}) == Path("/d")
    assert load({}).data_dir({"XDG_DATA_HOME": str(tmp_path)}) == tmp_path / "paperlark"


def test_settings_know_where_each_key_was_set():
    environ = {"PAPERLARK_SOURCES__ARXIV__CONTACT": "x"}
    settings = load(environ, site("[sources.arxiv]\nhomepage = 1\n"))
    assert settings.place("sources", "arxiv", "homepage") == "site.toml, line 2"
    contact = settings.place("sources", "arxiv", "contact")
    assert contact == "PAPERLARK_SOURCES__ARXIV__CONTACT"
    assert Settings().place("log", "level") == ""


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.9.1", "::1"])
def test_this_machine_is_known_by_its_addresses(host: str):
    assert loopback(host)
    named = f"[{host}]" if ":" in host else host
    assert local(f" http://{named}:8080/x ")


@pytest.mark.parametrize("host", ["localhost.example.org", "127.0.0.1.example.org", "::2", ""])
def test_a_name_that_begins_like_this_machine_is_another(host: str):
    """Tokens and passwords go to this machine alone without TLS."""
    assert not loopback(host)
    assert not local("http://" + (f"[{host}]" if ":" in host else host))
