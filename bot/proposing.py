"""The language model of the settings, and what asks it; all of it idle where none is set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.config import Settings
from jobs.llm import Endpoint, LanguageModel
from jobs.review.proposal_watch import ProposalWatch, ProposeRunner
from jobs.review.proposing import Proposing

if TYPE_CHECKING:
    from bot.course import Course
    from jobs.queue import JobQueue
    from knowledge.clock import Clock
    from knowledge.library import Library
    from knowledge.store import Database


@dataclass(frozen=True, slots=True)
class Proposals:
    """What asks a language model for questions."""

    courses: Mapping[str, Proposing]
    """By the courses' short names; empty where no endpoint is set."""
    database: Database
    clock: Clock
    per_day: int

    def runner(self) -> ProposeRunner:
        """Runs the jobs that the watch puts."""
        return ProposeRunner(self.database, self.courses, self.clock, self.per_day)

    def watch(self, queue: JobQueue) -> ProposalWatch:
        """Puts a job when there is something to ask about."""
        return ProposalWatch(self.database, self.courses, queue, self.clock, self.per_day)

    def halt(self) -> None:
        """No further section is begun."""
        for one in self.courses.values():
            one.halt()


def language_model(settings: Settings) -> LanguageModel | None:
    """The model behind the endpoint; None: none is set."""
    llm = settings.llm
    if not llm.url:
        return None
    key = llm.key.get_secret_value() if llm.key is not None else None
    return LanguageModel(Endpoint(llm.url, llm.model, key, llm.timeout))


def proposals_of(
    settings: Settings,
    database: Database,
    library: Library,
    courses: Iterable[Course],
    clock: Clock,
    owner: str,
) -> Proposals:
    """Of all courses, with one model; `owner`: this process."""
    model = language_model(settings)
    known: dict[str, Proposing] = {}
    if model is not None:
        known = {one.name: Proposing(database, library, one.reviews, model, clock, owner) for one in courses}
    return Proposals(known, database, clock, settings.llm.per_day)
