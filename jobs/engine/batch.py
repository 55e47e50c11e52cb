"""Running equal requests together, so that each ends as if it had run alone. Without torch."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from knowledge.errors import RecapError

log = logging.getLogger(__name__)

Item = TypeVar("Item")
Result = TypeVar("Result")


def run_together(
    run: Callable[[Sequence[Item]], Sequence[Result]],
    items: Sequence[Item],
    out_of_memory: Callable[[BaseException], bool],
    make_room: Callable[[], None],
) -> list[Result | Exception]:
    """One outcome per item: its result, or the exception that it alone raises.

    A batch that runs out of memory is halved, after `make_room`; one that fails otherwise is run one by
    one, so that a bad input fails alone.
    """
    try:
        results = list(run(items))
    except Exception as error:  # noqa: BLE001 - handed to whoever asked for the item
        if len(items) == 1:
            return [error]
        if out_of_memory(error):
            make_room()
            middle = len(items) // 2
            halves: list[Sequence[Item]] = [items[:middle], items[middle:]]
            log.warning("out of memory with %d requests; they are halved", len(items))
        else:
            halves = [[item] for item in items]
            if not isinstance(error, RecapError):
                log.info("a batch of %d failed with %r; its requests run one by one", len(items), error)
        return [outcome for half in halves for outcome in run_together(run, half, out_of_memory, make_room)]
    if len(results) != len(items):
        raise ValueError(f"{len(items)} requests gave {len(results)} results")
    return list(results)
