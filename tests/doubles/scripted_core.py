"""A core that plays a short course from a script; implements `bot.platforms.web.seam.ChatCore`."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from urllib.parse import parse_qs

from bot.core.complete import Suggestion
from bot.core.language import locale_language
from bot.core.passages import PassageView
from bot.core.reply import Action, Field, Reply, Table
from bot.core.turn import Line, Person, Press, Turn, Where
from jobs.outbox import Delivery, Outbox
from knowledge.clock import Clock
from knowledge.errors import NotesError
from knowledge.notes import Citation, Language
from knowledge.store import Database

NOTE = "02-tokenizers.md"
LINES = (
    "## What a tokenizer does",
    "",
    "A model never reads text: it reads numbers. A *tokenizer* cuts text into tokens",
    "and maps every token to an id of the model's vocabulary.",
    "",
    "Modern tokenizers work on subwords: frequent words stay whole, rare ones are split",
    "into pieces, so that no word is ever unknown.",
    "",
    "```python",
    "from transformers import AutoTokenizer",
    "",
    'tokenizer = AutoTokenizer.from_pretrained("bert-base-uncased")',
    'tokenizer.tokenize("Unbelievable!")  # ["unbelievable", "!"]',
    "```",
    "",
    "| algorithm | used by |",
    "| --- | --- |",
    "| BPE | GPT-2, RoBERTa |",
    "| WordPiece | BERT |",
    "| Unigram | T5, ALBERT |",
)
FIRST = 12
HEADINGS = ("Tokenizers", "What a tokenizer does")


def citation(start: int, end: int) -> Citation:
    quote = "\n".join(LINES[start - FIRST : end - FIRST + 1])
    return Citation(NOTE, HEADINGS, start, end, quote, "0123456789abcdef")


ANSWER = Reply(
    "A *tokenizer* cuts text into tokens and maps every token to an id of the model's vocabulary. [1]\n\n"
    "Modern tokenizers work on subwords: frequent words stay whole, rare ones are split into pieces, so that "
    "no word is ever unknown. [2]\n\n"
    "```python\n"
    "from transformers import AutoTokenizer\n\n"
    'tokenizer = AutoTokenizer.from_pretrained("bert-base-uncased")\n'
    'tokenizer.tokenize("Unbelievable!")  # ["unbelievable", "!"]\n'
    "```\n[3]",
    tone="answer",
    citations=(citation(14, 15), citation(17, 18), citation(20, 25)),
    actions=(Action(f"learn?note={NOTE}", "Read this note"), Action(f"quiz?note={NOTE}", "Quiz me on it")),
)
HELP = Reply(
    "Write a question and I answer it from the notes. Or type a command:",
    table=Table(
        ("Command", "What it does"),
        (
            ("/ask question", "answers from the notes and quotes the lines"),
            ("/try task text", "runs a model on your text"),
            ("/learn [topic]", "shows the notes, or one of them"),
        ),
    ),
)
COMMANDS = (
    ("ask", "/ask question", "answers from the notes and quotes the lines"),
    ("try", "/try task text [model:…]", "runs a model on your text"),
    ("learn", "/learn [topic]", "shows the notes, or one of them"),
    ("settings", "/settings", "your language, time zone, review hour and quiet hours"),
    ("help", "/help [command]", "explains the commands"),
)
TASKS = (
    ("tokenize", "cuts text into a model's tokens"),
    ("similarity", "how near texts are to each other in meaning"),
    ("sentiment", "tells whether a text sounds positive or negative"),
)


class ScriptedCore:
    """Thread-safe. `hold` keeps every `/slow` turn waiting until it is set."""

    def __init__(self, database: Database, outbox: Outbox, clock: Clock) -> None:
        self._database = database
        self.outbox = outbox
        self._clock = clock
        self.turns: list[Turn] = []
        self.chosen: dict[str, Language] = {}
        self.hold = threading.Event()
        self.answers: dict[str, Reply] = {}
        """What to say to a line, instead of the script."""

    def dispatch(self, turn: Turn) -> Reply:
        self.turns.append(turn)
        if isinstance(turn.did, Press):
            return self._press(turn, turn.did)
        assert isinstance(turn.did, Line)
        text = turn.did.text
        if text in self.answers:
            return self.answers[text]
        command = text.split()[0]
        if command == "/help":
            return HELP
        if command == "/slow":
            self.hold.wait(20)
            return Reply("Finally.")
        if command == "/try":
            return self._try(turn)
        if command == "/learn":
            return self._learn()
        if command == "/settings":
            return self._settings()
        if command.startswith("/"):
            return Reply(f"There is no command `{command}`.", tone="error")
        return ANSWER

    def present(self, delivery: Delivery) -> Reply:
        return Reply.from_json(delivery.payload)

    def complete(self, person: Person, line: str, where: Where | None = None) -> Sequence[Suggestion]:
        if " " not in line:
            return [
                Suggestion(f"/{name} ", usage, detail)
                for name, usage, detail in COMMANDS
                if name.startswith(line[1:].lower())
            ]
        if line.startswith("/try ") and line.count(" ") == 1:
            typed = line.split(" ")[1]
            return [
                Suggestion(f"/try {task} ", task, detail) for task, detail in TASKS if task.startswith(typed)
            ]
        return []

    def passage(self, note: str, start: int, end: int, course: str = "") -> PassageView:
        if note != NOTE:
            raise NotesError("error.note_unknown", note=note)
        return PassageView(NOTE, HEADINGS[0], HEADINGS, start, end, FIRST, LINES)

    def welcome(self, person: Person, where: Where | None = None) -> Reply:
        return Reply(
            "**Hello, I'm Recap.** I answer from your course's notes and quote the lines, I run models for "
            "you, and I bring back what you studied just before you would forget it.\n\n"
            "The course has 6 notes.",
            actions=(
                Action("learn", "Show the notes", "primary"),
                Action("quiz", "Quiz me"),
                Action("help", "What can you do?"),
            ),
        )

    def language(self, platform: str, person: Person) -> Language:
        return self.chosen.get(person.external_id) or locale_language(person.locale)

    def queue(self, place: str, key: str, reply: Reply, edit_ref: str | None = None) -> None:
        """Puts a message into the outbox."""
        with self._database.session() as session:
            self.outbox.put(
                session,
                key=key,
                platform="web",
                place=place,
                kind="scripted",
                payload=reply.to_json(),
                edit_ref=edit_ref,
            )

    def _press(self, turn: Turn, press: Press) -> Reply:
        verb, _, query = press.action.partition("?")
        arguments = {name: values[0] for name, values in parse_qs(query).items()}
        if verb == "studied":
            self.queue(turn.place, f"review:{turn.reply_ref}", self.question(late=False))
            return Reply(
                "Well done. I'll ask you about **Tokenizers** in 1 day, 3 days, 1 week and 1 month.",
                "success",
            )
        if verb in {"answer", "show"}:
            return self._reveal(press.fields.get("response", ""))
        if verb == "rate":
            return Reply(
                f"Noted: {arguments['rating']}. The next review comes **Thursday at 18:00**.", "success"
            )
        if verb == "settings":
            language = locale_language(press.fields["language"])
            self.chosen[turn.person.external_id] = language
            said = {
                "en": "Your settings are saved.",
                "bg": "Настройките ви са запазени.",
                "zh": "设置已保存。",
            }
            return Reply(said[language], "success", language=language)
        if verb == "learn":
            return self._learn()
        if verb == "quiz":
            return self.question(late=False)
        return HELP

    def question(self, late: bool) -> Reply:
        """A quiz as the review loop sends it."""
        ways = (
            Action(
                "answer?attempt=1",
                "Answer",
                "primary",
                (Field("response", "Your answer", multiline=True),),
                "a1",
            ),
            Action("show?attempt=1", "Show the answer", group="a1"),
            Action("later?attempt=1", "Later", group="a1"),
        )
        return Reply(
            "Review 1 of 4 · **Tokenizers**\n\n**Why do modern tokenizers work on subwords?**",
            "question",
            actions=ways,
        )

    def _reveal(self, response: str) -> Reply:
        rates = (("Again", "danger"), ("Hard", "plain"), ("Good", "primary"), ("Easy", "plain"))
        return Reply(
            "> Modern tokenizers work on subwords: frequent words stay whole, rare ones are split into "
            "pieces, so that no word is ever unknown. [1]\n\nHow well did you know it?",
            tone="answer",
            citations=(citation(17, 18),),
            actions=tuple(
                Action(f"rate?attempt=1&rating={at + 1}", label, style, group="r1")  # type: ignore[arg-type]
                for at, (label, style) in enumerate(rates)
            ),
        )

    def _try(self, turn: Turn) -> Reply:
        for share in (0.3, 0.7):
            working = Reply("Running `tokenize` on **bert-base-uncased** …", "progress", progress=share)
            self.queue(turn.place, f"job:{turn.reply_ref}:{share}", working, turn.reply_ref)
        result = Reply(
            "`Unbelievable!` has **2** tokens.",
            "result",
            table=Table(("Token", "Id"), (("unbelievable", "23653"), ("!", "999"))),
        )
        self.queue(turn.place, f"job:{turn.reply_ref}:result", result, turn.reply_ref)
        return Reply("Waiting for the model …", "progress", progress=0.0)

    def _learn(self) -> Reply:
        return Reply(
            "# Tokenizers\n\n" + "\n".join(LINES) + "\n\n" + "\n\n".join(LINES[2:7]) * 3,
            tone="note",
            citations=(citation(12, 31),),
            actions=(Action(f"studied?note={NOTE}", "I studied this", "primary"),),
        )

    def _settings(self) -> Reply:
        fields = (
            Field(
                "language", "Language", "en", choices=(("en", "English"), ("bg", "български"), ("zh", "中文"))
            ),
            Field("hour", "Review hour", "18"),
            Field("zone", "Time zone", "Europe/Sofia", required=False),
        )
        return Reply(
            "Your settings:",
            table=Table(("Setting", "Value"), (("Language", "English"), ("Review hour", "18:00"))),
            actions=(Action("settings", "Change", "primary", fields),),
        )
