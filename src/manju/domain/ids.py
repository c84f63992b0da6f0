"""Ids: a prefix that says of what, then 26 characters that sort by time of making and never repeat.

The 128 bits are laid out as RFC 9562 lays out a UUIDv7 (48 bits of Unix milliseconds, then randomness) and written in
Crockford's base 32, which keeps the order and leaves out letters that look alike. Ids never go into a film: they
differ from machine to machine.
"""

from __future__ import annotations

import secrets
import threading
import time

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32 in lower case: no i, l, o, u."""
RANDOM_BITS = 80
LENGTH = 26

_lock = threading.Lock()
_last = 0


def new_id(prefix: str) -> str:
    """``run_01jd3…``: a new id, greater than every earlier one of this process with the same prefix."""
    global _last
    with _lock:
        now = time.time_ns() // 1_000_000
        # Within one millisecond, or when the clock steps back, count on from the last one: order is kept.
        _last = max(_last + 1, now << RANDOM_BITS | secrets.randbits(RANDOM_BITS))
        number = _last
    return f"{prefix}_" + "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(LENGTH)))
