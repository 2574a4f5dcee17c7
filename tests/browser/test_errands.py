"""Several errands at the kiosk: chosen one after the other, taken at once, shown in the order to do them."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from printers.virtual import VirtualPrinter
from tests.browser.mal import SHUT, Mal
from tests.browser.screens import CUT_OFF, LIVE, UPRIGHT, WIDE, Screens
from tests.browser.test_kiosk import CUT_TEXT, LEAVES_CARD, LEAVES_SCREEN, PAGE_SIZE, at, issued, through
from tests.harness import wait_until

CHOSEN = [("disdukcapil", "kia"), ("imigrasi", "paspor-baru")]
PRIORITIES: list[dict[str, Any]] = [
    {"id": "elderly", "name": {"id": "Lansia", "en": "Elderly"}},
    {"id": "pregnant", "name": {"id": "Ibu hamil atau membawa bayi", "en": "Pregnant or with an infant"}},
]


def add(kiosk: Page, agency: str, service: str) -> None:
    """From the list, or the start of it, to one service more."""
    if kiosk.locator("#kiosk[data-view=errands]").count():
        kiosk.tap(".add")
    at(kiosk, "start")
    kiosk.tap(f"[data-agency={agency}]")
    at(kiosk, "services")
    kiosk.tap(f"[data-service={service}]")
    at(kiosk, "errands")


def shown(kiosk: Page) -> list[str]:
    """The numbers of the ticket page in their order."""
    return [kiosk.inner_text(".paper .number"), *kiosk.locator(".then .number").all_inner_texts()]


def choose(kiosk: Page) -> None:
    kiosk.tap(".several")
    kiosk.wait_for_selector(".to-list")
    for agency, service in CHOSEN:
        add(kiosk, agency, service)


def test_several_services_are_one_visit_on_one_slip(screens: Screens, mal: Mal, paper: VirtualPrinter) -> None:
    before, slips = mal.head(), len(paper.slips)
    kiosk = screens.kiosk()
    choose(kiosk)
    add(kiosk, "disdukcapil", "ikd")
    kiosk.tap(".add")
    kiosk.tap("[data-agency=imigrasi]")
    again = kiosk.locator("[data-service=paspor-baru]")
    expect(again.locator(".waiting")).to_have_text("Sudah dipilih")
    again.tap()
    expect(kiosk.locator("[data-errand]")).to_have_count(3)  # none twice
    kiosk.tap("[data-errand=ikd] .remove")
    expect(kiosk.locator("[data-errand]")).to_have_count(2)
    kiosk.tap(".take-all")
    at(kiosk, "ticket")
    log = [event["ticket"] for event in mal.events(before, "ticket.issued")]
    assert len({ticket["visit"] for ticket in log}) == 1
    numbers = shown(kiosk)
    assert [ticket["number"] for ticket in log] == numbers
    assert sorted(ticket["service"] for ticket in log) == sorted(service for _, service in CHOSEN)
    slip = paper.wait_for_slips(slips + 1, 20)[-1].text
    assert sorted(numbers, key=slip.index) == numbers
    kiosk.tap(".done")
    at(kiosk, "start")
    assert kiosk.locator(".several").count() == 1, "the next visitor has one errand again"


def test_who_thinks_again_is_back_with_one_errand(screens: Screens, mal: Mal) -> None:
    before = mal.head()
    kiosk = screens.kiosk()
    kiosk.tap(".several")
    kiosk.tap(".to-list")  # "only one service"
    expect(kiosk.locator(".several")).to_be_visible()
    choose(kiosk)
    kiosk.tap(".bottom .back")
    at(kiosk, "start")
    kiosk.tap(".several")
    expect(kiosk.locator("h1")).to_have_text("Pilih layanan pertama")  # nothing of before is in the list
    assert issued(mal, before) == []


def test_cancelling_takes_them_all_out_of_their_queues(screens: Screens, mal: Mal) -> None:
    before = mal.head()
    kiosk = screens.kiosk()
    choose(kiosk)
    kiosk.tap(".take-all")
    at(kiosk, "ticket")
    kiosk.tap(".cancel")
    at(kiosk, "cancelled")
    cancelled = [event["ticket"]["number"] for event in mal.events(before, "ticket.cancelled")]
    assert cancelled == issued(mal, before)
    for number in cancelled:
        expect(kiosk.locator(".say")).to_contain_text(number)


def test_what_could_not_be_cancelled_is_named(screens: Screens, mal: Mal) -> None:
    before = mal.head()
    kiosk = screens.kiosk()
    choose(kiosk)
    kiosk.tap(".take-all")
    at(kiosk, "ticket")
    [first, second] = mal.events(before, "ticket.issued")
    screens.forgive("409")
    mal.client().do(f"/tickets/{second['ticket']['id']}/cancel", {})  # so that the kiosk's own is refused
    kiosk.tap(".cancel")
    trouble = kiosk.locator(".next .offline")
    for event, named in ((first, False), (second, True)):
        number = event["ticket"]["number"]
        (expect(trouble).to_contain_text if named else expect(trouble).not_to_contain_text)(number)


def test_left_alone_it_forgets_the_list(screens: Screens, mal: Mal) -> None:
    before = mal.head()
    kiosk = screens.kiosk(clock=True)
    kiosk.tap(".several")
    kiosk.tap("[data-agency=imigrasi]")
    kiosk.tap("[data-service=paspor-baru]")
    kiosk.wait_for_selector("#kiosk[data-view=errands]")
    kiosk.clock.run_for(31_000)
    at(kiosk, "start")
    expect(kiosk.locator(".several")).to_be_visible()
    assert issued(mal, before) == []


def test_a_service_that_closed_meanwhile_is_named_and_can_be_removed(screens: Screens, mal: Mal) -> None:
    before = mal.head()
    kiosk = screens.kiosk()

    def still_open(route: Route) -> None:
        snapshot = through(route, mal)
        for agency in snapshot["agencies"]:
            for each in [agency, *agency["services"]]:
                each.update(open=True, closed_reason=None)
        route.fulfill(json=snapshot)

    screens.forgive("409")
    kiosk.route("**/api/v1/hall", still_open)
    kiosk.reload()
    kiosk.wait_for_selector(LIVE, state="attached")
    kiosk.tap(".several")
    kiosk.wait_for_selector(".to-list")
    add(kiosk, "imigrasi", "paspor-baru")
    add(kiosk, SHUT, "otentikasi")
    kiosk.unroute("**/api/v1/hall")
    kiosk.tap(".take-all")
    at(kiosk, "failed")
    expect(kiosk.locator(".which")).not_to_be_empty()
    kiosk.tap(".to-list")
    at(kiosk, "errands")
    expect(kiosk.locator("[data-errand=otentikasi]")).to_contain_text("pukul 08.00")
    expect(kiosk.locator(".take-all")).to_be_disabled()
    kiosk.tap("[data-errand=otentikasi] .remove")
    kiosk.tap(".take-all")
    at(kiosk, "ticket")
    assert issued(mal, before) == [kiosk.inner_text(".paper .number")]


def test_a_lost_answer_gives_the_same_numbers_again(screens: Screens, mal: Mal) -> None:
    before = mal.head()
    kiosk = screens.kiosk()
    lost: list[str] = []

    def lose_the_first(route: Route) -> None:
        if lost:
            return route.continue_()
        lost.extend(ticket["number"] for ticket in through(route, mal)["tickets"])
        return route.abort()

    screens.forgive(CUT_OFF)
    kiosk.route("**/api/v1/tickets", lose_the_first)
    choose(kiosk)
    kiosk.tap(".take-all")
    at(kiosk, "ticket")
    assert lost == issued(mal, before) == shown(kiosk)


def test_priority_is_asked_only_where_the_hall_has_it_and_lasts_for_one_visitor(screens: Screens, mal: Mal) -> None:
    before = mal.head()
    kiosk = screens.kiosk()
    with_priorities(kiosk, mal, PRIORITIES)
    kiosk.tap(".priority")
    at(kiosk, "priority")
    kiosk.tap("[data-priority=elderly]")
    at(kiosk, "start")
    expect(kiosk.locator(".priority")).to_have_text("Prioritas: Lansia")
    kiosk.tap("[data-agency=disdukcapil]")
    expect(kiosk.locator(".hint")).to_contain_text("Prioritas: Lansia")
    kiosk.tap("[data-service=kia]")
    at(kiosk, "ticket")
    [event] = mal.events(before, "ticket.issued")
    assert event["ticket"]["priority"] == "elderly"
    kiosk.tap(".done")
    at(kiosk, "start")
    expect(kiosk.locator(".priority")).to_have_text("Prioritas")
    with_priorities(kiosk, mal, [])
    expect(kiosk.locator(".several")).to_be_visible()
    assert kiosk.locator(".priority").count() == 0


def with_priorities(kiosk: Page, mal: Mal, priorities: list[dict[str, Any]]) -> None:
    """Open the page again in a hall that has these classes."""
    kiosk.unroute("**/api/v1/hall")
    kiosk.route("**/api/v1/hall", lambda route: route.fulfill(json={**through(route, mal), "priorities": priorities}))
    kiosk.reload()
    kiosk.wait_for_selector(LIVE, state="attached")
    at(kiosk, "start")


@pytest.mark.parametrize(("size", "language"), [(UPRIGHT, "en"), (WIDE, "id")], ids=["upright", "wide"])
def test_everything_is_in_view(screens: Screens, mal: Mal, size: tuple[int, int], language: str) -> None:
    wait_until(lambda: mal.printer_state("printer-2") == "offline", what="a printer that makes the page say most")
    kiosk = screens.kiosk("kiosk-2", size)
    agencies = mal.client().get("/hall")["agencies"]
    named = [(len(s["name"][language]), s["id"], a["id"]) for a in agencies for s in a["services"]]
    _, service, agency = max(named)
    count = 10

    def more(route: Route) -> None:
        """As many tickets as there can be, with the longest name and facts."""
        answer = through(route, mal)
        tickets = (answer["tickets"] * 10)[:count]
        longest = {"service": service, "agency": agency, "estimate": {"low_minutes": 85, "high_minutes": 170}}
        answer["tickets"] = [{**ticket, **longest} for ticket in tickets]
        route.fulfill(status=201, json=answer)

    def look(view: str) -> None:
        at(kiosk, view)
        for mistakes in (LEAVES_SCREEN, LEAVES_CARD, CUT_TEXT, OVERLAPS):
            assert kiosk.evaluate(mistakes) == []
        assert kiosk.evaluate(PAGE_SIZE) == list(size)

    kiosk.route("**/api/v1/tickets", more)
    with_priorities(kiosk, mal, PRIORITIES)
    if language == "en":
        kiosk.tap(".language")
    kiosk.tap(".priority")
    look("priority")
    kiosk.tap("[data-priority=pregnant]")
    look("start")
    choose(kiosk)
    look("errands")
    kiosk.tap(".take-all")
    look("ticket")
    expect(kiosk.locator(".then li")).to_have_count(9)
    kiosk.tap(".done")
    count = 5  # the most that stand in one column
    kiosk.tap("[data-agency=disdukcapil]")
    kiosk.tap("[data-service=kia]")
    look("ticket")
    expect(kiosk.locator(".then li")).to_have_count(4)


OVERLAPS = """() => {
  const parts = [...document.querySelectorAll("main.ticket > *, main.errands > *, .tools > *, .bottom > *")];
  const boxes = parts.map((part) => [part, part.getBoundingClientRect()]).filter(([, box]) => box.width);
  const over = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  const holds = (part) => (part.matches(".then") ? [...part.children] : [part]);
  const pairs = boxes.flatMap(([a], i) => boxes.slice(i + 1).map(([b]) => [a, b]));
  const box = (part) => part.getBoundingClientRect();
  return pairs
    .filter(([a, b]) => holds(a).some((x) => holds(b).some((y) => over(box(x), box(y)))))
    .map(([a, b]) => `${a.className} / ${b.className}`);
}"""
