"""How made questions are worded. The wordings are content in the note's language, not sentences of ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from knowledge.notes import Language

Form = Literal[
    "what",
    "explain",
    "sum_up",
    "pitfall",
    "fill",
    "which",
    "gap",
    "gap_of",
    "name_all",
    "belongs",
    "cell",
    "row",
    "token",
    "after",
]

GAP: Final = "_____"

WORDINGS: Final[dict[Language, dict[Form, str]]] = {
    "en": {
        "what": "What is meant by “{term}”?",
        "explain": "Explain in your own words: {term}",
        "sum_up": "Sum up in your own words what “{term}” says.",
        "pitfall": "What goes wrong here, and how is it avoided: {term}?",
        "fill": "Which name belongs in the gap? _____ – {meaning}",
        "which": "What is described here? “{meaning}”",
        "gap": "Which term belongs in the gap? “{sentence}”",
        "gap_of": "Which of these belongs in the gap? “{sentence}”",
        "name_all": "“{lead} …” Name all {count}.",
        "belongs": "“{lead} …” Which of these is one of them?",
        "cell": "{heading}: what stands for “{key}” under “{column}”?",
        "row": "{heading}: which “{first}” does this belong to? {column}: “{value}”",
        "token": "{lead} What belongs in the gap?",
        "after": "{heading}: what comes right after “{step}”?",
    },
    "bg": {
        "what": "Какво означава „{term}“?",
        "explain": "Обяснете със свои думи: {term}",
        "sum_up": "Обобщете със свои думи какво се казва в „{term}“.",
        "pitfall": "Каква е грешката и как се избягва: {term}?",
        "fill": "Кое име липсва? _____ – {meaning}",
        "which": "Кое понятие е описано тук? „{meaning}“",
        "gap": "Кое понятие липсва? „{sentence}“",
        "gap_of": "Кое от изброените липсва? „{sentence}“",
        "name_all": "„{lead} …“ Избройте всички {count}.",
        "belongs": "„{lead} …“ Кое от изброените е едно от тях?",
        "cell": "{heading}: какво стои срещу „{key}“ в колоната „{column}“?",
        "row": "{heading}: за кой ред от колоната „{first}“ се отнася това? {column}: „{value}“",
        "token": "{lead} Какво липсва в кода?",
        "after": "{heading}: какво следва непосредствено след „{step}“?",
    },
    "zh": {
        "what": "什么是“{term}”？",
        "explain": "请用自己的话解释：{term}",
        "sum_up": "请用自己的话概括“{term}”的内容。",
        "pitfall": "错在哪里，怎样避免：{term}？",
        "fill": "空格处应填什么名称？_____ —— {meaning}",
        "which": "这里说的是哪个概念？“{meaning}”",
        "gap": "空格处应填什么术语？“{sentence}”",
        "gap_of": "空格处应填下列哪一项？“{sentence}”",
        "name_all": "“{lead}……”请写出全部 {count} 项。",
        "belongs": "“{lead}……”下列哪一项属于其中？",
        "cell": "{heading}：“{key}”对应的“{column}”是什么？",
        "row": "{heading}：下面的内容对应哪个“{first}”？{column}：“{value}”",
        "token": "{lead}代码空格处应填什么？",
        "after": "{heading}：“{step}”之后紧接着是哪一步？",
    },
}

PREDICTIONS: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {
        "tokenize": "Predict, then run: into how many tokens will the tokenizer of {model} cut this text?",
        "similarity": "Predict, then run: which sentence will {model} find nearest to this one?",
        "classify": "Predict, then run: which label will {model} give this text?",
        "sentiment": "Predict, then run: which sentiment will {model} find in this text?",
        "ner": "Predict, then run: what will {model} take the first name in this text for: a person (PER), "
        "an organisation (ORG), a place (LOC), or something else (MISC)?",
        "fill-mask": "Predict, then run: which token will {model} put under the mask?",
    },
    "bg": {
        "tokenize": "Предвиди, после пусни: на колко токена ще раздели токенизаторът на {model} този текст?",
        "similarity": "Предвиди, после пусни: кое изречение {model} ще намери за най-близко до това?",
        "classify": "Предвиди, после пусни: кой етикет ще даде {model} на този текст?",
        "sentiment": "Предвиди, после пусни: каква тоналност ще намери {model} в този текст?",
        "ner": "Предвиди, после пусни: за какво ще вземе {model} първото име в този текст: човек (PER), "
        "организация (ORG), място (LOC) или друго (MISC)?",
        "fill-mask": "Предвиди, после пусни: кой токен ще постави {model} под маската?",
    },
    "zh": {
        "tokenize": "先预测，再运行：{model} 的分词器会把这段文字切成多少个 token？",
        "similarity": "先预测，再运行：{model} 会认为哪个句子与这一句最接近？",
        "classify": "先预测，再运行：{model} 会给这段文字哪个标签？",
        "sentiment": "先预测，再运行：{model} 会判断这段文字是什么情感？",
        "ner": "先预测，再运行：{model} 会把这段文字中的第一个名称认作什么：人（PER）、组织（ORG）、"
        "地点（LOC）还是其他（MISC）？",
        "fill-mask": "先预测，再运行：{model} 会在掩码处填什么 token？",
    },
}
"""By the task of `/try` and its model; the input stands below."""
