"""The monthly report for the city's head of service: one PDF, in Indonesian, with simple drawn charts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from fpdf import FPDF
from fpdf.enums import TableBordersLayout
from fpdf.fonts import FontFace

from server.domain.hall import Hall
from server.reports.counters import counters_report
from server.reports.lettering import FAMILY, join_letters, use_fonts
from server.reports.names import month_name, name_of
from server.reports.waiting import Question, report
from server.store import Reader
from server.texts import load

INK, QUIET, LINE, PAPER = (28, 32, 40), (96, 104, 116), (214, 218, 224), (255, 255, 255)
ACCENT, PALE = (17, 94, 89), (170, 208, 204)
MARGIN_MM, WIDTH_MM = 16.0, 178.0
Row = dict[str, Any]


def month_bounds(month: str) -> tuple[str, str]:
    """The first and the last day of a month, `2026-11`. Raises ValueError."""
    first = date.fromisoformat(f"{month}-01")
    return first.isoformat(), ((first + timedelta(days=31)).replace(day=1) - timedelta(days=1)).isoformat()


def monthly_pdf(reader: Reader, hall: Hall, month: str, today: str, now_ms: int) -> bytes:
    """The report of a month; `today` is the day it is made on. Raises ValueError for what is no month."""
    first, last = month_bounds(month)
    before = month_bounds((date.fromisoformat(first) - timedelta(days=1)).isoformat()[:7])

    def asked(by: str, days: tuple[str, str] = (first, last)) -> list[Row]:
        return report(reader, hall, Question(*days, by))

    page = _Page(hall, month, today)
    whole, earlier = asked("hall"), asked("hall", before)
    if not whole:
        page.nothing()
        return page.finish()
    used = counters_report(reader, hall, first, last, "hall", now_ms)
    page.summary(whole[0], earlier[0] if earlier else None, used[0]["utilisation"] if used else None)
    page.days(asked("day"), first, last)
    page.hours(asked("hour"))
    page.table("agency", asked("agency"))
    page.table("service", asked("service"))
    return page.finish()


class _Paper(FPDF):
    """A4 with the hall's name at the foot of each page."""

    def __init__(self, hall: Hall) -> None:
        super().__init__(format="A4", unit="mm")
        self._hall = hall.name
        use_fonts(self)
        names = [agency.name.id for agency in hall.agencies] + [each.name.id for each in hall.services.values()]
        join_letters(self, (hall.name, *names))
        self.set_margins(MARGIN_MM, MARGIN_MM)
        self.set_auto_page_break(True, 18)

    def footer(self) -> None:
        """The hall, and which page of how many."""
        self.set_y(-14)
        self.set_font(FAMILY, "", 8)
        self.set_text_color(*QUIET)
        words = load("id")["monthly.page"].format(page=self.page_no(), pages="{nb}")
        self.cell(WIDTH_MM - 45, 5, _fitted(self, self._hall, WIDTH_MM - 50))
        self.cell(45, 5, words, align="R")


