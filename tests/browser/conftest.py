"""One Chromium and one hall for all browser tests; fresh browser contexts and a desk of its own for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count, cycle

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from printers.virtual import VirtualPrinter
from tests.browser import SOUND_ALLOWED, launch
from tests.browser.mal import Desk, Mal, document, free_port, on_network
from tests.browser.screens import Screens

# Counters of which no two serve the same service, and their zones.
COUNTERS = cycle(
    (id, zone) for zone, ids in (("a", "7"), ("b", "8 9 12 13 14"), ("c", "17 18 19 20")) for id in ids.split()
)
OFFICERS = count(1)
PATIENCE_MS = 20_000
"""How long a screen may take to show something: a busy machine's, not a hall's."""
NewDesk = Callable[..., Desk]


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Package, not session: its event loop would be in the way of other tests' own."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium as a hall's kiosk mode starts it: sound is allowed."""
    running = launch(playwright, SOUND_ALLOWED)
    yield running
    running.close()


@pytest.fixture(scope="package")
def paper() -> Iterator[VirtualPrinter]:
    """The first kiosk's printer, whose slips can be read."""
    with VirtualPrinter() as printer:
        yield printer


@pytest.fixture(scope="package")
def mal(tmp_path_factory: pytest.TempPathFactory, paper: VirtualPrinter) -> Iterator[Mal]:
    """The shipped hall as it runs, for all tests that leave it running."""
    hall = Mal(tmp_path_factory.mktemp("mal"), document(on_network(paper.port), on_network(free_port())))
    hall.start()
    yield hall
    hall.stop()


@pytest.fixture
def screens(browser: Browser, mal: Mal, new_desk: NewDesk) -> Iterator[Screens]:
    """Screens of the shipped hall; they are closed before the desks are, and so are asked to leave no counter."""
    opened = Screens(browser, mal)
    yield opened
    opened.close()


@pytest.fixture
def new_desk(mal: Mal) -> Iterator[NewDesk]:
    """Makes closed counters whose services no other counter of the test serves, each with an officer of its own."""
    given: list[Desk] = []

    def make(zones: str = "abc") -> Desk:
        id = next(id for id, zone in COUNTERS if zone in zones)
        given.append(Desk(mal, id, f"petugas-{next(OFFICERS):02d}"))
        return given[-1]

    yield make
    for each in given:
        each.clear()


@pytest.fixture
def desk(new_desk: NewDesk) -> Desk:
    """One such counter."""
    return new_desk()
