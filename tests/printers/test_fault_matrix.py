"""Each fault of a printer, before, during and after a slip, with the server's own print worker and with an agent.

All scenes of a route are played at the same time, each with a printer of its own; then each is looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.printers.faulty_hall import FAULTS, PHASES, RIGHT_WITHIN_S, FaultyHall, Scene

ROUTES = ("server", "agent")


@pytest.fixture(scope="module", params=ROUTES)
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Scene]]:
    hall = FaultyHall(tmp_path_factory.mktemp(request.param), request.param)
    try:
        with ThreadPoolExecutor(len(hall.scenes)) as players:
            list(players.map(hall.play, hall.scenes))
        yield {scene.id: scene for scene in hall.scenes}
    finally:
        hall.close()


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault(played: dict[str, Scene], fault: str, phase: str) -> None:
    scene = played[f"{fault}-{phase}".replace("_", "-")]
    seen = f"{scene.issued} {scene.slips} {scene.jobs}"
    assert not scene.failure, f"{scene.failure}: {seen}"
    assert len(scene.issued) == 2, "a printer's fault costs nobody a ticket"
    if scene.fault.lasting:
        assert scene.state_after_s is not None and scene.state_after_s <= RIGHT_WITHIN_S
    assert scene.ready_after_s is not None and scene.ready_after_s <= RIGHT_WITHIN_S
    assert scene.early == 0, f"nothing comes out of a printer that cannot print: {seen}"
    unmarked = Counter(number for number, copy in scene.slips if not copy)
    marked = Counter(number for number, copy in scene.slips if copy)
    for number in scene.issued:
        assert unmarked[number] <= 1, f"never two unmarked slips: {seen}"
        assert marked[number] <= 1, f"and one copy at most by itself: {seen}"
        assert unmarked[number] or marked[number], f"every visitor gets paper: {seen}"
    proven = scene.fault.proven or phase != "during"
    if proven:
        assert not marked and set(unmarked.values()) == {1}, f"what the answers prove is not printed again: {seen}"
        assert scene.jobs == ["printed", "printed"], seen
    assert [number for number, copy in scene.slips if not copy] == sorted(unmarked), f"in order: {seen}"
