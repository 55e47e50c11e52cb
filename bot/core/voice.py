"""Speaks to one person: their language, their zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.core import catalogue
from bot.core.reply import Reply, Tone
from knowledge.notes import Language


@dataclass(frozen=True, slots=True)
class Voice:
    """Sentences, dates and numbers for one person."""

    language: Language
    zone: str = "UTC"
    letters: Language | None = None
    """Whose alphabet names choices, where others see them too; None: that of `language`."""

    def say(self, key: str, /, **params: object) -> str:
        """A sentence as Markdown, inserts escaped."""
        return catalogue.say(self.language, key, **params)

    def label(self, key: str, /, **params: object) -> str:
        """A sentence as plain text, for buttons and cells."""
        return catalogue.label(self.language, key, **params)

    def reply(self, key: str, /, *, tone: Tone = "plain", private: bool = False, **params: object) -> Reply:
        """A reply of one sentence."""
        return Reply(self.say(key, **params), tone=tone, private=private, language=self.language)

    @property
    def tzinfo(self) -> tzinfo:
        try:
            return ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError):
            return UTC

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.tzinfo)

    def moment(self, moment: datetime, now: datetime) -> str:
        """Day and time as the person would say it: seconds only where it is that near."""
        from babel.dates import format_date, format_time

        there, here = self.local(moment), self.local(now)
        near = abs((moment - now).total_seconds()) < 3600
        time = format_time(there, format="medium" if near else "short", locale=self.language)
        days = (there.date() - here.date()).days
        if -1 <= days <= 1:
            return self.label(f"when.{('yesterday', 'today', 'tomorrow')[days + 1]}", time=time)
        skeleton = "EEE d MMM" if self.language != "zh" else "M月d日 EEE"
        if there.year != here.year:
            skeleton = "d MMM y" if self.language != "zh" else "y年M月d日"
        date = format_date(there.date(), format=skeleton, locale=self.language)
        return self.label("when.day", date=date, time=time)

    def weekday(self, day: date) -> str:
        """A day of the coming week, short."""
        from babel.dates import format_date

        pattern = {"en": "EEE d MMM", "bg": "EEE, d.MM", "zh": "M月d日 EEE"}[self.language]
        return format_date(day, format=pattern, locale=self.language)

    def month(self, day: date) -> str:
        """A month's name, short."""
        from babel.dates import format_date

        return format_date(day, format="LLL", locale=self.language)

    def number(self, value: float, digits: int = 0) -> str:
        """A number with the language's own separators."""
        from babel.numbers import format_decimal

        return str(format_decimal(round(value, digits), locale=self.language))

    def decimal(self, value: float, digits: int) -> str:
        """A number with exactly that many decimals."""
        from babel.numbers import format_decimal

        return str(format_decimal(value, format=f"#,##0.{'0' * digits}", locale=self.language))

    def duration(self, seconds: float) -> str:
        """A short time: milliseconds below a tenth of a second."""
        if seconds < 0.1:
            return self.label("when.milliseconds", number=max(1, round(seconds * 1000)))
        return self.label("when.seconds", number=self.decimal(seconds, 1))

    def share(self, value: float) -> str:
        """0.8312 -> 83 %, one decimal below 10 %."""
        from babel.numbers import format_percent

        pattern = "#,##0.0%" if value < 0.1 else "#,##0%"
        return str(format_percent(value, format=pattern, locale=self.language))
