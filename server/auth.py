"""Who may do what: one table, asked by HTTP and by sockets, and how a caller is known."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from werkzeug.security import check_password_hash, generate_password_hash

from server.commands.access import NO_PASSWORD, hash_token, token_id
from server.domain.actors import Actor
from server.store import Store, Token

ALL: Final = "all"
OWN: Final = "own"
SESSION_COOKIE = "antrean_session"
DEVICE_HEADER = "X-Antrean-Device"
CSRF_HEADER = "X-CSRF-Token"
MOST_REMEMBERED = 10_000
DEVICE_ROLES = ("kiosk", "display", "counter", "survey")

_OVERSEERS = {"supervisor": ALL, "admin": ALL}
_STAFF = {"counter": ALL, "officer": ALL, **_OVERSEERS}

MAY: Final[dict[str, dict[str, str]]] = {
    # action -> role -> on which things. OWN: only on the thing that the token was made for. An
    # officer's own counter is the one they have open: the commands compare that in the transaction.
    "display.read": {"display": OWN, **_OVERSEERS},
    "display.speak": {"display": OWN},
    "voice.read": _OVERSEERS,
    "voice.test": _OVERSEERS,
    "ticket.issue": {"kiosk": ALL, **_STAFF},
    "ticket.cancel": {"kiosk": ALL, **_STAFF},
    "ticket.reprint": _STAFF,
    "counter.command": {"counter": OWN, "officer": ALL, **_OVERSEERS},
    "counter.read": {"counter": OWN, "officer": OWN, **_OVERSEERS},
    "print": {"printer": OWN},
    "printers.read": {"printer": ALL, **_OVERSEERS},
    "printers.jobs": _OVERSEERS,
    "printer.test": _OVERSEERS,
    "slip.style": {"printer": ALL, **_OVERSEERS},
    "boards.manage": _OVERSEERS,
    "boards.enrol": {"admin": ALL},
    "report.read": _OVERSEERS,
    "oversight.read": _OVERSEERS,
    "ticket.move": _OVERSEERS,
    "hours.override": _OVERSEERS,
    "message.send": _OVERSEERS,
    "alert.acknowledge": _OVERSEERS,
    "survey.read": {"survey": OWN, **_OVERSEERS},
    "survey.answer": {"survey": OWN},  # nobody else answers in a visitor's name
    "survey.moderate": _OVERSEERS,
    "report.rebuild": {"admin": ALL},
    "events.read": _OVERSEERS,
    "metrics.read": _OVERSEERS,
    "access.write": {"admin": ALL},
    "catalogue.write": {"admin": ALL},
    "catalogue.read": {"admin": ALL},
    "backup": {"admin": ALL},
    "archive.write": {"admin": ALL},
    "clock.accept": {"admin": ALL},
    "screen.kiosk": {"kiosk": OWN, **_OVERSEERS},
    "screen.display": {"display": OWN, **_OVERSEERS},
    "screen.counter": {"counter": OWN, "officer": OWN, **_OVERSEERS},
    "screen.survey": {"survey": OWN, **_OVERSEERS},
    "screen.supervisor": _OVERSEERS,
}


def may(actor: Actor | None, action: str, subject: str | None = None, *, own: str | None = None) -> bool:
    """Whether an actor may do something to `subject` (a counter, board, kiosk or printer id).

    `own` is the id of what is the actor's own where the actor itself does not say (the counter
    that an officer has open).
    """
    if actor is None:
        return False
    scope = MAY[action].get(actor.role)
    if scope != OWN:
        return scope == ALL
    mine = actor.subject if own is None else own
    if actor.role == "printer":
        return mine is None or subject is None or subject in mine.split(",")
    return subject is not None and subject == mine


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking, and by which secret they are known; `cookie` callers must show a CSRF token."""

    actor: Actor | None
    secret: str = ""
    cookie: bool = False
    wrong: bool = False


class Keys:
    """The secrets of this data folder: what CSRF tokens are made with, and the local tokens."""

    def __init__(self, secret_key: str, local_token: str, worker_token: str) -> None:
        self._secret_key = secret_key.encode()
        self._local = {
            hash_token(local_token): Actor("local", "admin", "command line"),
            hash_token(worker_token): Actor("worker:local", "printer", "print worker"),
        }

        self._remembered: tuple[int, dict[bytes, Token]] = (-1, {})

    def token(self, store: Store, hash: bytes) -> Token | None:
        """A token by its hash. Those found are remembered until any user, token or session changes."""
        version, tokens = self._remembered
        if version != store.access_version() or len(tokens) > MOST_REMEMBERED:
            # Version and tokens change hands together: what another thread still puts in belongs to the old ones.
            self._remembered = (store.access_version(), tokens := {})
        found = tokens.get(hash)
        if found is None:
            with store.glance() as reader:
                found = reader.token(hash)
            if found is not None:
                tokens[hash] = found
        return found

    def csrf(self, secret: str) -> str:
        """The CSRF token that goes with a cookie's secret."""
        return hmac.new(self._secret_key, secret.encode(), hashlib.sha256).hexdigest()[:40]

    def csrf_is_right(self, secret: str, shown: str) -> bool:
        """Whether a CSRF token goes with a cookie's secret."""
        # As bytes: the shown one is anybody's text, and texts beyond ASCII cannot be compared this way.
        return hmac.compare_digest(self.csrf(secret).encode(), shown.encode())

    def local(self, hash: bytes) -> Actor | None:
        """The command line or the print worker of this machine."""
        return self._local.get(hash)


def identify(
    store: Store, keys: Keys, bearer: str | None, device: str | None = None, cookies: Mapping[str, str] | None = None
) -> Caller:
    """Who is asking: by a bearer token; as the device that the page says it is; or by a login session."""
    cookies = cookies or {}
    if bearer is not None:
        hash = hash_token(bearer)
        actor = keys.local(hash) or _known(store, keys, hash)
        return Caller(actor, bearer, wrong=actor is None)
    if device:
        secret = cookies.get(device_cookie(*device.partition("/")[::2]), "")
        actor = _known(store, keys, hash_token(secret)) if secret else None
        if actor is not None:
            return Caller(actor, secret, cookie=True)
    session = cookies.get(SESSION_COOKIE, "")
    actor = _known(store, keys, hash_token(session)) if session else None
    return Caller(actor, session, cookie=actor is not None)


def device_cookie(role: str, subject: str) -> str:
    """The name of the cookie by which a browser is known as a device."""
    return f"antrean_{role}_{subject}"


def _known(store: Store, keys: Keys, hash: bytes) -> Actor | None:
    token = keys.token(store, hash)
    if token is None or (token.expires_ms is not None and token.expires_ms <= store.now_ms()):
        return None
    id = f"user:{token.user}" if token.user is not None else f"token:{token_id(hash)}"
    return Actor(id, token.role, token.name, token.subject)


def hash_password(password: str) -> str:
    """A password as it is kept: scrypt with a salt of its own. Takes some 50 ms: not on the hub."""
    return generate_password_hash(password, method="scrypt:16384:8:1")


def check_password(password_hash: str | None, password: str) -> bool:
    """Whether a password is right; takes as long for a name that nobody has, or one who is barred. Not on the hub."""
    if password_hash in (None, NO_PASSWORD):
        check_password_hash(_nobody(), password)
        return False
    return check_password_hash(str(password_hash), password)


@cache
def _nobody() -> str:
    return hash_password("nobody has this password")
