"""The catalogue in force: read from the store, parsed once a version."""

from __future__ import annotations

import json

from server.domain.hall import Hall
from server.hall_file import parse_hall
from server.store import Reader


class Catalogues:
    """Gives the Hall that a reader or a command must go by, parsing each version once."""

    def __init__(self) -> None:
        self._version = 0
        self._hall: Hall | None = None

    def hall(self, reader: Reader) -> Hall:
        """The hall as of this reader's moment. Raises LookupError when no catalogue was ever applied."""
        version = reader.catalogue_version()
        if version != self._version or self._hall is None:
            found = reader.catalogue()
            if found is None:
                raise LookupError("this data folder has no catalogue yet")
            self._hall, self._version = parse_hall(json.loads(found.document)), found.version
        return self._hall
