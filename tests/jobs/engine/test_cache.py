"""The model cache: within its budget, least recently used first, never one in use."""

from __future__ import annotations

import threading

import pytest

from jobs.engine.cache import ModelCache


def use(cache: ModelCache[str, str], key: str, size: int = 1) -> str:
    with cache.lease(key, size, lambda: f"model {key}") as model:
        return model


def test_a_model_is_loaded_once() -> None:
    cache: ModelCache[str, list[int]] = ModelCache(10)
    loads: list[list[int]] = []

    def load() -> list[int]:
        loads.append([])
        return loads[-1]

    with cache.lease("a", 1, load) as first, cache.lease("a", 1, load) as second:
        assert first is second
    assert len(loads) == 1


def test_the_least_recently_used_goes_first() -> None:
    cache: ModelCache[str, str] = ModelCache(3)
    for key in ("a", "b", "c", "a", "d"):
        use(cache, key)
    assert cache.held() == ["c", "a", "d"]


def test_a_large_model_makes_several_go() -> None:
    dropped: list[None] = []
    cache: ModelCache[str, str] = ModelCache(4, dropped=lambda: dropped.append(None))
    for key in ("a", "b", "c"):
        use(cache, key)
    use(cache, "large", 3)
    assert cache.held() == ["c", "large"]
    assert len(dropped) == 1


def test_a_model_in_use_never_goes() -> None:
    cache: ModelCache[str, str] = ModelCache(1)
    with cache.lease("a", 1, lambda: "a"):
        use(cache, "b")
        assert "a" in cache.held()
        cache.clear()
        assert cache.held() == ["a"]
    cache.clear()
    assert cache.held() == []


def test_a_model_that_can_t_be_loaded_leaves_nothing() -> None:
    cache: ModelCache[str, str] = ModelCache(1)

    def fail() -> str:
        raise FileNotFoundError

    with pytest.raises(FileNotFoundError), cache.lease("a", 1, fail):
        pass
    assert cache.held() == []
    assert use(cache, "a") == "model a"


def test_two_threads_that_want_the_same_model_load_it_once() -> None:
    cache: ModelCache[str, object] = ModelCache(1)
    loading, go_on = threading.Event(), threading.Event()
    loads: list[None] = []
    got: list[object] = []

    def load() -> object:
        loads.append(None)
        loading.set()
        assert go_on.wait(5)
        return object()

    def work() -> None:
        with cache.lease("a", 1, load) as model:
            got.append(model)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert loading.wait(5)
    go_on.set()
    for thread in threads:
        thread.join(5)
    assert len(loads) == 1
    assert got[0] is got[1]
