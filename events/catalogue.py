"""The one catalogue every device's event codes are mapped to (`catalogue.json`): text, category, severity."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

UNKNOWN = "unknown"
SEVERITIES = {"information": 10, "warning": 20, "critical": 30}


@dataclass(frozen=True, slots=True)
class Entry:
    """One kind of event. `category` is one of power, quality, fraud, clock, firmware, hardware, m_bus, …"""

    text: str
    category: str
    severity: int


class _Catalogue(dict[str, Entry]):
    def __missing__(self, key: str) -> Entry:
        return self[UNKNOWN]


def _load() -> Mapping[str, Entry]:
    rows = json.loads((Path(__file__).parent / "catalogue.json").read_text())
    return _Catalogue(
        {key: Entry(row["text"], row["category"], SEVERITIES[row["severity"]]) for key, row in rows.items()}
    )


CATALOGUE = _load()
