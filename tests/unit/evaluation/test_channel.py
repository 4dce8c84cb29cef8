from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from unisandbox.evaluation.channel import Channel

PATIENCE_S = 10


def in_thread(step: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=step, daemon=True)
    thread.start()
    return thread


def test_everything_put_is_taken_once_in_order() -> None:
    channel = Channel[int](100)
    for number in range(5):
        channel.put(number)
    channel.close()
    assert [channel.take(2), channel.take(2), channel.take(2), channel.take(2)] == [[0, 1], [2, 3], [4], []]


def test_put_waits_for_room() -> None:
    channel, done = Channel[int](2), threading.Event()

    def fill() -> None:
        for number in range(3):
            channel.put(number)
        done.set()

    filling = in_thread(fill)
    assert not done.wait(0.2)
    assert channel.take(1) == [0]
    assert done.wait(PATIENCE_S)
    filling.join()


def test_the_backlog_waits_behind_what_comes_and_takes_no_room() -> None:
    channel = Channel[str](1, backlog=["old 1", "old 2", "old 3"])
    channel.put("new")
    channel.close()
    assert [channel.take(1) for _ in range(5)] == [["new"], ["old 1"], ["old 2"], ["old 3"], []]


@pytest.mark.parametrize("end", ["close", "give_up"])
def test_whoever_waits_for_things_wakes_at_the_end(end: str) -> None:
    channel, taken = Channel[int](1), list[list[int]]()
    waiting = in_thread(lambda: taken.append(channel.take(1)))
    getattr(channel, end)()
    waiting.join(PATIENCE_S)
    assert taken == [[]]


def test_whoever_waits_for_room_wakes_when_the_channel_is_given_up() -> None:
    channel = Channel[int](1)
    channel.put(0)
    waiting = in_thread(lambda: channel.put(1))
    channel.give_up()
    waiting.join(PATIENCE_S)
    assert not waiting.is_alive()
    assert channel.take(5) == []
