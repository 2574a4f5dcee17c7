"""A hall with a printer for every fault, so that all faults can be lived through at the same time.

A server of its own prints on some of them, a print agent on the others: both ways with the same scenes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from printers.virtual import Slip, VirtualPrinter
from tests.harness import ROOT, RunningHall, wait_until, write_config
from tests.small_hall import small

RIGHT_WITHIN_S = 10.0


@dataclass(frozen=True)
class Fault:
    """What goes wrong, in which of the printer's states the hall must show it, and what the answers prove.

    `lasting` faults stay until the repair. `proven`: also in mid-slip the printer's answers tell what came out.
    """

    name: str
    begin: Callable[[VirtualPrinter], None]
    states: frozenset[str]
    lasting: bool = True
    proven: bool = True
    stops: bool = True
    """Whether no slip can begin while it lasts."""


FAULTS = {
    fault.name: fault
    for fault in (
        Fault("paper_low", VirtualPrinter.paper_low, frozenset({"paper_low"}), stops=False),
        Fault("paper_out", VirtualPrinter.paper_out, frozenset({"paper_out"})),
        Fault("cover_open", VirtualPrinter.open_cover, frozenset({"cover_open"})),
        Fault("hang", VirtualPrinter.hang, frozenset({"offline", "error"}), proven=False),
        Fault("slow", lambda printer: printer.slow(300), frozenset({"ready"}), stops=False),
        Fault("drop", lambda printer: printer.drop_after(0), frozenset({"ready"}), lasting=False, proven=False),
        Fault("refuse", VirtualPrinter.refuse, frozenset({"offline"})),
        Fault("garbage", VirtualPrinter.garbage, frozenset({"error"}), proven=False),
        Fault("mute", VirtualPrinter.mute, frozenset({"offline", "error"}), proven=False),
    )
}
PHASES = ("before", "during", "after")


@dataclass
class Scene:
    """One fault at one moment on one printer, and what was seen."""

    fault: Fault
    phase: str
    id: str
    printer: VirtualPrinter
    issued: list[str] = field(default_factory=list)
    """The numbers that visitors were given, in order."""
    state_after_s: float | None = None
    """How long it took until the hall showed the fault."""
    ready_after_s: float | None = None
    early: int = 0
    """Slips that fell while the fault lasted."""
    slips: list[tuple[str, bool]] = field(default_factory=list)
    """Every slip that fell: its number, whether it is marked SALINAN."""
    jobs: list[str] = field(default_factory=list)
    failure: str = ""


def printed(slip: Slip) -> tuple[str, bool]:
    lines = slip.text.splitlines()
    return lines[lines.index("Nomor antrean") + 1], "SALINAN" in slip.text


class FaultyHall:
    """The hall, its printers, and whoever prints on them. `route` is "server" or "agent"."""

    def __init__(self, folder: Path, route: str) -> None:
        self.scenes = [
            Scene(fault, phase, f"{fault.name}-{phase}".replace("_", "-"), VirtualPrinter())
            for fault in FAULTS.values()
            for phase in PHASES
        ]
        for scene in self.scenes:
            scene.printer.start()
        document = small()
        title = {"id": "Satu", "en": "One"}
        document["kiosks"] = [{"id": f"k-{scene.id}", "name": title, "zone": "a"} for scene in self.scenes]
        document["printers"] = [
            {"id": scene.id, "name": title, "kiosks": [f"k-{scene.id}"]} for scene in self.scenes
        ]
        connections = [
            {"id": scene.id, "driver": "network", "host": "127.0.0.1", "port": scene.printer.port,
             "status": "required"}
            for scene in self.scenes
        ]  # fmt: skip
        if route == "server":
            document["printer"] = connections
        self.hall = RunningHall(folder, write_config(folder / "config.toml", document)).start()
        self.admin = self.hall.client()
        self.agent: subprocess.Popen[bytes] | None = None
        if route == "agent":
            self.agent = self._start_agent(folder, connections)
        wait_until(lambda: set(self.states().values()) == {"ready"}, 30, "all printers ready")

    def _start_agent(self, folder: Path, connections: list[dict[str, Any]]) -> subprocess.Popen[bytes]:
        config = write_config(folder / "agent.toml", {"printer": connections})
        own = ",".join(scene.id for scene in self.scenes)
        token = self.admin.do("/tokens", {"role": "printer", "name": "agent", "subject": own})["token"]
        with (folder / "agent.log").open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "server", "print-agent", "--server", self.hall.url, "--config", str(config)],
                cwd=ROOT, env={**os.environ, "ANTREAN_TOKEN": token}, stdout=log, stderr=log,
            )  # fmt: skip

    def close(self) -> None:
        if self.agent is not None:
            self.agent.terminate()
            self.agent.wait(20)
        self.hall.stop()
        for scene in self.scenes:
            scene.printer.stop()

    def states(self) -> dict[str, str]:
        """Each printer's state, as staff see it."""
        return {each["id"]: each["state"] for each in self.admin.get("/printers")["printers"]}

    def issue(self, scene: Scene) -> str:
        """Take a ticket; its number. It must never fail, whatever the printer does."""
        kiosk = self.hall.client("kiosk", f"k-{scene.id}")
        number: str = kiosk.do("/tickets", {"services": ["three"]})["tickets"][0]["number"]
        scene.issued.append(number)
        return number

    def play(self, scene: Scene) -> None:
        """Live through a scene: the fault, the repair, and a visitor after it."""
        try:
            {"before": self._before, "during": self._during, "after": self._after}[scene.phase](scene)
            self._repair(scene)
        except (AssertionError, TimeoutError) as error:
            scene.failure = str(error)
        # Whatever is still to come out has time to come.
        try:
            wait_until(lambda: not self._open_jobs(scene), 30, "no job left under way")
        except AssertionError as error:
            scene.failure += f" {error}"
        scene.slips = [printed(slip) for slip in scene.printer.slips]

    def _before(self, scene: Scene) -> None:
        scene.fault.begin(scene.printer)
        if scene.fault.lasting:
            self._see_the_fault(scene)
        self.issue(scene)
        if not scene.fault.stops or not scene.fault.lasting:
            scene.printer.wait_for_slips(1, 20)
        scene.early = len(scene.printer.slips) if scene.fault.stops and scene.fault.lasting else 0

    def _during(self, scene: Scene) -> None:
        scene.printer.slow(400)
        self.issue(scene)
        began = scene.printer.processed
        scene.printer.wait_for(lambda printer: printer.processed > began + 100, 10)
        scene.fault.begin(scene.printer)
        if scene.fault.lasting:
            self._see_the_fault(scene)

    def _after(self, scene: Scene) -> None:
        self.issue(scene)
        wait_until(lambda: not self._open_jobs(scene), 20, f"{scene.id}: the slip before the fault")
        scene.fault.begin(scene.printer)
        if scene.fault.lasting:
            self._see_the_fault(scene)

    def _see_the_fault(self, scene: Scene) -> None:
        began = time.monotonic()
        wait_until(lambda: self.states()[scene.id] in scene.fault.states, 2 * RIGHT_WITHIN_S,
                   f"{scene.id}: shown as {scene.fault.states}")  # fmt: skip
        scene.state_after_s = time.monotonic() - began

    def _repair(self, scene: Scene) -> None:
        began = time.monotonic()
        scene.printer.repair()
        wait_until(lambda: self.states()[scene.id] == "ready", 3 * RIGHT_WITHIN_S, f"{scene.id}: ready again")
        scene.ready_after_s = time.monotonic() - began
        number = self.issue(scene)

        def came() -> bool:
            return number in [printed(slip)[0] for slip in scene.printer.slips]

        wait_until(came, 30, f"{scene.id}: the next visitor's slip")

    def _open_jobs(self, scene: Scene) -> bool:
        jobs = self.admin.get("/print-jobs?state=queued,sending,sent,printed,failed,expired,unknown&limit=200")["jobs"]
        mine = [job for job in jobs if job["printer"] == scene.id]
        scene.jobs = [f"{job['state']}{' copy' if job['copy'] else ''}" for job in reversed(mine)]
        return any(job["state"] in ("queued", "sending") for job in mine)
