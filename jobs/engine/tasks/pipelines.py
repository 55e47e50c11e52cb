"""sentiment, ner, fill-mask, generate: transformers' pipelines, kept within the model's window."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from jobs.engine.catalog import MASKS
from jobs.engine.outputs import Output, truncation
from jobs.engine.tasks.handler import Handler, Run
from jobs.engine.weights import Located
from knowledge.embed_window import count, window
from knowledge.errors import ModelUnavailable

MOST_LABELS = 10
OVERLAP = 64
"""Tokens that neighbouring windows of a long text share, so that no entity is cut in two."""


def _loader(task: str, auto: str) -> Callable[[Located, str], Any]:
    def load(located: Located, device: str) -> Any:
        transformers: Any = import_module("transformers")
        folder = str(located.folder)
        config = transformers.AutoConfig.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False
        )
        if not _has_head(config, auto):
            raise ModelUnavailable("error.model_not_for_task", model=located.name)
        tokenizer = transformers.AutoTokenizer.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False
        )
        model = getattr(transformers, auto).from_pretrained(
            folder,
            config=config,
            local_files_only=True,
            use_safetensors=True,
            trust_remote_code=False,
            dtype="auto",
        )
        limit = window(model, tokenizer)
        if limit is not None:
            tokenizer.model_max_length = limit
        return transformers.pipeline(task, model=model, tokenizer=tokenizer, device=device)

    return load


def _has_head(config: Any, auto: str) -> bool:
    """Whether the weights were saved with the head that the task needs, instead of one made up on loading."""
    ending = auto.removeprefix("AutoModel")
    names = config.architectures or []
    return any(
        name.endswith((ending, "LMHeadModel") if ending == "ForCausalLM" else ending) for name in names
    )


def _sentiment(run: Run) -> list[Output]:
    texts = run.texts
    cut = _cut(run.model)
    results = run.model(texts, top_k=None, batch_size=len(texts), **cut)
    return [
        {"labels": labels[:MOST_LABELS], **_notice(run.model, text)}
        for text, labels in zip(texts, results, strict=True)
    ]


def _ner(run: Run) -> list[Output]:
    pipe = run.model
    options: dict[str, Any] = {"aggregation_strategy": _aggregation(pipe.tokenizer)}
    texts = run.texts
    notices = [_notice(pipe, text) for text in texts]
    short = [text for text, notice in zip(texts, notices, strict=True) if not notice]
    found = iter(pipe(short, batch_size=len(short), **options) if short else ())
    outputs = []
    for text, notice in zip(texts, notices, strict=True):
        if not notice:
            outputs.append({"entities": _entities(text, next(found))})
        elif pipe.tokenizer.is_fast:  # window after window: nothing stays unread
            stride = min(OVERLAP, pipe.tokenizer.model_max_length // 4)
            outputs.append({"entities": _entities(text, pipe(text, stride=stride, **options))})
        else:
            outputs.append({"entities": _entities(text, pipe(text, **options)), **notice})
    return outputs


def _aggregation(tokenizer: Any) -> str:
    """By whole words where the tokenizer marks what continues a word, else by tokens."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    marked = getattr(getattr(backend, "model", None), "continuing_subword_prefix", None)
    return "first" if marked else "simple"


def _entities(text: str, found: list[dict[str, Any]]) -> list[Output]:
    return [
        {
            "text": entity["word"] if entity["start"] is None else text[entity["start"] : entity["end"]],
            "label": entity["entity_group"],
            "score": entity["score"],
            "start": entity["start"],
            "end": entity["end"],
        }
        for entity in found
    ]


