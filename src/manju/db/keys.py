"""API keys: made, listed, revoked, and found by their secret."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from manju.db import accounts, tables
from manju.db.clock import now, utc
from manju.db.session import Database
from manju.db.unbroken import unbroken
from manju.domain.account import Account, Spending
from manju.domain.ids import new_id
from manju.domain.key import ApiKey, fingerprint, new_secret
from manju.errors import BudgetError, ConflictError, NotFoundError


class Keys:
    """The repository of keys. Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @unbroken
    async def create(
        self,
        name: str,
        *,
        account: str | None = None,
        credits: int = 0,
        models: tuple[str, ...] | None = None,
        requests_per_minute: int | None = None,
        tasks: int | None = None,
        budget: int | None = None,
        day_budget: int | None = None,
    ) -> tuple[ApiKey, str]:
        """A new key and its secret, which is not shown again.

        Args:
            name: unique among the keys that are not revoked.
            account: who pays; None makes a new account of the same name, which can spend its credits only.
            credits: granted to the account, in millionths.
            budget: the most that all its orders may cost, in millionths.

        Raises:
            NotFoundError: there is no such account.
            ConflictError: the name is taken.
        """
        secret = new_secret()
        key_id = new_id("key")
        async with self._database.write() as session:
            taken = select(tables.ApiKeyRow.id).where(
                tables.ApiKeyRow.name == name, tables.ApiKeyRow.revoked_at.is_(None)
            )
            if await session.scalar(taken) is not None:
                raise ConflictError(f"there is a key {name!r} already", hint="Choose another name, or revoke that one.")
            if account is None:
                account = new_id("account")
                await accounts.open_account(session, account, name, limited=True)
            elif await session.get(tables.Account, account) is None:
                raise NotFoundError(f"there is no account {account!r}", hint="Leave --account out to make a new one.")
            if credits:
                await accounts.grant(session, account, credits)
            project = tables.Project(
                id=new_id("project"), account_id=account, name=f"key {name}", spec={}, spec_digest="", budget=budget
            )
            session.add(project)
            await session.flush()
            row = tables.ApiKeyRow(
                id=key_id,
                name=name,
                account_id=account,
                project_id=project.id,
                digest=fingerprint(secret),
                hint=secret[-4:],
                models=None if models is None else list(models),
                requests_per_minute=requests_per_minute,
                tasks=tasks,
                day_budget=day_budget,
            )
            session.add(row)
            try:
                await session.flush()
            except IntegrityError as error:
                raise ConflictError("the key could not be made", hint="Try again.", retryable=True) from error
            return _key(row), secret

    @unbroken
    async def all(self) -> list[ApiKey]:
        """Every key that is not revoked, first to last."""
        async with self._database.read() as session:
            query = select(tables.ApiKeyRow).where(tables.ApiKeyRow.revoked_at.is_(None))
            return [_key(row) for row in await session.scalars(query.order_by(tables.ApiKeyRow.id))]

    @unbroken
    async def find(self, secret: str) -> ApiKey | None:
        """The key with this secret, unless it was revoked."""
        async with self._database.read() as session:
            query = select(tables.ApiKeyRow).where(
                tables.ApiKeyRow.digest == fingerprint(secret), tables.ApiKeyRow.revoked_at.is_(None)
            )
            row = await session.scalar(query)
            return None if row is None else _key(row)

    @unbroken
    async def payers(self) -> list[Account]:
        """Every account with its balance, first to last."""
        async with self._database.read() as session:
            ids = await session.scalars(select(tables.Account.id).order_by(tables.Account.created_at))
            return [await accounts.account(session, each) for each in ids]

    @unbroken
    async def spending(self, key: ApiKey) -> Spending:
        """What a key's orders have cost, and may."""
        async with self._database.read() as session:
            return await accounts.spending(session, key.project_id)

    @unbroken
    async def credit(self, payer: str, amount: int) -> Account:
        """Grant an amount (millionths) to an account, and give the account as it stands then.

        Args:
            payer: its id or name, or the name or id of a key that it pays for.

        Raises:
            NotFoundError: there is none.
            ConflictError: several are called so.
        """
        async with self._database.write() as session:
            found = await _payers(session, payer)
            if not found:
                raise NotFoundError(f"there is no account {payer!r}", hint="See manju keys list for the accounts.")
            if len(found) > 1:
                hint = f"Name it by its id: {', '.join(found)}."
                raise ConflictError(f"there are {len(found)} accounts {payer!r}", hint=hint)
            await accounts.grant(session, found[0], amount)
            return await accounts.account(session, found[0])

    @unbroken
    async def revoke(self, name: str) -> None:
        """Let a key, by name or id, work no more. Its orders and its ledger stay.

        Raises:
            NotFoundError: there is no such key.
        """
        async with self._database.write() as session:
            which = (tables.ApiKeyRow.name == name) | (tables.ApiKeyRow.id == name)
            gone = await session.execute(
                update(tables.ApiKeyRow)
                .where(which, tables.ApiKeyRow.revoked_at.is_(None))
                .values(revoked_at=now())
                .returning(tables.ApiKeyRow.id)
            )
            if gone.first() is None:
                raise NotFoundError(f"there is no key {name!r}", hint="See manju keys list.")


def too_many(name: str, most: int) -> BudgetError:
    """A key has as many tasks in flight as it may."""
    hint = "Wait for one of them to end."
    return BudgetError(f"the key {name} has {most} tasks in flight, which is its limit", hint=hint, retryable=True)


async def _payers(session: AsyncSession, payer: str) -> list[str]:
    """The ids of the accounts that are called so; a key's name stands for its account only where no account has it."""
    if await session.get(tables.Account, payer) is not None:
        return [payer]
    named = [*await session.scalars(select(tables.Account.id).where(tables.Account.name == payer))]
    if named:
        return named
    row = tables.ApiKeyRow
    which = ((row.name == payer) | (row.id == payer)) & row.revoked_at.is_(None)
    return [*await session.scalars(select(row.account_id).where(which))]


def _key(row: tables.ApiKeyRow) -> ApiKey:
    return ApiKey(
        id=row.id,
        name=row.name,
        account_id=row.account_id,
        project_id=row.project_id,
        hint=row.hint,
        models=None if row.models is None else tuple(row.models),
        requests_per_minute=row.requests_per_minute,
        tasks=row.tasks,
        day_budget=row.day_budget,
        created_at=utc(row.created_at or datetime.now(UTC)),
        revoked_at=None if row.revoked_at is None else utc(row.revoked_at),
    )
