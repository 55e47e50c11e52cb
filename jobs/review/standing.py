"""Whether a sentence stands by itself: says all that it means without what was said before and after."""

from __future__ import annotations

import re

from jobs.review.authored import PRIOR, QUIZ, SUMMARY, answers_nothing
from jobs.review.plans import PLAN
from jobs.review.prompts import heading
from knowledge.notes import Section
from knowledge.units import is_outline

_OPENING = re.compile(
    r"^\W*(?:(?:this|that|these|those|it|its|it's|it’s|they|their|them|he|she|his|her|here|there|such|both|each"
    r"|another|other|others|otherwise|however|but|so|and|or|also|then|now|next|first(?:ly)?|second(?:ly)?|third"
    r"|lastly|finally|similarly|likewise|instead|therefore|thus|hence|moreover|furthermore|additionally|besides"
    r"|in addition|meanwhile|again|yet|still|for (?:this|that|example|instance|now)|as (?:you|we"
    r"|mentioned|before"
    r"|above|usual|such|a result|with|expected|seen|shown|explained)|to do (?:this|so|that)|in (?:this"
    r"|that|these"
    r"|our|the (?:first|second|last|next|previous|same|above|following|code|example|end|case))|at this"
    r"|on the other hand|once (?:this|that|you|we)|if (?:this|that|you|we)|by (?:doing|default)"
    r"|after (?:this|that)"
    r"|note|remember|recall|notice|sometimes|okay|ok|well|yes|no|great|cool|like|unlike|luckily|fortunately"
    r"|unfortunately|indeed|let|try|see|check|click|because|while|where|which|whose|who|when|what|how|why|one"
    r"|същ\w+|това|този|тази|тези|онзи|тя|той|то|те|тук|там|така|също|освен това|но|и|а|или|ако|затова|защото"
    r"|например|обаче|първо|второ|накрая|след това|после|другият|другата|другото|тогава|неговата|нейната"
    r"|негов\w+|нейн\w+|техн\w+|всеки от|всяка от|при това|в този|в тази|в това|виж\w*)(?![\w-])"
    r"|这|那|它|他|她|此|其|该|因此|所以|但|而|然而|不过|同样|另外|例如|比如|首先|其次|然后|接下来|接着|最后|在这|在本"
    r"|让我们|我们|请|如果|注意|现在|之后|随后|于是|并且|并|也|还|如下|如上|与之|同理|换句话说|当然|幸运的是|由于)",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"\b(?:we|we'll|we’ll|we've|we’ve|we're|we’re|us|our|ours|let's|let’s|i|i'm|my|this|these|those|above|below"
    r"|following|previous(?:ly)?|earlier|later|former|latter|section|chapter|course|video|figure|here|image|notebook"
    r"|screenshot|example|exercise|as follows|here's|here’s|such as this|same|you can see|as you|you'll see"
    r"|at the time|recently|currently|nowadays|today|already)\b"
    r"|\b(?:ние|нас|наш\w*|този|тази|това|тези|тук|по-горе|по-долу|следн\w+|предишн\w+|раздел(?:а|ът|и|ите)?|глава\w*|пример\w*"
    r"|курс\w*|видяхме|видим|гореспомена\w+|същ(?:ия|ата|ото|ите))\b"
    r"|我们|咱们|本节|本章|本课|课程|章节|上面|下面|上述|以下|如下|前面|后面|之前提到|这个|这些|这种|这样|这里|那个|那些|该|此处|例子|示例"
    r"|图中|上图|下图|视频|前者|后者|同样|目前|如今",
    re.IGNORECASE,
)
_BROKEN = re.compile(
    r"https?://|!\[|\\\\?[(\[]|\\(?:frac|sum|text)|\{|\}|\ufffd|[=]{2}|<[^<>]{1,40}>|\[\s?[xX ]?\]|\$"
    r"|[\U0001f300-\U0001faff\u2600-\u27bf]|\|"
)
_SOLVES = re.compile(r"\banswers?\b|\bsolutions?\b|отговор|решени|答案|解答|题解|題解", re.IGNORECASE)
_INTRODUCES = re.compile(
    r"^\W*(?:\d[\d.]*\s*)?(?:introduction|conclusion|what'?s next|further (?:reading|resources)"
    r"|resources|references"
    r"|prerequisites|about|welcome|overview of the course|next steps|wrap[- ]?up|authors?|licen[sc]e|faq"
    r"|.*[, ]check|part \d+.*|how to use th\w+ \w+|what you.?ll (?:learn|find)|your turn|share.*"
    r"|events?|quiz|learning (?:path"
    r"|outcomes)|acknowledg\w+|who are we|въведение|заключение|източници|ресурси"
    r"|(?:本[章节课])?(?:介绍|简介|引言|概述)|结论|总结|结语|参考|延伸阅读|资源"
    r"|下一步|如何使用本.*|关于|作者|常见问题|目录)\W*$",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"\b(?:engineer|researcher|scientist|developer|founder|ceo|professor|advocate|chair|ph\.?d"
    r"|инженер|изследовател|учен|основател)\b|工程师|研究员|科学家|创始人|博士",
    re.IGNORECASE,
)
_SHORTEST, _SHORTEST_HAN = 8, 16
_LONGEST, _LONGEST_HAN = 260, 120


def teaches(section: Section) -> bool:
    """Whether questions may be made from a section: it tells something rather than asking or greeting."""
    title = heading(section.title)
    asking = any(
        PLAN.search(one) or PRIOR.search(one) or QUIZ.search(one) or _SOLVES.search(one)
        for one in section.headings[1:] or section.headings
    )
    return not (
        asking
        or answers_nothing(section)
        or is_outline(section)
        or SUMMARY.search(title)
        or _INTRODUCES.match(title)
    )


def stands_alone(sentence: str) -> bool:
    """Whether a sentence of prose, markup taken off, is understood without its surroundings."""
    return not (_OPENING.search(sentence) or _POINTING.search(sentence) or _BROKEN.search(sentence))


def points(text: str) -> bool:
    """Whether a text points at something that stands elsewhere, or speaks of those who read."""
    return bool(_POINTING.search(text))


def long_enough(sentence: str) -> bool:
    """Whether a sentence says enough for a question, and not too much."""
    han = len(re.findall(r"[\u3400-\u9fff]", sentence))
    if han * 3 > len(sentence):
        return _SHORTEST_HAN <= len(sentence) <= _LONGEST_HAN
    return len(sentence.split()) >= _SHORTEST and len(sentence) <= _LONGEST


def about_a_person(text: str) -> bool:
    """Whether a text says who somebody is."""
    return bool(_PERSON.search(text))


def broken(text: str) -> bool:
    """Whether a text holds what is no prose: addresses, tags, formulas, damaged characters."""
    return bool(_BROKEN.search(text))