class _Page:
    """The report as it is put together, from the top down."""

    def __init__(self, hall: Hall, month: str, today: str) -> None:
        self._hall, self._t = hall, load("id")
        self._pdf = pdf = _Paper(hall)
        # The same figures make the same file, on whatever day they are asked for again.
        pdf.set_creation_date(datetime.fromisoformat(today).replace(tzinfo=UTC))
        pdf.set_title(f"{self._t['monthly.title']} {month_name(month)}")
        pdf.set_lang("id")
        pdf.add_page()
        self._words(hall.name, 11, QUIET)
        self._words(self._t["monthly.title"], 22, INK, "B")
        self._words(month_name(month), 15, ACCENT, "B")
        self._words(self._t["monthly.made"].format(day=today), 9, QUIET)
        pdf.ln(3)

    def _words(self, text: str, size: float, colour: Sequence[int], style: str = "") -> None:
        self._pdf.set_font(FAMILY, style, size)
        self._pdf.set_text_color(*colour)
        self._pdf.multi_cell(WIDTH_MM, size * 0.5, text, align="L", new_x="LMARGIN", new_y="NEXT")

    def _heading(self, text: str, room_mm: float) -> None:
        if self._pdf.will_page_break(room_mm):
            self._pdf.add_page()
        self._pdf.ln(4)
        self._words(text, 13, INK, "B")
        self._pdf.ln(1)

    def nothing(self) -> None:
        """A month without a ticket."""
        self._words(self._t["monthly.nothing"], 12, INK)

    def summary(self, now: Row, before: Row | None, utilisation: float | None) -> None:
        """The month in nine figures, each beside the month before."""
        facts: list[tuple[str, str, str]] = [
            self._fact("issued", now, before, lambda row: row["issued"], _whole),
            self._fact("persons", now, before, lambda row: row["persons_served"], _whole),
            self._fact("wait_median", now, before, lambda row: row["wait"]["median"], self._minutes),
            self._fact("wait_p90", now, before, lambda row: row["wait"]["p90"], self._minutes),
            self._fact("service_median", now, before, lambda row: row["service"]["median"], self._minutes),
            self._fact("within_target", now, before, lambda row: row["within_target"], _percent),
            self._fact("abandonment", now, before, lambda row: row["abandonment"], _percent),
            self._fact("longest_queue", now, before, lambda row: row["longest_queue"], _whole),
            (self._t["monthly.utilisation"], _percent(utilisation), ""),
        ]
        self._heading(self._t["monthly.summary"], 70)
        top, wide, high = self._pdf.get_y(), WIDTH_MM / 3, 21.0
        for place, (name, value, change) in enumerate(facts):
            left, line = MARGIN_MM + wide * (place % 3), top + high * (place // 3)
            for text, size, colour, style, down in (
                (name, 9, QUIET, "", 0.0), (value, 17, INK, "B", 5.0), (change, 8, QUIET, "", 13.0),
            ):  # fmt: skip
                self._pdf.set_xy(left, line + down)
                self._pdf.set_font(FAMILY, style, size)
                self._pdf.set_text_color(*colour)
                self._pdf.cell(wide - 3, size * 0.45, _fitted(self._pdf, text, wide - 3))
        self._pdf.set_y(top + high * 3)

    def _fact(
        self, name: str, now: Row, before: Row | None, value_of: Callable[[Row], float | None],
        shown: Callable[[float | None], str],
    ) -> tuple[str, str, str]:  # fmt: skip
        value, old = value_of(now), value_of(before) if before else None
        change = ""
        if value is not None and old:
            percent = f"{(value - old) / old:+.0%}".replace("-", "−").replace("%", " %")
            change = self._t["monthly.against_before"].format(change=percent)
        return self._t[f"monthly.{name}"], shown(value), change

    def _minutes(self, seconds: float | None) -> str:
        return "–" if seconds is None else self._t["monthly.minutes"].format(minutes=_decimal(seconds / 60))

    def days(self, rows: list[Row], first: str, last: str) -> None:
        """Bars: the tickets of each day."""
        issued = {row["key"]: row["issued"] for row in rows}
        count = date.fromisoformat(last).day
        values = [(str(n), [float(issued.get(f"{first[:8]}{n:02d}", 0))]) for n in range(1, count + 1)]
        self._heading(self._t["monthly.by_day"], 60)
        self._bars(values, [ACCENT])

    def hours(self, rows: list[Row]) -> None:
        """Pairs of bars: the median wait and the 90th percentile of each hour of arrival."""
        values = [
            (row["key"], [(row["wait"]["p90"] or 0) / 60, (row["wait"]["median"] or 0) / 60])
            for row in rows if row["wait"]["median"] is not None
        ]  # fmt: skip
        if values:
            self._heading(self._t["monthly.by_hour"], 65)
            self._bars(values, [PALE, ACCENT])
            self._words(self._t["monthly.median_p90"], 8, QUIET)

    def _bars(self, values: list[tuple[str, list[float]]], colours: list[Sequence[int]]) -> None:
        """Bars before each other, the first behind; a scale of three lines."""
        pdf, high, left = self._pdf, 40.0, MARGIN_MM + 12
        top, wide = pdf.get_y() + 2, (WIDTH_MM - 12) / len(values)
        most = max(max(own) for _, own in values) or 1.0
        pdf.set_font(FAMILY, "", 7)
        pdf.set_text_color(*QUIET)
        pdf.set_draw_color(*LINE)
        for share in (0.0, 0.5, 1.0):
            line = top + high * (1 - share)
            pdf.line(left, line, MARGIN_MM + WIDTH_MM, line)
            pdf.set_xy(MARGIN_MM, line - 2)
            pdf.cell(10, 4, _decimal(most * share), align="R")
        for place, (name, own) in enumerate(values):
            for value, colour in zip(own, colours, strict=True):
                tall = high * value / most
                pdf.set_fill_color(*colour)
                if tall > 0:
                    pdf.rect(left + wide * (place + 0.15), top + high - tall, wide * 0.7, tall, style="F")
            pdf.set_xy(left + wide * place, top + high + 1)
            pdf.cell(wide, 3, name, align="C")
        pdf.set_xy(MARGIN_MM, top + high + 5)

    def table(self, by: str, rows: list[Row]) -> None:
        """The figures of each agency or service."""
        t = self._t
        self._heading(t[f"monthly.by_{by}"], 40)
        columns = ("issued", "served", "no_show", "wait_median", "wait_p90", "wait_max", "service_median",
                   "within_target", "abandonment")  # fmt: skip
        self._pdf.set_font(FAMILY, "", 7)
        self._pdf.set_text_color(*INK)
        self._pdf.set_draw_color(*LINE)
        self._pdf.set_fill_color(*PAPER)
        head = FontFace(color=QUIET, size_pt=6.5)
        with self._pdf.table(
            col_widths=(43, *(15 for _ in columns)), width=WIDTH_MM, line_height=3.6, headings_style=head,
            padding=(1.2, 0.8),
            text_align=("LEFT", *("RIGHT" for _ in columns)), borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        ) as table:  # fmt: skip
            table.row([t[f"monthly.{by}"], *(t[f"monthly.{column}"] for column in columns)])
            for row in rows:
                table.row([_short(name_of(self._hall, by, row["key"])), *self._cells(row)])
        if by == "service":
            self._pdf.ln(3)
            self._words(t["monthly.note"], 8, QUIET)

    def _cells(self, row: Row) -> list[str]:
        wait, service = row["wait"], row["service"]
        durations = (wait["median"], wait["p90"], wait["max"], service["median"])
        return [
            *(_whole(row[name]) for name in ("issued", "served", "no_show")),
            *("–" if seconds is None else _decimal(seconds / 60) for seconds in durations),
            _percent(row["within_target"]), _percent(row["abandonment"]),
        ]  # fmt: skip

    def finish(self) -> bytes:
        """The file."""
        return bytes(self._pdf.output())


def _fitted(pdf: FPDF, text: str, width_mm: float) -> str:
    """As much of a text as fits on its line."""
    if pdf.get_string_width(text) <= width_mm:
        return text
    while text and pdf.get_string_width(text + "…") > width_mm:
        text = text[:-1]
    return text + "…"


def _short(name: str) -> str:
    return name if len(name) <= 90 else name[:89] + "…"


def _whole(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}".replace(",", ".")


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.1f} %".replace(".", ",")


def _decimal(value: float) -> str:
    """A number as it is written in Indonesia; one place behind the comma below 100."""
    return _whole(value) if value >= 100 else f"{value:.1f}".replace(".", ",").removesuffix(",0")
