"""Errors of this package; the whole tree is drawn in `knowledge.errors`.

CommandError          the person's input is off
├── CourseUnknown     no such course, or no longer
├── NotAllowed        only for admins
└── TooMuch           over a limit of this person
"""

from __future__ import annotations

from knowledge.errors import RecapError


class CommandError(RecapError):
    """The person's input is off; the key says how."""

    key = "error.command"


class CourseUnknown(CommandError):
    """No course of that name. Params: `course`, `known`. `error.course_gone` for a button of one."""

    key = "error.course_unknown"


class NotAllowed(CommandError):
    """Only admins may. Params: `command`."""

    key = "error.not_allowed"


class TooMuch(CommandError):
    """Over a limit of this person; the key says which."""

    key = "error.too_much"
