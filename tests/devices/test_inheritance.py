"""Descriptions that say only how they differ from another one."""

from typing import Any

import pytest

from devices.inheritance import at_channel, with_bases

BASE: dict[str, Any] = {
    "code": "base",
    "transport": {"framing": "hdlc", "window": 4},
    "registers": [{"obis": "1-0:1.8.0"}, {"obis": "1-0:2.8.0"}],
    "event_logs": [{"obis": "0-0:99.98.0", "name": "Log", "columns": ["clock", "code"], "codes": {"1": "a", "2": "b"}}],
}


def _base(code: str) -> dict[str, Any]:
    return {"base": BASE, "middle": {"code": "middle", "inherits": "base", "clock": "0-0:1.0.0"}}[code]


def test_only_differences_are_written() -> None:
    own = {
        "code": "own",
        "inherits": "middle",
        "transport": {"window": 1, "patience_s": 9},
        "registers": [{"obis": "1-0:2.8.0", "removed": True}, {"obis": "1-0:3.8.0"}],
        "event_logs": [{"obis": "0-0:99.98.0", "columns": ["clock"], "codes": {"1": None, "3": "c"}}],
    }
    assert with_bases(own, _base) == {
        "code": "own",
        "clock": "0-0:1.0.0",
        "transport": {"framing": "hdlc", "window": 1, "patience_s": 9},
        "registers": [{"obis": "1-0:1.8.0"}, {"obis": "1-0:3.8.0"}],
        "event_logs": [{"obis": "0-0:99.98.0", "name": "Log", "columns": ["clock"], "codes": {"2": "b", "3": "c"}}],
    }


def test_null_leaves_a_field_out_and_the_base_stays_as_it_is() -> None:
    before = str(BASE)
    assert "transport" not in with_bases({"inherits": "base", "transport": None}, _base)
    assert str(BASE) == before


@pytest.mark.parametrize("circle", [{"a": "b", "b": "a"}, {"a": "a"}, {str(n): str(n + 1) for n in range(20)}])
def test_a_circle_is_refused(circle: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="inherits goes in a circle"):
        with_bases({"inherits": next(iter(circle))}, lambda code: {"inherits": circle[code]})


def test_codes_on_a_channel_are_those_of_the_slave() -> None:
    raw = {"obis": "0-n:24.3.0", "columns": [{"obis": "0-0:1.0.0"}, {"obis": "0-n:24.2.1", "attribute": 5}]}
    assert at_channel(raw, 3) == {
        "obis": "0-3:24.3.0",
        "columns": [{"obis": "0-0:1.0.0"}, {"obis": "0-3:24.2.1", "attribute": 5}],
    }
