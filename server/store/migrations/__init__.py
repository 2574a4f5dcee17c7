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
    m007_profiles,
    m008_oversight,
    m009_announcements,
    m010_boards,
    m011_figures,
    m012_satisfaction,
    m013_retention,
    m014_plain_conditions,
    m016_undone_calls,
    m017_fewer_indexes,
)

migrations = Migrations("antrean")
VERSIONS = (
    m001_initial, m002_queue_lengths, m003_printing, m004_selection, m005_officers_day, m006_quota, m007_profiles,
    m008_oversight, m009_announcements, m010_boards, m011_figures, m012_satisfaction, m013_retention,
    m014_plain_conditions, m016_undone_calls, m017_fewer_indexes,
)  # fmt: skip
for version in VERSIONS:
    migrations(name=version.__name__.rpartition(".")[2])(version.apply)

KNOWN = tuple(version.__name__.rpartition(".")[2] for version in VERSIONS)
"""Every version this program knows; a database with another was made by a newer one."""
