"""The catalogue in force: read from the store, parsed once a version, its counters as they work now."""

from __future__ import annotations

import json

from server.domain.hall import Hall
from server.hall_file import parse_hall
from server.store import Reader

WAYS_KEPT = 16
"""So many ways in which the counters work together are kept ready: officers switch to and fro."""


class Catalogues:
    """Gives the Hall that a reader or a command must go by, parsing each version once."""

    def __init__(self) -> None:
        self._kept: tuple[int, Hall | None] = (0, None)
        self._ways: tuple[Hall | None, dict[tuple[tuple[str, str], ...], Hall]] = (None, {})

    def hall(self, reader: Reader) -> Hall:
        """The hall as of this reader's moment. Raises LookupError when no catalogue was ever applied."""
        # Version and hall change hands together: a long read in another thread may be of the version before.
        version, hall = self._kept
        if hall is None or version != reader.catalogue_version():
            found = reader.catalogue()
            if found is None:
                raise LookupError("this data folder has no catalogue yet")
            hall = parse_hall(json.loads(found.document))
            self._kept = found.version, hall
        return self._working(hall, reader) if hall.has_profiles else hall

    def _working(self, catalogue: Hall, reader: Reader) -> Hall:
        of, ways = self._ways
        if of is not catalogue or len(ways) > WAYS_KEPT:
            # The catalogue and its ways change hands together, whoever else reads meanwhile.
            self._ways = (catalogue, ways := {})
        profiles = reader.profiles()
        key = tuple(sorted(profiles.items()))
        if key not in ways:
            ways[key] = catalogue.working(profiles)
        return ways[key]
