"""Acknowledgements go before work."""

from __future__ import annotations

import asyncio

from bot.platforms.discord.inbound.rush import Rush


def test_work_waits_until_hardly_anything_is_left_to_acknowledge() -> None:
    order: list[str] = []

    async def main() -> None:
        rush = Rush(few=1, patience=60)
        answered = [asyncio.Event() for _ in range(3)]

        async def acknowledge(number: int) -> None:
            async with rush.acknowledging():
                await answered[number].wait()
                order.append(f"acknowledged {number}")

        async def work() -> None:
            await rush.over()
            order.append("work")

        tasks = [asyncio.create_task(acknowledge(number)) for number in range(3)]
        await asyncio.sleep(0)
        tasks.append(asyncio.create_task(work()))
        for event in answered:
            event.set()
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        await asyncio.gather(*tasks)

    asyncio.run(main())
    assert order[:2] == ["acknowledged 0", "acknowledged 1"]
    assert "work" in order[2:]


def test_work_goes_on_even_where_commands_never_stop_coming() -> None:
    async def main() -> None:
        rush = Rush(few=0, patience=0)
        async with rush.acknowledging():
            await rush.over()

    asyncio.run(main())


def test_only_so_many_acknowledgements_are_on_their_way_at_once() -> None:
    most = 0

    async def main() -> None:
        rush, now = Rush(at_once=3), 0

        async def acknowledge() -> None:
            nonlocal now, most
            async with rush.acknowledging():
                now += 1
                most = max(most, now)
                await asyncio.sleep(0)
                now -= 1

        await asyncio.gather(*(acknowledge() for _ in range(20)))

    asyncio.run(main())
    assert most == 3
