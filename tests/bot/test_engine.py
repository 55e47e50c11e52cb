"""Which encoders the settings mean, and what the engine is told of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import config
from bot.config import NOWHERE, Settings
from bot.engine import encoder_of, engine_settings, partner_of, reads_index_of
from jobs.engine.encoder import EngineEncoder
from knowledge.embed_families import MINILM
from knowledge.encoder import BUNDLED
from knowledge.encoder.bundled import BundledEncoder
from tests.doubles.clock import FrozenClock
from tests.doubles.engine import InProcessEngine

E5 = "intfloat/multilingual-e5-small"


def settings(**retrieval: str) -> Settings:
    return config.load({f"RECAP_RETRIEVAL__{name}": value for name, value in retrieval.items()}, NOWHERE)


def test_the_bundled_encoder_reads_in_this_process_and_a_partner_beside_it_in_the_worker(
    clock: FrozenClock,
) -> None:
    told, engine = settings(PARTNER="minilm"), InProcessEngine(clock)
    assert isinstance(encoder_of(told, engine), BundledEncoder)
    partner = partner_of(told, engine)
    assert isinstance(partner, EngineEncoder)
    assert partner.name == MINILM
    assert (engine_settings(told).encoder, engine_settings(told).partner) == (BUNDLED, MINILM)
    assert engine_settings(told).allowed_models == ()


@pytest.mark.parametrize(
    ("retrieval", "encoder", "partner"),
    [
        ({}, BUNDLED, "off"),
        ({"PARTNER": "off"}, BUNDLED, "off"),
        ({"ENCODER": "minilm"}, MINILM, "off"),
        ({"ENCODER": "minilm", "PARTNER": "bundled"}, MINILM, BUNDLED),
        ({"ENCODER": "minilm", "PARTNER": "all-MiniLM-L6-v2"}, MINILM, "off"),
        ({"ENCODER": E5}, E5, "off"),
        ({"PARTNER": f"{E5}@main"}, BUNDLED, f"{E5}@main"),
    ],
)
def test_the_partner_goes_with_the_encoder(retrieval: dict[str, str], encoder: str, partner: str) -> None:
    told = engine_settings(settings(**retrieval))
    assert (told.encoder, told.partner) == (encoder, partner)


def test_a_model_that_retrieval_uses_may_be_fetched_and_run() -> None:
    told = engine_settings(settings(ENCODER=E5, PARTNER="minilm"))
    assert told.allowed_models == (E5,)


@pytest.mark.usefixtures("bundled_encoder")
def test_an_index_of_another_encoder_is_of_no_use(clock: FrozenClock) -> None:
    engine, own = InProcessEngine(clock), BundledEncoder()
    e5 = encoder_of(settings(ENCODER=f"{E5}@main"), engine)
    assert reads_index_of(own, own.identity)
    assert not reads_index_of(own, f"{BUNDLED}@sha256:of-another-version")
    assert not reads_index_of(own, f"{MINILM}@sha256:0")
    assert reads_index_of(e5, f"{E5}@0123")
    assert not reads_index_of(e5, own.identity)
    assert reads_index_of(None, own.identity)


def test_a_bundled_encoder_that_is_missing_makes_no_index_useless(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("knowledge.encoder.bundled.bundled_folder", lambda: tmp_path)
    assert reads_index_of(BundledEncoder(), f"{BUNDLED}@sha256:0")


def test_no_encoder_is_a_choice_too(clock: FrozenClock) -> None:
    assert encoder_of(settings(ENCODER="off"), InProcessEngine(clock)) is None
