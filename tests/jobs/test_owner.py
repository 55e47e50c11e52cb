"""Names of processes: unique, short, and known to be gone only for certain."""

from __future__ import annotations

import subprocess
import sys

from jobs.owner import is_gone, process_owner

NAME_OF_ANOTHER = "from jobs.owner import process_owner; print(process_owner())"


def test_a_name_is_unique_and_fits_its_column() -> None:
    assert process_owner() != process_owner()
    assert len(process_owner()) <= 64


def test_a_process_that_ended_is_gone() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", NAME_OF_ANOTHER], capture_output=True, text=True, check=True
    )
    assert is_gone(ended.stdout.strip(), process_owner())


def test_a_living_process_is_not_gone() -> None:
    me = process_owner()
    machine, _, _token = me.rpartition("/")
    living = f"{machine.rpartition('/')[0]}/1/abcdabcd"
    assert not is_gone(living, me)
    assert not is_gone(me, me)


def test_whoever_had_our_process_number_before_us_is_gone() -> None:
    me = process_owner()
    assert is_gone(f"{me.rpartition('/')[0]}/00000000", me)


def test_nothing_is_known_about_another_machine_or_a_name_of_another_kind() -> None:
    me = process_owner()
    assert not is_gone("elsewhere/4026531836/999999/abcdabcd", me)
    assert not is_gone("bot", me)
    assert not is_gone("", me)
