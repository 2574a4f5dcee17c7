"""The reports' pages, on a hall with weeks behind it: what they show is what the API says, and leads to its tickets."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Locator, Page, Route, expect
from pypdf import PdfReader

from server.config import load
from server.store.sqlite import DATABASE
from tests.browser import address
from tests.browser.mal import PASSWORD, Mal, document
from tests.browser.screens import CUT_OFF, DESK, WIDE, Screens, tidy
from tests.browser.test_every_page import audit
from tests.browser.test_pictures import take
from tests.harness import Client, wait_until
from tests.past_days import PastDays, working_days

SUPERVISOR = "walikota"
TABLET = (1024, 768)
READY = "main[data-state=ready]"
LONG_MS = 60_000
"""For figures of days that are not rolled up yet, on a busy machine."""
ROLLED_UP_S = 120.0


@dataclass(frozen=True)
class Weeks:
    """A hall with a past, and the two weeks of it that the tests ask for; the two before them are there too."""

    hall: Mal
    first: date
    last: date

    @property
    def days(self) -> str:
        return f"from={self.first}&to={self.last}"

    def rows(self, by: str, more: str = "") -> dict[str, dict[str, Any]]:
        """The rows of the waiting report, by key."""
        answer = self.hall.client("supervisor").get(f"/reports/waiting?{more or self.days}&by={by}")
        return {row["key"]: row for row in answer["rows"]}

    def before(self) -> str:
        length = self.last - self.first + timedelta(days=1)
        return f"from={self.first - length}&to={self.last - length}"


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Weeks]:
    hall = Mal(tmp_path_factory.mktemp("weeks"), document())
    hall.start()
    hall.local().do("/users", {"name": SUPERVISOR, "role": "supervisor", "password": PASSWORD})
    hall.stop()
    settings = load(hall.config, {})
    now = datetime.now(settings.hall.zone_info)
    last = now.date() - timedelta(days=1)
    if (last - timedelta(days=13)).day == 1:  # days from a month's first are compared with the month before
        last -= timedelta(days=1)
    past = PastDays(settings.hall, load=1.0, serve_minutes=25)
    assert past.write(hall.data / DATABASE, working_days(last, 20), int(now.timestamp() * 1000)) > 1_000
    hall.start()
    chief = hall.client("supervisor")
    wait_until(lambda: chief.get("/reports/state")["not_rolled_up"] == 0, ROLLED_UP_S, "all days rolled up")
    yield Weeks(hall, last - timedelta(days=13), last)
    hall.stop()


@pytest.fixture
def seen(browser: Browser, weeks: Weeks) -> Iterator[Screens]:
    opened = Screens(browser, weeks.hall)
    yield opened
    opened.close()


def reader(seen: Screens, weeks: Weeks, path: str = "", size: tuple[int, int] = DESK, name: str = SUPERVISOR) -> Page:
    """The page of somebody who is logged in; without a path, that of the two weeks."""
    context = seen.context(size)
    answer = Client(weeks.hall.url).post("/session", {"name": name, "password": PASSWORD})
    cookie, _, value = answer.headers["Set-Cookie"].split(";")[0].partition("=")
    context.add_cookies([{"name": cookie, "value": value, "url": address(weeks.hall.url)}])
    page = context.new_page()
    page.goto(address(weeks.hall.url, path or f"/reports/?{weeks.days}"))
    return page


def ready(page: Page) -> Page:
    page.wait_for_selector(READY, timeout=LONG_MS)
    return page


def minutes(seconds: float) -> str:
    """As Indonesians write it: one digit after the comma, none from a hundred on."""
    value = seconds / 60
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}".replace(".", ",")


def whole(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def cell(page: Page, row: str, column: str) -> Locator:
    return page.locator(f"#groups tr[data-key='{row}'] [data-column={column}]")


def count_listed(page: Page) -> int:
    """All tickets of a list, over all of its pages."""
    found = 0
    while True:
        ready(page)
        found += page.locator("#tickets tbody tr").count()
        following = page.get_by_role("link", name="Halaman berikutnya")
        if following.count() == 0:
            return found
        first = page.inner_text("#tickets tbody tr th >> nth=0")
        following.click()
        expect(page.locator("#tickets tbody tr th").first).not_to_have_text(first)


# --- what the page says ---


def test_picture(seen: Screens, weeks: Weeks) -> None:
    """The one of README.md."""
    page = ready(reader(seen, weeks))
    expect(page.locator("[data-answer=where] .large")).to_contain_text("pukul")
    take(page, "reports.png", DESK)


def test_the_first_screen_says_how_long_where_and_whether_it_is_better(seen: Screens, weeks: Weeks) -> None:
    page = ready(reader(seen, weeks))
    hall, before = weeks.rows("hall")["hall"], weeks.rows("hall", weeks.before())["hall"]
    expect(page.locator("[data-answer=how-long] .figure")).to_have_text(f"{minutes(hall['wait']['median'])} mnt")
    agencies = weeks.rows("agency")
    worst = max((row for row in agencies.values() if row["called"] >= 10), key=lambda row: row["wait"]["median"])
    hours = weeks.rows("hour", f"{weeks.days}&agency={worst['key']}")
    hour = max((row for row in hours.values() if row["called"] >= 10), key=lambda row: row["wait"]["median"])
    place = page.locator(f".side[data-key={worst['key']}] .side-name").inner_text()
    at = int(hour["key"])
    expect(page.locator("[data-answer=where] .large")).to_have_text(f"{place}, pukul {at:02d}–{at + 1:02d}")
    change = hall["wait"]["median"] - before["wait"]["median"]
    better = page.locator("[data-answer=better]")
    expect(better.locator(".than a")).to_have_text(f"{minutes(before['wait']['median'])} mnt")
    if abs(change) < 30:
        expect(better.locator(".large")).to_have_text("Kira-kira sama")
    else:
        expect(better.locator(".large")).to_have_text("Lebih lama" if change > 0 else "Lebih singkat")
        expect(better.locator(".words")).to_contain_text(f"{minutes(abs(change))} mnt lebih")
    for answer in ("how-long", "where", "better"):
        expect(page.locator(f"[data-answer={answer}]")).to_be_in_viewport(ratio=1)
    for outcome in ("issued", "served", "no_show", "cancelled", "expired"):
        expect(page.locator(f"[data-fact={outcome}] dd a")).to_have_text(whole(hall[outcome]))


@pytest.mark.parametrize("by", ["agency", "service", "counter", "officer", "hour", "weekday", "day"])
def test_the_table_shows_the_figures_of_the_api(seen: Screens, weeks: Weeks, by: str) -> None:
    page = ready(reader(seen, weeks, f"/reports/?{weeks.days}&by={by}"))
    rows = weeks.rows(by)
    expect(page.locator("#groups tbody tr")).to_have_count(len(rows))
    shown = page.locator("#groups tbody tr").evaluate_all(
        "(lines) => lines.map((line) => [line.dataset.key, Object.fromEntries("
        "[...line.children].map((each) => [each.dataset.column, each.textContent]))])"
    )
    for key, columns in shown:
        row = rows[key]
        assert columns["issued"] == whole(row["issued"]) and columns["no_show"] == whole(row["no_show"])
        for metric, figure in (("wait", "median"), ("wait", "p90"), ("wait", "max"), ("service", "median")):
            known = row[metric][figure]
            assert columns[f"{metric}_{figure}"] == ("–" if known is None else minutes(known)), (key, figure)
    expect(cell(page, "total", "issued")).to_have_text(whole(weeks.rows("hall")["hall"]["issued"]))


def test_a_change_is_told_in_words_against_the_weeks_before(seen: Screens, weeks: Weeks) -> None:
    page = ready(reader(seen, weeks))
    before = weeks.rows("agency", weeks.before())
    for key, row in weeks.rows("agency").items():
        change = row["wait"]["median"] - before[key]["wait"]["median"]
        words = tidy(cell(page, key, "change").inner_text())
        if abs(change) < 30:
            assert words == "kira-kira sama"
        else:
            assert words == f"{minutes(abs(change))} mnt lebih {'lama' if change > 0 else 'singkat'}"


def test_the_heat_map_shows_each_weekday_and_hour(seen: Screens, weeks: Weeks) -> None:
    page = ready(reader(seen, weeks))
    rows = {key: row for key, row in weeks.rows("hour_weekday").items() if row["wait"]["median"] is not None}
    cells = page.locator(".heat td a")
    expect(cells).to_have_count(len(rows))
    assert sorted(cells.all_inner_texts(), key=int) == sorted(
        (f"{row['wait']['median'] / 60:.0f}" for row in rows.values()), key=int
    )


@pytest.mark.parametrize("size", [DESK, TABLET], ids=["laptop", "tablet"])
def test_the_trend_stands_on_that_of_the_days_before(seen: Screens, weeks: Weeks, size: tuple[int, int]) -> None:
    page = ready(reader(seen, weeks, size=size))
    days, before = weeks.rows("day"), weeks.rows("day", weeks.before())
    length = weeks.last - weeks.first + timedelta(days=1)
    part = page.locator("[data-part=trend]")
    expect(part.locator(".legend")).to_contain_text(f"median sebelumnya: {page.evaluate(NAMED, weeks.before())}")
    assert ink(page, "trend") > 0 == ink(page, "hours"), "the day's plot has no line of other days"
    part.locator("summary").click()
    cells = "(rows) => rows.map((row) => [...row.cells].map((each) => each.textContent))"
    lines = part.locator("tbody tr").evaluate_all(cells)
    assert len(lines) == len(days) > 0
    for (_, issued, median, *_, earlier), (key, row) in zip(lines, sorted(days.items()), strict=True):
        then = before[str(date.fromisoformat(key) - length)]
        assert (issued, median) == (whole(row["issued"]), minutes(row["wait"]["median"]))
        assert earlier == minutes(then["wait"]["median"]), key
    part.locator(".plot").focus()
    page.keyboard.press("ArrowRight")
    expect(part.locator(".readout")).to_contain_text(f"median {lines[0][-1]} mnt.")


def test_over_long_times_months_stand_on_months(seen: Screens, weeks: Weeks) -> None:
    """A hundred days from the first, most of them to come; of those before, the two weeks at their end are known."""
    last, before = weeks.first + timedelta(days=99), weeks.first - timedelta(days=100)
    page = ready(reader(seen, weeks, f"/reports/?from={weeks.first}&to={last}"))
    now = weeks.rows("month", f"from={weeks.first}&to={last}")
    then = weeks.rows("month", f"from={before}&to={weeks.first - timedelta(days=1)}")
    pairs = zip_longest(months(weeks.first, last), months(before, weeks.first - timedelta(days=1)))
    expected = [
        [minutes(one["wait"]["median"]) if one else "–" for one in (now.get(month), then.get(earlier))]
        for month, earlier in pairs if month and (month in now or earlier in then)
    ]  # fmt: skip
    part = page.locator("[data-part=trend]")
    expect(part.locator("h2")).to_have_text("Dari bulan ke bulan")
    part.locator("summary").click()
    cells = "(rows) => rows.map(({ cells }) => [cells[2].textContent, cells[5].textContent])"
    assert part.locator("tbody tr").evaluate_all(cells) == expected
    assert any(earlier != "–" for _, earlier in expected)


def months(first: date, last: date) -> list[str]:
    """All months from one day to another."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return list(dict.fromkeys(f"{day:%Y-%m}" for day in days))


