"""The demo's life: what chance decides, the loop, and whole days in a hall whose clock jumps ahead."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random

import pytest

from server.commands import serving
from server.commands.desk import UNSAID
from server.config import load, shipped
from server.domain.actors import Actor
from server.domain.hall import Hall
from server.simulation import arrivals, demand, draws
from server.simulation.demand import Desk
from server.simulation.link import Link
from server.simulation.loop import Loop, NotNow, Pause, Play, Reply, Request, Wait, ask
from server.simulation.opening import open_the_hall
from server.store import chain
from tests.virtual_hall import VirtualClock, VirtualHall

DAY = 7.5 * 3600


@pytest.fixture(scope="module")
def hall() -> Hall:
    return load(shipped(), {}).hall


# What chance decides


def test_the_day_is_busiest_in_the_morning_and_its_mean_is_one() -> None:
    shares = [(at + 0.5) / 2000 for at in range(2000)]
    assert sum(map(arrivals.busyness, shares)) / len(shares) == pytest.approx(1, abs=0.002)
    busiest = max(shares, key=arrivals.busyness)
    assert 0.1 < busiest < 0.3
    assert arrivals.busyness(busiest) <= arrivals.BUSIEST
    assert arrivals.busyness(0.6) < 1 < arrivals.busyness(0.75), "quiet at noon, busier after"
    assert min(map(arrivals.busyness, [0.0, *shares, 1.0])) > 0, "a demo is alive at every moment"


def test_visitors_come_as_a_poisson_stream_that_follows_the_day() -> None:
    rng, at_s, came = Random(5), 0.0, list[float]()
    while at_s < 200 * DAY:
        at_s += arrivals.until_next(rng, at_s, 90, DAY)
        came.append(at_s % DAY / DAY)
    assert len(came) / 200 == pytest.approx(90 * 7.5, rel=0.01)
    tenths = Counter(int(share * 10) for share in came)
    for tenth in range(10):
        mean = sum(arrivals.busyness((tenth + (step + 0.5) / 50) / 10) for step in range(50)) / 50
        assert tenths[tenth] / len(came) * 10 == pytest.approx(mean, rel=0.03)


def test_visitors_are_as_various_as_the_shares_say() -> None:
    rng = Random(7)
    wishes = [draws.wish(rng, {"a": 3.0, "b": 1.0}) for _ in range(20_000)]
    assert Counter(wish.services[0] for wish in wishes)["a"] / len(wishes) == pytest.approx(0.75, abs=0.02)
    assert sum(wish.priority is not None for wish in wishes) / len(wishes) == pytest.approx(0.10, abs=0.01)
    assert sum(wish.language == "en" for wish in wishes) / len(wishes) == pytest.approx(0.05, abs=0.01)
    assert sum(len(wish.services) == 2 for wish in wishes) / len(wishes) == pytest.approx(0.06, abs=0.01)
    assert all(len(set(wish.services)) == len(wish.services) for wish in wishes)
    assert {wish.party_size for wish in wishes} == {1, 2, 3, 4, 5}
    assert "priority" not in draws.Wish(("a",), None, 1, "id").body()
    assert draws.wish(Random(1), {"only": 1.0}).services == ("only",)


def test_simulated_visitors_have_the_priority_classes_of_their_hall() -> None:
    rng = Random(3)
    given = {draws.wish(rng, {"a": 1.0}, ["elderly", "veteran"]).priority for _ in range(500)}
    assert given == {None, "elderly", "veteran"}
    assert {draws.wish(rng, {"a": 1.0}, []).priority for _ in range(500)} == {None}


def test_service_times_are_log_normal_around_the_usual_time() -> None:
    rng = Random(3)
    times = sorted(draws.service_seconds(rng, 300) for _ in range(20_000))
    assert times[len(times) // 2] == pytest.approx(300, rel=0.02)
    assert sum(times) / len(times) == pytest.approx(draws.mean_service_seconds(300), rel=0.02)
    assert times[len(times) // 50] > 100


def test_the_free_counters_leave_no_service_without_a_counter(hall: Hall) -> None:
    desks = [Desk(counter.id, counter.zone, counter.services) for counter in hall.counters]
    free = demand.free_counters(desks)
    assert len(free) == 3
    assert {desk.zone for desk in desks if desk.id in free} == {"a", "b", "c"}
    assert {s for desk in desks if desk.id not in free for s in desk.services} == set(hall.services)


@pytest.mark.parametrize(("counters", "free"), [(0, 0), (1, 0), (2, 1), (5, 2), (6, 3), (50, 3)])
def test_a_small_hall_keeps_half_of_its_counters_staffed(counters: int, free: int) -> None:
    desks = [Desk(str(at), "a", (f"service-{at}",)) for at in range(counters)]
    assert len(demand.free_counters(desks)) == free


def test_officers_work_the_quicker_the_more_come_within_believable_bounds() -> None:
    weights, minutes = {"a": 1.0, "b": 1.0}, {"a": 10, "b": 20}
    paces = [demand.pace_for(weights, minutes, 10, rate) for rate in (0, 5, 45, 55, 1000)]
    assert paces == sorted(paces, reverse=True)
    assert paces[0] == paces[1] == demand.SLOWEST
    assert demand.QUICKEST < paces[3] < demand.SLOWEST
    assert paces[4] == demand.QUICKEST


# The loop


def test_everybody_has_their_turn_when_due_and_the_speed_divides_only_the_hall_s_time() -> None:
    clock, turns = VirtualClock(), list[tuple[str, float]]()

    def somebody(name: str, step: Wait | Pause) -> Play[None]:
        for _ in range(2):
            yield step
            turns.append((name, clock.at_s))

    loop = Loop(clock, lambda request: Reply(200, {}), speed=10)
    loop.start(somebody("hall", Wait(30)))
    loop.start(somebody("real", Pause(5)))
    loop.run()
    assert turns == [("hall", 3), ("real", 5), ("hall", 6), ("real", 10)]
    assert loop.hall_s() == 100


def test_a_request_that_the_server_did_not_take_is_sent_again_with_its_key_while_others_go_on() -> None:
    clock, sent, got = VirtualClock(), list[Request](), list[Reply]()

    def answer(request: Request) -> Reply:
        sent.append(request)
        if len(sent) < 3:
            raise NotNow(2)
        return Reply(200, {"at": clock.at_s})

    def asking() -> Play[None]:
        got.append((yield from ask(Request("POST", "/x", "t"))))

    def other() -> Play[None]:
        yield Pause(1)
        got.append(Reply(0, {}))

    loop = Loop(clock, answer)
    loop.start(asking())
    loop.start(other())
    loop.run()
    assert [reply.body for reply in got] == [{}, {"at": 4}]
    assert len({request.key for request in sent}) == 1


# The line to the server


@contextmanager
def answering(*answers: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[tuple[str, list[str]]]:
    """A server that treats its requests one after the other as told; its address, and the keys it was sent."""
    left, keys = deque(answers), list[str]()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            keys.append(self.headers["Idempotency-Key"])
            left.popleft()(self)

        def log_message(self, format: str, *args: object) -> None:
            """Tests are quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", keys
        finally:
            server.shutdown()
            thread.join()