def _fill_mask(run: Run) -> list[Output]:
    pipe = run.model
    texts, notices = [], []
    for text in run.texts:
        masked = MASKS.sub(lambda _mask: pipe.tokenizer.mask_token, text)
        near, notice = _around_mask(pipe.tokenizer, masked)
        texts.append(near)
        notices.append(notice)
    results = pipe(texts, batch_size=len(texts), tokenizer_kwargs=_cut(pipe))
    if len(texts) == 1:
        results = [results]
    return [
        {
            "candidates": [
                {
                    "token": candidate["token_str"].strip(),
                    "score": candidate["score"],
                    "sequence": candidate["sequence"],
                }
                for candidate in candidates
            ],
            **notice,
        }
        for candidates, notice in zip(results, notices, strict=True)
    ]


def _around_mask(tokenizer: Any, text: str) -> tuple[str, Output]:
    """The text, or as much of it around the mask as fits the window."""
    total = count(tokenizer, text)
    limit = tokenizer.model_max_length
    if total <= limit or not tokenizer.is_fast:
        return text, truncation(min(total, limit), total)
    encoding = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
    ids, offsets = encoding["input_ids"], encoding["offset_mapping"]
    # Cutting may split a word's first piece off, which then takes more tokens: leave some room.
    room = limit - (total - len(ids)) - 2
    start = max(0, min(ids.index(tokenizer.mask_token_id) - room // 2, len(ids) - room))
    near = text[offsets[start][0] : offsets[start + room - 1][1]]
    return near, truncation(min(count(tokenizer, near), limit), total)


def _generate(run: Run) -> list[Output]:
    return [_generate_one(run, text) for text in run.texts]


def _generate_one(run: Run, text: str) -> Output:
    pipe = run.model
    tokenizer = pipe.tokenizer
    new_tokens = max(1, min(run.limits.new_tokens, tokenizer.model_max_length // 2))
    chat = [{"role": "user", "content": text}]
    prompt: Any = chat if tokenizer.chat_template else text
    total = _prompt_length(tokenizer, prompt)
    written = pipe(
        prompt,
        max_new_tokens=new_tokens,
        max_time=run.limits.seconds,
        do_sample=False,
        return_full_text=False,
        handle_long_generation="hole",
        pad_token_id=tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id,
        streamer=_Counter(new_tokens, run.progress),
    )[0]["generated_text"]
    kept = min(total, tokenizer.model_max_length - new_tokens)
    return {"text": written, "prompt": text, **truncation(kept, total)}


def _prompt_length(tokenizer: Any, prompt: Any) -> int:
    if isinstance(prompt, str):
        return count(tokenizer, prompt)
    encoded = tokenizer.apply_chat_template(prompt, add_generation_prompt=True, return_dict=True)
    return len(encoded["input_ids"])


class _Counter:
    """A streamer that tells how many of the tokens are there."""

    def __init__(self, most: int, progress: Callable[[float], None]) -> None:
        self._most = most
        self._progress = progress
        self._written = -1  # the first call brings the prompt

    def put(self, _tokens: Any) -> None:
        self._written += 1
        if self._written > 0:
            self._progress(min(1.0, self._written / self._most))

    def end(self) -> None:
        self._progress(1.0)


def _cut(pipe: Any) -> dict[str, Any]:
    """Tokenizer options that keep a text within the window."""
    return {"truncation": True} if pipe.tokenizer.model_max_length < 10**6 else {}


def _notice(pipe: Any, text: str) -> Output:
    total = count(pipe.tokenizer, text)
    return truncation(min(total, pipe.tokenizer.model_max_length), total)


HANDLERS = {
    "sentiment": Handler(
        "text-classification",
        _loader("text-classification", "AutoModelForSequenceClassification"),
        _sentiment,
    ),
    "ner": Handler(
        "token-classification", _loader("token-classification", "AutoModelForTokenClassification"), _ner
    ),
    "fill-mask": Handler("fill-mask", _loader("fill-mask", "AutoModelForMaskedLM"), _fill_mask),
    "generate": Handler(
        "text-generation", _loader("text-generation", "AutoModelForCausalLM"), _generate, most=1
    ),
}
