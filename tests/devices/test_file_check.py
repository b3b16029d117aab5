"""Every mistake of a description file is named with its place and what to write instead."""

import json
from pathlib import Path
from typing import Any

import pytest

from devices import descriptions
from devices.file_check import check_file
from devices.findings import Finding, Severity
from events.catalogue import CATALOGUE

SM3: dict[str, Any] = json.loads((descriptions.FOLDER / "aim-sm3.json").read_text())
CLOCK = {"obis": "0-0:1.0.0", "class_id": 8}
LOAD = {"obis": "1-0:99.1.0"}


def checked(folder: Path, text: str | dict[str, Any]) -> list[Finding]:
    path = folder / "tried.json"
    path.write_text(text if isinstance(text, str) else json.dumps(text))
    return check_file(path, list(CATALOGUE), ["dlms"])[1]


def own(**changes: Any) -> dict[str, Any]:
    return {"code": "tried", "inherits": "aim-sm3", **changes}


@pytest.mark.parametrize("code", descriptions.codes())
def test_shipped_files_have_no_mistakes(code: str) -> None:
    path = descriptions.path_of(code)
    assert path is not None
    described, findings = check_file(path, list(CATALOGUE), ["dlms", "iec62056_21"])
    assert findings == []
    assert described == descriptions.description(code)


