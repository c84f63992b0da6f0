"""What an upstream's no means for an order: whether another channel may do it, or this one a little later."""

from __future__ import annotations

from manju.gateway.routing.health import Cause

ELSEWHERE: frozenset[Cause] = frozenset({"not_sent", "auth", "credit", "rate", "busy"})
"""Another channel may well do what this one did not. What is wrong with the order itself is wrong everywhere, and what
was accepted and came to nothing may have been charged: it is not bought again by itself."""
LATER: frozenset[Cause] = frozenset({"not_sent", "rate", "busy"})
"""The same channel may do it a little later."""
DOUBT = "It is not sent again by itself: look it up there, then recover it, buy it again, or release it."
