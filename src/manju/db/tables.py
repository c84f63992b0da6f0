"""Every table. Times are UTC; money is whole millionths of the currency (see `manju.domain.money`)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

KEY = String(40)
BigKey = BigInteger().with_variant(Integer, "sqlite")  # SQLite autoincrements INTEGER keys only
Foreign = String(200).with_variant(Text, "postgresql")
"""What others choose may be of any length. SQLite takes it anyhow; PostgreSQL means what the other columns say."""


def _now() -> datetime:
    return datetime.now(UTC)


class Base(DeclarativeBase):
    """Declarative base with named constraints, so that migrations can refer to them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012
        dict[str, Any]: JSON(none_as_null=True),
        list[Any]: JSON(none_as_null=True),
        datetime: DateTime(timezone=True),
    }


class Account(Base):
    """Who pays (账户). The embedded default is the one account ``local``."""

    __tablename__ = "accounts"
    id: Mapped[str] = mapped_column(KEY, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    limited: Mapped[bool] = mapped_column(default=False)
    """Whether it can spend its balance only; ``local`` spends what its owner pays upstream."""
    created_at: Mapped[datetime] = mapped_column(default=_now)


class Project(Base):
    """One film and all that belongs to it (项目). ``folder`` is its output folder; ``spec`` is what was asked."""

    __tablename__ = "projects"
    id: Mapped[str] = mapped_column(KEY, primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    name: Mapped[str] = mapped_column(String(300))
    folder: Mapped[str | None] = mapped_column(Text, unique=True)
    spec: Mapped[dict[str, Any]]
    spec_digest: Mapped[str] = mapped_column(String(64))
    budget: Mapped[int | None] = mapped_column(BigInteger)
    """The most that its orders may cost in all, held amounts included; None is no limit."""
    revision: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=_now)
    updated_at: Mapped[datetime] = mapped_column(default=_now, onupdate=_now)
    deleted_at: Mapped[datetime | None]


class DocumentRevision(Base):
    """A saved revision of a project's document (``screenplay``, ``timeline``). Rows are never changed."""

    __tablename__ = "document_revisions"
    __table_args__ = (UniqueConstraint("project_id", "revision"),)
    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    revision: Mapped[int]
    name: Mapped[str] = mapped_column(String(40))
    sha256: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
    origin: Mapped[str] = mapped_column(String(20))
    """``made`` by a stage or ``edited`` by a person; an edited document is never regenerated over."""
    created_at: Mapped[datetime] = mapped_column(default=_now)


class Run(Base):
    """One durable execution of a recipe (任务). ``epoch`` fences a worker that lost its lease."""

    __tablename__ = "runs"
    id: Mapped[str] = mapped_column(KEY, primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), index=True)
    recipe: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20), index=True)
    revision: Mapped[int]
    """The project revision that the run pinned when it started."""
    epoch: Mapped[int] = mapped_column(default=0)
    owner: Mapped[str | None] = mapped_column(String(200))
    options: Mapped[dict[str, Any]]
    error: Mapped[dict[str, Any] | None]
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=_now)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class Event(Base):
    """A progress event of a run: told once per (run, key), however often the recipe runs again."""

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("run_id", "key"),)
    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id"))
    key: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(40))
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=_now)


class ArtefactRow(Base):
    """A file kept by us, addressed by content. ``path`` is its key in the storage."""

    __tablename__ = "artefacts"
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    path: Mapped[str] = mapped_column(String(200))
    bytes: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(default=_now)


OPEN = "state IN ('PLANNED', 'SUBMITTING', 'SUBMITTED')"
"""Of orders that have not ended and are not in doubt. As the index has it, so that queries find it."""
TASK_OPEN = f"{OPEN} AND (modality = 'text' OR domain_key LIKE '%/api/take-%')"
"""Of those, the ones that count as a key's tasks in flight: chats and tasks, not the drawings that these need."""


