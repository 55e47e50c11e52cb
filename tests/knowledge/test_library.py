from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.errors import NotesError
from knowledge.library import Library
from knowledge.refresh import refresh
from tests.doubles.clock import FrozenClock
from tests.doubles.encoder import HashingEncoder, HereEncoder

NOTE = "# Alpha model\n\nThe alpha model has {} layers.\n\n## Training\n\nAlpha is trained on plain text.\n"


class Course:
    def __init__(self, folder: Path) -> None:
        self.notes = folder / "notes"
        self.index = folder / "index"
        self.notes.mkdir()
        (self.notes / "beta.md").write_text(
            "# Tokenizers\n\n**Tokenizer** – cuts text into pieces.\n", encoding="utf-8"
        )

    def refreshed(self, layers: str, encoder: HashingEncoder | None = None) -> str:
        (self.notes / "alpha.md").write_text(NOTE.format(layers), encoding="utf-8")
        return refresh("course", self.notes, self.index, encoder, FrozenClock()).generation


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course(tmp_path)


@pytest.mark.parametrize(
    "call",
    [
        lambda library: library.notes("course"),
        lambda library: library.note("course", "alpha.md"),
        lambda library: library.find_note("course", "alpha"),
        lambda library: library.section("course", "0" * 16),
        lambda library: library.search("course", "alpha"),
        lambda library: library.ask("course", "alpha?"),
        lambda library: library.rollback("course"),
    ],
)
def test_a_course_that_was_never_indexed_says_so(tmp_path: Path, call: Callable[[Library], object]) -> None:
    library = Library(tmp_path)
    assert not library.ready("course")
    assert library.generations("course") == []
    with pytest.raises(NotesError) as caught:
        call(library)
    assert caught.value.key == "error.not_indexed"


def test_notes_and_sections_open_without_the_files(course: Course) -> None:
    course.refreshed("12")
    text = (course.notes / "alpha.md").read_text(encoding="utf-8")
    for file in course.notes.iterdir():
        file.unlink()
    library = Library(course.index)
    note = library.note("course", "alpha.md")
    assert note.text == text
    assert [section.title for section in note.sections] == ["Alpha model", "Training"]
    assert library.section("course", note.sections[1].id) == note.sections[1]
    assert [note.path for note in library.notes("course")] == ["alpha.md", "beta.md"]


def test_an_unknown_note_is_told(course: Course) -> None:
    course.refreshed("12")
    with pytest.raises(NotesError) as caught:
        Library(course.index).note("course", "nowhere.md")
    assert caught.value.key == "error.note_unknown"


def test_a_refresh_is_seen_at_the_next_question(course: Course) -> None:
    course.refreshed("12")
    library = Library(course.index)
    assert "12 layers" in library.ask("course", "How many layers has the alpha model?").parts[0].text
    course.refreshed("24")
    assert "24 layers" in library.ask("course", "How many layers has the alpha model?").parts[0].text


def test_a_rollback_goes_back_to_what_was_in_use_before(course: Course) -> None:
    first, second = course.refreshed("12"), course.refreshed("24")
    library = Library(course.index)
    assert library.generation("course") == second
    assert library.rollback("course") == first
    assert "12 layers" in library.ask("course", "How many layers has the alpha model?").parts[0].text
    assert [(info.id, info.current) for info in library.generations("course")] == [
        (second, False),
        (first, True),
    ]
    with pytest.raises(NotesError) as caught:
        library.rollback("course")
    assert caught.value.key == "error.no_earlier_generation"


def test_after_a_rollback_the_next_one_does_not_return_to_the_bad_generation(course: Course) -> None:
    first, _bad = course.refreshed("12"), course.refreshed("0")
    library = Library(course.index)
    library.rollback("course")
    course.refreshed("24")
    assert library.rollback("course") == first


def test_a_reader_keeps_its_generation_when_the_folder_goes(course: Course) -> None:
    encoder = HashingEncoder()
    course.refreshed("1", encoder)
    library = Library(course.index, HereEncoder(encoder))
    held = library._opened("course")
    for layers in "2345":
        course.refreshed(layers, encoder)
    assert not (course.index / "course" / "generations" / held.id).exists()
    assert held.dense is not None
    assert held.dense.vectors().shape == (3, 64)


def test_the_encoder_is_heard_only_if_it_made_the_index(course: Course) -> None:
    course.refreshed("12", HashingEncoder("one@1"))
    same, other = HereEncoder(HashingEncoder("one@1")), HereEncoder(HashingEncoder("two@1"))
    assert Library(course.index, same).ask("course", "What is the alpha model?").dense
    assert not Library(course.index, other).ask("course", "What is the alpha model?").dense
    assert other.asked == []


