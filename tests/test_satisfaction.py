"""The satisfaction index against the regulation's own words, reckoned a second time in another way."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.errors import Invalid
from server.domain.satisfaction import (
    ELEMENTS,
    MAX_COMMENT_LENGTH,
    Answers,
    SurveyRules,
    Tally,
    index,
    is_low,
    lowest,
    quality,
    read_answers,
    read_comment,
    read_respondent,
    rounded,
    sample_size,
)

answer_sheets = st.tuples(*[st.none() | st.integers(1, 4)] * 9)
many = st.lists(answer_sheets, max_size=60)


def tally(sheets: list[Answers]) -> Tally:
    return sum(map(Tally.of, sheets), Tally())


def all_alike(value: int) -> dict[str, int | None]:
    return dict.fromkeys(ELEMENTS, value)


def half_up(value: Fraction, places: int) -> Decimal:
    """The same rounding by decimals of 80 digits instead of whole numbers."""
    with localcontext() as context:
        context.prec = 80
        exact = Decimal(value.numerator) / Decimal(value.denominator)
        return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


# The index


@given(many, st.sampled_from([("exact", Fraction(1, 9)), ("0.11", Fraction(11, 100))]))
def test_the_index_is_the_weighted_sum_of_the_means_by_25(
    sheets: list[Answers], weight: tuple[str, Fraction]
) -> None:
    columns = [[sheet[n] for sheet in sheets if sheet[n] is not None] for n in range(9)]
    found = index(tally(sheets), weight[0])
    if not all(columns):
        assert found is None
        return
    means = [Fraction(sum(filter(None, column)), len(column)) for column in columns]
    assert found == half_up(sum((mean * weight[1] for mean in means), Fraction()) * 25, 2)


@given(st.lists(st.tuples(*[st.integers(1, 4)] * 9), min_size=1, max_size=40))
def test_an_index_is_between_25_and_100_and_the_rounded_weight_lowers_it_by_a_hundredth(sheets: list[Answers]) -> None:
    exact, offices = index(tally(sheets)), index(tally(sheets), "0.11")
    assert exact is not None and offices is not None
    assert Decimal("25.00") <= exact <= Decimal("100.00")
    assert abs(offices - exact * Decimal("0.99")) <= Decimal("0.01")


def test_the_worked_example_of_the_offices() -> None:
    """Nine means weighed with 0.11 as office after office does: 3.45 + 2.65 + ... = 24.38; x 0.11 x 25 = 67.045."""
    sums = (345, 265, 353, 231, 155, 312, 213, 243, 321)
    found = Tally(100, sums, (100,) * 9)
    assert index(found, "0.11") == Decimal("67.05")
    assert index(found, "exact") == Decimal("67.72")


def test_nobody_has_answered() -> None:
    assert index(Tally()) is None and lowest(Tally()) == []
    assert Tally().means() == (None,) * 9


@pytest.mark.parametrize(("value", "found", "letter"), [(1, "25.00", "D"), (2, "50.00", "D"), (3, "75.00", "C"),
                                                        (4, "100.00", "A")])
def test_one_respondent_who_answers_all_alike(value: int, found: str, letter: str) -> None:
    alone = Tally.of((value,) * 9)
    assert index(alone) == Decimal(found) and quality(Decimal(found)) == letter
    assert lowest(alone) == list(ELEMENTS)


def test_an_element_that_nobody_answered_leaves_the_index_open() -> None:
    assert index(tally([(4, 4, 4, 4, 4, 4, 4, None, 4)])) is None


def test_a_question_left_out_counts_neither_above_nor_below_the_line() -> None:
    found = tally([(4,) * 9, (None, *(4,) * 8), (2, *(4,) * 8)])
    assert found.means()[0] == Fraction(3)
    assert lowest(found) == ["u1"]


@pytest.mark.parametrize(("found", "letter"), [
    ("100.00", "A"), ("88.31", "A"), ("88.30", "B"), ("76.61", "B"), ("76.60", "C"), ("65.00", "C"), ("64.99", "D"),
    ("25.00", "D"), ("24.75", "D"),
])
def test_the_boundaries_of_the_classes(found: str, letter: str) -> None:
    assert quality(Decimal(found)) == letter


def test_a_class_is_told_by_the_rounded_index() -> None:
    """64.995 is 65.00, and of class C; a whisper less is not."""
    assert quality(rounded(Fraction("64.995"), 2)) == "C"
    assert quality(rounded(Fraction("64.994999"), 2)) == "D"


@given(st.fractions(min_value=0, max_value=10_000), st.integers(0, 6))
def test_rounding_is_half_up_and_exact(value: Fraction, places: int) -> None:
    assert rounded(value, places) == half_up(value, places)


# How many to ask

PRINTED = {
    10: 10, 15: 14, 20: 19, 25: 24, 30: 28, 35: 32, 40: 36, 45: 40, 50: 44, 60: 52, 75: 63, 100: 80, 150: 108,
    200: 132, 250: 152, 300: 169, 400: 196, 500: 217, 600: 234, 700: 248, 800: 260, 900: 269, 1000: 278, 1200: 291,
    1500: 306, 2000: 322, 3000: 341, 4000: 351, 5000: 357, 6000: 361, 7000: 364, 8000: 367, 9000: 368, 10_000: 370,
    15_000: 375, 20_000: 377, 30_000: 379, 40_000: 380, 50_000: 381, 75_000: 382, 1_000_000: 384,
}  # fmt: skip
"""From the table that Krejcie and Morgan printed in 1970."""


@pytest.mark.parametrize(("population", "needed"), PRINTED.items())
def test_the_sample_is_that_of_the_printed_table(population: int, needed: int) -> None:
    assert sample_size(population) == needed


@given(st.integers(1, 5_000_000))
def test_a_sample_is_never_larger_than_the_population_and_never_falls(population: int) -> None:
    assert 1 <= sample_size(population) <= min(population, 384)
    assert sample_size(population) <= sample_size(population + 1)


def test_nobody_served_needs_nobody_asked() -> None:
    assert sample_size(0) == 0 and sample_size(1) == 1


# What is alarming


@pytest.mark.parametrize(("answers", "rules", "low"), [
    ((4,) * 8 + (1,), SurveyRules(), True),
    ((4,) * 8 + (1,), SurveyRules(alert_on_one=False), False),
    ((2,) * 9, SurveyRules(), True),
    ((2,) * 8 + (3,), SurveyRules(), False),
    ((2,) * 9, SurveyRules(alert_mean=0), False),
    ((3,) * 9, SurveyRules(alert_mean=3.0), True),
    ((None,) * 8 + (2,), SurveyRules(), True),
    ((None,) * 8 + (3,), SurveyRules(), False),
])
def test_which_answers_a_supervisor_hears_of(answers: Answers, rules: SurveyRules, low: bool) -> None:
    assert is_low(answers, rules) is low


# What is taken


def test_all_nine_are_asked_and_any_but_not_all_may_be_left_out() -> None:
    assert read_answers(all_alike(3)) == (3,) * 9
    assert read_answers({**all_alike(3), "u4": None}) == (3, 3, 3, None, 3, 3, 3, 3, 3)


@pytest.mark.parametrize(("wrong", "field"), [
    ({}, "answers"),
    ({"u1": 3}, "answers"),
    ({**dict.fromkeys(ELEMENTS, 3), "u10": 3}, "answers"),
    ({**dict.fromkeys(ELEMENTS, 3), "u9": 0}, "answers.u9"),
    ({**dict.fromkeys(ELEMENTS, 3), "u2": 5}, "answers.u2"),
    (dict.fromkeys(ELEMENTS), "answers"),
])
def test_answers_that_are_none_name_the_element(wrong: dict[str, int | None], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_answers(wrong)
    assert refused.value.field == field


@pytest.mark.parametrize(("given_text", "kept"), [
    (None, None), ("", None), ("  \n ", None), ("  baik \r\n sekali ", "baik\nsekali"), ("x" * 500, "x" * 500),
    ("شكرا لكم", "شكرا لكم"), ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
])
def test_a_comment_as_it_is_kept(given_text: str | None, kept: str | None) -> None:
    assert read_comment(given_text) == kept


@pytest.mark.parametrize("wrong", ["x" * (MAX_COMMENT_LENGTH + 1), "a\x00b", "a\x1bb"])
def test_a_comment_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_comment(wrong)
    assert refused.value.field == "comment"


def test_a_respondent_tells_what_the_form_asks_and_nothing_else() -> None:
    assert read_respondent(None) == {}
    assert read_respondent({"age": "60_over", "sex": None}) == {"age": "60_over"}
    for wrong, field in (({"name": "Siti"}, "respondent"), ({"age": "61"}, "respondent.age"),
                         ({"sex": ["male"]}, "respondent.sex")):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            read_respondent(wrong)
        assert refused.value.field == field
