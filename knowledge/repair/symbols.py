"""Damaged characters that no dictionary decides: punctuation, arrows, boxes, emoji, accented letters.

The choice goes by how common a character is in notes, given what stands around it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import log

_ENOUGH = log(2.5)

_COMMON: tuple[tuple[float, str], ...] = (
    (1e6, "，。、：；（）！？“”„‘’…—–"),
    (1e5, "《》「」『』【】～·•→←✅❌\ufe0f\u200d\xad"),
    (4e4, "─│┌┐└┘├┤┬┴┼═║╔╗╚╠╣╦╩╬➡↓↑✓✔★━█▐░▒▓☐〜〈〉"),
    (2e4, "╝╭╮╯╰＝＋－＞＜／．０１ー"),
    (4e3, "📝🎯🔍🎉❤⏰❓❗⏱☁☎❎✏"),
    (1.5e3, "🎓📁🌐👍👀💎🙏🐍🐛🤝🏆🔐🏠💭🎁🌍➕➖❐❑❒➊➋●⇐∞⏳"),
    (4e2, "📍📎📏📐📞🌎🌏🎨🎬🎤🎧🎮🎲🎵🎶🏁🏃🏅🏗👁👎👏💝😁😍😎😐😞😭🙁🤞🧭🧐🎂🎈🎊❝❞✍✞∝∏〇〓⇒⇔"),
    (2e2, "🔭🍀🍎🍏🍓🍕🎐🎝🎞🏢🐁🐎🐏🐐🐝🐞🐭👐💏💐💞🗝🗞😏😝🎋🎍🎎🎏"),
    # Letters, in the order of how often they stand in texts of their languages.
    (3e4, "áíàıčłşğžšИАОН"),
    (8e3, "ÁÍŁĞŞÎÝЭ"),
    (5e2, "ďĎÏÞĐōŐ"),
)
_WEIGHTS = {character: weight for weight, characters in _COMMON for character in characters}
_FAMILIAR = 8
_BOX = ("\u2500", "\u257f")


def choose(candidates: Sequence[str], before: str, after: str, familiar: Collection[str] = ()) -> str:
    """The candidate that fits between two stretches of text; empty if none clearly does.

    `familiar` are the characters that the note has anyway: what is among them, or is a letter whose
    other case is, is likelier.
    """
    weighed = sorted(
        (
            (_weight(c, before, after) * (_FAMILIAR if c in familiar or c.swapcase() in familiar else 1), c)
            for c in candidates
        ),
        reverse=True,
    )
    if not weighed or weighed[0][0] <= 0:
        return ""
    clear = len(weighed) == 1 or weighed[1][0] <= 0 or log(weighed[0][0] / weighed[1][0]) >= _ENOUGH
    return weighed[0][1] if clear else ""


def frequency(character: str) -> float:
    """How common the character is in notes, on no scale in particular; 0 if it hardly is."""
    return _WEIGHTS.get(character, 0.0)


def _weight(character: str, before: str, after: str) -> float:
    weight = frequency(character)
    previous, following = before[-1:], after[:1]
    match character:
        case "\ufe0f":
            return weight if _is_symbol(previous) or previous.isdigit() or previous == "\ufffd" else 0
        case "\u200d":
            return weight * 100 if _is_symbol(previous) and _is_symbol(following) else 0
        case "╝":
            return weight * 100 if "╚" in before and not _is_box(following) else weight / 100
        case "┐":
            return weight if _is_box(previous) and previous != "━" else weight / 100
        case "━":
            return weight / 100 if previous in ("─", "┬") else weight
        case "╭":
            return weight * 100 if following == "─" and not _is_box(previous) else weight / 100
        case "”" | "’":
            return weight / 100 if _opens(previous) else weight
        case "„":
            return weight if _opens(previous) else weight / 100
    if character.isalpha() and weight:
        if character == "í" and not previous.isalpha() and following.islower():
            return weight / 8
        neighbours = [c for c in (previous, following) if c.isalpha()]
        if any(c.islower() for c in neighbours) and character.isupper() and previous.isalpha():
            return weight / 1000
        if neighbours and all(c.isupper() for c in neighbours) and character.islower():
            return weight / 1000
    return weight


def _opens(previous: str) -> bool:
    """Whether a quotation that begins after this character opens."""
    return not previous or previous.isspace() or previous in "([{"


def _is_symbol(character: str) -> bool:
    return bool(character) and (
        character >= "\U0001f000" or "\u2190" <= character <= "\u2bff" or character == "\ufe0f"
    )


def _is_box(character: str) -> bool:
    return _BOX[0] <= character <= _BOX[1] if character else False