@pytest.mark.parametrize(
    ("changes", "place", "text", "advice"),
    [
        ({"quriks": {}}, "quriks", "is no field", "Write 'quirks'."),
        ({"code": "other"}, "code", "the file is called 'tried'", "Write 'tried', or name the file so."),
        ({"kind": "metre"}, "kind", "no kind of device", "Write 'meter'."),
        ({"protocol": "dmls"}, "protocol", "spoken by no driver", "Write 'dlms'."),
        ({"evidence": ""}, "evidence", "is missing", ""),
        ({"clock": None}, "clock", "is missing", ""),
        ({"clock": "0-0:1"}, "clock", "'0-0:1' is not an OBIS code", "Write it as 1-0:1.8.0."),
        ({"registers": [{"obis": "1.8.0"}]}, "registers[1.8.0].obis", "not an OBIS code", "Write '1-0:1.8.0'."),
        ({"identification": {"firmware": "x"}}, "identification.firmware", "not an OBIS code", ""),
        ({"status_bits": {"4": "power_dwn"}}, "status_bits.4", "no meaning", "Write 'power_down'."),
        (
            {"alarm_bits": {"0-0:97.98.0": {"0": "clock_invald"}}},
            "alarm_bits[0-0:97.98.0].0", "not in the event catalogue", "Write 'clock_invalid'.",
        ),
        ({"alarm_bits": {"97.98": {}}}, "alarm_bits[97.98]", "not an OBIS code", ""),
        (
            {"event_logs": [{"obis": "0-0:99.98.0", "codes": {"1": "power_dwn"}}]},
            "event_logs[0-0:99.98.0].codes.1", "not in the event catalogue", "Write 'power_down'.",
        ),
        (
            {"event_logs": [{"obis": "1-0:99.97.0", "kind": "long_power_failur"}]},
            "event_logs[1-0:99.97.0].kind", "not in the event catalogue", "Write 'long_power_failure'.",
        ),
        (
            {"profiles": [LOAD | {"columns": [CLOCK | {"unit": "wh"}]}]},
            "profiles[1-0:99.1.0].columns[0-0:1.0.0].unit", "'wh' is no unit", "Write 'Wh'.",
        ),
        ({"profiles": [LOAD | {"role": "hourly"}]}, "profiles[1-0:99.1.0]", "role 'hourly' is not one", ""),
        ({"profiles": [LOAD | {"interval_s": 1000}]}, "profiles[1-0:99.1.0].interval_s", "do not divide a day", "900"),
        ({"profiles": [LOAD | {"rows": "many"}]}, "profiles[1-0:99.1.0]", "rows 'many' is not a whole", ""),
        ({"transport": {"framing": "pigeons"}}, "transport", "framing is one of", ""),
        ({"quirks": {"sings": "heard"}}, "quirks", "quirk 'sings' is not one of", ""),
        ({"clients": {"reader": {"authentication": "lls"}}}, "clients", "client_address is missing", ""),
        ({"push": {"alarm": [{"obis": "0-0:97.98.0"}]}}, "push", "class_id is missing", ""),
        ({"compact_data": {"0-0:66.0.0": [{"types": "0201"}]}}, "compact_data", "types of", ""),
        ({"m_bus": {"value": "0-1:24.2.1"}}, "m_bus", "on every channel", ""),
        ({"objects": [CLOCK | {"unit": "Wh"}]}, "objects[0-0:1.0.0]", "scaler and unit are fixed together", ""),
        ({"objects": [CLOCK | {"attributes": {"2": "RW now"}}]}, "objects[0-0:1.0.0]", "value of attribute 2", ""),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_place(
    changes: dict[str, Any], place: str, text: str, advice: str, tmp_path: Path
) -> None:
    found = checked(tmp_path, own(**changes))
    (mistake,) = [finding for finding in found if finding.severity is Severity.ERROR]
    assert mistake.place == place
    assert text in mistake.text
    assert advice in mistake.advice


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    found = checked(tmp_path, own(clock="1.0.0", kind="metre", registers=[{"obis": "8"}], transport={"window": 99}))
    assert {finding.place for finding in found} == {"clock", "kind", "registers[8].obis", "transport"}


def test_what_is_read_must_be_among_the_objects(tmp_path: Path) -> None:
    references = own(
        objects=[CLOCK, {"obis": "1-0:99.1.0", "class_id": 3, "scaler": 0, "unit": "Wh"}],
        registers=[{"obis": each["obis"], "removed": True} for each in SM3["registers"]],
        event_logs=[{"obis": each["obis"], "removed": True} for each in SM3["event_logs"]],
        profiles=[
            {"obis": "1-0:99.2.0", "removed": True}, LOAD | {"columns": [{"obis": "0-0:1.0.0", "role": "clock"}]},
        ],
        push={"alarm": [{"class_id": 1, "obis": "0-0:97.98.0"}]},
        m_bus=None,
    )  # fmt: skip
    assert {finding.place: finding.text for finding in checked(tmp_path, references)} == {
        "identification.serial_number": "objects does not list 0-0:96.1.0",
        "identification.firmware": "objects does not list 1-0:0.2.0",
        "profiles[1-0:99.1.0]": "1-0:99.1.0 is of class 3 in objects, here class 7 is needed",
        "push.alarm[0-0:97.98.0]": "objects does not list 0-0:97.98.0",
    }


def test_units_of_what_has_none_and_meters_that_promise_nothing(tmp_path: Path) -> None:
    minimal = {
        **{key: SM3[key] for key in ("name", "manufacturer", "kind", "protocol", "evidence", "security", "clock")},
        "code": "tried", "identification": {}, "profiles": [], "registers": [], "event_logs": [], "status_bits": {},
        "objects": [CLOCK | {"scaler": 0, "unit": "Wh"}],
    }  # fmt: skip
    found = checked(tmp_path, minimal)
    assert [(finding.severity, finding.place) for finding in found] == [
        (Severity.WARNING, "profiles"),
        (Severity.ERROR, "objects[0-0:1.0.0].unit"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "line 1 column 2"),
        ("[]", "a description is a JSON object"),
        ('{"code": "tried", "code": "tried"}', "field 'code' stands twice"),
        ('{"inherits": "nobody-1"}', "inherits names 'nobody-1', which no file describes"),
        ('{"inherits": "tried-2"}', "which no file describes"),
    ],
)
def test_what_is_no_description_at_all(text: str, said: str, tmp_path: Path) -> None:
    (found,) = checked(tmp_path, text)
    assert said in found.text


def test_a_file_of_ones_own_goes_before_a_shipped_one(tmp_path: Path, settings: Any) -> None:
    settings.DEVICE_MODELS = tmp_path
    (tmp_path / "own-1.json").write_text(json.dumps({"code": "own-1", "name": "Own", "inherits": "aim-sm3"}))
    (tmp_path / "aim-sn4.json").write_text(json.dumps({**SM3, "code": "aim-sn4", "name": "Ours"}))
    descriptions.description.cache_clear()
    try:
        assert (
            descriptions.description("own-1").interval_profile == descriptions.description("aim-sm3").interval_profile
        )
        assert descriptions.description("aim-sn4").name == "Ours"
        assert {"own-1", "aim-sm3"} <= set(descriptions.codes())
    finally:
        descriptions.description.cache_clear()
