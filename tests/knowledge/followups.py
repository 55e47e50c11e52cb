"""Follow-up questions on the sample course, each with what was asked before it and what answers it.

Every second one (`TUNED`) was looked at all the while that the reading of follow-ups was made; the others
(`HELD_OUT`) once, near its end: words that say nothing were left out since. `FRESH` came after that.
`wanted`: words of the notes, one of which must be quoted; none: the notes don't say it, or the follow-up
alone asks for nothing that could be looked for.
"""

from __future__ import annotations

from typing import NamedTuple


class FollowUp(NamedTuple):
    """One labelled follow-up."""

    before: str
    question: str
    wanted: tuple[str, ...]


FOLLOW_UPS = (
    FollowUp("What is tokenization?", "And why not whole words?", ("Whole words make a poor vocabulary",)),
    FollowUp("What is self-attention?", "How does its cost grow?", ("the square of the",)),
    FollowUp("What is BPE?", "Which models use it?", ("GPT-2, RoBERTa, Llama",)),
    FollowUp("What is WordPiece?", "and which models use it?", ("BERT, DistilBERT",)),
    FollowUp("What is padding?", "And truncation?", ("Cutting a text that is longer",)),
    FollowUp("What is a pipeline?", "What are its three steps?", ("preprocessing",)),
    FollowUp("What is zero-shot classification?", "What does it cost?", ("one forward pass for each label",)),
    FollowUp("What is LoRA?", "Which library is it in?", ("peft",)),
    FollowUp(
        "What is overfitting?", "How do I recognise it?", ("training loss falls", "validation loss rises")
    ),
    FollowUp("What is overfitting?", "What can I try against it?", ("fewer epochs",)),
    FollowUp("What is the KV cache?", "And what does it cost?", ("costs memory",)),
    FollowUp("What is temperature in generation?", "What is a typical value for it?", ("0.2 to 1.0",)),
    FollowUp("What is beam search?", "What is it good for?", ("Good for translation",)),
    FollowUp("What is safetensors?", "Why is it safer than pickle?", ("can't run code", "can run code")),
    FollowUp("What is a model card?", "Does it tell the licence?", ("licence",)),
    FollowUp("What is a cross-encoder?", "And why is it slow?", ("too slow for more than",)),
    FollowUp(
        "What is lexical search?", "What about hybrid search?", ("Lexical and semantic search together",)
    ),
    FollowUp("When was the Transformer introduced?", "In which paper?", ("Attention Is All You Need",)),
    FollowUp("What is fine-tuning?", "How many examples does it need?", ("A few hundred to a few thousand",)),
    FollowUp("Which learning rate is usual for BERT?", "And what if it is too large?", ("NaN", "too large")),
    FollowUp("What is greedy decoding?", "And sampling?", ("Drawing the next token at random",)),
    FollowUp("What is an embedding?", "How many numbers does it have?", ("384 numbers",)),
    FollowUp("What are encoder-only models good for?", "And decoder-only ones?", ("new text", "chat, code")),
    FollowUp("What is the cache of the Hub?", "How do I move it?", ("HF_HOME",)),
    FollowUp("Какво е токенизация?", "А какво вижда моделът след нея?", ("вижда само тези номера",)),
    FollowUp(
        "Защо английски речник не е добър за български текст?", "А кой модел да избера?", ("многоезичен",)
    ),
    FollowUp("Какво е фина настройка?", "А кога си струва?", ("мярката показва",)),
    FollowUp("Кои са трите семейства трансформъри?", "А кое от тях е за превод?", ("превод, резюме",)),
    FollowUp("Какво са логити?", "А те вероятности ли са?", ("не са вероятности",)),
    FollowUp("Какво е softmax?", "А колко е сборът ѝ?", ("сборът им е 1",)),
    FollowUp("Какво е карта на модела?", "Пише ли в нея лицензът?", ("лиценз", "Лиценз")),
    FollowUp("За какво е подходящ само енкодер?", "А само декодер?", ("писане на текст",)),
    FollowUp("Какво е пренасищане?", "А какво става с грешката при него?", ("грешката при обучение пада",)),
    FollowUp("Какво е Hugging Face?", "А какви библиотеки има?", ("библиотеки на Python",)),
    FollowUp("Какво е трансформър?", "Как се нарича неговият механизъм?", ("нарича внимание",)),
    FollowUp("Какво е речник?", "А защо английският не е добър?", ("разбива българските думи",)),
    FollowUp("什么是微调？", "它需要多少样本？", ("几百到几千条",)),
    FollowUp("什么是LoRA？", "它对应的库是什么？", ("peft",)),
    FollowUp("什么是学习率？", "那太大会怎么样？", ("学习率太大", "NaN")),
    FollowUp("什么是过拟合？", "那可以尝试什么？", ("减少轮次",)),
    FollowUp("什么是预训练？", "那微调呢？", ("继续训练",)),
    FollowUp("什么是测试集？", "为什么不能用它来选择模型？", ("显得比实际更好",)),
    FollowUp("什么是批次大小？", "那轮次呢？", ("完整地训练一遍",)),
    FollowUp("Trainer是什么？", "它负责什么？", ("它负责取出批次",)),
    FollowUp("显存不足怎么办？", "那准确率很高却没有用呢？", ("类别不平衡",)),
    FollowUp("什么是灾难性遗忘？", "它的原因是什么？", ("学习率高、轮次多",)),
    FollowUp("分词器不匹配会怎样？", "程序会报错吗？", ("程序不会报错",)),
    FollowUp("什么是梯度累积？", "它有什么效果？", ("大批次的效果",)),
    FollowUp("What is a tokenizer?", "And who is the CEO of the company?", ()),
    FollowUp("What is LoRA?", "And how much does a flight to Sofia cost?", ()),
    FollowUp("What is padding?", "And in Rust?", ()),
    FollowUp("What is BPE?", "Why was it banned in Italy?", ()),
    FollowUp("What is beam search?", "What about its patent lawsuit?", ()),
    FollowUp("What is temperature in generation?", "And in Sofia tomorrow?", ()),
    FollowUp("What is an embedding?", "Why?", ()),
    FollowUp("What is overfitting?", "And how did Napoleon deal with it?", ()),
    FollowUp("Какво е токенизация?", "А кой император я е забранил?", ()),
    FollowUp("Какво е фина настройка?", "А колко струва билет до Пловдив?", ()),
    FollowUp("Какво е softmax?", "А столицата на Франция?", ()),
    FollowUp("Какво е токенизация?", "Защо?", ()),
    FollowUp("什么是微调？", "那巴黎的天气呢？", ()),
    FollowUp("什么是过拟合？", "它在火星上怎么样？", ()),
    FollowUp("什么是LoRA？", "它的股票价格是多少？", ()),
    FollowUp("什么是分词？", "为什么？", ()),
)
FRESH = (
    FollowUp("What is a Space?", "Where does it run?", ("runs on the Hub",)),
    FollowUp("What is streaming?", "And a split?", ("A named part of a dataset",)),
    FollowUp("What is a gated model?", "What must I accept for it?", ("accepted its terms",)),
    FollowUp("What is top-k?", "And what about top-p?", ("fewest tokens whose probabilities",)),
    FollowUp("What is a chat template?", "What do I get without it?", ("answers worse",)),
    FollowUp("What does map do in datasets?", "How does batched=True change it?", ("many rows at once",)),
    FollowUp("What is mean pooling?", "Does it count padding?", ("padding left out",)),
    FollowUp(
        "What is retrieval-augmented generation?", "And does it name its sources?", ("with their sources",)
    ),
    FollowUp("What is Unigram?", "Which models use that one?", ("T5, ALBERT",)),
    FollowUp("What is a pipeline?", "Can I put it on the GPU?", ("device=0",)),
    FollowUp("Какво е токенизатор?", "А трябва ли да е същият като на модела?", ("трябва да е същият",)),
    FollowUp("Какво е внимание в трансформъра?", "А то какво решава?", ("решава кое е важно за кое",)),
    FollowUp("Какво е Hub?", "А коя библиотека е за данните?", ("`datasets` за данните",)),
    FollowUp("什么是验证集？", "那测试集呢？", ("测试集只用一次",)),
    FollowUp("什么是微调？", "它的学习率是多少？", ("1e-5",)),
    FollowUp("什么是分词？", "它把文本切成什么？", ("切成词元",)),
    FollowUp("What is a Space?", "And how many astronauts live in it?", ()),
    FollowUp("What is top-k?", "And in basketball?", ()),
    FollowUp("Какво е токенизация?", "А колко калории има?", ()),
    FollowUp("什么是预训练？", "那篮球呢？", ()),
)
"""Written when the reading of follow-ups was done; nothing was changed after looking at them."""
TUNED, HELD_OUT = FOLLOW_UPS[::2], FOLLOW_UPS[1::2]
