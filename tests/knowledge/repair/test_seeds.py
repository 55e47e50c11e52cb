"""The two damaged study notes, against what they said before they were damaged, read by eye."""

from __future__ import annotations

import re
from itertools import zip_longest
from pathlib import Path

import pytest

from knowledge.repair import repair
from knowledge.repair.codepage import BYTES, elements

READINGS = Path(__file__).with_name("readings.txt")
"""Line number, and each run of Chinese on that line in which a byte was lost, as it must read."""


@pytest.fixture(scope="module")
def chinese(seeds: Path) -> tuple[list[str], list[str]]:
    raw = (seeds / "002_78e119fcd1a07917.txt").read_bytes()
    return raw.decode().split("\n"), repair(raw).text.split("\n")


def test_nearly_every_chinese_character_with_a_lost_byte_comes_back(
    chinese: tuple[list[str], list[str]], seeds: Path
) -> None:
    report = repair((seeds / "002_78e119fcd1a07917.txt").read_bytes()).repair
    right = wrong = lost = 0
    for number, true in (line.split(" ", 1) for line in READINGS.read_text(encoding="utf-8").splitlines()):
        damaged, repaired = (lines[int(number) - 1] for lines in chinese)
        marks = "".join("?" if e.broken else e.character for e in elements(damaged))
        runs = [m.span() for m in re.finditer(r"[\u4e00-\u9fff?]+", marks) if "?" in _sequences(damaged, m)]
        assert len(runs) == len(true.split())
        for (start, end), reading in zip(runs, true.split(), strict=True):
            for place, character in enumerate(reading, start):
                if marks[place] != "?":
                    assert repaired[place] == character
                elif repaired[place] == "\ufffd":
                    lost += 1
                else:
                    right += repaired[place] == character
                    wrong += repaired[place] != character
            assert end - start == len(reading)
    assert (right + wrong + lost, right + wrong, lost) == (197, report.restored, report.lost)
    assert right >= 190
    assert wrong == 0


def _sequences(line: str, match: re.Match[str]) -> str:
    """The matched stretch with a ? for broken sequences only, not for a question mark of the note."""
    flags = [mark for e in elements(line) for mark in (["?"] if e.broken else ["."] * len(e.character))]
    return "".join(flags[match.start() : match.end()])


@pytest.mark.parametrize(
    "words",
    [
        "预训练模型库",
        "分布式训练",
        "自动下载并缓存",
        "### 参考答案",
        "## ➡️ 下一步",
        "# 🤗 07 - Hugging Face 生态",
    ],
)
def test_the_chinese_note_reads_as_chinese(chinese: tuple[list[str], list[str]], words: str) -> None:
    assert words in "\n".join(chinese[1])


def test_no_garbage_is_left_in_the_damaged_notes(seeds: Path) -> None:
    for name in ("002_78e119fcd1a07917.txt", "003_5fac772c1d30f598.txt"):
        raw = (seeds / name).read_bytes()
        text = repair(raw).text
        assert not [character for character in text if character in BYTES]
        assert text.count("\n") == raw.count(b"\n")


def test_the_emoji_and_arrows_of_the_english_note_come_back(seeds: Path) -> None:
    repaired = repair((seeds / "003_5fac772c1d30f598.txt").read_bytes())
    headings = re.findall(r"^## (.*)", repaired.text, re.MULTILINE)
    assert headings == [
        "🎯 Module Overview",
        "📚 What You'll Learn",
        "🎓 Learning Objectives",
        "📝 Key Concepts",
        "🚀 Exercises & Tasks",
        "📊 Success Criteria",
        "🔧 Required Libraries",
        "💡 Model Selection Guide",
        "🔗 Next Steps",
    ]
    assert repaired.text.count("- ✅ ") == 5
    assert "\n→ **[07_data_preparation]" in repaired.text
    assert (repaired.repair.restored, repaired.repair.lost) == (1, 0)


def test_clean_notes_come_back_byte_for_byte(seeds: Path, corpora: Path) -> None:
    clean = [*(path for path in seeds.iterdir() if path.name[:3] in ("000", "001", "004"))]
    clean += sorted(corpora.glob("hf_course*/**/*.mdx"))
    assert len(clean) > 150
    for path in clean:
        raw = path.read_bytes()
        repaired = repair(raw)
        assert repaired.text.encode() == raw.replace(b"\r\n", b"\n"), path
        assert (repaired.repair.restored, repaired.repair.lost, repaired.repair.changed_lines) == (0, 0, 0)


def test_undamaged_lines_beside_damaged_ones_stay(chinese: tuple[list[str], list[str]]) -> None:
    for damaged, repaired in zip_longest(*chinese, fillvalue=""):
        if damaged.isascii():
            assert repaired == damaged
