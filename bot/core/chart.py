"""Draws how a learner stands as a picture: the only place that knows matplotlib.

The picture is laid out in CSS pixels and drawn at twice their number, on a ground of its own, so that it
reads alike in a light and in a dark chat, on a phone and on a desk. What it tells by colour it tells by
length, number or hatching too. The library is loaded by the first picture, never by the start.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

from bot.core.chart_parts import Chart, Columns, Rungs

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH, SCALE = 400, 2
"""CSS pixels, and how many of the picture's own stand for one."""
_INK, _SOFT, _LINE, _GROUND = "#22262b", "#5f656b", "#d5d1c8", "#fffdf9"
# Blue and vermilion of Okabe and Ito's palette, told apart in every form of colour blindness.
_BLUE, _RED, _TRACK, _EDGE = "#0072b2", "#d55e00", "#efece5", "#8a8f94"
_SHADES = 256
_LEFT, _RIGHT = 16.0, WIDTH - 16.0
_ROW, _PLOT = 27.0, 124.0
_LADDER, _LADDER_WIDTH, _STRENGTH, _STRENGTH_WIDTH = 202.0, 72.0, 296.0, 46.0
_MOST_RUNGS = 12

_LATIN = "DejaVu Sans"
"""Comes with matplotlib; Latin, Greek, Cyrillic."""
HAN = (
    *("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "PingFang SC"),
    *("Hiragino Sans GB", "Heiti SC", "STHeiti", "Microsoft YaHei", "SimHei", "WenQuanYi Micro Hei"),
    *("WenQuanYi Zen Hei", "Noto Sans CJK TC", "Noto Sans CJK JP", "Noto Serif CJK SC", "Arial Unicode MS"),
    *("Droid Sans Fallback", "AR PL UMing CN", "SimSun", "Songti SC", "Unifont"),
)
"""What may be on the machine for Chinese, the best first."""

_drawing = Lock()
"""matplotlib's font caches are shared by all figures and made for one thread."""


class Pen:
    """Writes and draws with the fonts of this machine. Any thread may use it; they take turns."""

    def __init__(self, fonts: Sequence[str] = HAN) -> None:
        """`fonts`: families to look for, the best first, for what the bundled one has no glyphs for."""
        self._fonts = tuple(fonts)

    def readable(self, text: str) -> bool:
        """Whether every character of `text` can be drawn."""
        with _drawing:
            return all(_covers(_families(self._fonts), character) for character in set(text) - {" "})

    def drawable(self, text: str) -> str | None:
        """`text` on one line without the ornaments (emoji, controls) that no font here has.

        None where letters or digits are missing, so that it can't be drawn truthfully.
        """
        kept = []
        for character in " ".join(text.split()):
            category = unicodedata.category(character)
            if category in ("Cc", "Cf", "Cs", "Co", "Cn"):
                continue
            if self.readable(character):
                kept.append(character)
            elif category[0] in "LMN":
                return None
        return " ".join("".join(kept).split()) or None

    def draw(self, chart: Chart) -> bytes:
        """The picture as PNG, `WIDTH * SCALE` pixels wide."""
        with _drawing:
            return _Drawing(chart, _families(self._fonts)).png()


class _Drawing:
    """One picture, from the top down. Properties are given here, so that no matplotlibrc decides them."""

    def __init__(self, chart: Chart, families: tuple[str, ...]) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
        from matplotlib.transforms import Affine2D

        rows = (len(chart.topics) + bool(chart.more)) * _ROW + 30 if chart.topics else 0
        height = round(rows + len(chart.plots) * _PLOT + 18)
        self._figure: Figure = Figure(figsize=(WIDTH / 100, height / 100), dpi=100 * SCALE, facecolor=_GROUND)
        self._figure.set_layout_engine("none")
        self._canvas: Any = FigureCanvasAgg(self._figure)
        self._plane = Affine2D().scale(SCALE, -SCALE).translate(0, height * SCALE)
        self._chart = chart
        self._families = families
        self._y = 14.0

    def png(self) -> bytes:
        import numpy as np
        from PIL import Image

        if self._chart.topics:
            self._topics()
        for plot in self._chart.plots:
            self._plot(plot)
        self._canvas.draw()
        # A palette instead of four bytes for each pixel: a third of the size, and no eye tells them apart.
        flat = Image.fromarray(np.asarray(self._canvas.buffer_rgba())[:, :, :3]).quantize(
            _SHADES, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE
        )
        written = io.BytesIO()
        flat.save(written, "PNG", compress_level=6)
        return written.getvalue()

    def _topics(self) -> None:
        name, ladder, share = self._chart.heads
        middle = self._y + 6
        self._text(_LEFT, middle, name, size=11.5, bold=True, most=_LADDER - _LEFT - 8)
        self._text(_LADDER, middle, ladder, size=11.5, bold=True, most=62)
        self._text(_RIGHT, middle, share, size=11.5, bold=True, most=_RIGHT - _LADDER - 70, side="right")
        self._y += 20
        for topic in self._chart.topics:
            self._topic(topic, self._y + _ROW / 2)
            self._y += _ROW
        if self._chart.more:
            self._text(
                _LEFT, self._y + _ROW / 2, self._chart.more, size=11, colour=_SOFT, most=_RIGHT - _LEFT
            )
            self._y += _ROW
        self._y += 10

    def _topic(self, topic: Rungs, middle: float) -> None:
        self._line(middle - _ROW / 2)
        self._text(_LEFT, middle, topic.name, size=12.5, most=_LADDER - _LEFT - 10)
        shown = f"+{topic.beyond}" if topic.beyond or not topic.steps else f"{topic.step}/{topic.steps}"
        if 0 < topic.steps <= _MOST_RUNGS:
            room = _LADDER_WIDTH - 22
            step = room / max(topic.steps, 4)
            for rung in range(topic.steps):
                rise = 5 + 7 * (rung + 1) / topic.steps
                left, top = _LADDER + rung * step, middle + 6 - rise
                self._box(left, top, step - 2.5, rise, _BLUE if rung < topic.step else _TRACK)
        self._text(_LADDER + _LADDER_WIDTH, middle, shown, size=11, colour=_SOFT, side="right")
        if topic.share is not None:
            self._box(_STRENGTH, middle - 4, _STRENGTH_WIDTH, 8, _TRACK)
            self._box(_STRENGTH, middle - 4, max(_STRENGTH_WIDTH * topic.share, 1.5), 8, _BLUE)
        self._text(_RIGHT, middle, topic.told, size=11.5, side="right")

    def _plot(self, plot: Columns) -> None:
        top, base = self._y + 26, self._y + _PLOT - 40
        self._text(_LEFT, self._y + 6, plot.title, size=11.5, bold=True, most=_RIGHT - _LEFT - 130)
        if plot.legend:
            self._legend(plot.legend, self._y + 6)
        most = max(1, *(column.of for column in plot.columns))
        pitch = (_RIGHT - _LEFT) / len(plot.columns)
        width = min(pitch - 7, 30)
        for place, column in enumerate(plot.columns):
            centre = _LEFT + pitch * (place + 0.5)
            whole, solid = ((base - top - 13) * part / most for part in (column.of, column.count))
            if column.of > column.count:
                self._box(centre - width / 2, base - whole, width, whole - solid, _RED, hatched=True)
            self._box(centre - width / 2, base - solid, width, solid, _BLUE)
            if column.of:
                self._text(centre, base - whole - 7, column.told, size=10.5, side="center")
            self._text(centre, base + 9, column.day, size=10.5, colour=_SOFT, side="center")
            if column.month:
                self._text(centre, base + 22, column.month, size=10, colour=_SOFT, side="center")
        self._line(base, _SOFT)
        self._y += _PLOT

    def _legend(self, words: tuple[str, str], middle: float) -> None:
        right = _RIGHT
        for word, colour, hatched in ((words[1], _RED, True), (words[0], _BLUE, False)):
            right -= self._text(right, middle, word, size=10.5, colour=_SOFT, side="right", most=90)
            self._box(right - 14, middle - 5, 10, 10, colour, hatched=hatched)
            right -= 24

    def _text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float,
        colour: str = _INK,
        bold: bool = False,
        side: Literal["left", "center", "right"] = "left",
        most: float = float(WIDTH),
    ) -> float:
        """Writes words around the height `y`, shortened to `most` pixels; tells how wide they are."""
        from matplotlib.font_manager import FontProperties

        if not words:
            return 0.0
        font = FontProperties(
            family=list(self._families),
            style="normal",
            variant="normal",
            weight="bold" if bold else "normal",
            stretch="normal",
            size=size * 0.72,
        )
        written = self._figure.text(
            x,
            y,
            words,
            transform=self._plane,
            fontproperties=font,
            color=colour,
            horizontalalignment=side,
            verticalalignment="center_baseline",
            parse_math=False,
            usetex=False,
        )
        wide = self._wide(written)
        while wide > most and len(words) > 1:
            words = words[: min(len(words) - 1, max(1, int(len(words) * most / wide)))].rstrip()
            written.set_text(f"{words}…")
            wide = self._wide(written)
        return wide

    def _wide(self, written: Any) -> float:
        return float(written.get_window_extent(self._canvas.get_renderer()).width) / SCALE

    def _box(
        self, x: float, y: float, width: float, height: float, colour: str, hatched: bool = False
    ) -> None:
        from matplotlib.patches import Rectangle

        if height <= 0:
            return
        edge = {_TRACK: _EDGE}.get(colour, colour if hatched else "none")
        self._figure.add_artist(
            Rectangle(
                (x, y),
                width,
                height,
                transform=self._plane,
                facecolor=_GROUND if hatched else colour,
                edgecolor=edge,
                linewidth=0 if edge == "none" else 0.9 if hatched else 0.5,
                hatch="//////" if hatched else None,
                antialiased=True,
                capstyle="butt",
                joinstyle="miter",
                clip_on=False,
            )
        )

    def _line(self, y: float, colour: str = _LINE) -> None:
        self._box(_LEFT, y - 0.25, _RIGHT - _LEFT, 0.5, colour)


@cache
def _families(fonts: tuple[str, ...]) -> tuple[str, ...]:
    """The families that a text is written in: the second where the first has no glyph."""
    from matplotlib.font_manager import fontManager

    known = {font.name for font in fontManager.ttflist}
    return (_LATIN, *(name for name in fonts if name in known))[:2]


@cache
def _covers(families: tuple[str, ...], character: str) -> bool:
    from matplotlib.font_manager import FontProperties, findfont, get_font

    return all(
        any(
            get_font(findfont(FontProperties(family=[name], weight=weight))).get_char_index(ord(character))
            for name in families
        )
        for weight in ("normal", "bold")
    )
