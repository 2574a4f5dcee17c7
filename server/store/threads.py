"""The three async modes' ways to start a native thread and to wake who waits for it.

With `wsgi.py` the only file that knows them. The writer's thread must be native: a SQLite commit
or busy wait inside a greenlet would freeze all the others.
"""

from __future__ import annotations

import _queue
import os
import threading
from collections.abc import Callable, Iterable
from typing import Any, Protocol

Outcome = tuple["Waiter", Any, BaseException | None]


class Waiter(Protocol):
    """What a caller waits on until the writer has its answer."""

    def wait(self) -> Any:
        """The answer, or raises what the writer raised."""

    def deliver(self, value: Any, error: BaseException | None) -> None:
        """Wake the caller; to be called on the side where the callers live."""


class Signal(Protocol):
    """An event that one background task waits for."""

    def set(self) -> None:
        """Wake the waiting task."""

    def clear(self) -> None:
        """Be ready to wait again."""

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until set, at most `timeout` seconds; whether it was."""


class Threads(Protocol):
    """What the store and the background tasks need of an async mode."""

    def start_native(self, run: Callable[[], None]) -> None:
        """Run a function in a native thread for as long as the process lives."""

    def queue(self) -> Any:
        """A SimpleQueue whose `get` blocks a native thread only."""

    def waiter(self) -> Waiter:
        """A new thing to wait on."""

    def signal(self) -> Signal:
        """A new Signal for tasks on the callers' side."""

    def wake(self, outcomes: Iterable[Outcome], then: Callable[[], None]) -> None:
        """From the native thread: deliver the outcomes on the callers' side, then call `then` there."""

    def offload(self, work: Callable[..., Any], *args: Any) -> Any:
        """Run slow work (hashing, long reads) where it does not hold the others up; its result."""

    def spawn(self, run: Callable[..., None], *args: Any) -> None:
        """Start a background task on the callers' side."""

    def sleep(self, seconds: float) -> None:
        """Let the others run for a while."""


def threads_for(async_mode: str) -> Threads:
    """The Threads of `gevent`, `eventlet` or `threading`; the mode must be patched in already."""
    kinds: dict[str, Callable[[], Threads]] = {
        "gevent": GeventThreads,
        "eventlet": EventletThreads,
        "threading": NativeThreads,
    }
    return kinds[async_mode]()


class _Outcome:
    __slots__ = ("error", "value")

    def __init__(self) -> None:
        self.value: Any = None
        self.error: BaseException | None = None

    def keep(self, value: Any, error: BaseException | None) -> None:
        self.value, self.error = value, error

    def result(self) -> Any:
        if self.error is not None:
            raise self.error
        return self.value


class _NativeWaiter(_Outcome):
    __slots__ = ("_event",)

    def __init__(self) -> None:
        super().__init__()
        self._event = threading.Event()

    def wait(self) -> Any:
        self._event.wait()
        return self.result()

    def deliver(self, value: Any, error: BaseException | None) -> None:
        self.keep(value, error)
        self._event.set()


class NativeThreads:
    """Plain threads: every request has one of its own."""

    def start_native(self, run: Callable[[], None]) -> None:
        threading.Thread(target=run, name="writer", daemon=True).start()

    def queue(self) -> Any:
        return _queue.SimpleQueue()

    def waiter(self) -> Waiter:
        return _NativeWaiter()

    def signal(self) -> Signal:
        return threading.Event()

    def wake(self, outcomes: Iterable[Outcome], then: Callable[[], None]) -> None:
        for waiter, value, error in outcomes:
            waiter.deliver(value, error)
        then()

    def offload(self, work: Callable[..., Any], *args: Any) -> Any:
        return work(*args)

    def spawn(self, run: Callable[..., None], *args: Any) -> None:
        threading.Thread(target=run, args=args, daemon=True).start()

    def sleep(self, seconds: float) -> None:
        threading.Event().wait(seconds)


class _GeventWaiter(_Outcome):
    __slots__ = ("_event",)

    def __init__(self) -> None:
        super().__init__()
        from gevent.event import Event

        self._event = Event()

    def wait(self) -> Any:
        self._event.wait()
        return self.result()

    def deliver(self, value: Any, error: BaseException | None) -> None:
        self.keep(value, error)
        self._event.set()


