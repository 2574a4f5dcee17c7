"""What a browser and a program are told when the server itself fails: a page of ours, and problem details."""

from __future__ import annotations

import logging

import pytest
from flask import Flask

from server import app as composition


@pytest.fixture
def broken() -> Flask:
    """An application of which a page and a call fail, with the house's way to tell it."""
    app = Flask("server.app", template_folder="templates")
    app.logger.setLevel(logging.CRITICAL)

    def fail() -> str:
        raise RuntimeError("no such thing")

    app.add_url_rule("/broken", "page", fail)
    app.add_url_rule("/api/v1/broken", "call", fail)
    composition.finish(app)
    return app


def test_a_page_that_fails_says_so_in_both_languages(broken: Flask) -> None:
    answer = broken.test_client().get("/broken")
    assert (answer.status_code, answer.mimetype) == (500, "text/html")
    assert "Ada gangguan di server" in answer.text and "Something went wrong here" in answer.text
    assert "no such thing" not in answer.text


def test_a_call_that_fails_answers_problem_details(broken: Flask) -> None:
    answer = broken.test_client().get("/api/v1/broken")
    assert (answer.status_code, answer.mimetype) == (500, "application/problem+json")
    assert answer.get_json(force=True)["code"] == "internal"
