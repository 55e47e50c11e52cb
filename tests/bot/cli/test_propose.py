"""`recap cards propose`, `recap doctor` and the settings of a language model, as a person meets them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from bot.config import NOWHERE, SettingsError, load, secrets
from tests.bot.cli.test_commands import recap
from tests.doubles.language_model import MODEL, LanguageModelServer, Said, questions

NOTE = "07-embeddings.md"
QUOTE = "An embedding is a list of numbers that stands for the meaning of a text."
ASKED = "What kind of object stands for the meaning of a text, when one compares vectors to compare meanings?"
GOOD = {
    "kind": "choice",
    "question": ASKED,
    "answer": "list of numbers",
    "quote": QUOTE,
    "distractors": ["tree of phrases", "table of words", "graph of tokens"],
}
BAD = {"kind": "free", "question": "Who was it?", "answer": "Ada", "quote": "Ada did.", "distractors": []}


@pytest.fixture
def data(indexed: Path, tmp_path: Path) -> Path:
    """A data folder with the sample course indexed."""
    shutil.copytree(indexed, tmp_path / "data")
    return tmp_path / "data"


def script(body: dict[str, Any]) -> Said:
    return questions(GOOD) if QUOTE in body["messages"][1]["content"] else questions(BAD)


@pytest.mark.slow
def test_it_says_what_each_gate_refused_and_the_cards_are_there(data: Path) -> None:
    with LanguageModelServer(script) as server:
        endpoint = {"LLM__URL": server.url, "LLM__MODEL": MODEL, "LLM__KEY": "sk-hidden"}
        done = recap("cards", "propose", "--note", NOTE, data=data, **endpoint)
        assert done.returncode == 0, done.stderr
        assert "was asked about" in done.stdout
        assert "its quote stands in the section" in done.stdout
        assert done.stderr == ""
        again = recap("cards", "propose", "--note", NOTE, "--json", data=data, **endpoint)
        assert json.loads(again.stdout)["sections"] == 0
        doctor = recap("doctor", "--json", data=data, **endpoint)
        (llm,) = [one for one in json.loads(doctor.stdout) if one["check"] == "llm"]
        assert (llm["state"], MODEL in llm["detail"]) == ("ok", True)
    assert "sk-hidden" not in (data / "recap.log").read_text("utf-8")
    assert recap("cards", "export", "cards.csv", data=data).returncode == 0
    assert ASKED in (data / "cards.csv").read_text("utf-8")


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, "No language model is set"),
        ({"LLM__URL": "http://127.0.0.1:9/v1", "LLM__MODEL": "m"}, "127.0.0.1:9 can't be reached"),
    ],
)
def test_without_an_endpoint_that_answers_it_says_what_to_do(
    data: Path, settings: dict[str, str], told: str
) -> None:
    done = recap("cards", "propose", "--note", NOTE, data=data, **settings)
    assert done.returncode == 1
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"URL": "http://127.0.0.1:1/v1"}, "llm.model must be set"),
        ({"URL": "ollama", "MODEL": "m"}, "give a URL such as"),
        ({"URL": "http://me:pw@host/v1", "MODEL": "m"}, "llm.key"),
        ({"URL": "http://host/v1", "MODEL": "m", "KEY": "k"}, "in the clear"),
        ({"URL": "https://host/v1", "MODEL": "m", "KEY": "a key"}, "copy it alone"),
        ({"URL": "http://host:x/v1", "MODEL": "m"}, "no port"),
    ],
)
def test_a_setting_that_can_t_be_is_said_with_its_name(settings: dict[str, str], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        load({f"RECAP_LLM__{name}": value for name, value in settings.items()}, NOWHERE)


def test_the_whole_address_of_the_endpoint_does_as_well_as_its_base() -> None:
    given = {"RECAP_LLM__URL": "https://host/v1/chat/completions/", "RECAP_LLM__MODEL": "m"}
    loaded = load({**given, "RECAP_LLM__KEY": "sk-hidden"}, NOWHERE)
    assert loaded.llm.url == "https://host/v1"
    assert "sk-hidden" in secrets(loaded)
