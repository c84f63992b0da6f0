"""What every vendor of chat is on loopback.

A vendor's emulator subclasses `TextEmulator`: it adds its routes, reads its own wire format in `fields`, and says in
its own words how it answers and refuses. `tests/conformance/test_text_adapters.py` knows nothing but this class.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from vendors.emulator import KEY, Emulator, Fault, Seen


@dataclass(frozen=True)
class Fields:
    """An order as the vendor understood it. None: the vendor has no place for this, or the order did not say."""

    model: str
    system: str
    turns: tuple[tuple[str, str], ...]
    """Role (``user`` or ``assistant``) and text."""
    temperature: float | None = None
    seed: int | None = None
    enforced: str = ""
    """How JSON is enforced: ``schema``, ``json``, or not at all."""
    schema: Any = None
    most: int | None = None
    token: str | None = None


class TextEmulator(Emulator):
    """Strict, as every emulator. ``said`` is its reply, ``refusing`` are the fields that this endpoint does not take:
    an order with one of them is refused as the vendor does."""

    key: ClassVar[str] = KEY
    """What a channel has as its key."""
    secrets: ClassVar[tuple[str, ...]] = (KEY,)
    """What must never stand in a message."""
    model: ClassVar[str]
    keeps_token: ClassVar[bool] = False
    """Whether our token has a place in an order."""
    enforces: ClassVar[tuple[str, ...]] = ()
    """How the vendor enforces JSON when it can, the strictest first: of ``schema``, ``json``."""
    optional: ClassVar[tuple[str, ...]] = ()
    """The fields that endpoints of this kind may not take, in the order in which they are given up."""
    submit_path: ClassVar[str]
    probe_path: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.said = "一座灯塔。"
        self.cut = False
        self.refusing: set[str] = set()

    def signed(self, seen: Seen) -> bool:
        """Whether a request carries the vendor's authorisation."""
        raise NotImplementedError

    def fields(self, seen: Seen) -> Fields:
        """What an order says."""
        raise NotImplementedError

    def refusal(self, kind: str) -> Fault:
        """How the vendor refuses an order (``auth``, ``credit``, ``moderation``, ``rate``, ``busy``): its own status
        and body. ``rate`` asks to wait for 7 s."""
        raise NotImplementedError

    def nothings(self) -> dict[str, list[Any]]:
        """Answers with status 200 that hold no reply, by the refusal that each of them is."""
        raise NotImplementedError