def test_where_nothing_was_before_no_line_and_no_word_says_so(seen: Screens, weeks: Weeks) -> None:
    first = min(weeks.rows("day", f"from={weeks.last - timedelta(days=60)}&to={weeks.last}"))
    page = ready(reader(seen, weeks, f"/reports/?from={first}&to={date.fromisoformat(first) + timedelta(days=4)}"))
    part = page.locator("[data-part=trend]")
    expect(part.locator(".legend .key")).to_have_count(2)
    part.locator("summary").click()
    expect(part.locator("thead th")).to_have_count(5)
    assert ink(page, "trend") == 0


def ink(page: Page, part: str) -> int:
    """How many points of a plot have the colour of the line of the days before, and of nothing else."""
    found: int = page.locator(f"[data-part={part}] canvas").evaluate(
        "(canvas) => { const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);"
        " let count = 0; for (let at = 0; at < data.length; at += 4)"
        " count += data[at] === 0x10 && data[at + 1] === 0x24 && data[at + 2] === 0x2b && data[at + 3] === 255;"
        " return count; }"
    )
    return found


NAMED = """async (days) => {
  const given = new URLSearchParams(days);
  return (await import('/reports/static/names.js')).daysName(given.get('from'), given.get('to'));
}"""


def test_counters_and_officers_are_told_of_one_service(seen: Screens, weeks: Weeks) -> None:
    service = max(weeks.rows("service").values(), key=lambda row: int(row["issued"]))["key"]
    page = ready(reader(seen, weeks, f"/reports/?{weeks.days}&service={service}&by=counter"))
    rows = weeks.rows("counter", f"{weeks.days}&service={service}")
    served = {key: row for key, row in rows.items() if row["served"]}
    expect(page.locator("#groups tbody tr")).to_have_count(len(rows))
    for key, row in served.items():
        expect(cell(page, key, "issued")).to_have_text(whole(row["issued"]))
        expect(cell(page, key, "wait_median")).to_have_text(minutes(row["wait"]["median"]))
    expect(page.locator("#counters tbody tr")).to_have_count(len(served))  # those that serve it, not the whole hall's
    expect(page.locator("[data-part=counters]")).to_contain_text("mencakup semua layanan di loket itu")
    with page.expect_download() as coming:
        page.click("[data-part=groups] [data-file=csv]")
    assert len(Path(coming.value.path()).read_text(encoding="utf-8-sig").splitlines()) == len(rows) + 1
    key = next(iter(served))
    cell(page, key, "served").locator("a").click()
    page.wait_for_url("**/reports/tickets?*")
    assert count_listed(page) == served[key]["served"]


