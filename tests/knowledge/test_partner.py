"""A second encoder beside the index's own: its vectors come later, stay, and are heard."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.errors import NotesError
from knowledge.hearing import hear
from knowledge.index import Generation, read_manifest
from knowledge.index_files import CourseFiles
from knowledge.library import Library
from knowledge.refresh import refresh
from knowledge.report import RefreshReport
from tests.doubles.clock import FrozenClock
from tests.doubles.encoder import HashingEncoder, HereEncoder

OWN, PARTNER = "own@1", "partner@1"


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "alpha.md").write_text("# Alpha\n\nThe alpha model reads text.\n", encoding="utf-8")
    (folder / "beta.md").write_text("# Beta\n\nThe beta model draws pictures.\n", encoding="utf-8")
    return folder


class Course:
    def __init__(self, notes: Path) -> None:
        self.notes = notes
        self.index = notes.parent / "index"
        self.own, self.partner = HashingEncoder(OWN), HashingEncoder(PARTNER)

    def refresh(self, partner: HashingEncoder | None = None, as_it_is: bool = False) -> RefreshReport:
        return refresh(
            "course", self.notes, self.index, self.own, FrozenClock(), partner=partner, as_it_is=as_it_is
        )

    def generation(self) -> Generation:
        files = CourseFiles(self.index, "course")
        current = files.current()
        assert current is not None
        return Generation.open(files.generation(current))


@pytest.fixture
def course(notes: Path) -> Course:
    return Course(notes)


def test_a_refresh_with_a_partner_adds_its_vectors_and_embeds_nothing_else_again(course: Course) -> None:
    first = course.refresh()
    assert course.generation().manifest.partner is None
    report = course.refresh(course.partner)
    assert report.generation != first.generation
    assert (report.embedded, report.reused) == (2, 2)
    manifest = course.generation().manifest
    assert (manifest.partner, manifest.partner_vectors) == (PARTNER, 2)
    assert len(course.own.encoded) == 2


def test_an_index_that_has_its_partner_is_left_alone(course: Course) -> None:
    done = course.refresh(course.partner)
    assert course.refresh(course.partner).generation == done.generation
    assert course.refresh().generation == done.generation


def test_another_partner_takes_the_place_of_the_first(course: Course) -> None:
    course.refresh(course.partner)
    course.refresh(HashingEncoder("other@1"))
    assert course.generation().manifest.partner == "other@1"


def test_a_refresh_without_the_partner_keeps_its_vectors_of_what_stayed(course: Course) -> None:
    course.refresh(course.partner)
    (course.notes / "beta.md").write_text("# Beta\n\nThe beta model now sings.\n", encoding="utf-8")
    course.refresh()
    manifest = course.generation().manifest
    assert (manifest.partner, manifest.partner_vectors, manifest.vectors) == (PARTNER, 1, 2)
    encoded = len(course.partner.encoded)
    course.refresh(course.partner)
    assert course.generation().manifest.partner_vectors == 2
    assert len(course.partner.encoded) == encoded + 1


def test_a_rollback_goes_to_other_notes_not_to_the_same_without_a_partner(course: Course) -> None:
    first = course.refresh().generation
    (course.notes / "beta.md").write_text("# Beta\n\nThe beta model now sings.\n", encoding="utf-8")
    course.refresh()
    course.refresh(course.partner)
    assert Library(course.index).rollback("course") == first


def test_vectors_added_to_an_index_as_it_is_bring_in_no_notes_that_nobody_asked_for(course: Course) -> None:
    first = course.refresh().generation
    (course.notes / "beta.md").write_text("# Beta\n\nHalf a sen", encoding="utf-8")
    course.refresh()
    Library(course.index).rollback("course")
    report = course.refresh(course.partner, as_it_is=True)
    assert report.generation != first
    generation = course.generation()
    assert generation.manifest.partner_vectors == 2
    assert "draws pictures" in generation.by_path["beta.md"].text


def test_vectors_are_added_to_no_index_that_was_never_made(course: Course) -> None:
    with pytest.raises(NotesError) as caught:
        course.refresh(course.partner, as_it_is=True)
    assert caught.value.key == "error.not_indexed"


def test_a_question_is_heard_by_both_and_by_one_where_the_other_sleeps(course: Course) -> None:
    course.refresh(course.partner)
    own, partner = HereEncoder(course.own), HereEncoder(course.partner)
    both = hear(course.generation(), "alpha model", own, partner)
    assert both.pooled is not None
    assert both.partner is not None
    partner.awake = False
    assert hear(course.generation(), "alpha model", own, partner).partner is None
    assert hear(course.generation(), "alpha model", None, None).pooled is None


def test_an_encoder_is_not_asked_for_an_index_of_another(course: Course) -> None:
    course.refresh()
    stranger = HereEncoder(HashingEncoder("stranger@1"))
    heard = hear(course.generation(), "alpha model", stranger, stranger)
    assert (heard.pooled, heard.partner, stranger.asked) == (None, None, [])


def test_the_manifest_on_disk_names_both(course: Course) -> None:
    report = course.refresh(course.partner)
    manifest = read_manifest(CourseFiles(course.index, "course").generation(report.generation))
    assert (manifest.encoder, manifest.partner) == (OWN, PARTNER)
    assert Library(course.index).generations("course")[0].partner == PARTNER
