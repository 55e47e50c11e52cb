"""The supervision: what is tried again, what isn't, and what is said about it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.platforms.hosted.status import Status
from bot.platforms.hosted.supervision import (
    LONGEST_PAUSE,
    NOTICED_AFTER,
    ONLINE_WITHIN,
    STEADY,
    Connecting,
    Supervision,
    Watch,
)
from tests.doubles.clock import FrozenClock

Act = Callable[["Scripted", Watch], None] | BaseException | None


@dataclass(frozen=True)
class Known:
    kind: str
    detail: str
    again: bool

    @property
    def line(self) -> str:
        return f"{self.kind} ({self.detail})"


class TokenRefused(Exception):
    pass


class IntentMissing(Exception):
    pass


def fault(error: BaseException) -> Known:
    match error:
        case TokenRefused():
            return Known("token", str(error), again=False)
        case IntentMissing():
            return Known("intent", str(error), again=False)
        case PermissionError():
            return Known("refused", str(error), again=True)
        case OSError():
            return Known("unreachable", str(error), again=True)
        case _:
            return Known("internal", str(error), again=True)


class Scripted:
    """A session that plays its part: an error to fail with, or something to do once and then to stay."""

    def __init__(self, act: Act, finished: list[str], name: str) -> None:
        self._act = act
        self._finished = finished
        self._name = name
        self.closed = asyncio.Event()

    async def run(self, watch: Watch) -> None:
        if isinstance(self._act, BaseException):
            raise self._act
        if self._act is not None:
            self._act(self, watch)
        await self.closed.wait()

    async def finish(self) -> None:
        self._finished.append(self._name)
        self.closed.set()


class Stage:
    """A supervision with scripted sessions and pauses that end when the test says so."""

    def __init__(self, clock: FrozenClock, acts: Sequence[Act], dispensable: bool = False) -> None:
        self.clock = clock
        self.asked: list[tuple[str, ...]] = []
        self.finished: list[str] = []
        self.pauses: list[float] = []
        self.told: list[Status] = []
        self._acts = list(acts)
        self._long = asyncio.Event()
        spared = {"intent": "it goes on without it"} if dispensable else {}
        connecting = Connecting("Elsewhere", self._session, fault, spared)
        self.supervision = Supervision(connecting, clock, self._pause, self.told.append)

    def _session(self, without: Collection[str]) -> Scripted:
        self.asked.append(tuple(without))
        act = self._acts.pop(0) if self._acts else None
        if act is None and not self._acts:
            asyncio.get_running_loop().call_soon(self.supervision.stop)
        return Scripted(act, self.finished, f"session {len(self.asked)}")

    async def _pause(self, seconds: float) -> None:
        if seconds in (ONLINE_WITHIN, NOTICED_AFTER):
            await self._long.wait()
            return
        self.pauses.append(seconds)

    def let_time_pass(self) -> None:
        self._long.set()

    @property
    def states(self) -> list[str]:
        return [status.state for status in self.told]


def play(clock: FrozenClock, acts: Sequence[Act], dispensable: bool = False) -> Stage:
    async def played() -> Stage:
        stage = Stage(clock, acts, dispensable)
        async with asyncio.timeout(20):
            await stage.supervision.run()
        return stage

    return asyncio.run(played())


def test_what_only_a_person_can_mend_is_said_once_and_not_tried_again(
    clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    stage = play(clock, [TokenRefused("no")])
    assert stage.states == ["connecting", "refused"]
    assert (stage.asked, stage.pauses, stage.finished) == ([()], [], ["session 1"])
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "the rest of Recap goes on" in caplog.text


def test_what_is_dispensable_is_done_without_from_then_on(
    clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    stage = play(clock, [IntentMissing("4014"), None], dispensable=True)
    assert stage.asked == [(), ("intent",)]
    assert stage.pauses == []
    assert stage.told[-1].without == ("intent",)
    (record,) = caplog.records
    assert "it goes on without it" in record.message


def test_refused_without_it_too_it_ends(clock: FrozenClock) -> None:
    twice = [IntentMissing("4014"), IntentMissing("4014")]
    assert play(clock, twice, dispensable=True).states[-1] == "refused"


def test_what_is_not_dispensable_ends_it(clock: FrozenClock) -> None:
    assert play(clock, [IntentMissing("4014")]).states[-1] == "refused"


def test_the_network_is_waited_for_longer_and_longer_and_said_once(
    clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    stage = play(clock, [*(OSError("no route") for _ in range(9)), None])
    assert stage.pauses[:4] == [5, 10, 20, 40]
    assert stage.pauses[-1] == LONGEST_PAUSE
    assert [record.levelname for record in caplog.records].count("WARNING") == 1
    assert stage.states[-1] == "stopped"


def test_another_reason_is_said_too(clock: FrozenClock, caplog: pytest.LogCaptureFixture) -> None:
    play(clock, [OSError("no route"), PermissionError("403"), OSError("503"), None])
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING", "WARNING"]


def test_after_a_good_while_online_the_pauses_begin_anew(clock: FrozenClock) -> None:
    def a_while(session: Scripted, watch: Watch) -> None:
        watch.online("Recap#1")
        clock.move(STEADY + timedelta(seconds=1))
        session.closed.set()

    stage = play(clock, [OSError("a"), OSError("b"), a_while, None])
    assert stage.pauses == [5, 10, 5]


def test_online_is_told_with_the_bots_name(clock: FrozenClock) -> None:
    def once(session: Scripted, watch: Watch) -> None:
        watch.online("Recap#1")
        session.closed.set()

    stage = play(clock, [once, None])
    (online,) = (status for status in stage.told if status.state == "online")
    assert (online.name, online.problem) == ("Recap#1", "")


def test_a_platform_that_never_takes_it_in_is_given_up_and_tried_again(clock: FrozenClock) -> None:
    async def played() -> Stage:
        stage = Stage(clock, [lambda session, watch: stage.let_time_pass(), None])
        async with asyncio.timeout(20):
            await stage.supervision.run()
        return stage

    stage = asyncio.run(played())
    assert stage.finished == ["session 1", "session 2"]
    assert "waiting" in stage.states
    assert "90 s" in next(status.detail for status in stage.told if status.state == "waiting")


def test_a_short_gap_is_not_worth_a_line_but_a_long_one_is(
    clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    async def played(long: bool) -> list[str]:
        stage = Stage(clock, [None, None, None])
        running = asyncio.create_task(stage.supervision.run())
        await asyncio.sleep(0)
        stage.supervision.online("Recap#1")
        stage.supervision.offline()
        if long:
            stage.let_time_pass()
            for _ in range(5):
                await asyncio.sleep(0)
        stage.supervision.online("Recap#1")
        stage.supervision.stop()
        await running
        return stage.states

    assert asyncio.run(played(long=False)) == ["connecting", "online", "connecting", "online", "stopped"]
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert "waiting" in asyncio.run(played(long=True))
    assert [record.levelname for record in caplog.records] == ["WARNING"]


@pytest.mark.parametrize("was_online", [True, False])
def test_only_a_session_that_never_was_online_is_given_up_for_that(
    clock: FrozenClock, was_online: bool
) -> None:
    async def played() -> list[str]:
        stage = Stage(clock, [None, None, None])
        noticed, late = asyncio.Event(), asyncio.Event()
        waits = {NOTICED_AFTER: noticed, ONLINE_WITHIN: late}

        async def pause(seconds: float) -> None:
            await waits.get(seconds, late).wait()

        stage.supervision._pause = pause
        running = asyncio.create_task(stage.supervision.run())
        await settled()
        if was_online:
            stage.supervision.online("Recap#1")
        stage.supervision.offline()
        if not was_online:
            noticed.set()
            await settled()
        late.set()
        await settled()
        finished = list(stage.finished)
        stage.supervision.stop()
        await running
        return finished

    assert asyncio.run(played())[:1] == ([] if was_online else ["session 1"])


def test_a_fault_of_ours_is_logged_with_its_traceback_and_tried_again(
    clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    stage = play(clock, [ZeroDivisionError("ours"), None])
    assert stage.pauses == [5]
    assert any(record.exc_info for record in caplog.records)


def test_stopped_while_it_waits_it_ends_at_once(clock: FrozenClock) -> None:
    async def played() -> Stage:
        stage = Stage(clock, [OSError("away"), OSError("away")])
        waits = asyncio.Event()

        async def pause(seconds: float) -> None:
            if seconds < ONLINE_WITHIN and seconds != NOTICED_AFTER:
                stage.supervision.stop()
            await waits.wait()

        stage.supervision._pause = pause
        async with asyncio.timeout(20):
            await stage.supervision.run()
        return stage

    stage = asyncio.run(played())
    assert stage.states == ["connecting", "waiting", "stopped"]


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)
