"""Errors that a person may be told about.

    RecapError                     key of a sentence in the catalogue + its parameters
    ├── NotesError                 notes can't be read, found or indexed      (knowledge)
    ├── ModelUnavailable           weights are not on disk and can't be had   (knowledge, jobs)
    ├── TrainingError              the encoder can't be trained from these    (knowledge)
    ├── EvaluationError            a question set can't be read or measured   (knowledge)
    ├── EngineError                the worker can't do it                     (jobs)
    ├── GroupError                 study groups                               (jobs)
    ├── LlmError                   a language model is of no help             (jobs)
    ├── PortableError              what can't be exported or imported         (jobs)
    ├── LearnerError               a learner's settings that can't be         (jobs)
    ├── ReviewError                cards, studies, attempts                   (jobs)
    ├── SimulationError            a simulation that can't be                 (jobs)
    ├── StuckError                 no such message is stuck                   (jobs)
    └── CommandError               the person's input is off                  (bot)

Each class of the tree stands in the lowest package that raises it. A foreign error is translated
where it enters; whatever else arrives at the dispatcher is logged and answered with
`error.internal`.
"""

from __future__ import annotations


class RecapError(Exception):
    """An expected failure.

    `key` names the sentence in the catalogue (`error.<something>`), `params` fill its placeholders.
    `str(error)` is for the log only.
    """

    key: str = "error.internal"

    def __init__(self, key: str | None = None, /, **params: str | int | float) -> None:
        if key is not None:
            self.key = key
        self.params = params
        super().__init__(f"{self.key} {params}" if params else self.key)


class NotesError(RecapError):
    """Notes can't be read, found or indexed."""

    key = "error.notes"


class ModelUnavailable(RecapError):
    """A model's weights are not on disk and can't be fetched.

    Params: `model`, `command` (what would fetch it, e.g. `recap models pull NAME`).
    """

    key = "error.model_unavailable"


class TrainingError(RecapError):
    """An encoder can't be trained or measured with what was given."""

    key = "error.training"


class EvaluationError(RecapError):
    """A question set, or where its run is to be written, is off. Params: `path`, mostly `line`."""

    key = "error.evaluation"
