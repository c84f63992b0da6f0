"""What is sold on the street (`street`), and how its orders are marked; without the vendors, for those who only buy."""

from __future__ import annotations

from collections.abc import Mapping

MODALITIES = ("text", "image", "speech", "video")
KINDS: Mapping[str, str] = {"text": "text", "image": "frame", "speech": "voice", "video": "clip"}
MODELS: Mapping[str, tuple[str, str, str]] = {
    "text": ("gpt-4o", "gpt-4o-mini", "gpt-5.6-luna"),
    "image": ("gpt-image-2", "nano-banana-2", "nano-banana-pro"),
    "speech": ("tts-1-hd", "tts-1", "gpt-4o-mini-tts"),
    "video": ("sora-2", "sora-2-pro", "kling-v3"),
}
"""Public names: sold by the plain vendor, by the one that honours tokens, and by both, who is then asked first."""


def mark(number: int) -> str:
    """What stands in an order's words, and nowhere else."""
    return f"o{number:05}"
