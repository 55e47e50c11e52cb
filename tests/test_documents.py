"""The documents say what the source says."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.documents import DISCORD, MANIFEST, README, SLACK, filled

ROOT = README.parent


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


@pytest.mark.parametrize("document", [README, DISCORD, SLACK, MANIFEST], ids=lambda document: document.name)
def test_the_tables_are_those_of_the_source(document: Path) -> None:
    assert document.read_text("utf-8") == filled(document), "run `make docs`"


@pytest.mark.parametrize(
    "document", ["README.md", "CHANGELOG.md", "deploy/RUNBOOK.md", "deploy/discord.md", "deploy/slack.md"]
)
def test_links_lead_to_files_that_are_there(document: str) -> None:
    file = ROOT / document
    links = re.findall(r"(?<!!)\[[^\]]*\]\(([^)#\s]+)", file.read_text("utf-8"))
    gone = [
        link
        for link in links
        if not link.startswith(("http:", "https:")) and not (file.parent / link).exists()
    ]
    assert not gone


def test_the_changelog_begins_with_the_version_of_the_package(project: dict[str, Any]) -> None:
    versions = re.findall(r"^## \[(\d[^\]]*)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert versions[0] == project["project"]["version"]


def test_every_dependency_is_pinned_within_its_range(project: dict[str, Any]) -> None:
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    pins: dict[str, str] = {}
    for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            name, _, version = line.partition("==")
            pins[canonicalize_name(name)] = version
    extras = project["project"]["optional-dependencies"].values()
    for wanted in [*project["project"]["dependencies"], *(each for extra in extras for each in extra)]:
        requirement = Requirement(wanted)
        pin = pins.get(canonicalize_name(requirement.name))
        assert pin is not None, f"{requirement.name} is not pinned in constraints.txt"
        assert requirement.specifier.contains(pin, prereleases=True), f"{wanted} but {pin} is pinned"


def test_the_pins_are_the_same_on_every_platform() -> None:
    for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines():
        assert line.startswith("#") or re.fullmatch(r"[a-z0-9.-]+==[0-9][0-9A-Za-z.]*", line), line
        assert not line.startswith(("nvidia", "cuda", "triton")), f"{line} belongs to one platform"


@pytest.mark.parametrize(
    "file",
    [
        "deploy/Dockerfile",
        "deploy/compose.yaml",
        "deploy/discord.md",
        "deploy/recap.service",
        "deploy/slack.md",
    ],
)
def test_what_is_deployed_is_set_by_settings_that_exist(file: str) -> None:
    from bot import config

    known = {config.variable(name) for name, _ in config.names()}
    named = set(re.findall(r"\bRECAP_[A-Z_]+\b", (ROOT / file).read_text("utf-8")))
    assert named, "no setting is named"
    assert named <= known, f"unknown: {named - known}"
    assert Path(ROOT / file).read_text("utf-8").endswith("\n")