class Order(Base):
    """One model call (订单): written down before it is sent. ``price`` is what the customer pays if it succeeds,
    ``cost`` what upstream charged. ``domain_key`` is ``project/<subject>/<kind>/take-N/try-M``."""

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint("price >= 0", name="price"),
        CheckConstraint("state in ('PLANNED','SUBMITTING','SUBMITTED','SUCCEEDED','FAILED','UNKNOWN')", name="state"),
        Index("ix_orders_account_id_state", "account_id", "state"),
        # For chats (`manju.db.chats`): an SDK's retry is found by what it asks, and what nobody will take up again by
        # its state. Not by the key that chats lack: SQLite takes the unique index for that, and reads all of them.
        Index(
            "ix_orders_text",
            "project_id",
            "digest",
            sqlite_where=text("modality = 'text'"),
            postgresql_where=text("modality = 'text'"),
        ),
        Index(
            "ix_orders_planned",
            "owner",
            sqlite_where=text("state = 'PLANNED'"),
            postgresql_where=text("state = 'PLANNED'"),
        ),
        Index(
            "ix_orders_submitted",
            "owner",
            sqlite_where=text("state = 'SUBMITTED'"),
            postgresql_where=text("state = 'SUBMITTED'"),
        ),
        # How many tasks a key has in flight.
        Index("ix_orders_open", "project_id", sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
    )
    id: Mapped[str] = mapped_column(KEY, primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    project_id: Mapped[str | None] = mapped_column(ForeignKey("projects.id"), index=True)
    run_id: Mapped[str | None] = mapped_column(ForeignKey("runs.id"))
    """The run that placed it first; other runs may read its result."""
    domain_key: Mapped[str | None] = mapped_column(String(300), unique=True)
    modality: Mapped[str] = mapped_column(String(10))
    model: Mapped[str] = mapped_column(String(100))
    request: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(12))
    owner: Mapped[str | None] = mapped_column(String(80), index=True)
    """The gateway that is at work on it, None when nobody is (see `manju.gateway.presence`)."""
    price: Mapped[int] = mapped_column(BigInteger)
    cost: Mapped[int] = mapped_column(BigInteger, default=0)
    seconds: Mapped[float | None]
    artefacts: Mapped[list[Any]] = mapped_column(default=list)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    error: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(default=_now)
    finished_at: Mapped[datetime | None]


