"""How models are found and run, and which of them read for meaning."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field

from bot.settings.section import Section, joined, listed

_MODEL = r"^\S(.*\S)?$"


class RetrievalSettings(Section):
    encoder: str = Field(
        "bundled",
        pattern=_MODEL,
        description="what reads for meaning: bundled, minilm, or another model of sentence-transformers,"
        " by its hub name or folder",
    )
    partner: str = Field(
        "off",
        pattern=_MODEL,
        description="a second one, heard beside it: off, minilm, or another model",
    )


class EngineSettings(Section):
    device: str = Field(
        "auto",
        pattern=r"^(auto|cpu|mps|cuda(:\d+)?)$",
        description="where models run: auto, cpu, cuda, cuda:1, mps",
    )
    task_timeout: float = Field(120, gt=0, description="seconds that one /try may take")
    models_path: Path | None = Field(None, description="folder of fetched models; unset: models in data_path")
    offline: bool = Field(False, description="never fetch anything")
    allowed_models: Annotated[str, BeforeValidator(joined)] = Field(
        "", description="models that /try may run beside the defaults: hub names and folders, with commas"
    )
    threads: int | None = Field(None, ge=1, description="CPU threads of a model; unset: the library's choice")

    @property
    def allowed(self) -> tuple[str, ...]:
        return listed(self.allowed_models)
