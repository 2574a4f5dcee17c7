"""`make bench`: runs the benchmarks, prints the table, writes bench/results/latest.json."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from bench import announce, depth, errands, issue, press, printing, reports, rules, starting, voice

RESULTS = Path(__file__).parent / "results"
ROUNDS = [
    "issue", "press", "printing", "starting", "depth", "rules", "errands", "voice", "announce", "reports",
]  # fmt: skip


@click.command()
@click.option("--quick", is_flag=True, help="Short rounds: to see that the benchmarks run.")
@click.option("--only", type=click.Choice(ROUNDS), multiple=True)
def main(quick: bool, only: tuple[str, ...]) -> None:
    """Measure what is promised."""
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="antrean-bench-") as name:
        folder = Path(name)
        rounds: dict[str, Callable[[], dict[str, Any]]] = {
            "issue": lambda: issue.measure(folder, 2 if quick else 6),
            "press": lambda: press.measure(folder, 60 if quick else 400),
            "printing": lambda: printing.measure(folder, 40 if quick else 300),
            "depth": lambda: depth.measure(folder),
            "rules": lambda: rules.measure(folder, 40 if quick else 400),
            "errands": lambda: errands.measure(20 if quick else 200),
            "announce": lambda: announce.measure(folder, 10 if quick else 40),
            "reports": lambda: reports.measure(folder, reports.QUICK if quick else reports.FULL),
            "voice": lambda: voice.measure(folder, 40 if quick else 300),
            "starting": lambda: starting.measure(folder, 20_000 if quick else 1_000_000),
        }
        for what, measure in rounds.items():
            if not only or what in only:
                click.echo(f"measuring: {what} ...", err=True)
                found[what] = measure()
    _print(found)
    if not quick:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "latest.json").write_text(json.dumps(found, indent=1))


def _print(found: dict[str, Any], indent: str = "") -> None:
    for key, value in found.items():
        if isinstance(value, dict):
            click.echo(f"{indent}{key}")
            _print(value, indent + "  ")
        else:
            click.echo(f"{indent}{key:<28} {value}")


if __name__ == "__main__":
    main()
