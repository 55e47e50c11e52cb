"""Who wrote the texts that are trained on, and under which licence."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from knowledge.errors import TrainingError

NOT_STATED = "not stated"
FILE = "licences.json"
"""In the folder of the pairs: source -> licence, for sources that aren't known here."""

_MIT = (
    "localizeflow/azd-for-beginners-localizeflow-demo",
    "localizeflow/localizeflow-docs",
    "microsoft/AZD-for-beginners",
    "microsoft/Building-AI-Agents-From-Zero-To-Production",
    "microsoft/MCP-Server-and-PostgreSQL-Sample-Retail",
    "microsoft/edgeai-for-beginners",
    "microsoft-foundry/Foundry-Local-Lab",
    "microsoft-foundry/Foundry_Toolkit_for_VSCode_Lab",
    "skytin1004/edgeai-for-beginners",
    "srinivaskmrst/ai-agents-for-beginners-main",
)
LICENCES: Mapping[str, str] = {
    **dict.fromkeys(_MIT, "MIT"),
    "enwiktionary": "CC BY-SA 3.0",
    "mozilla-l10n/www-l10n": "MPL 2.0",
    "mozilla/common-voice": "MPL 2.0",
    "omw": "CC BY and wordnet licences, one per wordnet",
    "python/python-docs-zh-cn": "CC0 (the contribution agreement of PEP 545)",
    "reactjs/zh-hans.react.dev": "CC BY 4.0",
    "tatoeba": "CC BY 2.0 FR",
}
NAMES: Mapping[str, str] = {
    "enwiktionary": "English Wiktionary",
    "omw": "Open Multilingual Wordnet",
    "tatoeba": "Tatoeba",
}


def by_licence(sources: Iterable[str], folder: Path) -> dict[str, list[str]]:
    """Licence -> the sources under it, both sorted. `folder`: of the pairs, which may name more licences.

    TrainingError `error.training_file` where its file of them can't be read.
    """
    known = {**LICENCES, **_told(folder / FILE)}
    found: dict[str, list[str]] = {}
    for source in sorted(set(sources)):
        found.setdefault(known.get(source, NOT_STATED), []).append(NAMES.get(source, source))
    return dict(sorted(found.items()))


def _told(file: Path) -> dict[str, str]:
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        return {str(source): str(licence) for source, licence in told.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError) as error:
        raise TrainingError("error.training_file", file=str(file), line=1) from error
