"""The schema, one file a version, applied in order by sqlite-utils and recorded in the database."""

from __future__ import annotations

from sqlite_utils.migrations import Migrations

from server.store.migrations import (
    m001_initial,
    m002_queue_lengths,
    m003_printing,
    m004_selection,
    m005_officers_day,
    m006_quota,
    m011_figures,
)

migrations = Migrations("antrean")
migrations(name="m001_initial")(m001_initial.apply)
migrations(name="m002_queue_lengths")(m002_queue_lengths.apply)
migrations(name="m003_printing")(m003_printing.apply)
migrations(name="m004_selection")(m004_selection.apply)
migrations(name="m005_officers_day")(m005_officers_day.apply)
migrations(name="m006_quota")(m006_quota.apply)
migrations(name="m011_figures")(m011_figures.apply)

KNOWN = (
    "m001_initial", "m002_queue_lengths", "m003_printing", "m004_selection", "m005_officers_day", "m006_quota",
    "m011_figures",
)  # fmt: skip
"""Every version this program knows; a database with another was made by a newer one."""