def test_an_encoder_that_is_not_there_in_time_leaves_the_words(course: Course) -> None:
    course.refreshed("12", HashingEncoder())
    encoder = HereEncoder(HashingEncoder())
    encoder.awake = False
    answer = Library(course.index, encoder).ask("course", "What is a tokenizer?")
    assert answer.answered
    assert not answer.dense


def test_an_encoder_is_not_asked_what_it_cannot_read(course: Course) -> None:
    course.refreshed("12", HashingEncoder())
    encoder = HereEncoder(HashingEncoder())
    Library(course.index, encoder).ask("course", "Какво е токенизатор?")
    assert encoder.asked == []


def test_search_keeps_to_a_note_and_a_limit(course: Course) -> None:
    course.refreshed("12")
    library = Library(course.index)
    assert {hit.passage.note for hit in library.search("course", "alpha text", note="beta.md")} <= {"beta.md"}
    hits = library.search("course", "alpha text", limit=1)
    assert len(hits) == 1
    assert hits[0].passage.note == "alpha.md"
    assert library.search("course", "zebra") == []
    assert library.search("course", "") == []


@pytest.mark.parametrize("question", ["", "   ", "?", "???", "the", "\x00", "🤗", "a" * 20_000])
def test_a_question_without_content_is_not_answered(course: Course, question: str) -> None:
    course.refreshed("12")
    assert not Library(course.index).ask("course", question).answered


@pytest.mark.parametrize(
    ("topic", "path"),
    [
        ("Alpha model", "alpha.md"),
        ("alpha.md", "alpha.md"),
        ("ALPHA", "alpha.md"),
        ("training", "alpha.md"),
        ("alfa model", "alpha.md"),
        ("tokenizer", "beta.md"),
        ("cut into pieces", "beta.md"),
    ],
)
def test_a_note_is_found_by_what_one_calls_it(course: Course, topic: str, path: str) -> None:
    course.refreshed("12")
    assert Library(course.index).find_note("course", topic)[0].note.path == path


def test_no_topic_lists_all_notes_and_a_strange_one_none(course: Course) -> None:
    course.refreshed("12")
    library = Library(course.index)
    assert [hit.note.path for hit in library.find_note("course", " ")] == ["alpha.md", "beta.md"]
    assert library.find_note("course", "zebra crossing") == []


def test_readers_see_whole_generations_while_others_are_published(course: Course) -> None:
    course.refreshed("0")
    library = Library(course.index)
    stop = threading.Event()
    wrong: list[str] = []

    def read() -> None:
        while not stop.is_set():
            try:
                found = library.ask("course", "How many layers has the alpha model?")
            except NotesError as error:
                wrong.append(str(error))
                return
            if not found.answered or "layers" not in found.parts[0].text:
                wrong.append(str(found))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for layers in range(1, 7):
        course.refreshed(str(layers))
    stop.set()
    for reader in readers:
        reader.join(10)
    assert wrong == []


def test_importing_the_library_brings_no_heavy_library() -> None:
    code = (
        "import sys, json, knowledge.library, knowledge.embed_loading, knowledge.encoder.static;"
        "heavy = {'faiss', 'torch', 'jieba', 'ftfy', 'transformers', 'sentence_transformers'};"
        "print(json.dumps(sorted(heavy & set(sys.modules))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


@pytest.mark.parametrize(
    ("file", "left"),
    [("passages/postings.npz", 0), ("passages.jsonl", 0), ("passages.jsonl", 20), ("manifest.json", 20)],
)
def test_a_damaged_index_is_told_and_mended_by_the_next_refresh(course: Course, file: str, left: int) -> None:
    generation = course.refreshed("two")
    damaged = course.index / "course" / generation / file
    damaged = damaged if damaged.is_file() else next(course.index.rglob(f"{generation}/{file}"))
    damaged.write_bytes(damaged.read_bytes()[:left])
    with pytest.raises(NotesError) as caught:
        Library(course.index).ask("course", "alpha?")
    assert caught.value.key == "error.index_unreadable"
    course.refreshed("two")
    assert Library(course.index).search("course", "alpha layers")


def test_a_rollback_never_ends_at_an_index_of_another_version(course: Course) -> None:
    before = course.refreshed("two")
    now = course.refreshed("three")
    manifest = next(course.index.rglob(f"{before}/manifest.json"))
    stored = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps({**stored, "format": 1}), encoding="utf-8")
    with pytest.raises(NotesError) as caught:
        Library(course.index).rollback("course")
    assert caught.value.key == "error.no_earlier_generation"
    assert Library(course.index).generation("course") == now
