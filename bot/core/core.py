"""The core: turns in, replies out, the same for every platform."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.core import (
    complete,
    failures,
    forms,
    handlers,
    notices,
    parse,
    passages,
    present,
    prompts,
    servers,
    uses,
)
from bot.core import home as homes
from bot.core.alternatives import taken_apart
from bot.core.commands import COMMANDS, Command
from bot.core.complete import Choice
from bot.core.context import Context
from bot.core.errors import NotAllowed, TooMuch
from bot.core.language import known_language, locale_language, written_language
from bot.core.reply import Reply
from bot.core.services import Services
from bot.core.turn import Call, Line, Person, Press, Turn, Where
from bot.core.uses import Use
from bot.core.voice import Voice
from jobs.errors import LearnerError
from jobs.tables import AccountRow, OutboundRow
from knowledge.errors import RecapError
from knowledge.notes import Language

if TYPE_CHECKING:
    from jobs.outbox import Delivery
    from jobs.people import Learner

log = logging.getLogger(__name__)

_ASKING = ("?", "？")


PATIENCE = 6
"""Attempts to present a message before it is given up: about a minute, by the outbox's back-off."""


class Core:
    """What Recap does, whoever asks and wherever. Thread-safe."""

    commands = COMMANDS

    def __init__(self, services: Services) -> None:
        self._services = services
        self._courses = services.courses.holding(services)
        self._completions = {one.course: complete.Completion(one) for one in self._courses}

    def dispatch(self, turn: Turn) -> Reply:
        """Does what the turn asks. Never raises: an error becomes a sentence in the person's language."""
        return self._dispatch(turn, again=True)

    def _dispatch(self, turn: Turn, again: bool) -> Reply:
        voice = Voice(locale_language(turn.person.locale), turn.person.zone or "UTC")
        learner: Learner | None = None
        try:
            learner = self._meet(turn)
            voice = self._voice(learner)
            use = self._use(turn, learner)
            voice = self._voice(learner, use.speech)
            if use.command:
                self._admit(use.command, turn, use.arguments)
            self._limit(use.arguments)
            services = self._courses.of_turn(turn, learner.id, use.arguments, use.course)
            reply = use.handler(Context(services, turn, learner, voice), use.arguments)
            return self._courses.signed(notices.add(services, learner, use.name, reply, voice), services)
        except Exception as error:  # noqa: BLE001  the one boundary
            if again and learner is not None and self._is_another(turn, learner):
                return self._dispatch(turn, again=False)
            return failures.told(error, turn, voice)

    def present(self, delivery: Delivery) -> Reply:
        """What an outbound row says, now, in its learner's language.

        A row whose subject is gone says so. A surprise (the database is away) is raised as long as trying
        again may help, so that the message isn't lost; then it becomes a sentence.
        """
        voice = Voice("en")
        try:
            if delivery.learner_id is not None:
                voice = self._known_voice(self._reader(delivery))
            services = self._courses.of_delivery(delivery)
            return self._courses.signed(present.present(services, delivery, voice), services)
        except RecapError as error:
            log.info("an outbound message could not be presented: %s (%s)", delivery.key, error)
            return failures.sentence(error, voice)
        except Exception:
            if delivery.attempts < PATIENCE:
                raise
            reference = secrets.token_hex(3)
            log.exception("presenting %s failed [%s]", delivery.key, reference)
            return voice.reply("error.internal", tone="error", reference=reference)

    def complete(self, person: Person, line: str, where: Where | None = None) -> list[complete.Suggestion]:
        """What a line that is being typed there could become, best first; only commands are completed."""
        try:
            return self._completions[self._at(person, where).course].suggest(person, line)
        except RecapError:
            return []

    def passage(self, note: str, start: int, end: int, course: str = "") -> passages.PassageView:
        """The lines `start` to `end` of a note with the section around them; `course` as the reply has it.

        NotesError `error.note_unknown`, or `error.passage_gone` where the note has fewer lines;
        CourseUnknown.
        """
        services = self._courses.get(course) if course else self._courses.default
        return passages.view(services.library, services.course, note, start, end)

    def welcome(self, person: Person, where: Where | None = None) -> Reply:
        """What a person sees who comes there for the first time."""
        voice = Voice(locale_language(person.locale), person.zone or "UTC")
        return handlers.welcome(self._at(person, where), voice)

    def home(self, person: Person, where: Where, pictures: bool = True) -> homes.Home:
        """What a person's own page shows there; whoever was never met is shown the way in, and not kept."""
        learner = self._known(where.platform, person)
        services = self._courses.at(where, learner.id if learner else None)
        learner = learner or homes.nobody(person.name, person.zone, person.locale)
        turn = Turn(
            where.platform, person, where.place, "", Press("home"), where.within, where.shared, pictures
        )
        return homes.home(Context(services, turn, learner, self._known_voice(learner)))

    def prompts(self, person: Person, where: Where) -> tuple[prompts.Prompt, ...]:
        """What a person may be offered to say where a conversation begins."""
        learner = self._known(where.platform, person)
        voice = self._known_voice(learner) if learner else Voice(locale_language(person.locale))
        return prompts.prompts(self._at(person, where), learner, voice)

    def language(self, platform: str, person: Person) -> Language:
        """The language in which a person is spoken to there, met before or not."""
        learner = self._known(platform, person)
        return self._known_voice(learner).language if learner else locale_language(person.locale)

    def form(self, turn: Turn) -> forms.Form | None:
        """The form that a press opens, filled with what stands now, in the person's language.

        None: the press opens none, or can't be carried out any more or by this person; pressing it without
        fields tells why. Raises only what nobody expects (the database is away): `forms.blank` is left then.
        """
        if not isinstance(turn.did, Press) or forms.blank(turn.did.action, "en") is None:
            return None
        learner = self._known(turn.platform, turn.person) or self._meet(turn)
        try:
            services = self._courses.of_subject(taken_apart(turn.did.action)[1]) or self._services
            context = Context(services, turn, learner, self._known_voice(learner))
            return forms.form(context, turn.did.action)
        except RecapError:
            return None

    def choices(self, turn: Turn, parameter: str) -> list[Choice]:
        """What a parameter of the call `turn` may be given, best first, by what is typed of it so far."""
        if not isinstance(turn.did, Call):
            return []
        try:
            services = self._at(turn.person, turn.where)
            return self._completions[services.course].choices(turn.person, turn.did, parameter)
        except RecapError:
            return []

    def joined(self, platform: str, space: str, title: str, place: str | None, locale: str) -> None:
        """Recap was added to a server; it says how to begin in `place`, once however often this is called."""
        servers.joined(self._services, platform, space, title, place, locale)

    def left(self, platform: str, space: str) -> None:
        """Recap was taken out of a server: what was planned for it stops."""
        servers.left(self._services, platform, space)

    def remain(self, platform: str, spaces: Collection[str]) -> None:
        """Recap is in these servers, and has left the others that it was in, perhaps while it was away."""
        servers.remain(self._services, platform, spaces)

    def _known(self, platform: str, person: Person) -> Learner | None:
        """The learner behind an account, if there is one by now."""
        with self._services.database.session() as session:
            learner_id = session.scalar(
                select(AccountRow.learner_id).where(
                    AccountRow.platform == platform, AccountRow.external_id == person.external_id
                )
            )
        return None if learner_id is None else self._services.people.learner(learner_id)

    def _at(self, person: Person, where: Where | None) -> Services:
        """The course of a place, for a person met before or not."""
        if where is None or len(self._courses) == 1:
            return self._courses.default
        learner = self._known(where.platform, person)
        return self._courses.at(where, learner.id if learner else None)

    def _meet(self, turn: Turn) -> Learner:
        person = turn.person
        return self._services.people.meet(
            turn.platform,
            person.external_id,
            person.name,
            turn.place,
            person.zone,
            person.locale,
            person.inbox,
        )

    def _is_another(self, turn: Turn, learner: Learner) -> bool:
        """Whether the person was linked to another learner while the turn was in work."""
        try:
            return self._meet(turn).id != learner.id
        except Exception:  # noqa: BLE001  what went wrong first is what is told
            return False

    def _reader(self, delivery: Delivery) -> Learner:
        """The learner of a message: as it says, or with whom they were linked since it was claimed."""
        assert delivery.learner_id is not None  # noqa: S101
        try:
            return self._services.people.learner(delivery.learner_id)
        except LearnerError:
            with self._services.database.session() as session:
                row = session.get(OutboundRow, delivery.id)
            if row is None or row.learner_id is None:
                raise
            return self._services.people.learner(row.learner_id)

    def _use(self, turn: Turn, learner: Learner) -> Use:
        if isinstance(turn.did, Press):
            self._close(turn, learner)
            return uses.of_press(turn.did)
        if isinstance(turn.did, Line) and not parse.is_command(turn.did.text):
            return self._message(turn.did.text, turn, learner)
        self._close(turn, learner)
        call = parse.parse(turn.did.text) if isinstance(turn.did, Line) else turn.did
        command = COMMANDS.get(call.command)
        if command is None:
            raise parse.unknown_command(call.command)
        return uses.of_command(command, call.arguments)

    def _message(self, text: str, turn: Turn, learner: Learner) -> Use:
        """Plain text: a question on what was missed, the answer to what we asked last there, else a question.

        What ends in a question mark is asked of us, although a review may have come meanwhile.
        """
        if command := prompts.meant(text):
            self._close(turn, learner)
            return uses.of_command(COMMANDS[command], {})
        self._limit({"text": text})  # before the question is closed: a shorter answer may follow
        topic = self._services.misses.topic(turn.platform, turn.place, learner.id)
        if topic is not None:
            self._services.misses.close(turn.platform, turn.place, learner.id)
            asked = {"attempt": str(topic), "question": text.strip()}
            return Use("ask_on", handlers.ACTIONS["ask_on"], asked, text)
        attempt = self._services.reviews.open_prompt(turn.platform, turn.place, learner.id)
        if attempt is not None:
            self._services.reviews.close_prompt(turn.platform, turn.place, learner.id)
        if attempt is None or text.rstrip().endswith(_ASKING):
            return Use("ask", handlers.COMMANDS["ask"], {"question": text.strip()}, text, COMMANDS["ask"])
        arguments = {"attempt": str(attempt), "response": text.strip(), "typed": "yes"}
        return Use("answer", handlers.ACTIONS["answer"], arguments)

    def _close(self, turn: Turn, learner: Learner) -> None:
        """What was asked there last is answered by its buttons alone, and no topic stands open."""
        self._services.reviews.close_prompt(turn.platform, turn.place, learner.id)
        self._services.misses.close(turn.platform, turn.place, learner.id)

    def _admit(self, command: Command, turn: Turn, arguments: Mapping[str, str]) -> None:
        if command.admin and not turn.person.is_admin:
            raise NotAllowed(command=f"/{command.name}")
        parse.check(command, arguments)

    def _limit(self, arguments: Mapping[str, str]) -> None:
        most = self._services.limits.text
        longest = max((len(value) for value in arguments.values()), default=0)
        if longest > most:
            raise TooMuch("error.text_too_long", length=longest, most=most)

    def _voice(self, learner: Learner, speech: str | None = None) -> Voice:
        written = written_language(speech) if speech else None
        if written and written != learner.heard:
            # Kept, so that buttons and what comes unasked follow it, also after a restart.
            self._services.people.hear(learner.id, written)
            learner = replace(learner, heard=written)
        return self._known_voice(learner)

    def _known_voice(self, learner: Learner) -> Voice:
        language = learner.language or learner.heard or locale_language(learner.locale)
        return Voice(known_language(language), learner.zone)