def say(status: int, body: bytes = b"{}", **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


def test_the_link_keeps_the_refusals_of_the_queue_and_waits_out_those_of_the_server() -> None:
    with answering(say(409, b'{"code": "stale"}'), say(429, Retry_After="7"), say(503), say(200)) as (url, keys):
        link, request = Link(url), Request("POST", "/x", "t")
        with closing(link):
            assert link.answer(request).code == "stale"
            with pytest.raises(NotNow) as busy:
                link.answer(request)
            with pytest.raises(NotNow) as away:
                link.answer(request)
            assert (busy.value.wait_s, away.value.wait_s) == (7, 1)
            assert link.answer(request).status == 200
    assert set(keys) == {request.key}


def test_a_connection_that_was_let_go_is_opened_again_and_a_server_that_is_gone_is_waited_for() -> None:
    with answering(say(200), hang_up, say(201), hang_up, hang_up) as (url, keys):
        link = Link(url)
        with closing(link):
            assert link.answer(Request("POST", "/x", "t")).status == 200
            assert link.answer(Request("POST", "/x", "t")).status == 201
            with pytest.raises(NotNow):
                link.answer(Request("POST", "/x", "t"))
    assert len(keys) == 5
    waits = list[float]()
    link = Link(url)
    for _ in range(5):
        with pytest.raises(NotNow) as gone:
            link.answer(Request("POST", "/x", "t"))
        waits.append(gone.value.wait_s)
    assert waits == [0.5, 1, 2, 5, 5]


# Whole days


class Simulated:
    """A simulated day in a virtual hall; `loop.run(s)` lets real seconds pass."""

    def __init__(self, folder: Path, hall: Hall, per_hour: float, speed: float, seed: int) -> None:
        self.hall = VirtualHall(folder, hall)
        self.lost = 0.0
        self._rng = Random(seed)
        self.loop = Loop(self.hall.clock, self._answer, speed)
        self.loop.start(open_the_hall(self.loop, self.hall.cast, per_hour, Random(seed)))

    def _answer(self, request: Request) -> Reply:
        """The hall's answer; a share of `lost` goes astray, half of them on the way there."""
        where = self._rng.random()
        if where < self.lost / 2:
            raise NotNow(1)
        reply = self.hall.answer(request)
        if where < self.lost:
            raise NotNow(1)
        return reply

    def hall_hours(self, hours: float) -> None:
        self.loop.run(hours * 3600 / self.loop.speed)

    def waiting_by_agency(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for service, count in self.hall.reader().waiting_counts().items():
            found[self.hall.hall.agency_of[service].id] += count
        return found

    def count(self, sql: str, *values: object) -> int:
        return int(self.hall.connection.execute(sql, values).fetchone()[0])


@pytest.fixture
def simulated(tmp_path: Path, hall: Hall) -> Iterator[Callable[..., Simulated]]:
    made: list[Simulated] = []

    def make(per_hour: float = 90, speed: float = 20, seed: int = 1) -> Simulated:
        made.append(Simulated(tmp_path / str(len(made)), hall, per_hour, speed, seed))
        return made[-1]

    yield make
    for day in made:
        day.hall.connection.close()


def test_a_day_at_the_usual_rate_stays_believable(simulated: Callable[..., Simulated]) -> None:
    day = simulated()
    longest: Counter[str] = Counter()
    for _ in range(30):
        day.hall_hours(0.25)
        longest |= day.waiting_by_agency()
    assert 3 <= max(longest.values()) <= 15
    assert set(longest) >= set(day.hall.hall.agency) - {"taspen", "kemenag"}, "everybody has visitors at some time"
    issued, called = day.count("SELECT count(*) FROM tickets"), day.count("SELECT sum(calls) FROM tickets")
    assert issued == pytest.approx(90 * 7.5, rel=0.2)
    assert day.count("SELECT count(*) FROM tickets WHERE state = 'finished'") > issued * 0.85
    missed = day.count("SELECT count(*) FROM events WHERE kind = 'ticket.no_show'")
    assert missed / called == pytest.approx(0.05, abs=0.02)
    assert 0 < day.count("SELECT count(*) FROM tickets WHERE state = 'cancelled'") < issued * 0.05
    assert 0 < day.count("SELECT count(*) FROM tickets WHERE priority IS NOT NULL") < issued * 0.2
    assert issued > day.count("SELECT count(DISTINCT visit) FROM tickets"), "some have two tickets"
    for kind in ("ticket.recalled", "ticket.restored"):
        assert day.count("SELECT count(*) FROM events WHERE kind = ?", kind) > 0
    assert day.count("SELECT count(*) FROM events WHERE payload LIKE '%\"paused\"%'") > 0
    said = day.count("SELECT count(*) FROM surveys")
    assert said / issued == pytest.approx(0.3, abs=0.08), "some say what they thought of it"
    assert 0 < day.count("SELECT count(*) FROM survey_comments") < said * 0.3
    assert day.hall.refused == [], "nothing was asked for that the queue forbids"
    assert {row.id for row in day.hall.reader().counters().values()} == set(day.hall.hall.counter) - day.hall.cast.free
    assert chain.verify(day.hall.connection) is None


def test_a_hall_that_is_far_too_full_turns_visitors_away(simulated: Callable[..., Simulated]) -> None:
    day = simulated(per_hour=2000)
    for _ in range(6):
        day.hall_hours(0.25)
        assert max(day.hall.reader().waiting_counts().values()) <= 41
    assert sum(day.waiting_by_agency().values()) > 100
    assert day.count("SELECT count(*) FROM tickets") < 2000 * 1.5 / 2


def test_a_hall_with_few_visitors_is_served_at_once(simulated: Callable[..., Simulated]) -> None:
    day = simulated(per_hour=10)
    day.hall_hours(3)
    assert day.count("SELECT count(*) FROM tickets WHERE state = 'finished'") >= 10
    assert max(day.waiting_by_agency().values(), default=0) <= 3


def test_answers_that_go_astray_cost_time_and_nothing_else(simulated: Callable[..., Simulated]) -> None:
    day = simulated()
    day.lost = 0.3
    day.hall_hours(1)
    assert day.hall.refused == []
    assert day.count("SELECT count(*) FROM tickets WHERE state = 'finished'") > 20
    assert chain.verify(day.hall.connection) is None


def test_an_officer_steps_back_for_a_person_and_comes_back_when_the_counter_is_closed(
    simulated: Callable[..., Simulated],
) -> None:
    day = simulated(speed=6)
    hall, person = day.hall, Actor("user:1", "officer", "petugas-01")
    day.hall_hours(0.2)
    hall.write(lambda tx: serving.open_counter(tx, hall.hall, person, "2", take_over=True, expect=UNSAID))
    taken = hall.reader().newest.seq
    day.hall_hours(0.5)
    late = "SELECT count(*) FROM events WHERE seq > ? AND actor = 'token:counter/2'"
    # The officer may have looked just before, and pressed just after.
    assert day.count(late, taken) <= 1
    called = hall.reader().ticket_at("2")
    if called is not None and called.state == "called":
        hall.write(lambda tx: serving.no_show(tx, hall.hall, person, "2", expect=called.id))
    elif called is not None:
        hall.write(lambda tx: serving.finish(tx, hall.hall, person, "2", expect=called.id))
    hall.write(lambda tx: serving.close_counter(tx, hall.hall, person, "2", expect=None))
    closed = hall.reader().newest.seq
    day.hall_hours(0.5)
    assert day.count(late + " AND kind = 'ticket.called'", closed) > 0


def test_a_simulation_that_starts_again_goes_on_where_the_last_one_stopped(simulated: Callable[..., Simulated]) -> None:
    day = simulated()
    day.hall_hours(1)
    busy = [row.id for row in day.hall.reader().counters().values() if day.hall.reader().ticket_at(row.id)]
    assert len(busy) > 5
    day.loop = Loop(day.hall.clock, day.hall.answer, 20)
    day.loop.start(open_the_hall(day.loop, day.hall.cast, 90, Random(2)))
    newest = day.hall.reader().newest.seq
    day.hall_hours(1)
    assert day.hall.refused == []
    for counter in busy:
        mine = f"token:counter/{counter}"
        assert day.count("SELECT count(*) FROM events WHERE seq > ? AND actor = ?", newest, mine) > 0
