"""`recap cards propose`: has the language model propose questions, and says what became of them."""

from __future__ import annotations

from bot.cli.opened import application, course_named, ensure_index
from bot.cli.output import out, print_json, progress_bar
from bot.core import catalogue
from bot.core.errors import CommandError
from bot.core.reply import Reply, Table
from jobs.review.proposals import GATES, Proposed
from knowledge.notes import Language


def propose_cards(note: str | None, course: str | None, as_json: bool) -> None:
    """Goes through all notes of a course, or one, in the foreground; the day's share is not looked at.

    CommandError where no endpoint is set; LlmError where it is of no help.
    """
    with application() as app:
        if not app.proposals.courses:
            raise CommandError("error.llm_unset")
        chosen, language = course_named(app, course), app.settings.language
        ensure_index(app, chosen)
        proposing = app.proposals.courses[chosen.name]
        paths = [note] if note else [one.path for one in chosen.reviews.notes()]
        with progress_bar(language, "cli.proposing") as progress:
            found = proposing.propose(paths, lambda done, of: progress(done / of, "proposing"))
    if as_json:
        print_json(
            {
                "sections": found.sections,
                "proposed": found.proposed,
                "accepted": [{"note": one.section.note, "question": one.text} for one in found.accepted],
                "refused": dict(found.refused),
                "held": found.held,
            }
        )
        return
    if found.held:
        out(catalogue.label(language, "cli.proposed.held", count=found.held))
    elif not found.sections:
        out(catalogue.label(language, "cli.proposed.none"))
    if not found.sections:
        return
    out(catalogue.label(language, "cli.proposed.sections", count=found.sections))
    if found.proposed:
        from bot.platforms.terminal.render import Screen

        Screen().show(Reply("", table=_table(language, found), language=language))


def _table(language: Language, found: Proposed) -> Table:
    """How many questions came to each gate, were refused there, and went on."""
    rows: list[tuple[str, ...]] = []
    left = found.proposed
    for gate in GATES:
        refused = found.refused[gate]
        left -= refused
        name = catalogue.label(language, f"cli.proposed.{gate.replace(' ', '_')}")
        rows.append((name, str(refused), str(left)))
    header = tuple(catalogue.label(language, f"cli.proposed.{one}") for one in ("gate", "refused", "passed"))
    return Table(header, tuple(rows))
