"""The line of each place."""

from __future__ import annotations

import asyncio
import logging

import pytest

from bot.platforms.hosted.lanes import Lanes


def test_a_place_keeps_the_order_and_places_do_not_wait_for_one_another() -> None:
    done: list[str] = []

    async def main() -> None:
        lanes, first_may_end = Lanes(), asyncio.Event()

        async def slow() -> None:
            await first_may_end.wait()
            done.append("a1")

        async def quick(name: str) -> None:
            done.append(name)

        lanes.put("a", slow, "a1")
        second = lanes.put("a", lambda: quick("a2"), "a2")
        await lanes.put("b", lambda: quick("b1"), "b1")
        assert done == ["b1"]
        first_may_end.set()
        await second

    asyncio.run(main())
    assert done == ["b1", "a1", "a2"]


def test_what_fails_is_logged_and_holds_nobody_up(caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []

    async def main() -> None:
        lanes = Lanes()

        async def fails() -> None:
            raise ValueError("broken")

        async def works() -> None:
            done.append("works")

        lanes.put("a", fails, "a command")
        await lanes.put("a", works, "another")

    with caplog.at_level(logging.ERROR):
        asyncio.run(main())
    assert done == ["works"]
    assert [record.getMessage() for record in caplog.records] == ["a command failed"]


def test_at_the_end_what_takes_too_long_is_given_up() -> None:
    ended: list[str] = []

    async def main() -> None:
        lanes = Lanes()

        async def forever() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                ended.append("given up")

        async def never() -> None:
            ended.append("begun")

        first = lanes.put("a", forever, "forever")
        second = lanes.put("a", never, "never")
        await asyncio.sleep(0)
        await lanes.finish(0)
        await asyncio.wait([first, second])

    asyncio.run(main())
    assert "given up" in ended
