"""What the house does by itself: closes days, settles print jobs, gives up who does not come, forgets what is old."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from server.broadcast import Broadcaster
from server.commands import absent, alerts, announcing, day, hours, printing, retention
from server.domain.overrides import Overrides
from server.domain.retention import erase_before_ms
from server.house import House
from server.store import Reader, Tx
from server.watch import Watch

T = TypeVar("T")
EVERY_S = 2.0
FORGET_EVERY_MS = 10 * 60 * 1000
FORGET_AT_ONCE = 500
DAY_MS = 24 * 3600 * 1000
KEEP_ANSWERS_MS = DAY_MS
KEEP_MONTH_MS = 30 * DAY_MS
TRIM_AT_ONCE = 500
REST = 4
"""So many times as long as a piece of long work took, the next one waits: years of it never take more than a fifth."""
ERASE_FOR_MS = 10 * 1000
"""So long visitors of long ago are erased before it is looked whether anything else is to be forgotten."""


class Chores:
    """Two background tasks: what is due at once, and what may take its time. Each chore looks by a short read whether
    anything is to be done, and is tried by itself."""

    def __init__(self, house: House, broadcaster: Broadcaster) -> None:
        self._house = house
        self._broadcaster = broadcaster
        self._since_ms = house.store.steady_ms()
        self._is_erasing = False

    def run(self) -> None:
        """Do what is due, for ever."""
        while True:
            self.round()
            self._house.threads.sleep(EVERY_S)

    def run_forgetting(self) -> None:
        """Drop what is old, for ever: years of it may take hours, and nobody who is due waits for that."""
        store, attempt = self._house.store, self._house.troubles.attempt
        due_ms = store.steady_ms()
        while True:
            attempt("archived", self._trim_log)
            if store.steady_ms() >= due_ms:
                due_ms = store.steady_ms() + FORGET_EVERY_MS
                self._is_erasing = True
                self.forget()
            if self._is_erasing:
                attempt("erasing", self.erase)
            self._house.threads.sleep(EVERY_S)

    def round(self) -> None:
        """Do what is due: settle print jobs, close days that are over, give up those who did not come, end overridden
        hours, settle alerts and announcements."""
        for what, chore in {
            "print_jobs": self._settle_print_jobs,
            "printers": self._note_silence,
            "day": self._close_days,  # before it is looked who waits for too long: not those of yesterday
            "absent": self._give_up_absent,
            "hours": self._end_overrides,
            "alerts": self._settle_alerts,
            "announcements": self._settle_announcements,
        }.items():
            self._house.troubles.attempt(what, chore)

    def _settle_print_jobs(self) -> None:
        store, catalogues = self._house.store, self._house.catalogues
        with store.read() as reader:
            overdue = bool(reader.overdue_jobs(store.wall_ms()))
        if overdue:
            store.write(lambda tx: printing.sweep(tx, catalogues.hall(tx)))

    def _note_silence(self) -> None:
        house, known = self._house, printing.known_as_silent
        with house.store.read() as reader:
            rows = reader.printers()
        silent = [id for id in house.silent_printers(rows) if not known(house.policy, rows[id])]
        if silent:
            house.store.write(lambda tx: printing.note_silence(tx, house.catalogues.hall(tx), house.policy, silent))

    def _give_up_absent(self) -> None:
        store, catalogues = self._house.store, self._house.catalogues
        with store.read() as reader:
            anybody = bool(absent.absent(reader, catalogues.hall(reader), store.steady_ms(), self._since_ms))
        if anybody:
            store.write(lambda tx: absent.give_up_absent(tx, catalogues.hall(tx), self._since_ms))

    def _end_overrides(self) -> None:
        store, catalogues = self._house.store, self._house.catalogues
        with store.read() as reader:
            said = reader.overrides()
            over = not all(map(Overrides(catalogues.hall(reader), said, store.now_ms()).holds, said))
        if over:
            store.write(lambda tx: hours.expire(tx, catalogues.hall(tx)))

    def _settle_alerts(self) -> None:
        house = self._house
        with house.store.read() as reader:
            hall, now_ms = house.catalogues.hall(reader), house.store.now_ms()
            watch = Watch(reader, hall, house.presence, now_ms, always_open=house.policy.always_open)
            news = watch.is_news(reader)
        if news:
            house.store.write(lambda tx: alerts.settle(tx, watch.wrong, watch.unsure))

    def _close_days(self) -> None:
        store, catalogues = self._house.store, self._house.catalogues
        with store.read() as reader:
            left_over = bool(reader.active_before(catalogues.hall(reader).day(store.now_ms())))
        while left_over:
            left_over = store.write(lambda tx: day.close_day(tx, catalogues.hall(tx))) > 0

    def _trim_log(self) -> None:
        with self._house.store.read() as reader:
            to_trim = reader.log_to_trim()
        if to_trim:
            self._repeat(lambda tx: tx.trim_log(TRIM_AT_ONCE))

    def _settle_announcements(self) -> None:
        with self._house.store.read() as reader:
            unsaid = self._announcer_has_work(reader)
        if unsaid:
            self._house.store.write(self._write_announcements)

    def _announcer_has_work(self, reader: Reader) -> bool:
        hall, pages = self._house.catalogues.hall(reader), self._house.loudspeakers.alive()
        wall_ms, lapse_ms = self._house.store.wall_ms(), self._house.policy.lapse_ms
        found = announcing.plan(reader, hall, wall_ms, lapse_ms, pages, None, list(hall.voices))
        return bool(found) or bool(self._house.loudspeakers.news())

    def _write_announcements(self, tx: Tx) -> None:
        """Voices whose speaker has gone, calls that grew too old to be spoken, boards that went away."""
        hall, speakers = self._house.catalogues.hall(tx), self._house.loudspeakers
        announcing.settle(tx, hall, self._house.policy.lapse_ms, speakers.alive(), None, list(hall.voices))
        news = speakers.news()
        announcing.note_sounds(tx, news)
        speakers.told(news)

    def forget(self) -> None:
        """Drop what is old: remembered answers, print jobs, announcements, messages, alerts, comments, sessions
        that are over, phones that have gone."""
        store, settings, attempt = self._house.store, self._house.settings, self._house.troubles.attempt
        now_ms, wall_ms = store.now_ms(), store.wall_ms()
        kept_ms = KEEP_MONTH_MS
        if days := settings.retention.personal_days:
            kept_ms = min(kept_ms, days * DAY_MS)  # a slip holds its visit's code, a message what somebody typed
        old: dict[str, Callable[[Tx], int]] = {
            "old_answers": lambda tx: tx.forget_answers(now_ms - KEEP_ANSWERS_MS, FORGET_AT_ONCE),
            "old_print_jobs": lambda tx: tx.forget_print_jobs(wall_ms - kept_ms, FORGET_AT_ONCE),
            "old_announcements": lambda tx: tx.forget_announcements(wall_ms - KEEP_MONTH_MS, FORGET_AT_ONCE),
            "old_oversight": lambda tx: tx.forget_oversight(now_ms - kept_ms, FORGET_AT_ONCE),
        }
        if days := settings.survey.keep_comments_days:
            comments_ms = now_ms - days * DAY_MS
            old["old_comments"] = lambda tx: tx.forget_comments(comments_ms, FORGET_AT_ONCE)
        for what, forget in old.items():
            attempt(what, partial(self._repeat, forget))
        attempt("gone_phones", self._broadcaster.forget_empty)

    def _repeat(self, forget: Callable[[Tx], int]) -> None:
        """In small transactions with rests between, so that officers' presses hardly wait."""
        while self._at_leisure(lambda: self._house.store.write(forget)):
            pass

    def _at_leisure(self, work: Callable[[], T]) -> T:
        """What `work` gives, after a rest of four times as long as it took."""
        store = self._house.store
        began_ms = store.steady_ms()
        done = work()
        self._house.threads.sleep(REST * max(0, store.steady_ms() - began_ms) / 1000)
        return done

    def erase(self) -> None:
        """Erase, for ten seconds at most, what is known of visitors of days so far back; figures stay as they are."""
        house, days = self._house, self._house.settings.retention.personal_days
        if days:
            with house.store.read() as reader:
                zone = house.catalogues.hall(reader).zone_info
            before_ms = erase_before_ms(house.store.now_ms(), zone, days)
            until_ms = house.store.steady_ms() + ERASE_FOR_MS
            for erase in (self._erase_visits, self._erase_words):
                while self._at_leisure(partial(erase, before_ms)):
                    if house.store.steady_ms() >= until_ms:
                        return  # the rest in the next round
        self._is_erasing = False

    def _erase_visits(self, before_ms: int) -> bool:
        """Whether there were more visits of that long ago."""
        return self._house.store.write(lambda tx: retention.erase_visits(tx, before_ms))

    def _erase_words(self, before_ms: int) -> bool:
        """Whether there were more events of that long ago."""
        found = self._house.threads.offload(self._find_words, before_ms)
        if found is not None:
            self._house.store.write(lambda tx: retention.erase_words(tx, found))
        return found is not None

    def _find_words(self, before_ms: int) -> retention.OldEvents | None:
        with self._house.store.glance() as reader:
            return retention.find_words(reader, before_ms, self._house.store.now_ms())
