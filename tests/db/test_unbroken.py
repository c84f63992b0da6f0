"""Transactions that a cancellation does not cut in two."""

from __future__ import annotations

import ast
import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

import manju
from manju.db.unbroken import unbroken


async def cancelled(work: asyncio.Task[object]) -> asyncio.CancelledError:
    with pytest.raises(asyncio.CancelledError) as caught:
        await work
    return caught.value


async def test_it_ends_before_the_cancellation_is_raised() -> None:
    done = []

    @unbroken
    async def save(text: str) -> None:
        for _ in range(3):
            await asyncio.sleep(0)
        done.append(text)

    work = asyncio.create_task(save("one"))
    await asyncio.sleep(0)
    work.cancel()
    await asyncio.sleep(0)
    work.cancel()
    await cancelled(work)
    assert done == ["one"]


async def test_results_and_errors_pass() -> None:
    @unbroken
    async def half(number: int) -> int:
        if number % 2:
            raise ValueError(number)
        return number // 2

    assert await half(4) == 2
    with pytest.raises(ValueError, match="3"):
        await half(3)


async def test_an_error_is_the_cause_of_the_cancellation() -> None:
    @unbroken
    async def fail() -> None:
        await asyncio.sleep(0)
        raise ValueError("lost")

    work = asyncio.create_task(fail())
    await asyncio.sleep(0)
    work.cancel()
    assert isinstance((await cancelled(work)).__cause__, ValueError)


def transactions(tree: ast.AST, function: ast.AsyncFunctionDef | None = None) -> Iterator[tuple[str, bool]]:
    """Each function that opens a transaction of ``self._database``, and whether it is unbroken."""
    for node in ast.iter_child_nodes(tree):
        inner = node if isinstance(node, ast.AsyncFunctionDef) else function
        if isinstance(node, ast.AsyncWith) and function is not None:
            for item in node.items:
                if ast.unparse(item.context_expr) in ("self._database.read()", "self._database.write()"):
                    decorators = [ast.unparse(one) for one in function.decorator_list]
                    yield function.name, "unbroken" in decorators
        yield from transactions(node, inner)


def test_every_transaction_of_the_package_is_unbroken() -> None:
    opened = [
        (path.name, *found)
        for path in sorted(Path(manju.__file__).parent.rglob("*.py"))
        for found in transactions(ast.parse(path.read_text("utf-8")))
    ]
    assert len(opened) > 20
    assert [(file, name) for file, name, whole in opened if not whole] == []
