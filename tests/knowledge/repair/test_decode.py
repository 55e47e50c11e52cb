from __future__ import annotations

import codecs

import pytest

from knowledge.errors import NotesError
from knowledge.repair import repair

TEXT = "# Заглавие\n\nтекст 模型 🤗\n"


@pytest.mark.parametrize(
    "raw",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        codecs.BOM_UTF16_LE + TEXT.replace("\n", "\r\n").encode("utf-16-le"),
    ],
)
def test_every_way_to_write_a_text_reads_the_same(raw: bytes) -> None:
    assert repair(raw).text == TEXT


@pytest.mark.parametrize(
    "raw",
    [
        b"text with a \0 byte",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        TEXT.encode("utf-16-le"),
        bytes(range(1, 32)) * 40,
        codecs.BOM_UTF16_LE + "a\0b".encode("utf-16-le"),
    ],
)
def test_binary_files_are_refused(raw: bytes) -> None:
    with pytest.raises(NotesError) as caught:
        repair(raw)
    assert caught.value.key == "error.note_binary"


def test_bytes_in_no_known_encoding_are_refused() -> None:
    with pytest.raises(NotesError) as caught:
        repair(bytes(range(0x80, 0x100)) * 3)
    assert caught.value.key == "error.note_encoding"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Токенизацията разделя текста на „единици“ – думи.\n", "cp1251"),
        ("# 模型\n\n加载预训练模型，用于分类。\n", "gb18030"),
        ("L'été à Paris, « très bien ».\n", "cp1252"),
    ],
)
def test_old_encodings_are_recognised(text: str, encoding: str) -> None:
    repaired = repair(text.encode(encoding))
    assert repaired.text == text
    assert repaired.repair.lost == 0


def test_a_few_bad_bytes_are_lost_and_counted() -> None:
    repaired = repair(("добър ден, " * 20).encode() + b"\xd0 \xff\n")
    assert repaired.text.endswith("\ufffd \ufffd\n")
    assert repaired.repair.lost == 2


def test_an_empty_file_is_an_empty_text() -> None:
    assert repair(b"").text == ""
    assert repair(codecs.BOM_UTF8).text == ""
