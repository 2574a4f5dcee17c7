"""Many screens or phones in one process: `python -m tests.realtime.crowd SCREENS|PHONES URL SECRET COUNT SECONDS`.

Run as a process of its own, on greenlets, so that it does not share the interpreter with what is measured. Says how it
stands, as JSON, in a line on standard output whenever that has changed. It speaks to the address it is given only,
which is one of this machine, and ends by itself.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import http.client  # noqa: E402
import json  # noqa: E402
import random  # noqa: E402
import resource  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from collections import Counter  # noqa: E402
from urllib.parse import urlsplit  # noqa: E402

import gevent  # noqa: E402
import socketio  # noqa: E402

counts: Counter[str] = Counter()


def tell(until: float) -> None:
    """A line of figures whenever they have changed."""
    told = ""
    while time.monotonic() < until:
        line = json.dumps(counts)
        if line != told:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
            told = line
        gevent.sleep(0.05)


def screen(url: str, token: str, until: float) -> None:
    """A board that comes back whenever it is cut, after a moment of its own, as ours do."""
    while time.monotonic() < until:
        client = socketio.Client(reconnection=False)
        client.on("server.restarting", lambda data: counts.update(goodbyes=1))
        hello, cut = gevent.event.Event(), gevent.event.Event()
        client.on("hello", lambda data, hello=hello: hello.set())
        client.on("disconnect", lambda reason, cut=cut: cut.set())
        try:
            auth = {"screen": "display", "id": "board-a", "token": token}
            client.connect(url, transports=["websocket"], auth=auth, wait_timeout=8)
            hello.wait(8)
        except socketio.exceptions.ConnectionError:
            counts["refused"] += 1
            gevent.sleep(random.uniform(0.3, 3))
            continue
        counts["connected"] += 1
        cut.wait()
        counts["connected"] -= 1
        counts["cut"] += 1
        gevent.sleep(random.uniform(0.15, 0.45))


def phone(host: str, port: int, code: str, until: float) -> None:
    """A phone that wants its page, and comes back when it is told to."""
    while time.monotonic() < until:
        connection = http.client.HTTPConnection(host, port, timeout=20)
        try:
            connection.request("GET", f"/api/v1/visits/{code}")
            answer = connection.getresponse()
            answer.read()
            counts[str(answer.status)] += 1
            wait_s = float(answer.headers.get("Retry-After", random.uniform(1, 5)))
        except OSError:
            counts["no answer"] += 1
            wait_s = random.uniform(1, 5)
        finally:
            connection.close()
        gevent.sleep(min(wait_s, max(0.0, until - time.monotonic())))


def main() -> None:
    """The crowd that the command line describes."""
    kind, url, secret, count, seconds = sys.argv[1:]
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    until = time.monotonic() + float(seconds)
    parts = urlsplit(url)
    for _ in range(int(count)):
        if kind == "SCREENS":
            gevent.spawn(screen, url, secret, until)
        else:
            gevent.spawn(phone, parts.hostname or "", parts.port or 80, secret, until)
    tell(until)


if __name__ == "__main__":
    main()
