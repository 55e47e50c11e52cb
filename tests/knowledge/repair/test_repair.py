from __future__ import annotations

import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.repair import repair
from knowledge.repair.codepage import BYTES

CLEAN = {
    "turkish": "Şu çalışma için öğrenciler ağaç dikti; ığdır, ĞÜŞİÖÇ. “Doğru” dedi… Yağ”, şey’in.",
    "french": "L'été dernier, « voilà\xa0», dit-il\xa0: «\xa0très bien\xa0». Élève, Îlot, naïf – l’œuvre.",
    "german": "Größe, Übung, Straße – „Maß“ und „Café“… schöne Grüße, ÄÖÜ ß.",
    "bulgarian": "Здравей! Това е „чисто“ — без №, със ѝ и я; Ърнест, НАТО, ДНК.",
    "portuguese": "NÃO É IRMÃ” – ação, coração, à noite, Ângela… SÃO 20° de manhã.",
    "spanish": "¿Qué día? ¡Así! Ñandú, corazón, «España».",
    "czech": "Příliš žluťoučký kůň úpěl ďábelské ódy, Žižkov, Š.",
    "chinese": "预训练模型·缓存——“参考答案”…… 20℃，é ü。",
    "symbols": "→ ← ✓ ✅ 🤗 📝 ️ │ ┌─┐ ½ × 20 °C ± µ § © ™ •",
}


@pytest.mark.parametrize("language", CLEAN)
def test_clean_text_of_many_languages_is_never_altered(language: str) -> None:
    for text in (CLEAN[language], *CLEAN[language].split(), "\n".join(CLEAN.values())):
        assert repair(text.encode()).text == text


@given(st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters=tuple(BYTES)), max_size=80))
def test_text_without_a_character_of_the_code_pages_is_never_altered(text: str) -> None:
    assert repair(text.encode()).text == text.removeprefix("\ufeff")


_WORDS = [
    "café",
    "été",
    "à",
    "Ça",
    "Größe",
    "Maß",
    "ağaç",
    "ışık",
    "öğrenci",
    "niño",
    "IRMÃ",
    "São",
    "naïf",
    "l’œuvre",
    "Здравей",
    "模型",
    "Š",
    "ÎLE",
]
_MARKS = ["", " ", ", ", "… ", "“", "” ", "«\xa0", "\xa0» ", "’", " – ", "°", "\n", "„", "‘", " • "]


@given(st.lists(st.sampled_from(_WORDS + _MARKS), max_size=20))
def test_accented_prose_is_never_altered(pieces: list[str]) -> None:
    text = "".join(f"{piece} " if piece in _WORDS else piece for piece in pieces)
    assert repair(text.encode()).text == text


@given(
    st.lists(st.sampled_from(_WORDS), min_size=1, max_size=9),
    st.sampled_from(_MARKS),
    st.sampled_from(_MARKS),
)
def test_quoted_accented_words_are_never_altered(words: list[str], before: str, after: str) -> None:
    text = " ".join(f"{before}{word}{after}" for word in words)
    assert repair(text.encode()).text == text


@pytest.mark.parametrize("encoding", ["cp1252", "cp1254"])
@pytest.mark.parametrize(
    "text",
    [
        "L'été dernier, à Paris, j'ai mangé des crêpes près du château.",
        "Größe, Übung, Straße – „Maß“ und schöne Grüße …",
        "Çalışma öğrencisi güneşli bir günde ağaç dikti.",
        "“Quoted”, ‘single’, it’s — really…",
        "┌─────┬───┐\n│ a   │ b │\n├─────┼───┤\n└─────┴───┘\n╔═══╗\n║ x ║\n╚═══╝",
        "- ✅ done\n- ❌ not\n→ next ← back ⚠️ 🚀 📊 🤗 📚",
        "深度学习模型的训练需要大量的数据，也需要很多的计算资源。",
        "Токенизацията разделя текста на единици, които моделът може да разбира.",
        "Обяснете какво е трансформър и защо вниманието е важно.",
    ],
)
def test_mangled_text_comes_back(text: str, encoding: str) -> None:
    repaired = repair(mangled(text, encoding).encode())
    assert repaired.text == text
    holes = sum(len(mangled(character, encoding)) < len(character.encode()) for character in text)
    assert (repaired.repair.restored, repaired.repair.lost) == (holes, 0)


