"""The reviews of one course together with what asks them."""

from __future__ import annotations

from datetime import datetime

from jobs.outbox import Outbox
from jobs.review.delivery import Delivery
from jobs.review.ladder import Ladder
from jobs.review.pacing import USUAL, Pacing
from jobs.review.quizzes import Library
from jobs.review.service import Reviews
from knowledge.clock import Clock
from knowledge.store import Database


class ReviewLoop(Reviews):
    """An application has one `Delivery` for the reviews of all its courses; here it has one course."""

    def __init__(
        self,
        database: Database,
        library: Library,
        outbox: Outbox,
        clock: Clock,
        ladder: Ladder,
        course: str,
        daily_cap: int = 20,
        pacing: Pacing = USUAL,
    ) -> None:
        super().__init__(database, library, outbox, clock, ladder, course, pacing=pacing)
        self.delivery = Delivery(database, {course: self.deck}, outbox, clock, daily_cap)

    def deliver_due(self) -> int:
        return self.delivery.run()

    def next_due(self) -> datetime | None:
        return self.delivery.next_due()
