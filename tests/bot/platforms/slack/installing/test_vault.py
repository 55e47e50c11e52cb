"""The key that tokens are sealed with."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.platforms.slack.errors import SlackError
from bot.platforms.slack.installing.vault import Vault, vault

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
SECRET = {"access": "xoxb-1", "refresh": "xoxe-1"}


def test_what_is_sealed_opens_with_its_key_alone() -> None:
    sealed = Vault([OLD]).seal(SECRET)
    assert "xox" not in sealed
    assert Vault([OLD]).open(sealed) == SECRET
    assert Vault([NEW]).open(sealed) is None
    assert Vault([NEW]).open("no seal at all") is None


def test_the_key_can_be_changed_while_the_old_one_is_still_named() -> None:
    sealed = Vault([OLD]).seal(SECRET)
    both = vault(f"{NEW},{OLD}", Path("unused"))
    assert both.open(sealed) == SECRET
    assert not both.is_current(sealed)
    assert Vault([NEW]).open(both.seal(SECRET)) == SECRET


def test_a_key_is_made_once_for_the_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "data" / "slack.key"
    with ThreadPoolExecutor(8) as many:
        vaults = list(many.map(lambda _: vault("", file), range(8)))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert {one.open(vaults[0].seal(SECRET)) == SECRET for one in vaults} == {True}
    assert [path.name for path in file.parent.iterdir()] == ["slack.key"]


@pytest.mark.parametrize("keys", ["short", f"{NEW},short", ","], ids=["short", "one of two", "none"])
def test_what_is_no_key_is_said_in_one_sentence(keys: str, tmp_path: Path) -> None:
    with pytest.raises(SlackError) as error:
        vault(keys, tmp_path / "slack.key")
    assert error.value.key == "error.slack_key"


def test_a_damaged_key_file_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "slack.key").write_text("short")
    with pytest.raises(SlackError) as error:
        vault("", tmp_path / "slack.key")
    assert error.value.key == "error.slack_key_damaged"
    (tmp_path / "folder").mkdir()
    with pytest.raises(SlackError) as error:
        vault("", tmp_path / "folder")
    assert error.value.key == "error.slack_key_file"
