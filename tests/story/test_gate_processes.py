"""Four processes on one store: never two connections, never closer than the interval."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from typing import TYPE_CHECKING

from paperlark.store.gate import Gate

if TYPE_CHECKING:
    import redis

INTERVAL_S = 0.1
PROGRAM = """
import json, sys, time, redis
from paperlark.store.gate import Gate
gate = Gate(redis.from_url(sys.argv[1]), interval_s=float(sys.argv[2]))
turns = []
for number in range(int(sys.argv[3])):
    with gate.turn() as turn:
        time.sleep(0.15 if number % 2 else 0)  # longer than the interval: only the lease holds
    turns.append((turn.granted_us, turn.left_us))
print(json.dumps(turns))
"""


def _start(url: str, turns: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROGRAM, url, str(INTERVAL_S), str(turns)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_turns_never_overlap_or_come_closer_than_the_interval(store: redis.Redis, store_url: str):
    processes = [_start(store_url, 4) for _ in range(4)]
    try:
        outputs = [process.communicate(timeout=60)[0] for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.wait()
    turns = sorted(tuple(turn) for output in outputs for turn in json.loads(output))
    assert len(turns) == 16
    for (began, left), (following, _) in pairwise(turns):
        assert following - began >= INTERVAL_S * 1_000_000
        assert following >= left
    assert not Gate(store).status().busy


def test_a_process_killed_in_its_turn_lets_the_next_one_in_when_its_lease_ends(
    store: redis.Redis, store_url: str
):
    program = (
        "import sys, redis\n"
        "from paperlark.store.gate import Gate\n"
        "gate = Gate(redis.from_url(sys.argv[1]), interval_s=0, lease_s=0.5)\n"
        "turn = gate.turn()\n"
        "turn.__enter__()\n"
        "print('in', flush=True)\n"
        "sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", program, store_url]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "in\n"
        lease = int(store.hget("ad:gate:arxiv", "lease") or 0)
        holder.kill()
    with Gate(store, interval_s=0).turn() as turn:
        assert turn.granted_us >= lease > 0
