"""Shipment files for tests, in the format of the simulator's fleet file."""

import json
from pathlib import Path
from typing import Any


def write_fleet(path: Path, meters: int) -> Path:
    """A fleet file of `meters` meters with distinct addresses, titles and keys."""
    path.write_text(
        json.dumps({"version": 2, "concentrators": [], "meters": [meter(number) for number in range(meters)]})
    )
    return path


def meter(number: int) -> dict[str, Any]:
    return {
        "serial": f"OAM{number:08d}",
        "model": "aim-sm3",
        "host": f"127.20.0.{number % 250 + 1}",
        "port": 4059 + number // 250,
        "system_title": (b"OAM" + number.to_bytes(5, "big")).hex(),
        "ek": number.to_bytes(16, "big").hex(),
        "ak": (number + 1_000_000).to_bytes(16, "big").hex(),
        **dict.fromkeys(("link_address", "password", "signing", "concentrator", "gateway_address")),
    }