def test_over_more_days_than_are_read_the_page_groups_by_service_and_says_why(seen: Screens, weeks: Weeks) -> None:
    service = next(iter(weeks.rows("service")))
    first = weeks.last - timedelta(days=92)
    page = ready(reader(seen, weeks, f"/reports/?from={first}&to={weeks.last}&service={service}&by=officer"))
    expect(page.locator("#asked-by")).to_have_value("service")
    option = page.locator("#asked-by option[value=officer]")
    expect(option).to_be_disabled()
    expect(option).to_have_text("Petugas (paling lama 92 hari)")
    page.goto(address(weeks.hall.url, f"/reports/?from={first + timedelta(days=1)}&to={weeks.last}&service={service}"))
    expect(ready(page).locator("#asked-by option[value=officer]")).to_be_enabled()


def test_long_names_and_what_the_catalogue_has_no_more_break_nothing(seen: Screens, weeks: Weeks) -> None:
    page = reader(seen, weeks, f"/reports/?{weeks.days}&agency={'م' * 200}")
    page.wait_for_selector("main[data-state=empty]", timeout=LONG_MS)
    assert page.evaluate("document.scrollingElement.scrollWidth") == DESK[0]


# --- every figure leads to its tickets ---


@pytest.mark.parametrize("outcome", ["issued", "served", "no_show", "cancelled"])
def test_a_count_leads_to_exactly_that_many_tickets(seen: Screens, weeks: Weeks, outcome: str) -> None:
    page = ready(reader(seen, weeks))
    row = max(weeks.rows("agency").values(), key=lambda row: int(row["issued"]))
    cell(page, row["key"], outcome).locator("a").click()
    page.wait_for_url("**/reports/tickets?*")
    assert count_listed(page) == row[outcome] > 0


