"""What onlookers saw over several days, as a table of Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import fmean

from server.domain.waiting import percentile
from tests.queue.drawn_day import CLASSES
from tests.queue.onlooker import Seen

WHO: dict[str, tuple[str | None, ...]] = {
    "no priority": (None,),
    **{kind: (kind,) for kind in CLASSES},
    "all": (None, *CLASSES),
}


def table(ways: Mapping[str, Sequence[Seen]]) -> str:
    """Waits by class in minutes under each way of choosing, all of its days together, and what decided the calls."""
    lines = ["| who | calls |" + "".join(f" {way}: mean | p90 | longest |" for way in ways)]
    lines.append("|---|---|" + "---|---|---|" * len(ways))
    for who, kinds in WHO.items():
        waits = [sorted(wait for seen in days for wait in seen.waits_s(*kinds)) for days in ways.values()]
        lines.append(f"| {who} | {len(waits[0])} |" + "".join(map(_cells, waits)))
    return "\n".join([*lines, "", *(f"{way}: {_decided(days)}" for way, days in ways.items())])


def _cells(waits_s: list[float]) -> str:
    if not waits_s:
        return " – | – | – |"
    figures = (fmean(waits_s), percentile(waits_s, 0.9) or 0.0, waits_s[-1])
    return "".join(f" {figure / 60:.1f} |" for figure in figures)


def _decided(days: Sequence[Seen]) -> str:
    rules = sum((Counter(seen.rules) for seen in days), Counter[str]())
    told = ", ".join(f"{rule} {times}" for rule, times in rules.most_common())
    wrong = sum(len(seen.wrong) for seen in days)
    return f"{told}; at most {max(seen.longest_row for seen in days)} in a row; {wrong} calls against the rules"
