"""``manju keys``: who pays, and how an account is topped up."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from manju.cli import keys
from manju.config import Settings
from manju.db.session import Database
from manju.errors import ConflictError, InputError, NotFoundError

NONE: dict[str, Any] = {"account": None, "models": None, "requests_per_minute": None, "tasks": None, "budget": None}


@pytest.fixture
def folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    for name, credits in (("studio", "100"), ("agency", "0")):
        keys.create(name, credits=credits, day_budget=None, data=tmp_path, as_json=True, **NONE)
    keys.create("mine", credits="0", day_budget=None, data=tmp_path, as_json=True, **NONE | {"account": "local"})
    capsys.readouterr()
    return tmp_path


def listed(folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, Any]]:
    keys.show_all(data=folder, as_json=True)
    return {each["name"]: each for each in map(json.loads, capsys.readouterr().out.splitlines())}


def entries(folder: Path) -> list[tuple[str, str, int]]:
    async def read() -> list[tuple[str, str, int]]:
        database = Database.at(Settings.load(data=folder).folder.database)
        try:
            async with database.read() as session:
                query = "select account_id, kind, amount from ledger order by id"
                return [tuple(row) for row in await session.execute(text(query))]
        finally:
            await database.close()

    return asyncio.run(read())


def test_an_account_is_topped_up_by_each_of_its_names(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    account = listed(folder, capsys)["studio"]["account_id"]
    for number, name in enumerate((account, "studio"), 1):
        keys.credit(name, "2.50", data=folder, as_json=False)
        out, err = capsys.readouterr()
        assert out == f"¥{100 + 2.5 * number:.2f}\n" and "studio" in err and account in err
    assert entries(folder) == [(account, "grant", 100_000_000), *[(account, "grant", 2_500_000)] * 2]
    shown = listed(folder, capsys)
    assert [shown[name]["balance"] for name in ("studio", "agency", "mine")] == ["105", "0", None]


def test_a_key_stands_for_who_pays_for_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keys.credit("mine", "1", data=folder, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told == {"account": "local", "name": told["name"], "granted": "1", "balance": "1", "currency": "CNY"}


def test_people_see_what_is_left(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keys.show_all(data=folder, as_json=False)
    lines = {line.partition("\t")[0]: line for line in capsys.readouterr().out.splitlines()}
    assert "¥100.00 left" in lines["studio"] and "¥0.00 left" in lines["agency"] and "left" not in lines["mine"]


@pytest.mark.parametrize("amount", ["0", "-5", "many", "0.0000001", "NaN", "sNaN", "inf", "1e999", "1e30", "1e999999"])
def test_only_an_amount_is_granted(folder: Path, amount: str) -> None:
    with pytest.raises(InputError):
        keys.credit("studio", amount, data=folder, as_json=False)
    assert len(entries(folder)) == 1


def test_nobody_is_topped_up_by_mistake(folder: Path) -> None:
    with pytest.raises(NotFoundError, match="no account 'stdio'"):
        keys.credit("stdio", "5", data=folder, as_json=False)
    keys.revoke("studio", data=folder)
    keys.create("studio", credits="0", day_budget=None, data=folder, as_json=True, **NONE)
    with pytest.raises(ConflictError, match="2 accounts 'studio'") as caught:
        keys.credit("studio", "5", data=folder, as_json=False)
    assert caught.value.hint.count("account_") == 2
    assert len(entries(folder)) == 1


def test_all_amounts_are_told_in_one_way(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    limited = NONE | {"budget": "2.5"}
    keys.create("capped", credits="0", day_budget="1", data=folder, as_json=True, **limited)
    made = json.loads(capsys.readouterr().out)
    assert made.pop("key").startswith("sk-manju-")
    amounts = {"budget": "2.5", "day_budget": "1", "paid": "0", "held": "0", "currency": "CNY"}
    assert made.items() >= amounts.items()
    assert listed(folder, capsys)["capped"].items() >= made.items()
    keys.show_all(data=folder, as_json=False)
    (line,) = [each for each in capsys.readouterr().out.splitlines() if each.startswith("capped\t")]
    assert "¥2.50 of ¥2.50 left to spend" in line and "¥1.00 a day" in line


@pytest.mark.parametrize(
    ("name", "models"), [("", None), ("  ", None), ("x" * 101, None), ("x", "nano-banana-2,nosuch")]
)
def test_what_is_no_name_or_no_model_makes_no_key(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, models: str | None
) -> None:
    with pytest.raises(InputError):
        keys.create(name, credits="0", day_budget=None, data=folder, as_json=True, **NONE | {"models": models})
    assert len(listed(folder, capsys)) == 3
