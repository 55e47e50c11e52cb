"""What a refresh tells of itself."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from knowledge.notes import Language, Note


@dataclass(frozen=True, slots=True)
class SourceReport:
    """A note as the generation has it."""

    path: str
    title: str
    language: Language
    hash: str
    lines: int
    sections: int
    restored: int
    """Characters brought back from mojibake."""
    lost: int
    """Characters that could not be restored."""

    @classmethod
    def of(cls, note: Note) -> SourceReport:
        return cls(
            path=note.path,
            title=note.title,
            language=note.language,
            hash=note.hash,
            lines=len(note.lines),
            sections=len(note.sections),
            restored=note.repair.restored,
            lost=note.repair.lost,
        )


@dataclass(frozen=True, slots=True)
class Canaries:
    """Questions whose answer is known, put to the new index before anyone else may ask it."""

    asked: int
    found: int


@dataclass(frozen=True, slots=True)
class RefreshReport:
    """A refresh that ended with `generation` in use.

    Where nothing had changed, that is the generation that was in use before.
    """

    generation: str
    created_at: datetime
    seconds: float
    """Wall time of the whole refresh."""
    notes: int
    sections: int
    passages: int
    embedded: int
    """Passages that the encoder was asked for."""
    reused: int
    """Passages whose vector was taken from the generation before."""
    restored: int
    lost: int
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...]
    """(path, error key) of the files that can't be read."""
    canaries: Canaries
    sources: tuple[SourceReport, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON types; `from_json` gives the same report back."""
        return {
            **asdict(self),
            "created_at": self.created_at.isoformat(),
            "added": list(self.added),
            "changed": list(self.changed),
            "removed": list(self.removed),
            "skipped": [list(pair) for pair in self.skipped],
            "sources": [asdict(source) for source in self.sources],
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> RefreshReport:
        known = {field.name for field in fields(cls)}
        return cls(
            **{
                **{name: value for name, value in stored.items() if name in known},
                "created_at": datetime.fromisoformat(stored["created_at"]),
                "added": tuple(stored["added"]),
                "changed": tuple(stored["changed"]),
                "removed": tuple(stored["removed"]),
                "skipped": tuple((path, key) for path, key in stored["skipped"]),
                "canaries": Canaries(**stored["canaries"]),
                "sources": tuple(SourceReport(**source) for source in stored["sources"]),
            }
        )
