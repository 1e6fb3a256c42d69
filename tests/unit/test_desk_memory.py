"""What takes long to work out, kept for a process."""

from __future__ import annotations

import threading

from structlog.testing import capture_logs

from bot.desk.memory import Memory


def test_a_value_is_made_once():
    memory, made = Memory(), iter(["value"])
    assert [memory.get("a", lambda: next(made)) for _ in range(3)] == ["value"] * 3


def test_the_oldest_goes_first_and_use_keeps_young():
    memory = Memory(most=2)
    memory.keep("a", 1)
    memory.keep("b", 2)
    memory.known("a")
    memory.keep("c", 3)
    assert [memory.known(key) for key in "abc"] == [1, None, 3]


def test_what_takes_too_long_is_there_the_next_time():
    memory, go = Memory(), threading.Event()

    def slow() -> str:
        go.wait()
        return "value"

    assert memory.aside("a", slow, 0.0) is None
    assert memory.aside("a", slow, 60.0) is None  # under way already: nobody waits for it
    go.set()
    for thread in threading.enumerate():
        if thread.name == "memory":
            thread.join()
    assert memory.aside("a", slow, 0.0) == "value"


def test_what_is_quick_is_there_at_once():
    memory, tries = Memory(), list[int]()

    def once() -> str:
        tries.append(1)
        return "value"

    assert memory.aside("a", once, 60.0) == "value"
    assert memory.aside("a", once, 60.0) == "value"
    assert tries == [1]


def test_what_fails_is_tried_anew():
    memory, tries = Memory(), list[int]()

    def fails() -> str:
        tries.append(1)
        if len(tries) == 1:
            raise ValueError("once")
        return "value"

    with capture_logs() as logs:
        assert memory.aside("a", fails, 60.0) is None
    assert [each["event"] for each in logs] == ["not worked out"]
    assert memory.aside("a", fails, 60.0) == "value"
