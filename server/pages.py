"""What every page starts from: its texts, the hall, who is looking."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from flask import Blueprint, render_template, request

from server import texts
from server.api import caller_of
from server.auth import MAY, device_cookie
from server.domain.actors import Actor
from server.domain.hall import Hall
from server.house import House

LANGUAGES = ("id", "en")
STAFF_PAGES: Final = {
    "/supervisor/": "oversight.read",
    "/reports/": "report.read",
    "/reports/satisfaction": "report.read",
    "/admin/printers": "printers.jobs",
    "/admin/boards": "boards.manage",
}
"""The pages that have one bar in common, and what one must be allowed to do to open each."""


def blueprint(name: str, import_name: str) -> Blueprint:
    """A room's pages: its templates, and its scripts under `/<name>/static`."""
    return Blueprint(
        name, import_name, template_folder="templates", static_folder="static", static_url_path=f"/{name}/static"
    )


def render(
    house: House, template: str, title: str, page: dict[str, Any], secret: str = "", only: tuple[str, ...] = ("",)
) -> str:
    """A page; `secret` is that of the cookie by which its visitor is known, for the CSRF token.

    `only` names the beginnings of the text keys that the page needs, for pages that go to phones.
    """
    return render_template(
        template,
        texts=_texts(only),
        csrf=house.keys.csrf(secret) if secret else "",
        page=page,
        language="id",
        version=house.version,
        title=title,
    )


def render_staff(
    house: House, template: str, title: str, hall: Hall, page: dict[str, Any], only: tuple[str, ...] = ("",)
) -> str:
    """One of STAFF_PAGES, with what static/staff.js needs for the bar: who is logged in, and which roles may open what.

    `page` is what this page shows besides, `only` as in `render`.
    """
    actor, secret = session(house)
    frame = {
        "hall": {"name": hall.name, "timezone": hall.timezone},
        "user": {"name": actor.name, "role": actor.role} if actor else None,
        "pages": {path: sorted(MAY[action]) for path, action in STAFF_PAGES.items()},
    }
    return render(house, template, title, {**frame, **page}, secret, ("staff.", *only))


@cache
def _texts(only: tuple[str, ...]) -> dict[str, dict[str, str]]:
    return {
        language: {key: words for key, words in texts.load(language).items() if key.startswith(only)}
        for language in LANGUAGES
    }


def device_secret(role: str, subject: str) -> str:
    """The secret of the cookie that says that this browser is a certain device, or nothing."""
    return request.cookies.get(device_cookie(role, subject), "")


def session(house: House) -> tuple[Actor | None, str]:
    """The person who is logged in here, and the secret of their session."""
    caller = caller_of(house)
    is_person = caller.actor is not None and caller.actor.id.startswith("user:")
    return (caller.actor, caller.secret) if is_person else (None, "")


def instead(why: str) -> str:
    """What a browser is shown in place of a page: "missing" (no such address), "refused" or "failed"."""
    every = {language: texts.load(language) for language in LANGUAGES}
    return render_template(
        "instead.html",
        texts=every,
        page={},
        language="id",
        title=every["id"][f"instead.{why}_title"],
        titles={language: words[f"instead.{why}_title"] for language, words in every.items()},
        told={language: words[f"instead.{why}_text"] for language, words in every.items()},
        home={language: words["instead.home"] for language, words in every.items()},
    )
