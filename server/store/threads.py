"""The three async modes' ways to wait, to start tasks, and to keep what blocks away from the others.

With `wsgi.py` the only file that knows them.
"""

from __future__ import annotations

import _queue
import threading
from collections.abc import Callable
from typing import Any, Protocol


class Waiter(Protocol):
    """What a caller waits on until the writer has its answer."""

    def wait(self) -> Any:
        """The answer, or raises what the writer raised."""

    def deliver(self, value: Any, error: BaseException | None) -> None:
        """Wake the caller."""


class Signal(Protocol):
    """An event that background tasks wait for."""

    def set(self) -> None:
        """Wake those who wait."""

    def clear(self) -> None:
        """Be ready to wait again."""

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until set, at most `timeout` seconds; whether it was."""


class Threads(Protocol):
    """What the store and the background tasks need of an async mode."""

    def queue(self) -> Any:
        """A queue like queue.SimpleQueue between tasks."""

    def waiter(self) -> Waiter:
        """A new thing to wait on."""

    def signal(self) -> Signal:
        """A new Signal."""

    def native(self, work: Callable[[], None]) -> None:
        """Run a commit in the one native thread that is there for it, and wait; the other tasks go on."""

    def offload(self, work: Callable[..., Any], *args: Any) -> Any:
        """Run slow work (hashing, long reads) where it does not hold the others up; its result."""

    def spawn(self, run: Callable[..., None], *args: Any) -> None:
        """Start a background task."""

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


class _Waiter:
    """Waits on an event of the async mode's; `wake` sets it."""

    __slots__ = ("_error", "_event", "_value", "_wake")

    def __init__(self, event: Any, wake: Callable[[], None]) -> None:
        self._event, self._wake = event, wake
        self._value: Any = None
        self._error: BaseException | None = None

    def wait(self) -> Any:
        self._event.wait()
        if self._error is not None:
            raise self._error
        return self._value

    def deliver(self, value: Any, error: BaseException | None) -> None:
        self._value, self._error = value, error
        self._wake()


class NativeThreads:
    """Plain threads: every request has one of its own, and so has the writer."""

    def queue(self) -> Any:
        return _queue.SimpleQueue()

    def waiter(self) -> Waiter:
        event = threading.Event()
        return _Waiter(event, event.set)

    def signal(self) -> Signal:
        return threading.Event()

    def native(self, work: Callable[[], None]) -> None:
        work()

    def offload(self, work: Callable[..., Any], *args: Any) -> Any:
        return work(*args)

    def spawn(self, run: Callable[..., None], *args: Any) -> None:
        threading.Thread(target=run, args=args, daemon=True).start()

    def sleep(self, seconds: float) -> None:
        threading.Event().wait(seconds)


class GeventThreads:
    """Greenlets on one hub. To be made in the hub's thread, after monkey patching."""

    def __init__(self) -> None:
        import gevent
        from gevent import get_hub, monkey
        from gevent.event import Event
        from gevent.queue import SimpleQueue

        self._gevent = gevent
        self._event = Event
        self._simple_queue = SimpleQueue
        self._hub = get_hub()
        self._work: _queue.SimpleQueue[tuple[Callable[[], None], Waiter]] = _queue.SimpleQueue()
        monkey.get_original("_thread", "start_new_thread")(self._run_native, ())

    def _run_native(self) -> None:
        while True:
            work, waiter = self._work.get()
            error: BaseException | None = None
            try:
                work()
            except BaseException as raised:
                error = raised
            self._hub.loop.run_callback_threadsafe(waiter.deliver, None, error)

    def queue(self) -> Any:
        return self._simple_queue()

    def waiter(self) -> Waiter:
        event = self._event()
        return _Waiter(event, event.set)

    def signal(self) -> Signal:
        event: Signal = self._event()
        return event

    def native(self, work: Callable[[], None]) -> None:
        waiter = self.waiter()
        self._work.put((work, waiter))
        waiter.wait()

    def offload(self, work: Callable[..., Any], *args: Any) -> Any:
        return self._hub.threadpool.apply(work, args)

    def spawn(self, run: Callable[..., None], *args: Any) -> None:
        self._gevent.spawn(run, *args)

    def sleep(self, seconds: float) -> None:
        self._gevent.sleep(seconds)


class EventletThreads:
    """Green threads; what blocks goes to eventlet's pool of native threads."""

    def __init__(self) -> None:
        import eventlet
        import eventlet.event
        import eventlet.queue
        import eventlet.tpool

        self._eventlet = eventlet

    def queue(self) -> Any:
        return self._eventlet.queue.LightQueue()

    def waiter(self) -> Waiter:
        event = self._eventlet.event.Event()
        return _Waiter(event, event.send)

    def signal(self) -> Signal:
        return _EventletSignal(self._eventlet)

    def native(self, work: Callable[[], None]) -> None:
        self._eventlet.tpool.execute(work)

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
