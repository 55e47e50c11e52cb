"""Markdown to HTML: what comes out is safe, whatever went in."""

from __future__ import annotations

import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.web.markdown import to_html, visible

TAGS = {
    *("p", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code", "em", "strong", "s"),
    *("a", "br", "hr", "div", "table", "thead", "tbody", "tr", "th", "td", "button", "span"),
}
ATTRIBUTES = {"href", "target", "rel", "class", "tabindex", "type", "data-cite", "start"}


class Elements(HTMLParser):
    """Collects what a browser would build."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def elements(html: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Elements()
    parser.feed(html)
    return parser.found


def assert_safe(html: str) -> None:
    for tag, attributes in elements(html):
        assert tag in TAGS, html
        assert set(attributes) <= ATTRIBUTES, html
        if tag == "a":
            assert (attributes["href"] or "").lower().startswith(("http://", "https://"))
            assert "noopener" in (attributes["rel"] or "")


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[click](javascript:alert(1))",
        "[click](JaVaScRiPt:alert(1))",
        "[click](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](javascript:alert(1))",
        "<javascript:alert(1)>",
        '[a](http://x.test/"onmouseover=alert(1))',
        '[a](<http://x.test/" onclick="alert(1)>)',
        '!["><script>alert(1)</script>](https://x.test/i.png)',
        '```"><script>alert(1)</script>\ncode\n```',
        "```python\n</code></pre><script>alert(1)</script>\n```",
        "| <script>alert(1)</script> |\n| --- |\n| <b onclick=x>1</b> |",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<svg/onload=alert(1)>\n\n<iframe src=//evil.test>",
    ],
)
def test_markup_of_notes_and_models_never_becomes_markup_of_the_page(text: str) -> None:
    assert_safe(to_html(text, citations=3))


@given(st.text(alphabet="<>[]()!`*_~|#-\"'&;:/ \n\\abjscriptonhttp1.x=", max_size=120))
def test_any_mix_of_special_characters_stays_safe(text: str) -> None:
    assert_safe(to_html(text, citations=2))


def test_links_open_elsewhere_and_lead_to_the_web_only() -> None:
    html = to_html("[docs](https://huggingface.co/docs) [file](file:///etc/passwd) [near](/api/session)")
    assert [attributes["href"] for tag, attributes in elements(html) if tag == "a"] == [
        "https://huggingface.co/docs"
    ]
    assert "[file](file:///etc/passwd)" in html


def test_an_image_becomes_a_link_that_loads_nothing() -> None:
    html = to_html("![a diagram](https://x.test/d.png)")
    assert "<img" not in html
    assert ">a diagram</a>" in html


def test_a_citation_mark_becomes_a_button_only_where_there_is_such_a_citation() -> None:
    html = to_html("Tokens have ids. [1] See `a[1]` and [7]. [0]", citations=2)
    assert html.count("<button") == 1
    assert 'have <span class="keep">ids.<button' in html
    assert "<code>a[1]</code>" in html
    assert "[7]" in html
    assert "[0]" in html


def test_a_note_cannot_redefine_a_citation_as_a_link() -> None:
    html = to_html("As said. [1]\n\n[1]: https://evil.test", citations=1)
    assert 'data-cite="1"' in html
    assert "<a " not in html


def test_code_keeps_its_text_and_gets_spans() -> None:
    html = to_html('```python\nprint("<b>")\n```')
    assert "&lt;b&gt;" in html
    assert '<span class="nb">print</span>' in html


def test_an_unknown_language_leaves_code_plain() -> None:
    assert "<code" in to_html("```nonsense\na < b\n```")
    assert "a &lt; b" in to_html("```nonsense\na < b\n```")


def test_table_cells_are_aligned_without_inline_style() -> None:
    html = to_html("| a | b |\n| --: | :-: |\n| 1 | 2 |")
    assert '<td class="right">1</td>' in html
    assert "style" not in html


def test_a_mention_is_only_text() -> None:
    assert "@everyone" in to_html("@everyone <!channel>")


def test_characters_that_reorder_text_are_shown() -> None:
    assert visible("a\u202eb\u2066c") == "a⟨U+202E⟩b⟨U+2066⟩c"
    assert "\u202e" not in to_html("x\u202ey `\u202e`\n\n```\n\u2067\n```")


def test_control_characters_are_replaced() -> None:
    assert visible("a\x00b\x1bc\td\n") == "a\ufffdb\ufffdc\td\n"


@pytest.mark.parametrize(
    "text", ["[" * 400_000, "*a" * 200_000, "x" * 1_000_000, ">" * 100_000, "`" * 90_000]
)
def test_huge_lines_take_no_time(text: str) -> None:
    started = time.perf_counter()
    html = to_html(text)
    assert time.perf_counter() - started < 2
    assert len(html) >= len(text)


def test_headings_stand_below_the_page_s_own() -> None:
    assert to_html("# One\n\n###### Six") == "<h3>One</h3>\n<h6>Six</h6>\n"
