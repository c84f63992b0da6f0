"""Channels (渠道): upstream accounts that serve models, and the routes through them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import Field, SecretStr, field_validator

from manju.domain.document import Value
from manju.domain.money import micros
from manju.domain.order import Way
from manju.gateway.dialects import Dialect

NO_KEY = ""
"""Name of the key of a channel that needs none."""


class Upstream(Value):
    """A model on a channel: its name there, and what upstream charges for a unit, in millionths (None: what the
    catalogue says). ``output_cost`` is for a million tokens of the answer, where tokens are the unit. ``dialect`` says
    how storyboards are to be written for it, where its name does not tell (empty: the catalogue or its name does)."""

    model: str = Field(min_length=1)
    dialect: Dialect = ""
    cost: int | None = Field(default=None, ge=0)
    output_cost: int | None = Field(default=None, ge=0)

    @field_validator("cost", "output_cost", mode="before")
    @classmethod
    def _amount(cls, value: object) -> object:
        return micros(value) if isinstance(value, str) else value


class Channel(Value):
    """One upstream that serves models.

    An empty ``vendor`` is this program's own models. ``concurrency`` limits the attempts in flight: over all processes,
    or for a ``local`` channel (which is this process) in each; ``rate`` is the most orders that are sent in a minute.
    ``repeatable``: sending a request again does no harm and costs nothing; ``idempotent``: so it is with one token.
    After a crash such an attempt is simply sent again; anything else is never re-sent by itself. Of several channels
    for a model, those of the highest ``priority`` are asked first, in proportion to their ``weight``.
    """

    name: str
    vendor: str = ""
    base_url: str = ""
    keys: Mapping[str, SecretStr] = Field(default_factory=dict)
    local: bool = False
    repeatable: bool = False
    idempotent: bool = False
    concurrency: int = Field(ge=1)
    rate: int | None = Field(default=None, ge=1)
    priority: int = 0
    weight: int = Field(default=1, ge=1)
    models: Mapping[str, Upstream] = Field(default_factory=dict)
    """Public name -> the model here."""
    options: Mapping[str, str] = Field(default_factory=dict)
    read_s: float = Field(default=600.0, gt=0)
    """Longest silence while an answer is awaited, in seconds."""
    poll_s: float = Field(default=5.0, gt=0)
    """Seconds between two looks at a task."""
    polls: int = Field(default=16, ge=1)
    """Most looks at once."""
    poll_rate: int | None = Field(default=None, ge=1)
    """Most looks in a minute. With more tasks than that bears, each is looked at less often."""


@dataclass(frozen=True, slots=True)
class Route:
    """One way to have a model's call made: a channel, the name of one of its keys, and the model there."""

    channel: Channel
    key: str
    upstream: Upstream

    @property
    def way(self) -> Way:
        """The route as attempts record it."""
        return Way(self.channel.name, self.key, self.upstream.model)

    @property
    def secret(self) -> str:
        """The key itself; empty if the channel needs none."""
        return self.channel.keys[self.key].get_secret_value() if self.key else ""


def routes_of(channel: Channel, upstream: Upstream) -> tuple[Route, ...]:
    """A channel's routes to a model: one for each key."""
    return tuple(Route(channel, key, upstream) for key in channel.keys or (NO_KEY,))
