"""What the house does by itself: closes days, settles print jobs, forgets what is no longer needed."""

from __future__ import annotations

import logging

from server.broadcast import Broadcaster
from server.commands import day, printing, retention
from server.domain.errors import DomainError
from server.domain.retention import erase_before_ms
from server.house import House

log = logging.getLogger("antrean.chores")

EVERY_S = 2.0
FORGET_EVERY = 300  # rounds: about ten minutes
FORGET_AT_ONCE = 500
KEEP_ANSWERS_MS = 24 * 3600 * 1000
KEEP_PRINT_JOBS_MS = 30 * 24 * 3600 * 1000
DAY_MS = 24 * 3600 * 1000
TRIM_AT_ONCE = 500


class Chores:
    """A background task; each round looks by a short read whether anything is to be done."""

    def __init__(self, house: House, broadcaster: Broadcaster) -> None:
        self._house = house
        self._broadcaster = broadcaster

    def run(self) -> None:
        """Do the chores, for ever."""
        rounds, said = 0, ""
        while True:
            try:
                self.round()
                if rounds % FORGET_EVERY == 0:
                    self.forget()
                    self.erase()
                said = ""
            except DomainError as error:
                if str(error) != said:  # it may last for hours: said once
                    log.warning("chores wait: %s", error)
                said = str(error)
            except Exception:
                log.exception("a chore failed; it is tried again")
            rounds += 1
            self._house.threads.sleep(EVERY_S)

    def round(self) -> None:
        """Close days that are over, settle print jobs, delete events that were archived, if there are any."""
        house, catalogues = self._house, self._house.catalogues
        with house.store.read() as reader:
            now_ms = house.store.now_ms()
            overdue = bool(reader.overdue_jobs(house.store.wall_ms()))
            rows = reader.printers()
            known = printing.known_as_silent
            silent = [id for id in house.silent_printers(rows) if not known(house.policy, rows[id])]
            left_over = bool(reader.active_before(catalogues.hall(reader).day(now_ms)))
            to_trim = reader.log_to_trim()
        if overdue:
            house.store.write(lambda tx: printing.sweep(tx, catalogues.hall(tx)))
        if silent:
            house.store.write(lambda tx: printing.note_silence(tx, catalogues.hall(tx), house.policy, silent))
        while left_over:
            left_over = house.store.write(lambda tx: day.close_day(tx, catalogues.hall(tx))) > 0
        while to_trim:
            to_trim = house.store.write(lambda tx: tx.trim_log(TRIM_AT_ONCE)) > 0
            house.threads.sleep(0)

    def forget(self) -> None:
        """Drop answers that are a day old, print jobs of last month, sessions that are over, phones that have gone."""
        before_ms = self._house.store.now_ms() - KEEP_ANSWERS_MS
        while self._house.store.write(lambda tx: tx.forget_answers(before_ms, FORGET_AT_ONCE)):
            self._house.threads.sleep(0)
        keep_ms = KEEP_PRINT_JOBS_MS
        if days := self._house.settings.retention.personal_days:
            keep_ms = min(keep_ms, days * DAY_MS)  # a slip holds its visit's code
        before_ms = self._house.store.wall_ms() - keep_ms
        while self._house.store.write(lambda tx: tx.forget_print_jobs(before_ms, FORGET_AT_ONCE)):
            self._house.threads.sleep(0)
        self._broadcaster.forget_empty()

    def erase(self) -> None:
        """Erase what is known of visitors of days so far back, once a day; figures stay as they are."""
        house, days = self._house, self._house.settings.retention.personal_days
        if not days:
            return
        with house.store.read() as reader:
            zone = house.catalogues.hall(reader).zone_info
        before_ms = erase_before_ms(house.store.now_ms(), zone, days)
        while house.store.write(lambda tx: retention.erase_visits(tx, before_ms)):
            house.threads.sleep(0)
        while (found := house.threads.offload(self._find_words, before_ms)) is not None:
            house.store.write(lambda tx, found=found: retention.erase_words(tx, found))  # type: ignore[misc]

    def _find_words(self, before_ms: int) -> retention.OldEvents | None:
        with self._house.store.glance() as reader:
            return retention.find_words(reader, before_ms, self._house.store.now_ms())
