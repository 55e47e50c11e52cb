"""The review loop: study a note, be asked at each step of the ladder, answer, rate, see how far one is.

Every change is one transaction, under a lock on the learner, and safe to ask for twice: a button that is
pressed again finds what the first press did. A learner can only touch what they were asked themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from jobs.outbox import Outbox
from jobs.people import lock_learner
from jobs.review import asking
from jobs.review.attempts import Attempts
from jobs.review.choices import Choice
from jobs.review.decisions import Decisions
from jobs.review.deck import Deck
from jobs.review.judging.judge import Judge
from jobs.review.judging.verdict import Judged
from jobs.review.keeping import Keeping
from jobs.review.ladder import Ladder
from jobs.review.meeting import met
from jobs.review.overview import overview
from jobs.review.pacing import USUAL, Pacing
from jobs.review.predict import Predictor
from jobs.review.prompts import Prompt
from jobs.review.quizzes import Library, Quizzes
from jobs.review.records import (
    Asked,
    CardReport,
    DueReview,
    Progress,
    Rated,
    Revealed,
    SectionAsked,
    Studied,
)
from jobs.review.responses import judged_on
from jobs.review.schedule import Later
from jobs.review.spans import Spans
from jobs.review.studies import Studies
from knowledge.clock import Clock
from knowledge.notes import Note, Section
from knowledge.store import Database


class Reviews:
    """The reviews of one course; what is due in any of them is asked by `jobs.review.delivery`.

    Thread-safe; any number of processes may share the database.
    """

    def __init__(
        self,
        database: Database,
        library: Library,
        outbox: Outbox,
        clock: Clock,
        ladder: Ladder,
        course: str,
        judge: Judge | None = None,
        pacing: Pacing = USUAL,
        predictor: Predictor | None = None,
    ) -> None:
        """`judge`: judges answers in words; without one, a judge that goes by words alone. `predictor`: runs
        models for cards that ask what one will say; without it there are none.
        """
        self._database = database
        self._library = library
        self._clock = clock
        self.course = course
        self.deck = Deck(library, course, clock, predictor)
        self._ladder = ladder
        self._pacing = pacing
        self._keeping = Keeping(database, self.deck, clock, course)
        self._studies = Studies(
            database, library, self.deck, self._keeping, outbox, clock, ladder, course, pacing
        )
        self._judge = judge or Judge()
        self._attempts = Attempts(database, self.deck, outbox, clock, self._judge, pacing)
        self._quizzes = Quizzes(database, library, self._keeping, self.deck, clock, course)
        self._spans = Spans(database, self.deck, self._keeping, clock, ladder, course, pacing)
        self.decisions = Decisions(database, course)

    def study(self, learner_id: int, note_path: str) -> Studied:
        """The learner has studied a note: its ladder begins, anew if it was climbed before.

        An earlier study of the note is stopped, its reviews to come are dropped, its history stays.
        `NotesError` for an unknown note, `NothingToAsk` for one that holds no text.
        """
        return self._studies.study(learner_id, note_path)

    def stop(self, learner_id: int, note: str, section: str = "") -> None:
        """No more reviews of a note, or of one of its sections.

        `ReviewError("error.not_studied")` if there are none.
        """
        self._studies.stop(learner_id, note, section)

    def due(self, learner_id: int) -> list[DueReview]:
        """What the learner may answer now: asked and unanswered, or due and not yet asked; oldest first."""
        return self._studies.due(learner_id)

    def upcoming(self, learner_id: int) -> list[DueReview]:
        """What will be due, soonest first."""
        return self._studies.upcoming(learner_id)

    def ask(self, learner_id: int, review_id: int, platform: str, place: str) -> Asked:
        """Puts a review's question here and now; the same one again if it was asked already.

        Plain text of the learner in this place answers it from now on. `AttemptClosed` for a review that
        was dropped.
        """
        return self._attempts.ask(learner_id, review_id, platform, place)

    def quiz(self, learner_id: int, platform: str, place: str, topic: str | None = None) -> Asked:
        """A question outside of the ladder: on a topic, else on what is weakest, else on any note.

        `NothingToAsk` if there is none.
        """
        return self._quizzes.ask(learner_id, platform, place, topic)

    def quiz_section(
        self, learner_id: int, note: Note, section: Section, platform: str, place: str
    ) -> SectionAsked:
        """A question on a section, whose ladder begins with it, as told by `jobs.review.spans`.

        `NothingToAsk` for a section without text.
        """
        return self._spans.ask(learner_id, note, section, platform, place)

    def arrive(self, attempt_id: int, platform: str, place: str) -> Asked:
        """A question's message is on its way to a place: it is what the learner's plain text answers there.

        Gives the question as it stands; one that is answered already is only given.
        """
        return self._attempts.arrive(attempt_id, platform, place)

    def asked(self, attempt_id: int, learner_id: int | None = None) -> Asked:
        """A question as it stands. With a learner: `NotYours` where it was put to another one."""
        return self._attempts.asked(attempt_id, learner_id)

    def answer(self, attempt_id: int, learner_id: int, response: str) -> Revealed:
        """Takes the learner's answer, judges it and shows the passage. The same answer twice is one answer.

        `AttemptClosed` for another answer, or one given after the passage was shown.
        """
        return self._attempts.answer(attempt_id, learner_id, response)

    def judged(self, card_id: int, options: Sequence[Choice], response: str) -> Judged:
        """The verdict on an answer in words to a card, whose choices are shown as `options`.

        It may have to load the encoder: call it in no transaction.
        """
        return judged_on(self._database, self._judge, card_id, options, response)

    def choose(self, attempt_id: int, learner_id: int, picked: Collection[int]) -> Revealed:
        """Takes the learner's choices, by their positions, and shows what is right. Twice is once.

        `ReviewError("error.choice_unknown")` for one that isn't there; `AttemptClosed` as in `answer`.
        """
        return self._attempts.choose(attempt_id, learner_id, picked)

    def reveal(self, attempt_id: int, learner_id: int) -> Revealed:
        """Shows the passage, with the answer if one was given."""
        return self._attempts.reveal(attempt_id, learner_id)

    def rate(self, attempt_id: int, learner_id: int, rating: int) -> Rated:
        """How well it went: 1 again, 2 hard, 3 good, 4 easy. *Again* brings the card back once more.

        A rating may be corrected until the repeat that it brought has been asked (`AttemptClosed` then).
        Rating an unanswered question counts as having seen the answer.
        """
        return self._attempts.rate(attempt_id, learner_id, rating)

    def later(self, attempt_id: int, learner_id: int, until: Later = "hour") -> datetime:
        """Puts a question off; tells when it comes back, to where the learner can be reached.

        Put off for an hour again before that moment, it stays as it is; another choice moves it.
        `AttemptClosed` once it is answered.
        """
        return self._attempts.later(attempt_id, learner_id, until)

    def notes(self) -> list[Note]:
        """The course's notes, in their order. NotesError where there is no index."""
        return list(self._library.notes(self.course))

    def prepare(self, note_path: str) -> None:
        """Sees to it that a note has its cards; it searches, so call it outside of any transaction."""
        self._keeping.ensure(self._library.note(self.course, note_path))

    def accept(self, note_path: str, proposed: Iterable[Prompt]) -> None:
        """Makes cards of questions that were proposed for a note and admitted; it searches."""
        self._keeping.write(self._library.note(self.course, note_path), fresh=proposed)

    def met(self, attempt_id: int, learner_id: int, number: int, member: bool) -> None:
        """The learner answered in a group's round: what that does is told by `jobs.review.meeting`.

        An answer by choice is rated *good* or *again* unless it was rated already. Safe to call again.
        """
        with self._database.session() as session:
            learner = lock_learner(session, learner_id)
            attempt = asking.attempt_of(session, attempt_id, learner_id)
            met(session, self._ladder, self._pacing, learner, attempt, number, member, self._clock.now())
            right = None if attempt.rating is not None else asking.revealed(session, attempt).right
        if right is not None:
            self._attempts.rate(attempt_id, learner_id, 3 if right else 1)

    def open_prompt(self, platform: str, place: str, learner_id: int) -> int | None:
        """The attempt that the learner's plain text in a place answers."""
        return self._attempts.open_prompt(platform, place, learner_id)

    def close_prompt(self, platform: str, place: str, learner_id: int) -> None:
        """Plain text is a question again."""
        self._attempts.close_prompt(platform, place, learner_id)

    def sync_cards(self) -> CardReport:
        """After a refresh: cards and studies follow their notes, as told by `jobs.review.upkeep`.

        Only notes that have cards are looked at; the others get theirs when they are first asked about.
        It searches, which takes its time, and is therefore called outside of any transaction: note by note
        it opens short ones of its own. Called again, it changes nothing.
        """
        return self._keeping.sync(self._library.notes(self.course))

    def progress(self, learner_id: int) -> Progress:
        """How far the learner is with each note, how well it goes, and what comes in two weeks."""
        with self._database.session() as session:
            learner = lock_learner(session, learner_id)
            return overview(session, learner, self.course, self._pacing, self._clock.now())
