"""Alerts: what a supervisor should look at. Raised and cleared by the house, acknowledged by a person."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from server.domain import events
from server.domain.actors import SYSTEM, Actor
from server.domain.errors import NotFound
from server.store import Alert, Tx

WAIT_OVER_TARGET, PRINTER_OUT = "wait_over_target", "printer_out"
KIOSK_GONE, BOARD_GONE = "kiosk_gone", "board_gone"
LOW_SCORE = "low_score"
LASTING = frozenset({WAIT_OVER_TARGET, PRINTER_OUT, KIOSK_GONE, BOARD_GONE})
"""Kinds that stand for as long as what is wrong lasts. Others tell of something that happened, and stand until they are
acknowledged."""

AT_ONCE = 25
"""Alerts raised and cleared in one transaction, so that a hall in trouble does not hold up its officers."""

Cause = tuple[str, str]
"""The kind of an alert and what it is about."""


def raise_alert(tx: Tx, kind: str, subject: str, facts: Mapping[str, Any]) -> Alert:
    """Call a supervisor's attention to something; one that stands already stays as it is.

    `facts` fill the words that the page has for this kind (`oversight.alert_<kind>`): numbers, texts, and names as
    `{id, en}`. They are in the log of events, and so hold nothing personal.
    """
    standing = next((each for each in tx.alerts() if (each.kind, each.subject) == (kind, subject)), None)
    return _raise(tx, kind, subject, facts) if standing is None else standing


def _raise(tx: Tx, kind: str, subject: str, facts: Mapping[str, Any]) -> Alert:
    alert = tx.add_alert(kind, subject, json.dumps(facts, ensure_ascii=False))
    tx.record(events.ALERT_RAISED, SYSTEM.id, {"alert": _told(alert, facts=dict(facts))})
    return alert


def settle(tx: Tx, wrong: Mapping[Cause, Mapping[str, Any]], unsure: Collection[Cause]) -> None:
    """Raise an alert for everything that is wrong now, and clear the lasting ones of what is right again.

    Of what is `unsure` nobody can say: its alert stays as it is. To be repeated where there is much to tell.
    """
    standing = {(alert.kind, alert.subject): alert for alert in tx.alerts()}
    lasting = [cause for cause, alert in standing.items() if alert.kind in LASTING]
    over = [standing[cause] for cause in lasting if cause not in wrong and cause not in unsure]
    for alert in over[:AT_ONCE]:
        tx.set_alert(alert.id, cleared_ms=tx.now_ms)
        tx.record(events.ALERT_CLEARED, SYSTEM.id, {"alert": _told(alert)})
    new = [cause for cause in wrong if cause not in standing]
    for kind, subject in new[:AT_ONCE]:
        _raise(tx, kind, subject, wrong[kind, subject])


def acknowledge(tx: Tx, actor: Actor, alert_id: int) -> Alert:
    """Somebody has seen an alert. Who did so first is kept; saying so again changes nothing. Raises NotFound."""
    alert = tx.alert(alert_id)
    if alert is None:
        raise NotFound("not_found", f"there is no alert {alert_id}", field="alert")
    if alert.acknowledged_ms is not None:
        return alert
    ends = {} if alert.kind in LASTING or alert.cleared_ms is not None else {"cleared_ms": tx.now_ms}
    seen = tx.set_alert(alert.id, acknowledged_ms=tx.now_ms, acknowledged_by=actor.name, **ends)
    tx.record(events.ALERT_ACKNOWLEDGED, actor.id, {"alert": _told(seen)})
    return seen


def _told(alert: Alert, **more: Any) -> dict[str, Any]:
    return {"id": alert.id, "kind": alert.kind, "subject": alert.subject, **more}
