"""The public's satisfaction (SKM) as Permenpan RB 14/2017 reckons it: nine elements, their index, its class.

The regulation's annex is the source of all: the nine elements U1 to U9, each answered from 1 to 4; the mean of an
element (NRR) is the sum of its answers by the number of answers that were filled in; the index is the weighted sum of
the means by 25. Everything is reckoned in whole numbers and fractions, and rounded once, half up, at the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from server.domain.errors import Invalid
from server.domain.tickets import State, Ticket
from server.domain.wording import is_text

ELEMENTS = tuple(f"u{n}" for n in range(1, 10))
"""Requirements; system and procedure; time; cost; product; competence; conduct; complaints; facilities."""
SCALE = (1, 2, 3, 4)
BASE = 25
"""The index runs from 25 to 100: the regulation multiplies the weighted mean by 25."""
WEIGHTS = {"exact": Fraction(1, 9), "0.11": Fraction(11, 100)}
"""One ninth; or 0.11, to which the regulation's worked example rounds it, and many offices with it."""
CLASSES = (("A", Decimal("88.31")), ("B", Decimal("76.61")), ("C", Decimal("65.00")))
"""From which index on a service is of a class; below all of them it is D (annex, table of the values of perception)."""
CHI_SQUARE, PROPORTION, ERROR = Fraction(3841, 1000), Fraction(1, 2), Fraction(5, 100)
MAX_COMMENT_LENGTH = 500

RESPONDENT: dict[str, tuple[str, ...]] = {
    "age": ("under_20", "20_29", "30_39", "40_49", "50_59", "60_over"),
    "sex": ("male", "female"),
    "education": ("sd", "smp", "sma", "s1", "s2", "s3"),
    "job": ("pns", "tni", "polri", "private", "self_employed", "other"),
}
"""What the regulation's form asks about a respondent, with the form's own choices (ages in groups, and no name)."""

Answers = tuple[int | None, ...]
"""The nine answers in the order of ELEMENTS, None for a question that was left out."""


@dataclass(frozen=True, slots=True)
class SurveyRules:
    """How a hall asks: for `open_hours` after serving ended by the slip's code, for `ask_seconds` at once on a tablet.

    `weight` is a key of WEIGHTS. Supervisors are told of a 1 where `alert_on_one`, and of a mean of at most
    `alert_mean` (0: never).
    """

    enabled: bool = True
    open_hours: int = 72
    ask_seconds: int = 60
    weight: str = "exact"
    alert_on_one: bool = True
    alert_mean: float = 2.0


@dataclass(frozen=True, slots=True)
class Tally:
    """The answers of some respondents, added up: `sums` and `counts` are of the nine elements."""

    respondents: int = 0
    sums: tuple[int, ...] = (0,) * 9
    counts: tuple[int, ...] = (0,) * 9

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.respondents + other.respondents,
            tuple(a + b for a, b in zip(self.sums, other.sums, strict=True)),
            tuple(a + b for a, b in zip(self.counts, other.counts, strict=True)),
        )

    @staticmethod
    def of(answers: Answers) -> Tally:
        """The tally of one respondent."""
        return Tally(1, tuple(answer or 0 for answer in answers), tuple(int(answer is not None) for answer in answers))

    def means(self) -> tuple[Fraction | None, ...]:
        """The NRR of each element: the sum of its answers by their number; None where nobody answered.

        The annex divides by "total unsur yang terisi", the elements that were filled in: a question left out counts
        neither above nor below the line.
        """
        return tuple(
            Fraction(total, count) if count else None for total, count in zip(self.sums, self.counts, strict=True)
        )


def weighted(mean: Fraction, weight: str) -> Fraction:
    """The NRR of an element, weighed (NRR tertimbang)."""
    return mean * WEIGHTS[weight]


def index(tally: Tally, weight: str = "exact") -> Decimal | None:
    """The satisfaction index (IKM), 25.00 to 100.00, two decimals rounded half up.

    None as long as one of the nine elements has no answer: the index is of all nine.
    """
    means = [mean for mean in tally.means() if mean is not None]
    if len(means) < len(ELEMENTS):
        return None
    return rounded(sum((weighted(mean, weight) for mean in means), Fraction()) * BASE, 2)


