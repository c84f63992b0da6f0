"""Ids: unique, and in order of making."""

from __future__ import annotations

import threading
import time

from manju.domain.ids import ALPHABET, LENGTH, new_id


def test_form() -> None:
    prefix, _, rest = new_id("run").partition("_")
    assert prefix == "run"
    assert len(rest) == LENGTH
    assert set(rest) <= set(ALPHABET)


def test_order_of_making() -> None:
    ids = [new_id("run") for _ in range(5000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)


def test_the_first_ten_characters_are_the_time() -> None:
    before = time.time_ns() // 1_000_000
    text = new_id("run").removeprefix("run_")
    number = 0
    for letter in text:
        number = number * 32 + ALPHABET.index(letter)
    assert abs((number >> 80) - before) < 1000


def test_threads_never_share_one() -> None:
    made: list[list[str]] = [[] for _ in range(4)]

    def work(own: list[str]) -> None:
        own.extend(new_id("run") for _ in range(2000))

    threads = [threading.Thread(target=work, args=(own,)) for own in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({name for own in made for name in own}) == 8000