def test_a_field_of_the_heat_map_and_a_point_of_a_plot_lead_to_their_tickets(seen: Screens, weeks: Weeks) -> None:
    page = ready(reader(seen, weeks))
    rows = weeks.rows("hour_weekday")
    page.locator(".heat td a").first.click()
    page.wait_for_url("**/reports/tickets?*weekday=*")
    found = re.search(r"weekday=(\w+)&hour=(\d+)", page.url)
    assert found
    assert count_listed(page) == rows[f"{found[1]}-{int(found[2]):02d}"]["issued"]
    page.go_back()
    page.go_back() if "/reports/tickets" in page.url else None
    ready(page)
    page.locator("[data-part=hours] .plot").focus()
    page.keyboard.press("ArrowRight")
    link = page.locator("[data-part=hours] .readout a")
    expect(link).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/reports/tickets?*hour=*")
    hour = re.search(r"hour=(\d+)", page.url)
    assert hour and count_listed(page) == weeks.rows("hour")[f"{int(hour[1]):02d}"]["issued"]


def test_an_outcome_of_a_service_leads_to_its_tickets(seen: Screens, weeks: Weeks) -> None:
    page = ready(reader(seen, weeks))
    link = page.locator("#outcomes tbody a").first
    told = int(link.inner_text())
    link.click()
    page.wait_for_url("**/reports/tickets?*result=*")
    assert count_listed(page) == told


