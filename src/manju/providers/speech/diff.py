"""What two texts have in common, sign by sign. Quick where little differs, however long they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

MOST_EDITS = 800
"""Signs that may differ; a figure that is spoken in words makes about eight."""


def blocks(written: Sequence[str], said: Sequence[str]) -> Iterator[tuple[int, int, int, int, bool]]:
    """Stretches of both (start and end of each), and whether they are the same; nothing if they differ too much."""
    pairs = _same(written, said)
    if pairs is None:
        return
    i = j = 0
    for first, last in _runs(pairs):
        if (first[0], first[1]) != (i, j):
            yield i, first[0], j, first[1], False
        i, j = last[0] + 1, last[1] + 1
        yield first[0], i, first[1], j, True
    if i < len(written) or j < len(said):
        yield i, len(written), j, len(said), False


def _runs(pairs: Sequence[tuple[int, int]]) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """First and last of the pairs that follow one upon another in both."""
    start = 0
    for k in range(1, len(pairs) + 1):
        if k == len(pairs) or pairs[k] != (pairs[k - 1][0] + 1, pairs[k - 1][1] + 1):
            yield pairs[start], pairs[k - 1]
            start = k


def _same(a: Sequence[str], b: Sequence[str]) -> list[tuple[int, int]] | None:
    """Positions of a longest common subsequence (Myers 1986: quick where little differs); None if more than
    `MOST_EDITS` signs differ."""
    far: dict[int, int] = {1: 0}  # on each diagonal i - j, the furthest i
    steps: list[dict[int, int]] = []
    for edits in range(min(len(a) + len(b), MOST_EDITS) + 1):
        steps.append(dict(far))
        for k in range(-min(edits, 2 * len(b) - edits), min(edits, 2 * len(a) - edits) + 1, 2):
            down = k == -edits or (k != edits and far.get(k - 1, -1) < far.get(k + 1, -1))
            i = far[k + 1] if down else far[k - 1] + 1
            while i < len(a) and i - k < len(b) and a[i] == b[i - k]:
                i += 1
            far[k] = i
            if i >= len(a) and i - k >= len(b):
                return _walked(steps, len(a), len(b))
    return None


def _walked(steps: Sequence[dict[int, int]], i: int, j: int) -> list[tuple[int, int]]:
    """The way back through `_same`'s steps: the pairs on its diagonals."""
    pairs: list[tuple[int, int]] = []
    for edits in range(len(steps) - 1, -1, -1):
        far, k = steps[edits], i - j
        down = k == -edits or (k != edits and far.get(k - 1, -1) < far.get(k + 1, -1))
        before = k + 1 if down else k - 1
        at = far[before] if edits else 0
        start = at + (not down) if edits else 0
        while i > start:
            i, j = i - 1, j - 1
            pairs.append((i, j))
        i, j = at, at - before
    return pairs[::-1]
