"""The console's file: a record is in it whole, or not at all and that is told."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

FULL = """
import asyncio, resource, sys
from bot.channels import console
from paperlark.errors import DeliveryError
from paperlark.post import Message
from paperlark.target import Target
channel, here = console.channel({"path": sys.argv[1]}, lambda path: ""), Target("console")
async def send(text):
    message = Message("summary", {"text": text})
    return await channel.send(here, message, key="k", root="")
resource.setrlimit(resource.RLIMIT_FSIZE, (1100, resource.RLIM_INFINITY))
try:
    asyncio.run(send("A" * int(sys.argv[2])))
except DeliveryError as error:
    print(error)
"""


@pytest.mark.parametrize(("size", "arrives"), [(50, True), (5000, False)])
def test_a_full_disk_takes_a_record_whole_or_not_at_all(
    tmp_path: Path, size: int, *, arrives: bool
):
    path = tmp_path / "digests.txt"
    path.write_bytes(b"x" * 1000)
    told = subprocess.run(
        [sys.executable, "-c", FULL, str(path), str(size)],
        check=True, capture_output=True, text=True, timeout=60,
    ).stdout  # fmt: skip
    added = "\x1ek\n" + "A" * size + "\n" if arrives else ""
    assert path.read_text() == "x" * 1000 + added
    assert (told == "") is arrives
    assert arrives or "No space left on device. Try another." in told