class GeventThreads:
    """Greenlets on one hub. To be made in the hub's thread, after monkey patching."""

    def __init__(self) -> None:
        import gevent
        from gevent import get_hub, monkey

        self._gevent = gevent
        self._hub = get_hub()
        self._start = monkey.get_original("_thread", "start_new_thread")

    def start_native(self, run: Callable[[], None]) -> None:
        self._start(run, ())

    def queue(self) -> Any:
        return _queue.SimpleQueue()

    def waiter(self) -> Waiter:
        return _GeventWaiter()

    def signal(self) -> Signal:
        from gevent.event import Event

        event: Signal = Event()
        return event

    def wake(self, outcomes: Iterable[Outcome], then: Callable[[], None]) -> None:
        # One crossing for the whole batch: each costs a wake-up of the hub.
        self._hub.loop.run_callback_threadsafe(_deliver_all, list(outcomes), then)

    def offload(self, work: Callable[..., Any], *args: Any) -> Any:
        return self._hub.threadpool.apply(work, args)

    def spawn(self, run: Callable[..., None], *args: Any) -> None:
        self._gevent.spawn(run, *args)

    def sleep(self, seconds: float) -> None:
        self._gevent.sleep(seconds)


class _EventletWaiter(_Outcome):
    __slots__ = ("_event",)

    def __init__(self) -> None:
        super().__init__()
        import eventlet.event

        self._event = eventlet.event.Event()

    def wait(self) -> Any:
        self._event.wait()
        return self.result()

    def deliver(self, value: Any, error: BaseException | None) -> None:
        self.keep(value, error)
        self._event.send()


class EventletThreads:
    """Green threads; the native thread wakes them through a pipe that one of them reads."""

    def __init__(self) -> None:
        import eventlet
        import eventlet.patcher
        import eventlet.tpool

        self._eventlet = eventlet
        self._start: Callable[..., Any] = eventlet.patcher.original("_thread").start_new_thread
        # eventlet patches os.read and os.write to wait for readiness; the native side must not.
        self._native_os = eventlet.patcher.original("os")
        self._done: _queue.SimpleQueue[tuple[list[Outcome], Callable[[], None]]] = _queue.SimpleQueue()
        self._readable, self._writable = os.pipe()
        os.set_blocking(self._readable, False)
        eventlet.spawn(self._deliver_forever)

    def _deliver_forever(self) -> None:
        from eventlet.hubs import trampoline

        while True:
            trampoline(self._readable, read=True)
            self._native_os.read(self._readable, 4096)
            while not self._done.empty():
                _deliver_all(*self._done.get_nowait())

    def start_native(self, run: Callable[[], None]) -> None:
        self._start(run, ())

    def queue(self) -> Any:
        return _queue.SimpleQueue()

    def waiter(self) -> Waiter:
        return _EventletWaiter()

    def signal(self) -> Signal:
        return _EventletSignal(self._eventlet)

    def wake(self, outcomes: Iterable[Outcome], then: Callable[[], None]) -> None:
        self._done.put((list(outcomes), then))
        self._native_os.write(self._writable, b"!")

    def offload(self, work: Callable[..., Any], *args: Any) -> Any:
        return self._eventlet.tpool.execute(work, *args)

    def spawn(self, run: Callable[..., None], *args: Any) -> None:
        self._eventlet.spawn(run, *args)

    def sleep(self, seconds: float) -> None:
        self._eventlet.sleep(seconds)


class _EventletSignal:
    def __init__(self, eventlet: Any) -> None:
        self._eventlet = eventlet
        self._set = False
        self._event = eventlet.event.Event()

    def set(self) -> None:
        self._set = True
        if not self._event.ready():
            self._event.send()

    def clear(self) -> None:
        self._set = False
        if self._event.ready():
            self._event = self._eventlet.event.Event()

    def wait(self, timeout: float | None = None) -> bool:
        if not self._set:
            with self._eventlet.Timeout(timeout, False):
                self._event.wait()
        return self._set


def _deliver_all(outcomes: list[Outcome], then: Callable[[], None]) -> None:
    for waiter, value, error in outcomes:
        waiter.deliver(value, error)
    then()
