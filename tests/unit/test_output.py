"""Files written whole, and targets that are no files."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from paperlark.cli.output import progress, write
from paperlark.errors import PaperlarkError

if TYPE_CHECKING:
    from collections.abc import Iterator


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def umask() -> Iterator[None]:
    before = os.umask(0o027)
    yield
    os.umask(before)


@pytest.mark.usefixtures("umask")
def test_a_new_file_gets_what_the_umask_leaves(tmp_path: Path):
    write(tmp_path / "new", "häh")
    assert (tmp_path / "new").read_text("utf-8") == "häh"
    assert _mode(tmp_path / "new") == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


@pytest.mark.parametrize("mode", [0o600, 0o664, 0o755])
def test_a_file_keeps_its_mode(tmp_path: Path, mode: int):
    path = tmp_path / "old"
    path.touch()
    path.chmod(mode)
    write(path, "new")
    assert (_mode(path), path.read_text("utf-8")) == (mode, "new")


def test_a_read_only_file_stays_as_it_is(tmp_path: Path):
    path = tmp_path / "old"
    path.write_text("old", "utf-8")
    path.chmod(0o444)
    with pytest.raises(PaperlarkError, match=r"old cannot be written: it is read-only\.$"):
        write(path, "new")
    assert path.read_text("utf-8") == "old"


@pytest.mark.parametrize("there", [True, False])
def test_a_link_is_followed(tmp_path: Path, there: bool):  # noqa: FBT001  (pytest's)
    target, link = tmp_path / "target", tmp_path / "link"
    if there:
        target.touch()
    link.symlink_to(target.name)
    write(link, "new")
    assert link.is_symlink()
    assert target.read_text("utf-8") == "new"


def test_links_in_a_circle_are_a_sentence(tmp_path: Path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(PaperlarkError, match="cannot be written"):
        write(tmp_path / "a", "x")


def test_a_pipe_is_written_into(tmp_path: Path):
    pipe, read = tmp_path / "pipe", list[str]()
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text("utf-8")))
    reader.start()
    write(pipe, "x" * 200_000)
    reader.join()
    assert read == ["x" * 200_000]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_devices_stay_devices(tmp_path: Path):
    (tmp_path / "null").symlink_to(os.devnull)
    for path in (Path(os.devnull), tmp_path / "null"):
        write(path, "x")
        assert path.is_char_device()


def test_what_a_shell_has_open_is_written_into(tmp_path: Path):
    with (tmp_path / "file").open("wb") as file:
        write(Path(f"/dev/fd/{file.fileno()}"), "new")
        assert os.fstat(file.fileno()).st_nlink == 1
    assert (tmp_path / "file").read_text("utf-8") == "new"


def test_a_hyphen_is_stdout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
):
    monkeypatch.chdir(tmp_path)
    write(Path("-"), "tö")
    assert capfdbinary.readouterr().out == "tö".encode()
    assert not list(tmp_path.iterdir())


def test_a_step_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]):
    with progress() as report:
        report("\x1b[2Jcs.LG\r\x07", 0, 1)
    assert capsys.readouterr().err == "\ufffd[2Jcs.LG \ufffd\n"