_WRITTEN = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
    "абвгдежзийклмнопрстуфхцчшщъьюяАБВГДЕЖЗИКЛМНОПРСТУФХЦ→✅🚀📊你，。：（）éüñ"
)


@settings(deadline=None, max_examples=10)
@given(
    st.lists(st.text(st.sampled_from(_WRITTEN), min_size=4, max_size=12), min_size=6, max_size=20),
    st.sampled_from(["cp1252", "cp1254"]),
)
def test_mangled_characters_come_back_or_are_marked_as_lost(words: list[str], encoding: str) -> None:
    text = "# 模型 🚀 用于分类\n" + "\n".join(f"- {word} ok" for word in words)
    repaired = repair(mangled(text, encoding).encode())
    assert len(repaired.text) == len(text)
    holes = 0
    for character, result in zip(text, repaired.text, strict=True):
        if len(mangled(character, encoding)) < len(character.encode()):
            holes += 1
            assert result not in BYTES or result == character
        else:
            assert result == character
    assert repaired.repair.restored + repaired.repair.lost == holes
    assert repaired.repair.lost == repaired.text.count("\ufffd")


def test_bytes_kept_as_control_characters_are_used() -> None:
    text = "预训练模型 “quoted”"
    latin = text.encode().decode("latin-1")
    assert repair(latin.encode()).text == text
    assert repair(latin.encode()).repair.restored == 0


def test_no_break_spaces_that_became_spaces_are_bytes_again() -> None:
    text = "核心组件\n加载模型\n练习题\n基础练习题\n标准"
    plain = text.encode().decode("cp1254", "ignore").replace("\xa0", " ")
    assert repair(plain.encode()).text == text


def test_a_damaged_line_among_clean_ones_is_repaired_and_they_are_not() -> None:
    clean = "Чиста бележка за модели.\nL'été à Paris – très bien.\n"
    repaired = repair((clean + mangled("加载预训练模型和数据集", "cp1254") + "\n" + clean).encode())
    assert repaired.text == clean + "加载预训练模型和数据集\n" + clean
    assert repaired.repair.changed_lines == 1


def test_mojibake_and_clean_text_share_a_line() -> None:
    repaired = repair(("模型 = " + mangled("加载预训练模型和数据集", "cp1254") + " ✓").encode())
    assert repaired.text == "模型 = 加载预训练模型和数据集 ✓"


def test_letters_of_other_slavic_languages_are_not_guessed() -> None:
    text = "Это русский текст, который я вижу."
    repaired = repair(mangled(text, "cp1252").encode())
    assert repaired.text == re.sub("[эся]", "\ufffd", text.replace("Э", "\ufffd"))


@pytest.mark.parametrize(
    ("damaged", "text"),
    [
        ("He said: yesâ€", "He said: yes”"),
        ("Use â€œquotesâ€ and itâ€™s fine.", "Use “quotes” and it’s fine."),
        ("Р—РґСЂР°РІРµР№", "Здравей"),
        ("20Â°C, â‚¬5", "20°C, €5"),
    ],
)
def test_short_mojibake_is_undone(damaged: str, text: str) -> None:
    assert repair(damaged.encode()).text == text


def test_nothing_but_the_encoding_is_touched() -> None:
    text = "\ufb01ne “curly” &amp; \x1b[31mred\x1b[0m e\u0301 Ａ a\x85b\u2028c \u200b"
    assert repair(text.encode()).text == text


def test_what_no_word_decides_is_lost() -> None:
    repaired = repair(mangled("加载预训练模型\n龐\n龐龐", "cp1254").encode())
    assert repaired.text.split("\n")[0] == "加载预训练模型"
    assert repaired.text.endswith("\n\ufffd\n\ufffd\ufffd")
    assert repaired.repair.lost == 3


def test_the_dictionary_is_read_without_importing_jieba_or_writing_to_stderr() -> None:
    code = (
        "import sys; from knowledge.repair import repair;"
        "note = '加载预训练模型'.encode().decode('cp1254', 'ignore').encode();"
        "print(repair(note).text, 'jieba' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert (done.stdout.strip(), done.stderr) == ("加载预训练模型 False", "")


def mangled(text: str, encoding: str) -> str:
    """UTF-8 read as a code page that drops what it doesn't know, in an editor that drops soft hyphens."""
    return text.encode().decode(encoding, "ignore").replace("\xad", "")
