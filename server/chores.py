"""What the house does by itself: closes days, settles print jobs, gives up who does not come, forgets what is old."""

from __future__ import annotations

import logging
from collections.abc import Callable

from server.broadcast import Broadcaster
from server.commands import absent, alerts, announcing, day, hours, printing, retention
from server.domain.errors import DomainError
from server.domain.overrides import Overrides
from server.domain.retention import erase_before_ms
from server.house import House
from server.store import Reader, Tx
from server.watch import Watch

log = logging.getLogger("antrean.chores")

EVERY_S = 2.0
FORGET_EVERY = 300  # rounds: about ten minutes
FORGET_AT_ONCE = 500
DAY_MS = 24 * 3600 * 1000
KEEP_ANSWERS_MS = DAY_MS
KEEP_MONTH_MS = 30 * DAY_MS
TRIM_AT_ONCE = 500


class Chores:
    """A background task; each round looks by a short read whether anything is to be done."""

    def __init__(self, house: House, broadcaster: Broadcaster) -> None:
        self._house = house
        self._broadcaster = broadcaster
        self._since_ms = house.store.steady_ms()

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
        """Close days that are over, settle print jobs and announcements, give up those who did not come, end overridden
        hours, raise alerts, delete events that were archived, if there are any."""
        house, catalogues = self._house, self._house.catalogues
        with house.store.read() as reader:
            now_ms = house.store.now_ms()
            overdue = bool(reader.overdue_jobs(house.store.wall_ms()))
            rows = reader.printers()
            known = printing.known_as_silent
            silent = [id for id in house.silent_printers(rows) if not known(house.policy, rows[id])]
            hall, steady_ms = catalogues.hall(reader), house.store.steady_ms()
            anybody_absent = bool(absent.absent(reader, hall, steady_ms, self._since_ms))
            left_over = bool(reader.active_before(hall.day(now_ms)))
            said = reader.overrides()
            over = not all(map(Overrides(hall, said, now_ms).holds, said))
            watch = Watch(reader, hall, house.presence, now_ms, always_open=house.policy.always_open)
            news = watch.is_news(reader)
            unsaid = self._announcer_has_work(reader)
            to_trim = reader.log_to_trim()
        if overdue:
            house.store.write(lambda tx: printing.sweep(tx, catalogues.hall(tx)))
        if silent:
            house.store.write(lambda tx: printing.note_silence(tx, catalogues.hall(tx), house.policy, silent))
        if anybody_absent:
            house.store.write(lambda tx: absent.give_up_absent(tx, catalogues.hall(tx), self._since_ms))
        if over:
            house.store.write(lambda tx: hours.expire(tx, catalogues.hall(tx)))
        if news:
            house.store.write(lambda tx: alerts.settle(tx, watch.wrong, watch.unsure))
        if unsaid:
            house.store.write(self._settle_announcements)
        while left_over:
            left_over = house.store.write(lambda tx: day.close_day(tx, catalogues.hall(tx))) > 0
        if to_trim:
            self._repeat(lambda tx: tx.trim_log(TRIM_AT_ONCE))

    def _announcer_has_work(self, reader: Reader) -> bool:
        hall, pages = self._house.catalogues.hall(reader), self._house.loudspeakers.alive()
        wall_ms, lapse_ms = self._house.store.wall_ms(), self._house.policy.lapse_ms
        found = announcing.plan(reader, hall, wall_ms, lapse_ms, pages, None, list(hall.voices))
        return bool(found) or bool(self._house.loudspeakers.news())

    def _settle_announcements(self, tx: Tx) -> None:
        """Voices whose speaker has gone, calls that grew too old to be spoken, boards that went away."""
        hall, speakers = self._house.catalogues.hall(tx), self._house.loudspeakers
        announcing.settle(tx, hall, self._house.policy.lapse_ms, speakers.alive(), None, list(hall.voices))
        news = speakers.news()
        announcing.note_sounds(tx, news)
        speakers.told(news)

    def forget(self) -> None:
        """Drop what is old: remembered answers, print jobs, announcements, messages, alerts, comments, sessions
        that are over, phones that have gone."""
        store, settings = self._house.store, self._house.settings
        now_ms, wall_ms = store.now_ms(), store.wall_ms()
        kept_ms = KEEP_MONTH_MS
        if days := settings.retention.personal_days:
            kept_ms = min(kept_ms, days * DAY_MS)  # a slip holds its visit's code, a message what somebody typed
        self._repeat(lambda tx: tx.forget_answers(now_ms - KEEP_ANSWERS_MS, FORGET_AT_ONCE))
        self._repeat(lambda tx: tx.forget_print_jobs(wall_ms - kept_ms, FORGET_AT_ONCE))
        self._repeat(lambda tx: tx.forget_announcements(wall_ms - KEEP_MONTH_MS, FORGET_AT_ONCE))
        self._repeat(lambda tx: tx.forget_oversight(now_ms - kept_ms, FORGET_AT_ONCE))
        if days := settings.survey.keep_comments_days:
            comments_ms = now_ms - days * DAY_MS
            self._repeat(lambda tx: tx.forget_comments(comments_ms, FORGET_AT_ONCE))
        self._broadcaster.forget_empty()

    def _repeat(self, forget: Callable[[Tx], int]) -> None:
        """In small transactions, so that officers' presses come in between."""
        while self._house.store.write(forget):
            self._house.threads.sleep(0)

    def erase(self) -> None:
        """Erase what is known of visitors of days so far back, once a day; figures stay as they are."""
        house, days = self._house, self._house.settings.retention.personal_days
        if not days:
            return
        with house.store.read() as reader:
            zone = house.catalogues.hall(reader).zone_info
        before_ms = erase_before_ms(house.store.now_ms(), zone, days)
        self._repeat(lambda tx: retention.erase_visits(tx, before_ms))
        while (found := house.threads.offload(self._find_words, before_ms)) is not None:
            house.store.write(lambda tx, found=found: retention.erase_words(tx, found))  # type: ignore[misc]

    def _find_words(self, before_ms: int) -> retention.OldEvents | None:
        with self._house.store.glance() as reader:
            return retention.find_words(reader, before_ms, self._house.store.now_ms())
