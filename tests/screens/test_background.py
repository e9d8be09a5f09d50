"""Work beside the keys, and what becomes of it when the screen goes away."""

from __future__ import annotations

import gc
import warnings

from textual.app import App

from screens.background import Newest


async def test_of_the_jobs_that_wait_only_the_newest_is_done() -> None:
    found: list[int] = []
    app: App[None] = App()
    async with app.run_test() as pilot:
        newest = Newest[int](app, found.append)
        for number in (1, 2, 3):
            newest.ask(lambda number=number: number)  # type: ignore[misc]  # the default is the number
        await app.workers.wait_for_complete()
        await pilot.pause()
    assert found == [3]


async def test_work_that_is_taken_away_before_it_begins_leaves_nothing_behind() -> None:
    app: App[None] = App()
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        async with app.run_test():
            Newest[int](app, lambda _: None).ask(lambda: 1)
            app.workers.cancel_all()
        gc.collect()
    assert [str(warning.message) for warning in seen if "never awaited" in str(warning.message)] == []