def rounded(value: Fraction, places: int) -> Decimal:
    """A number that is not negative, rounded half up to so many decimals."""
    scale: int = 10**places
    whole = (value.numerator * scale * 2 + value.denominator) // (value.denominator * 2)
    return Decimal(whole).scaleb(-places)


def quality(found: Decimal) -> str:
    """The class (mutu pelayanan) of an index of two decimals: A, B, C or D."""
    return next((letter for letter, least in CLASSES if found >= least), "D")


def sample_size(population: int) -> int:
    """How many respondents a survey needs where so many were served.

    Krejcie and Morgan (1970), to which the annex refers: X²NP(1-P) / (d²(N-1) + X²P(1-P)) with X² = 3.841, P = 0.5
    and d = 0.05, rounded to the nearest whole number as their printed table is.
    """
    spread = CHI_SQUARE * PROPORTION * (1 - PROPORTION)
    if population <= 0:
        return 0
    return int(rounded(spread * population / (ERROR**2 * (population - 1) + spread), 0))


def lowest(tally: Tally) -> list[str]:
    """The elements with the lowest mean, which the annex asks an office to better first; all where they are equal."""
    means = [mean for mean in tally.means() if mean is not None]
    least = min(means, default=None)
    return [name for name, mean in zip(ELEMENTS, tally.means(), strict=True) if least is not None and mean == least]


def standing(ticket: Ticket, *, answered: bool, rules: SurveyRules, now_ms: int) -> str:
    """Whether a ticket's visitor can be asked now: `open`, `off`, `not_served`, `answered` or `too_late`."""
    if not rules.enabled:
        return "off"
    if ticket.state is not State.FINISHED or ticket.finished_ms is None or ticket.closed_by_day:
        return "not_served"
    if answered:
        return "answered"
    return "open" if now_ms - ticket.finished_ms <= rules.open_hours * 3_600_000 else "too_late"


def is_low(answers: Answers, rules: SurveyRules) -> bool:
    """Whether a supervisor should hear of these answers by the hall's rules."""
    given = [answer for answer in answers if answer is not None]
    if rules.alert_on_one and 1 in given:
        return True
    return bool(given) and Fraction(sum(given), len(given)) <= Fraction(str(rules.alert_mean))


def read_answers(given: Mapping[str, int | None]) -> Answers:
    """The answers as they are kept. All nine are asked; a question may be left out by null, but not every one.

    Raises Invalid, which names the element.
    """
    if set(given) != set(ELEMENTS):
        wrong = sorted(set(given) ^ set(ELEMENTS))
        raise Invalid("invalid", f"must hold exactly u1 to u9 (see {wrong[0][:20]})", field="answers")
    for name in ELEMENTS:
        if given[name] is not None and given[name] not in SCALE:
            raise Invalid("invalid", "must be 1, 2, 3, 4 or null", field=f"answers.{name}")
    if all(answer is None for answer in given.values()):
        raise Invalid("invalid", "must answer at least one question", field="answers")
    return tuple(given[name] for name in ELEMENTS)


def read_comment(given: str | None) -> str | None:
    """A comment as it is kept, None where there is nothing in it. Raises Invalid."""
    text = "\n".join(line.strip() for line in (given or "").strip().splitlines())
    if len(text) > MAX_COMMENT_LENGTH:
        raise Invalid("invalid", f"has at most {MAX_COMMENT_LENGTH} characters", field="comment")
    if not is_text(text, lines=True):
        raise Invalid("invalid", "holds characters that are not text", field="comment")
    return text or None


def read_respondent(given: Mapping[str, Any] | None) -> dict[str, str]:
    """What a respondent told of themselves: some keys of RESPONDENT with one of their choices. Raises Invalid."""
    told: dict[str, str] = {}
    for name, value in (given or {}).items():
        if name not in RESPONDENT:
            raise Invalid("invalid", f"has only {', '.join(RESPONDENT)}", field="respondent")
        if value is None:
            continue
        if value not in RESPONDENT[name]:
            raise Invalid("invalid", f"must be one of {', '.join(RESPONDENT[name])}", field=f"respondent.{name}")
        told[name] = value
    return told