class Attempt(Base):
    """One sending of an order: channel, key and upstream ids, and how it came out."""

    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("order_id", "number"),
        Index("ix_attempts_channel_outcome", "channel", "outcome"),
    )
    id: Mapped[str] = mapped_column(KEY, primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"))
    number: Mapped[int]
    run_id: Mapped[str | None] = mapped_column(ForeignKey("runs.id"))
    epoch: Mapped[int] = mapped_column(default=0)
    """The run that sent it, and that run's epoch at the time."""
    channel: Mapped[str] = mapped_column(String(100))
    channel_key: Mapped[str] = mapped_column(String(100), default="")
    """Name of the key used, never the key."""
    upstream_model: Mapped[str] = mapped_column(String(100))
    upstream_id: Mapped[str | None] = mapped_column(Foreign)
    """The task's id there."""
    token: Mapped[str] = mapped_column(String(40), default="")
    """What was given to upstream as our reference; the same again when an attempt repeats one without harm."""
    answer: Mapped[dict[str, Any] | None]
    """What upstream has made and where it can be fetched, until it is (see `manju.gateway.vendors.upstreams`)."""
    outcome: Mapped[str] = mapped_column(String(20))
    """``sending``, ``accepted``, ``made`` (it is there upstream, and to be fetched), ``succeeded``, ``not_sent``,
    ``rejected``, ``unknown``, ``failed``, ``interrupted`` (its process stopped, and sending it again costs nothing)."""
    cost: Mapped[int] = mapped_column(BigInteger, default=0)
    error: Mapped[dict[str, Any] | None]
    started_at: Mapped[datetime] = mapped_column(default=_now)
    finished_at: Mapped[datetime | None]


class LedgerEntry(Base):
    """A movement of an account (流水). Rows are only ever added; a balance is a sum. A hold is negative; it is closed
    exactly once, by a ``release`` (its positive) or a ``capture`` (the difference to what is paid)."""

    __tablename__ = "ledger"
    __table_args__ = (
        CheckConstraint("kind in ('grant','hold','capture','release')", name="kind"),
        Index(
            "ix_ledger_hold",
            "attempt_id",
            unique=True,
            sqlite_where=text("kind = 'hold'"),
            postgresql_where=text("kind = 'hold'"),
        ),
        Index(
            "ix_ledger_close",
            "attempt_id",
            unique=True,
            sqlite_where=text("kind in ('capture','release')"),
            postgresql_where=text("kind in ('capture','release')"),
        ),
    )
    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    project_id: Mapped[str | None] = mapped_column(ForeignKey("projects.id"), index=True)
    attempt_id: Mapped[str | None] = mapped_column(ForeignKey("attempts.id"))
    kind: Mapped[str] = mapped_column(String(10))
    amount: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(default=_now)


class Tally(Base):
    """A sum of ledger entries, kept by a trigger on the ledger, so that it is right whoever adds to it.

    ``account/<id>`` is a balance, ``project/<id>`` what a project has paid and holds (negative), and
    ``project/<id>/<date>`` that of the holds of one day (UTC) with what closed them."""

    __tablename__ = "tallies"
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    amount: Mapped[int] = mapped_column(BigInteger)


class ChatAnswer(Base):
    """What a chat was answered, kept for a while so that asking again buys nothing. ``name`` stands for the key and its
    ``Idempotency-Key``; ``status`` is None until there is an answer, and ``body`` if it is too long to be kept."""

    __tablename__ = "chat_answers"
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    name: Mapped[str | None] = mapped_column(String(64), unique=True)
    status: Mapped[int | None]
    headers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    body: Mapped[bytes | None]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class TakeRow(Base):
    """A generated candidate (候选) of a subject; one per kind is selected. ``number`` counts from 1."""

    __tablename__ = "takes"
    __table_args__ = (
        UniqueConstraint("project_id", "subject", "kind", "number"),
        Index(
            "ix_takes_selected",
            "project_id",
            "subject",
            "kind",
            unique=True,
            sqlite_where=text("selected"),
            postgresql_where=text("selected"),
        ),
    )
    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    subject: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(20))
    number: Mapped[int]
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"))
    selected: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=_now)


class DataFolderRow(Base):
    """The data folder that the database belongs to: at most one row (`manju.db.folders`)."""

    __tablename__ = "data_folders"
    identity: Mapped[str] = mapped_column(KEY, primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=_now)


class ApiKeyRow(Base):
    """A key of the API. ``digest`` is the SHA-256 of its secret, which is kept nowhere."""

    __tablename__ = "api_keys"
    __table_args__ = (
        Index(
            "ix_api_keys_name",
            "name",
            unique=True,
            sqlite_where=text("revoked_at is null"),
            postgresql_where=text("revoked_at is null"),
        ),
    )
    id: Mapped[str] = mapped_column(KEY, primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    hint: Mapped[str] = mapped_column(String(8))
    models: Mapped[list[Any] | None]
    requests_per_minute: Mapped[int | None]
    tasks: Mapped[int | None]
    day_budget: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(default=_now)
    revoked_at: Mapped[datetime | None]


class AskedRow(Base):
    """A request of a key with a limit of requests a minute, until the minute is over (`manju.db.rates`). ``moment`` is
    its time in seconds since 1970."""

    __tablename__ = "asked"
    __table_args__ = (Index("ix_asked_key_id_moment", "key_id", "moment"),)
    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    key_id: Mapped[str] = mapped_column(ForeignKey("api_keys.id"))
    moment: Mapped[float]
