"""Errors of this package; the whole tree is drawn in `knowledge.errors`.

EngineError
├── WorkerDied        the worker process ended during the request
├── WorkerUnavailable the worker process can't be started
├── EngineTimeout     no result within the time allowed
├── TaskUnknown       no task of that name
└── TaskInputError    the input doesn't fit the task
GroupError            a study group: a time, days, a place that can't be
├── NoGroup           there is no study group in that place
└── RoundClosed       the round takes no answers any more
LearnerError          what a learner may not have or be: unknown zone, hour, language
└── LinkError         accounts that can't be linked or unlinked
LlmError              a language model that is of no help
├── LlmUnreachable    its endpoint can't be reached
├── LlmTimeout        no answer within the time allowed
├── LlmBusy           it is overloaded or has failed, time and again
├── LlmDenied         the key, the model or the address is not accepted
├── LlmRefused        it doesn't take this request
└── LlmAnswerUnusable what came is no answer, or too long
PortableError         what can't be exported or imported
├── NothingToExport   there is nothing yet
└── ImportRefused     the file holds no cards that can be read
ReviewError
├── NothingToAsk      the note gives no card
├── CardChanged       the note says something else than what the decision was about
├── AttemptClosed     this question has been answered and rated already
└── NotYours          the question was put to another learner
SimulationError       a simulation that can't be
StuckError            no such message is stuck
"""

from __future__ import annotations

from knowledge.errors import RecapError


class EngineError(RecapError):
    """The worker can't do it."""

    key = "error.engine"


class WorkerDied(EngineError):
    """The worker process ended while it worked on the request."""

    key = "error.worker_died"


class WorkerUnavailable(EngineError):
    """The worker process can't be started, or never gets ready."""

    key = "error.worker_unavailable"


class EngineTimeout(EngineError):
    """No result within the time allowed. Params: `seconds`. `error.refresh_timeout` for a refresh."""

    key = "error.engine_timeout"


class TaskUnknown(EngineError):
    """No task of that name. Params: `task`, `tasks` (the known ones)."""

    key = "error.task_unknown"


class TaskInputError(EngineError):
    """The input doesn't fit the task. The key says how (`error.task_needs_labels`, ...)."""

    key = "error.task_input"


class GroupError(RecapError):
    """What a study group may not have or do.

    `error.group_time` (`time`), `error.group_days` (`days`), `error.group_closes` (`closes`),
    `error.group_paused`, `error.round_unknown`, `error.round_already`, `error.round_open`,
    `error.round_unanswered`.
    """

    key = "error.group"


class NoGroup(GroupError):
    """There is no study group in that place."""

    key = "error.group_none"


class RoundClosed(GroupError):
    """The round takes no answers any more."""

    key = "error.round_closed"


class LearnerError(RecapError):
    """A setting of a learner that can't be.

    `error.zone_unknown` (`zone`), `error.hour_invalid` (`hour`), `error.quiet_invalid`,
    `error.language_unknown` (`language`), `error.learner_unknown`.
    """

    key = "error.learner_unknown"


class LinkError(LearnerError):
    """Accounts that can't be linked or unlinked.

    `error.link_unknown`, `error.link_expired`, `error.link_own`, `error.link_already`,
    `error.link_account`, `error.link_only`; `error.link_guesses` and `error.link_codes` (`count`: minutes
    to wait).
    """

    key = "error.link_unknown"


class LlmError(RecapError):
    """A language model is of no help. Params: `host`."""

    key = "error.llm"


class LlmUnreachable(LlmError):
    """Its endpoint can't be reached. Params: `host`, `reason` (for the log)."""

    key = "error.llm_unreachable"


class LlmTimeout(LlmError):
    """No answer within the time allowed. Params: `host`, `seconds`."""

    key = "error.llm_timeout"


class LlmBusy(LlmError):
    """It is overloaded or has failed, time and again. Params: `host`, `status`."""

    key = "error.llm_busy"

    def __init__(self, after: float, /, **params: str | int | float) -> None:
        """`after`: seconds after which the server wants to be asked again; 0: it doesn't say."""
        self.after = after
        super().__init__(**params)


class LlmDenied(LlmError):
    """The key, the model or the address is not accepted. Params: `host`, `status`, `model`."""

    key = "error.llm_denied"


class LlmRefused(LlmError):
    """It doesn't take this request; it may take another. Params: `host`, `status`."""

    key = "error.llm_refused"


class LlmAnswerUnusable(LlmError):
    """What came is no answer of such an endpoint, or too long. Params: `host`."""

    key = "error.llm_answer"


class PortableError(RecapError):
    """What can't leave Recap, or come in."""

    key = "error.export_nothing"


class NothingToExport(PortableError):
    """The learner studied nothing and was asked nothing yet; the course has no cards."""


class ImportRefused(PortableError):
    """A file without cards that can be read.

    `error.import_encoding`, `error.import_table` (`line`), `error.import_empty`, `error.import_long`
    (`most`).
    """

    key = "error.import_empty"


class ReviewError(RecapError):
    """Cards, studies, attempts.

    `error.interval_invalid` (`interval`), `error.interval_order` (`interval`, `before`),
    `error.attempt_unknown`, `error.review_unknown`, `error.rating_invalid` (`rating`),
    `error.not_studied` (`note`), `error.choice_unknown`, `error.attempt_open`, `error.card_unknown`.
    """

    key = "error.review"


class NothingToAsk(ReviewError):
    """The notes give no card for this. Params: `topic`."""

    key = "error.nothing_to_ask"


class CardChanged(ReviewError):
    """What was decided about the card is no longer what its note says."""

    key = "error.card_changed"


class AttemptClosed(ReviewError):
    """This question has been answered and rated already."""

    key = "error.attempt_closed"


class NotYours(ReviewError):
    """The question was put to another learner."""

    key = "error.not_your_question"


class SimulationError(RecapError):
    """A simulation that can't be.

    `error.simulation_downtime` (`text`), `error.simulation_intervals` (`intervals`),
    `error.simulation_database` (`tables`), `error.simulation_compared`.
    """

    key = "error.simulation"


class StuckError(RecapError):
    """Nothing of that id is stuck (`id`); `error.stuck_learner`: it is no message that could be dropped."""

    key = "error.stuck"
