"""`recap simulate`, as a person runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bot.cli.test_commands import recap

SMALL = ("simulate", "--learners", "2", "--days", "14", "--topics", "2")


@pytest.mark.slow
def test_ladders_are_compared_side_by_side(tmp_path: Path) -> None:
    done = recap(*SMALL, "--intervals", "1d,3d", "--intervals", "1w", data=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "1d,3d" in done.stdout
    assert "Recall without reviews" in done.stdout
    assert "23:00" in done.stdout
    assert "Every promise was kept" in done.stdout
    assert not (tmp_path / "recap.db").exists()


@pytest.mark.slow
def test_the_figures_come_as_json_too_and_stay_in_a_database_of_one_s_own(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'kept.db'}"
    done = recap(*SMALL, "--database", url, "--seed", "3", "--json", data=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["learners"], told["days"], told["topics"], told["seed"]) == (2, 14, 2, 3)
    (found,) = told["outcomes"]
    assert found["intervals"] == "1d,3d,1w,1mo"
    assert found["studies"] == 4
    assert set(found["broken"].values()) == {0}
    again = recap(*SMALL, "--database", url, data=tmp_path)
    assert again.returncode != 0
    assert "not empty" in again.stderr
    assert again.stderr.count("\n") == 1


def test_what_can_t_be_simulated_is_told_in_a_sentence(tmp_path: Path) -> None:
    for arguments, told in (
        (("--downtime", "soon"), "no downtime"),
        (("--intervals", "10s,20s"), "below a day"),
        (("--database", "nowhere"), "no SQLAlchemy URL"),
        (("--database", "sqlite://", "--intervals", "1d", "--intervals", "2d"), "one ladder"),
    ):
        done = recap(*SMALL, *arguments, data=tmp_path)
        assert done.returncode != 0
        assert told in done.stderr
        assert done.stderr.count("\n") == 1
