"""Bytes of a note -> its text as it was meant: decoded, and mojibake undone."""

from dataclasses import replace

from knowledge.repair.decode import decode
from knowledge.repair.repaired import Repaired

__all__ = ["Repaired", "repair"]


def repair(raw: bytes) -> Repaired:
    """Decodes a note and undoes its mojibake.

    Newlines become \\n and a byte order mark goes; the number of lines stays, and a text that is no
    mojibake stays as it is. NotesError `error.note_binary` or `error.note_encoding` for bytes that
    are no text.
    """
    from knowledge.repair.mojibake import undo  # ftfy takes its time, and few processes read notes

    decoded = decode(raw)
    undone = undo(decoded.text)
    return Repaired(undone.text, replace(undone.repair, lost=undone.repair.lost + decoded.repair.lost))