def test_a_counter_leads_to_those_it_served(seen: Screens, weeks: Weeks) -> None:
    page = ready(reader(seen, weeks))
    link = page.locator("#counters tbody tr").first.locator("a")
    served = int(link.inner_text())
    link.click()
    page.wait_for_url("**/reports/tickets?*counter=*")
    assert count_listed(page) == served


# --- the address ---


def test_what_is_chosen_stands_in_the_address_and_back_goes_back(seen: Screens, weeks: Weeks) -> None:
    page = ready(reader(seen, weeks))
    total = page.inner_text("[data-fact=issued] dd a")
    page.select_option("#asked-agency", "samsat")
    page.wait_for_url(f"**/reports/?{weeks.days}&agency=samsat")
    expect(page.locator("#asked-by")).to_have_value("service")  # of one agency there is nothing to tell by agency
    own = whole(weeks.rows("agency")["samsat"]["issued"])
    expect(page.locator("[data-fact=issued] dd a")).to_have_text(own, timeout=LONG_MS)
    ready(page)
    bookmark = page.url
    page.go_back()
    expect(page.locator("[data-fact=issued] dd a")).to_have_text(total, timeout=LONG_MS)
    expect(page.locator("#asked-agency")).to_have_value("")
    page.goto(bookmark)
    expect(page.locator("[data-fact=issued] dd a")).to_have_text(own, timeout=LONG_MS)
    expect(page.locator("#asked-agency")).to_have_value("samsat")


