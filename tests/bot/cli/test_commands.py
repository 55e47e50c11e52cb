"""The console script, as a person runs it."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

HIDDEN = "tell-nobody"
ROOT = Path(__file__).resolve().parents[3]
FOR_VOICE = "ignore:'audioop' is deprecated"
"""discord.py imports it, for what Recap leaves alone."""


def recap(
    *arguments: str, data: Path, given: str | None = None, **settings: str
) -> subprocess.CompletedProcess[str]:
    environment: Mapping[str, str] = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "HOME": str(data),
        "RECAP_DATA_PATH": str(data),
        "LANG": "C.UTF-8",
        **{f"RECAP_{name}": value for name, value in settings.items()},
    }
    return subprocess.run(
        [sys.executable, "-W", "error", "-W", FOR_VOICE, "-m", "bot.cli", *arguments],
        env=environment,
        cwd=data,
        input=given or "",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def data(indexed: Path, tmp_path: Path) -> Path:
    """A data folder with the sample course indexed."""
    shutil.copytree(indexed, tmp_path / "data")
    return tmp_path / "data"


def test_the_version_and_the_help_need_no_settings(tmp_path: Path) -> None:
    assert recap("--version", data=tmp_path).stdout.startswith("recap ")
    assert "doctor" in recap("--help", data=tmp_path).stdout


def test_a_wrong_setting_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    done = recap("config", data=tmp_path, REVIEW__HOUR="99")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "review.hour" in done.stderr


def test_config_prints_a_file_that_can_be_used(tmp_path: Path) -> None:
    written = recap("config", data=tmp_path, WEB__TOKEN=HIDDEN)
    assert HIDDEN not in written.stdout
    assert "port = 8080" in written.stdout


def test_ask_answers_and_gives_json(data: Path) -> None:
    notes = {"NOTES__PATH": str(data / "notes")}
    told = recap("ask", "--fast", "Какво е токенизация?", data=data, **notes)
    assert told.returncode == 0, told.stderr
    assert "[1]" in told.stdout
    answer = json.loads(recap("ask", "--fast", "--json", "What is a tokenizer?", data=data, **notes).stdout)
    assert answer["answered"]
    assert answer["parts"][0]["citation"]["note"]
    assert recap("ask", "--fast", " ", data=data, **notes).returncode == 1


@pytest.mark.usefixtures("bundled_encoder")
def test_the_bundled_encoder_is_heard_without_waiting_for_the_worker(data: Path) -> None:
    notes = {"NOTES__PATH": str(data / "notes"), "RETRIEVAL__PARTNER": "off"}
    indexed = recap("index", "--json", data=data, **notes)
    assert json.loads(indexed.stdout)["embedded"] > 0, indexed.stderr
    for question in ("What is a tokenizer?", "Какво е токенизация?", "什么是微调？"):
        answer = json.loads(recap("ask", "--json", question, data=data, **notes).stdout)
        assert answer["dense"], question


@pytest.mark.slow
def test_the_doctor_looks_at_both_encoders(data: Path) -> None:
    wrong = {"RETRIEVAL__ENCODER": "intfloat/multilingual-e5-small", "RETRIEVAL__PARTNER": "org/none@v1"}
    wrong["ENGINE__OFFLINE"] = "true"
    found = {one["check"]: one for one in json.loads(recap("doctor", "--json", data=data, **wrong).stdout)}
    assert (found["encoder"]["state"], found["partner"]["state"]) == ("broken", "warn")
    assert "recap models pull intfloat/multilingual-e5-small" in found["encoder"]["detail"]
    assert "recap models pull org/none" in found["partner"]["detail"]


@pytest.mark.slow
def test_a_further_course_is_indexed_and_asked_by_its_name(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "biology"
    folder.mkdir()
    (folder / "cells.md").write_text("# Cells\n\nA mitochondrion makes most of the ATP.\n", encoding="utf-8")
    names = {"NOTES__PATH": str(data / "notes"), "COURSES__BIO__PATH": str(folder)}
    indexed = recap("index", "--course", "bio", "--json", data=data, **names)
    assert json.loads(indexed.stdout)["notes"] == 1, indexed.stderr
    question = "What does a mitochondrion make?"
    asked = recap("ask", "--fast", "--course", "bio", question, data=data, **names)
    assert "ATP" in asked.stdout, asked.stderr
    assert "ATP" not in recap("ask", "--fast", question, data=data, **names).stdout
    wrong = recap("ask", "--fast", "--course", "boi", question, data=data, **names)
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert "bio" in wrong.stderr


def test_an_error_is_one_sentence_and_exit_code_1(tmp_path: Path) -> None:
    done = recap("ask", "--fast", "What?", data=tmp_path, NOTES__PATH=str(tmp_path / "nowhere"))
    assert done.returncode == 1
    assert done.stdout == ""
    assert "nowhere" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_database_that_can_t_be_reached_is_one_sentence(tmp_path: Path) -> None:
    done = recap(
        "db", "upgrade", data=tmp_path, DATABASE__URL="postgresql+psycopg://me:secret@127.0.0.1:1/none"
    )
    assert done.returncode == 1
    assert "secret" not in done.stderr
    assert "Traceback" not in done.stderr


def test_models_are_listed(tmp_path: Path) -> None:
    listed = json.loads(recap("models", "list", "--json", data=tmp_path).stdout)
    assert any(one["bundled"] for one in listed)
    assert "MB" in recap("models", "list", data=tmp_path).stdout


def test_a_model_that_is_not_allowed_is_refused_with_a_sentence(tmp_path: Path) -> None:
    done = recap("models", "pull", "someone/else", data=tmp_path)
    assert done.returncode == 1
    assert "someone/else" in done.stderr


def test_a_task_that_can_t_work_is_refused_before_a_worker_starts(tmp_path: Path) -> None:
    done = recap("try", "classify", "some text", data=tmp_path)
    assert done.returncode == 1
    assert "labels" in done.stderr


def test_the_manifest_prints_both_tables(tmp_path: Path) -> None:
    assert "| `/ask question` |" in recap("manifest", "commands", data=tmp_path).stdout
    assert "| `RECAP_WEB__PORT` | `8080` |" in recap("manifest", "settings", data=tmp_path).stdout


def test_the_chat_process_imports_no_heavy_library(tmp_path: Path) -> None:
    """What `recap run` imports before it listens."""
    code = (
        "import sys, bot.cli, bot.cli.run, bot.cli.opened, bot.platforms.web.platform\n"
        "from bot import config, wiring\n"
        f"app = wiring.wire(config.load({{'RECAP_DATA_PATH': {str(tmp_path)!r}}}, config.NOWHERE))\n"
        "app.stop()\n"
        "heavy = ('torch', 'transformers', 'sentence_transformers', 'faiss', 'alembic', 'jieba',\n"
        "         'babel', 'rich', 'prompt_toolkit', 'matplotlib', 'PIL')\n"
        "print([name for name in heavy if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("command", ["sync", "invite"])
def test_without_a_token_the_commands_of_discord_say_what_is_missing(tmp_path: Path, command: str) -> None:
    done = recap("discord", command, data=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "RECAP_DISCORD__TOKEN" in done.stderr
    assert done.stderr.count("\n") == 1


def test_where_nothing_answers_discord_is_said_to_be_unreachable(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        done = recap("discord", "sync", data=tmp_path, DISCORD__TOKEN=HIDDEN, DISCORD__API_URL=url)
    assert (done.returncode, done.stdout) == (1, "")
    assert url in done.stderr
    assert HIDDEN not in done.stderr
    assert done.stderr.count("\n") == 1


def test_without_a_token_no_platforms_library_is_even_loaded(tmp_path: Path) -> None:
    code = (
        "import sys; from bot import config, wiring; from bot.cli import beside, doctor, run;"
        "from bot.platforms.web import platform;"
        "app = wiring.wire(config.load({'RECAP_DATA_PATH': sys.argv[1]}, config.NOWHERE));"
        "others = beside.Beside(app); assert not others.mounts(); others.start(); others.stop(); app.stop();"
        "sys.exit(bool({'discord', 'slack_bolt', 'slack_sdk'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
