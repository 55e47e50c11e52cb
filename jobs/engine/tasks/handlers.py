"""Every task's handler by name."""

from __future__ import annotations

from collections.abc import Mapping

from jobs.engine.tasks import encoding, inspection, pipelines
from jobs.engine.tasks.handler import Handler

HANDLERS: Mapping[str, Handler] = {**encoding.HANDLERS, **inspection.HANDLERS, **pipelines.HANDLERS}
