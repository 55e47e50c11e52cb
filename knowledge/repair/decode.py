"""Bytes -> text: byte order marks, newlines, old encodings, binary files."""

from __future__ import annotations

import codecs
import re

from knowledge.errors import NotesError
from knowledge.notes import Repair
from knowledge.repair.repaired import Repaired

_SIGNATURES = (b"%PDF-", b"%!PS", b"{\\rtf")
"""How documents begin that are made of text and yet aren't for reading."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NEWLINE = re.compile(r"\r\n?")
_CONTROLS = re.compile(r"[\x01-\x07\x0e-\x1a\x1c-\x1f\x7f]")
_HIGH = re.compile(rb"[\x80-\xff]+")
_CYRILLIC_1251 = re.compile(rb"[\xc0-\xff\xa8\xb8\x84\x85\x91-\x97\xa0\xab\xbb\xb9]")


def decode(raw: bytes) -> Repaired:
    """The text of a file with \\n for newlines and no byte order mark.

    UTF-8, or what a byte order mark says; a file in windows-1251, GB 18030 or windows-1252 is read as
    such if it plainly is; a few bytes that don't fit into a text in UTF-8 become U+FFFD and count as
    lost. NotesError `error.note_binary` if it is no text, `error.note_encoding` if it isn't known
    which.
    """
    if raw.startswith(_SIGNATURES):
        raise NotesError("error.note_binary")
    text, lost = _text(raw)
    if "\0" in text or len(_CONTROLS.findall(text)) * 100 > len(text):
        raise NotesError("error.note_binary")
    return Repaired(_NEWLINE.sub("\n", text), Repair(lost=lost))


def _text(raw: bytes) -> tuple[str, int]:
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _leniently(raw[len(mark) :], encoding)
    try:
        return raw.decode("utf-8"), 0
    except UnicodeDecodeError:
        if b"\0" in raw:
            raise NotesError("error.note_binary") from None
    text, lost = _leniently(raw, "utf-8")
    if sum(character > "\x7f" for character in text) > 10 * lost:
        return text, lost
    encoding = _old_encoding(raw)
    if not encoding:
        raise NotesError("error.note_encoding")
    return _leniently(raw, encoding)


def _leniently(raw: bytes, encoding: str) -> tuple[str, int]:
    text = raw.decode(encoding, "replace")
    written = raw.decode(encoding, "ignore").count("\ufffd")
    return text, text.count("\ufffd") - written


def _old_encoding(raw: bytes) -> str:
    """Cyrillic are long runs of bytes that are letters, Chinese are pairs, the rest of Europe single ones."""
    runs = _HIGH.findall(raw)
    high = b"".join(runs)
    if len(_CYRILLIC_1251.findall(high)) > 0.97 * len(high) and len(high) > 2 * len(runs):
        return "cp1251"
    try:
        chinese = raw.decode("gb18030")
    except UnicodeDecodeError:
        chinese = ""
    foreign = [character for character in chinese if character > "\x7f"]
    common = sum("\u4e00" <= c <= "\u9fff" or "\u3000" <= c <= "\u303f" or c > "\uff00" for c in foreign)
    if foreign and common > 0.9 * len(foreign) and len(high) > 2 * len(runs):
        return "gb18030"
    return "cp1252" if len(high) <= 2 * len(runs) and not re.search(rb"[\x81\x8d\x8f\x90\x9d]", high) else ""
