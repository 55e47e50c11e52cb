"""Questions from lists that a line leads in: name what is listed, or tell which of these is of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from jobs.review.blocks import Block, blocks
from jobs.review.choices import Choice
from jobs.review.definitions import language_of
from jobs.review.prompts import Prompt, plain
from jobs.review.standing import broken, points, stands_alone, teaches
from jobs.review.wordings import WORDINGS
from knowledge.notes import Note, Section, content_hash
from knowledge.sentences import sentences
from knowledge.terms import is_word, terms

LEAST, MOST = 2, 6
"""Entries of a list that is asked for."""
_OTHERS = 3
_LONGEST, _LONGEST_CHOICE = 220, 60
_LEAD = re.compile(r"^(?P<lead>.{15,160}?)\s*[:：]\s*$", re.DOTALL)
_LISTS = re.compile(
    r"\b(?:\w+ (?:types?|kinds?|categor\w+|parts?|components?|stages?|families|steps?|ways|techniques?"
    r"|methods?"
    r"|strateg\w+|elements?|features?|groups?|layers?|tasks?|models?|components?|benefits?|advantages?|limitations?"
    r"|approaches|objects?|functions?|arguments?|fields?|columns?|requirements?|factors?|challenges?|aspects?"
    r"|pillars?|reasons?|things|properties|modes?|options?|formats?|rules?)|includes?|consists? of"
    r"|contains?|are"
    r"|divided into|grouped into|comprises?)\b"
    r"|\b(?:видове|части|стъпки|групи|категории|компонент\w*|включва\w*|състои се от|етапи|начини"
    r"|методи|семейства)\b"
    r"|几[种个类]|[三四五六]\s*[种个类大部步]|包括|包含|分为|由.*组成|有以下|如下|部分|类型|步骤",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\b(?:two|three|four|five|six|several|main|key|types?|kinds?|categories|две|три|четири|пет|шест|основни)\b"
    r"|[两三四五六几]\s*[种个类大部步]|主要",
    re.IGNORECASE,
)
_CONNECTS = re.compile(
    r"^(?:however|but|so|now|also|in addition|generally|broadly|basically|in general|обаче|но|така|и"
    r"|但是|不过|然而|因此|所以|一般来说|通常)\s*[,，]\s*",
    re.IGNORECASE,
)
_THERE_ARE = re.compile(r"^(?:there are|има|съществуват|有)\b|^有|^共有", re.IGNORECASE)
_PRONOUN = re.compile(
    r"\b(?:they|it|them|its|their|you|you'll|would|could|might|той|тя|те|то)\b|它|他们|你", re.IGNORECASE
)
_UNFIT = re.compile(
    r"\b(?:install|click|go to|learn|see|try|you'll|you will|run|task|exercise|question|resource|link|goal)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Listing:
    """A list with the line that leads it in."""

    lead: str
    entries: tuple[str, ...]
    named: bool
    """Whether the author names each entry in bold or code."""
    section: Section
    start: int
    end: int


def listings(note: Note) -> list[Prompt]:
    """The questions of the note's lists."""
    found = [one for section in note.sections if teaches(section) for one in _listed(section)]
    return [prompt for one in found for prompt in (*_named(note, one), *_belongs(note, one, found))]


def _listed(section: Section) -> Iterator[Listing]:
    lead: Block | None = None
    run: list[Block] = []
    for block in (*blocks(section), None):
        if block is not None and block.kind != "text":
            run.append(block)
            continue
        if run and lead is not None and (found := _listing(section, lead, run)):
            yield found
        run, lead = [], block


def _listing(section: Section, before: Block, run: list[Block]) -> Listing | None:
    last = [sentence for sentence, _, _ in sentences(plain(before.text), 1)][-1:]
    lead = _LEAD.match(last[0]) if last else None
    if lead is None or not LEAST <= len(run) <= MOST or run[0].start > before.end + 2:
        return None
    said = _CONNECTS.sub("", lead["lead"].strip())
    said = said[:1].upper() + said[1:]
    if not (_LISTS.search(said) and (_THERE_ARE.match(said) or stands_alone(said))):
        return None
    if broken(said) or _UNFIT.search(said) or points(said) or _PRONOUN.search(said):
        return None
    bold = [re.match(r"(?:\*\*[^*\n]{2,60}\*\*|`[^`\n]{2,60}`)", block.text) for block in run]
    named = all(bold)
    entries = [
        (plain(match[0]) if match and named else plain(block.text)).strip(" :：.。;；,，")
        for match, block in zip(bold, run, strict=True)
    ]
    unfit = any(
        not 2 <= len(entry) <= _LONGEST or broken(entry) or entry.endswith(("?", "？")) for entry in entries
    )
    if unfit or len(set(entries)) < len(entries):
        return None
    return Listing(said, tuple(entries), named, section, before.start, run[-1].end)


def _named(note: Note, one: Listing) -> Iterator[Prompt]:
    """All entries are to be told from memory."""
    if not _COUNTED.search(one.lead):
        return
    spoken = language_of(one.lead, note.language)
    text = WORDINGS[spoken]["name_all"].format(lead=one.lead, count=len(one.entries))
    yield Prompt("list", text, one.section, one.start, one.end, own=True, quality=0.75)


def _belongs(note: Note, one: Listing, found: list[Listing]) -> Iterator[Prompt]:
    """Which entry is of this list, the others being of the note's other lists."""
    text_of = plain(one.section.text).casefold()
    told = _words(one.lead)
    foreign = {
        entry
        for other in found
        if other is not one and other.named == one.named and not _words(other.lead) <= told
        for entry in other.entries
        if len(entry) <= _LONGEST_CHOICE
        if entry.casefold() not in text_of and not any(_words(entry) & _words(own) for own in one.entries)
    }
    spoken = language_of(one.lead, note.language)
    text = WORDINGS[spoken]["belongs"].format(lead=one.lead)
    for entry in one.entries:
        fitting = [other for other in foreign if abs(len(other) - len(entry)) <= 20]
        listed = sorted(fitting, key=lambda other: content_hash(f"{entry}\n{other}"))[:_OTHERS]
        if len(listed) == _OTHERS and len(entry) <= _LONGEST_CHOICE and not _words(entry) & told:
            choices = (Choice(entry, correct=True), *(Choice(other) for other in listed))
            yield Prompt(
                "list", text, one.section, one.start, one.end, own=True, choices=choices, quality=0.6
            )
            return


def _words(text: str) -> set[str]:
    return {term for term in terms(text) if is_word(term)}
