"""The loop: the clock jumps to the next thing that happens, and the real code does it.

What happens is of two kinds. The server does what `jobs.scheduler` and a drain would do: it delivers when
something is due, looks again once an hour, sends what waits in the outbox. People study, answer, rate and
put off, through the same calls that their buttons make. While the server is off neither happens; who finds
it off comes back within a day of its return.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from jobs.outbox import Outbox
from jobs.people import Learner, People
from jobs.review.delivery import Delivery
from jobs.review.pauses import Pauses
from jobs.review.service import Reviews
from jobs.review.sessions import Sessions
from jobs.simulation.clock import VirtualClock
from jobs.simulation.learners import SNOOZES, Habits, chance, habits
from jobs.simulation.memory import AGAIN, EASY, GOOD, HARD, Memory
from jobs.simulation.plan import START, Plan
from jobs.simulation.platform import PLATFORM, Arrived, Loopback
from knowledge.errors import RecapError

Progress = Callable[[float, str], None]
Act = Callable[[], None]

SAFETY = timedelta(hours=1)
"""How often the server looks for what is due though nothing told it to."""
BREATH = timedelta(minutes=5)
"""Between two looks while something stays due: it failed, or a message waits for another try."""
_AT_ONCE = timedelta(seconds=20)
"""How soon a question is put off."""
_LATEST_RETURN = timedelta(days=1)
_RATINGS = {HARD: 15, GOOD: 70, EASY: 15}
"""How successes are rated, of a hundred."""


@dataclass(slots=True)
class Person:
    """A simulated learner as the loop goes on."""

    habits: Habits
    learner: Learner
    random: Random
    memories: dict[str, Memory] = field(default_factory=dict)
    """What they know, by note."""
    unreviewed: dict[str, Memory] = field(default_factory=dict)
    """What they would know had they only studied."""
    paused: tuple[datetime, datetime] | None = None
    """From when to when the reviews were paused."""


@dataclass(frozen=True, slots=True)
class Server:
    """The real thing: what the simulation drives."""

    people: People
    reviews: Reviews
    sessions: Sessions
    delivery: Delivery
    pauses: Pauses
    outbox: Outbox
    drain: Callable[[], int]
    """Sends what is due to the loopback platform; the number of messages it took."""
    keep_house: Callable[[], object]
    notes: tuple[str, ...]
    """The paths of the notes that are studied, one for each topic."""


class Simulation:
    """One run of a plan. `run` it once; afterwards `persons` and the platform's record tell what happened."""

    def __init__(self, plan: Plan, clock: VirtualClock, server: Server, platform: Loopback) -> None:
        self._plan = plan
        self._clock = clock
        self._server = server
        self._platform = platform
        self._order = itertools.count()
        self._events: list[tuple[datetime, int, Act]] = []
        self._look_at = START
        self._send_at = START
        self._house_at = START
        self._put = False
        self.persons: dict[int, Person] = {}
        """By the learner's id."""
        self.retention: list[tuple[int, float, float]] = []
        """Each week: the day, the mean recall of what was studied, and without any review."""
        self.followed: list[Arrived] = []
        """Questions that came without a message, within a session: each as if with the session's own."""
        self.refused: dict[str, int] = {}
        """What people were told they can't do, by the error's key."""

    def run(self, progress: Progress) -> None:
        """Until the plan's end."""
        self._platform.listen(self._message)
        stop = self._server.outbox.subscribe(PLATFORM, self._wake)
        try:
            self._meet(progress)
            self._measure_weekly()
            while (moment := self._next()) < self._plan.ends:
                self._clock.jump(moment)
                self._serve()
                self._act()
                progress((self._clock.now() - START) / (self._plan.ends - START), "simulating")
            self._clock.jump(self._plan.ends)
        finally:
            stop()

    def recall(self) -> tuple[float, float]:
        """The mean probability that what was studied is recalled now, and had there been no reviews."""
        now = self._clock.now()
        known = [one.recall(now) for person in self.persons.values() for one in person.memories.values()]
        alone = [one.recall(now) for person in self.persons.values() for one in person.unreviewed.values()]
        return (sum(known) / len(known), sum(alone) / len(alone)) if known else (0.0, 0.0)

    # People

    def _meet(self, progress: Progress) -> None:
        people = self._server.people
        for number in range(self._plan.learners):
            one = habits(self._plan, number)
            learner = people.meet(
                PLATFORM, f"person-{number}", f"Person {number}", f"page-{number}", one.zone
            )
            learner = people.change(
                learner.id,
                review_hour=one.hour,
                quiet_start=one.quiet.start if one.quiet else None,
                quiet_end=one.quiet.end if one.quiet else None,
            )
            person = Person(one, learner, chance(self._plan, number, "answers"))
            self.persons[learner.id] = person
            topics = chance(self._plan, number, "topics").sample(self._server.notes, self._plan.topics)
            for note, moment in zip(topics, one.studies, strict=True):
                self._plan_study(person, note, moment)
            if one.away and one.pauses:
                self._plan_pause(person, one.away)
            progress(0.0, "simulating")

    def _plan_study(self, person: Person, note: str, moment: datetime) -> None:
        self._at(self._when_up(moment, person), lambda: self._study(person, note))

    def _study(self, person: Person, note: str) -> None:
        studied = self._server.reviews.study(person.learner.id, note)
        self._planned(min(studied.due))
        now = self._clock.now()
        memory = Memory.of_study(now, person.habits.strength, person.habits.growth)
        person.memories[note] = person.unreviewed[note] = memory

    def _plan_pause(self, person: Person, away: tuple[datetime, datetime]) -> None:
        """As they leave, until the day on which they are back."""
        begins, last = self._when_up(away[0], person), away[1].astimezone(person.habits.tz).date()
        if begins.astimezone(person.habits.tz).date() < last:
            self._at(begins, lambda: self._pause(person, last))

    def _pause(self, person: Person, last: date) -> None:
        paused = self._server.pauses.pause(person.learner.id, last)
        if paused.paused_at and paused.paused_until:
            person.paused = paused.paused_at, paused.paused_until
        self._planned(self._clock.now())

    def _message(self, message: Arrived) -> None:
        person = self.persons[message.learner_id]
        attempt = message.payload.get("attempt")
        if not isinstance(attempt, int):
            return
        if ":later:" not in message.key and person.random.random() < SNOOZES:
            moment: datetime | None = message.at + _AT_ONCE
            act = self._later
        else:
            moment = person.habits.answers_at(message.at, person.random)
            act = self._answer
        if moment is not None:
            self._at(self._when_up(moment, person), lambda: act(person, attempt, message))

    def _later(self, person: Person, attempt: int, message: Arrived) -> None:
        try:
            self._server.reviews.later(attempt, person.learner.id)
        except RecapError as error:
            self._refuse(error)
        else:
            self._go_on(person, attempt, message)

    def _answer(self, person: Person, attempt: int, message: Arrived) -> None:
        """Answers, looks at the passage, rates: recalled by chance, as likely as the memory is strong."""
        reviews, now = self._server.reviews, self._clock.now()
        try:
            asked = reviews.asked(attempt, person.learner.id)
            if asked.state != "open":
                return  # an earlier message asked the same and was answered
            memory = person.memories[asked.note]
            if person.random.random() < memory.recall(now):
                rating = person.random.choices(list(_RATINGS), weights=list(_RATINGS.values()))[0]
                reviews.answer(attempt, person.learner.id, "I remember.")
            else:
                rating = AGAIN
                reviews.reveal(attempt, person.learner.id)
            rated = reviews.rate(attempt, person.learner.id, rating)
        except RecapError as error:
            self._refuse(error)
            return
        person.memories[asked.note] = memory.after(rating, now)
        for moment in (rated.again_due, rated.next_due):
            self._planned(moment)
        self._go_on(person, attempt, message)

    def _go_on(self, person: Person, attempt: int, message: Arrived) -> None:
        """The next topic of the session follows at once, and is answered at once."""
        step = self._server.sessions.go_on(person.learner.id, attempt, PLATFORM, message.place)
        if step is not None and step.asked is not None:
            number = step.asked.attempt_id
            payload = {"attempt": number}
            key, now = f"followed:{number}", self._clock.now()
            self.followed.append(
                Arrived(key, person.learner.id, message.place, message.at, payload, followed_at=now)
            )
            self._answer(person, number, message)

    def _refuse(self, error: RecapError) -> None:
        self.refused[error.key] = self.refused.get(error.key, 0) + 1

    # The server

    def _serve(self) -> None:
        now = self._clock.now()
        if self._plan.up_again(now) != now:
            return
        if self._look_at <= now:
            self._server.delivery.run()
            due = self._server.delivery.next_due()
            self._look_at = min(max(due, now + BREATH) if due else now + SAFETY, now + SAFETY)
        if self._put or self._send_at <= now:
            self._put = False
            while self._server.drain():
                pass
            waiting = self._server.outbox.next_due(PLATFORM)
            self._send_at = max(waiting, now + BREATH) if waiting else self._plan.ends
        if self._house_at <= now:
            self._server.keep_house()
            self._house_at = now + timedelta(days=1)

    def _planned(self, moment: datetime | None) -> None:
        """Something was planned for that moment: the server is told, as by `Scheduler.wake`."""
        if moment is not None:
            self._look_at = min(self._look_at, moment)

    def _wake(self) -> None:
        self._put = True

    # Time

    def _next(self) -> datetime:
        now = self._clock.now()
        served = now if self._put else min(self._look_at, self._send_at)
        served = self._plan.up_again(max(served, now))
        return min(served, self._events[0][0]) if self._events else served

    def _act(self) -> None:
        """What people do until now; between two of them the server may have something to send."""
        now = self._clock.now()
        while self._events and self._events[0][0] <= now:
            heapq.heappop(self._events)[2]()

    def _at(self, moment: datetime, act: Act) -> None:
        heapq.heappush(self._events, (moment, next(self._order), act))

    def _when_up(self, moment: datetime, person: Person) -> datetime:
        up = self._plan.up_again(moment)
        return moment if up == moment else up + person.random.random() * _LATEST_RETURN

    def _measure_weekly(self) -> None:
        for day in range(7, self._plan.days + 1, 7):
            self._at(START + timedelta(days=day), lambda day=day: self._measure(day))  # type: ignore[misc]

    def _measure(self, day: int) -> None:
        self.retention.append((day, *self.recall()))