def test_a_named_period_is_kept_by_its_name(seen: Screens, weeks: Weeks) -> None:
    page = reader(seen, weeks, "/reports/?period=today")
    page.wait_for_selector("main[data-state=empty]", timeout=LONG_MS)
    expect(page.locator(".message h2")).to_have_text("Belum ada kunjungan pada tanggal ini")
    page.click("[data-period=last_month]")
    page.wait_for_url("**/reports/?period=last_month")
    expect(page.locator("[data-period=last_month]")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize(("days", "before"), [
    (("2026-11-23", "2026-11-23"), ("2026-11-16", "2026-11-16")),  # the same weekday
    (("2026-11-16", "2026-11-22"), ("2026-11-09", "2026-11-15")),
    (("2026-11-01", "2026-11-22"), ("2026-10-01", "2026-10-22")),
    (("2026-10-01", "2026-10-31"), ("2026-09-01", "2026-09-30")),  # whole months, of whatever length
    (("2026-02-01", "2026-02-28"), ("2026-01-01", "2026-01-31")),
    (("2026-03-01", "2026-03-30"), ("2026-02-01", "2026-02-28")),
    (("2026-01-01", "2026-11-22"), ("2025-01-01", "2025-11-22")),
    (("2028-01-01", "2028-02-29"), ("2027-01-01", "2027-02-28")),
    (("2026-11-03", "2026-11-12"), ("2026-10-24", "2026-11-02")),
])  # fmt: skip
def test_days_are_compared_with_their_like(
    seen: Screens, days: tuple[str, str], before: tuple[str, str]
) -> None:
    page = seen.open("/reports/", DESK)
    found = page.evaluate(
        "async ([from, to]) => (await import('/reports/static/days.js')).earlier({ from, to })", list(days)
    )
    assert (found["from"], found["to"]) == before


# --- days that are typed in, and what goes wrong ---


def test_own_days_are_asked_for_and_a_wrong_one_is_named(seen: Screens, weeks: Weeks) -> None:
    page = ready(reader(seen, weeks, f"/reports/?{weeks.days}"))
    page.fill("#asked-from", str(weeks.last))
    page.fill("#asked-to", str(weeks.first))
    page.click("button:text-is('Tampilkan')")
    expect(page.locator("#asked-wrong")).to_have_text("Sampai tanggal: tidak boleh sebelum tanggal awal.")
    expect(page.locator("#asked-to")).to_have_attribute("aria-invalid", "true")
    expect(page.locator(READY)).to_be_attached()  # nothing has changed
    page.fill("#asked-from", str(weeks.last - timedelta(days=2)))
    page.fill("#asked-to", str(weeks.last))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/reports/?from={weeks.last - timedelta(days=2)}&to={weeks.last}")
    page.goto(address(weeks.hall.url, "/reports/?from=2026-02-30&to=2026-03-01"))
    expect(page.locator("#asked-wrong")).to_have_text("Dari tanggal: isi tanggal yang benar.")


def test_more_years_than_can_be_reckoned_are_refused_by_the_server_in_words(seen: Screens, weeks: Weeks) -> None:
    seen.forgive("422")
    page = reader(seen, weeks, f"/reports/?from=1990-01-01&to={weeks.last}")
    expect(page.locator("#asked-wrong")).to_contain_text("Sampai tanggal: rentang tanggal ini tidak bisa dihitung.")


def test_a_report_in_the_making_says_how_far_it_is(seen: Screens, weeks: Weeks) -> None:
    page = seen.open("/reports/", DESK)
    held: list[Route] = []
    page.route("**/api/v1/reports/waiting?*by=hour", lambda route: held.append(route))
    page.fill("#login-username", SUPERVISOR)
    page.fill("#login-password", PASSWORD)
    page.click(".login-enter")
    page.wait_for_selector("main[data-state]")
    page.goto(address(weeks.hall.url, f"/reports/?{weeks.days}"))
    expect(page.locator(".told")).to_contain_text(re.compile(r"bagian [3-9]|bagian 1\d"), timeout=LONG_MS)
    expect(page.locator("main")).to_have_attribute("data-state", "loading")
    expect(page.locator("progress")).to_be_visible()
    expect(page.locator("[data-answer=how-long]")).to_be_visible()
    expect(page.locator(".slot.waits")).not_to_have_count(0)
    while not page.locator(READY).count():
        if held:
            held.pop(0).continue_()
        page.wait_for_timeout(50)
    expect(page.locator("progress")).to_be_hidden()
    expect(page.locator(".slot.waits")).to_have_count(0)


def test_without_the_server_the_page_says_so_and_tries_again(seen: Screens, weeks: Weeks) -> None:
    seen.forgive(CUT_OFF)
    page = ready(reader(seen, weeks))
    page.context.set_offline(True)
    page.get_by_role("button", name="Hitung ulang").click()
    expect(page.locator(".problem h2")).to_have_text("Belum terhubung ke server")
    page.context.set_offline(False)
    page.get_by_role("button", name="Coba lagi").click()
    ready(page)


def test_a_session_that_is_over_leads_to_the_login_and_back(seen: Screens, weeks: Weeks) -> None:
    seen.forgive("401")
    page = ready(reader(seen, weeks))
    page.context.clear_cookies()
    page.get_by_role("button", name="Hitung ulang").click()
    expect(page.locator(".login-message")).to_have_text("Sesi Anda sudah berakhir. Silakan masuk lagi.")
    page.fill("#login-username", SUPERVISOR)
    page.fill("#login-password", PASSWORD)
    page.keyboard.press("Enter")
    ready(page)
    assert str(weeks.first) in page.url


def test_the_bar_leads_to_pages_that_are_there(seen: Screens, weeks: Weeks) -> None:
    page = ready(reader(seen, weeks))
    links = page.locator(".nav-link").evaluate_all("(links) => links.map((link) => link.getAttribute('href'))")
    assert "/reports/" in links
    for path in links:
        assert Client(weeks.hall.url).request("GET", path).status == 200, path


def test_an_officer_is_told_whose_page_this_is(seen: Screens, weeks: Weeks) -> None:
    weeks.hall.local().post("/users", {"name": "petugas-laporan", "role": "officer", "password": PASSWORD})
    page = reader(seen, weeks, name="petugas-laporan")
    expect(page.locator("h1")).to_have_text("Halaman untuk pengawas dan admin")
    audit(page)


# --- files and paper ---


def test_the_table_comes_as_csv_and_as_a_workbook(seen: Screens, weeks: Weeks, tmp_path: Path) -> None:
    page = ready(reader(seen, weeks))
    rows = weeks.rows("agency")
    with page.expect_download() as coming:
        page.click("[data-part=groups] [data-file=csv]")
    text = Path(coming.value.path()).read_text(encoding="utf-8-sig")
    assert len(text.splitlines()) == len(rows) + 1
    with page.expect_download() as coming:
        page.click("[data-part=groups] [data-file=xlsx]")
    assert coming.value.suggested_filename == f"antrean-waiting-agency-{weeks.first}-{weeks.last}.xlsx"
    coming.value.save_as(tmp_path / "laporan.xlsx")
    sheet = load_workbook(tmp_path / "laporan.xlsx").worksheets[0]
    head, *lines = sheet.values
    found = {line[head.index("key")]: line[head.index("issued")] for line in lines}
    assert found == {key: row["issued"] for key, row in rows.items()}


def test_the_month_comes_as_pdf(seen: Screens, weeks: Weeks) -> None:
    page = ready(reader(seen, weeks))
    with page.expect_download(timeout=LONG_MS) as coming:
        page.click("[data-file=pdf]")
    assert coming.value.suggested_filename == f"antrean-{weeks.last:%Y-%m}.pdf"
    assert len(PdfReader(coming.value.path()).pages) >= 1


def test_on_paper_stand_the_hall_the_days_and_every_agency_and_no_buttons(seen: Screens, weeks: Weeks) -> None:
    page = ready(reader(seen, weeks))
    days = page.inner_text(".asked-days")
    paper = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    width, height = (round(float(side) / 72 * 25.4) for side in paper.pages[0].mediabox[2:])
    assert (width, height) == (210, 297)
    text = tidy(" ".join(each.extract_text() for each in paper.pages)).replace(" ", "")
    for said in (page.inner_text(".bar-hall"), days):
        assert said.replace(" ", "") in text, said
    assert page.locator(".side.rest").count() > 0
    for name in page.locator(".side-name").all_text_contents():
        assert name.replace(" ", "") in text, name
    for button in ("Hitungulang", "Cetak", "Kelompokkan", "Tampilkansemua"):
        assert button not in text


# --- by hand, by ear, in English, at every size ---


def test_a_table_is_put_in_order_by_keyboard(seen: Screens, weeks: Weeks) -> None:
    page = ready(reader(seen, weeks))
    page.focus("#groups .head[data-column=wait_median]")
    page.keyboard.press("Enter")
    expect(page.locator("#groups th:has(.head[data-column=wait_median])")).to_have_attribute("aria-sort", "descending")
    order = page.locator("#groups tbody tr").evaluate_all("(rows) => rows.map((row) => row.dataset.key)")
    rows = weeks.rows("agency")
    medians = [rows[key]["wait"]["median"] for key in order]
    assert medians == sorted(medians, reverse=True)
    page.keyboard.press("Enter")
    expect(page.locator("#groups th:has(.head[data-column=wait_median])")).to_have_attribute("aria-sort", "ascending")
    page.reload()
    ready(page)
    assert page.locator("#groups tbody tr").first.get_attribute("data-key") == order[-1], "the address keeps the order"


def test_it_speaks_english(seen: Screens, weeks: Weeks) -> None:
    page = ready(reader(seen, weeks))
    page.get_by_role("button", name="English").click()
    ready(page)
    expect(page.locator("[data-answer=how-long] h2")).to_have_text("How long do people wait?")
    hall = weeks.rows("hall")["hall"]
    expect(page.locator("[data-fact=issued] dd a")).to_have_text(f"{hall['issued']:,}")
    audit(page)


@pytest.mark.parametrize("size", [DESK, TABLET, WIDE], ids=["laptop", "tablet", "desktop"])
def test_everybody_can_read_and_hit_it_at_every_size(seen: Screens, weeks: Weeks, size: tuple[int, int]) -> None:
    page = ready(reader(seen, weeks, size=size))
    audit(page)
    assert page.evaluate("document.scrollingElement.scrollWidth") == size[0]
    page.get_by_role("button", name="Pilih tanggal").click()
    audit(page)
    page.locator("[data-fact=no_show] dd a").click()
    page.wait_for_url("**/reports/tickets?*")
    ready(page)
    audit(page)
    assert page.evaluate("document.scrollingElement.scrollWidth") == size[0]
