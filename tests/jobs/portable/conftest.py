"""The small course of the review loop."""

from __future__ import annotations

from tests.jobs.review.conftest import ana, bo, build, indexed, mail, outbox, people, reviews, shelf, to_next

__all__ = ["ana", "bo", "build", "indexed", "mail", "outbox", "people", "reviews", "shelf", "to_next"]
