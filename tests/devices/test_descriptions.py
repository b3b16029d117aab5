"""Description files: every shipped one is whole, and a wrong one is refused by name."""

import json
from pathlib import Path

import pytest

from devices import descriptions
from events.catalogue import CATALOGUE
from protocols.dlms.obis import Obis


@pytest.mark.parametrize("code", descriptions.codes())
def test_a_shipped_description_is_whole(code: str) -> None:
    model = descriptions.description(code)
    assert model.code == code
    assert model.evidence
    if model.kind == "meter":
        assert model.interval_profile is not None
        assert 86_400 % model.interval_profile.interval_s == 0
    keys = {key for log in model.event_logs for key in (*log.codes.values(), log.kind) if key}
    assert keys <= set(CATALOGUE)
    assert all("clock" in log.columns for log in model.event_logs)


def test_an_unknown_model_is_refused_with_the_known_ones() -> None:
    with pytest.raises(descriptions.DescriptionError, match="aim-sm3"):
        descriptions.description("nobody-1")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"clock": None}, "broken.json"),
        ({"clock": "one-two"}, "one-two"),
        ({"profiles": [{}]}, "obis"),
        ({"quriks": {}}, "quriks"),
    ],
)
def test_a_wrong_file_is_refused_naming_it(
    change: dict[str, object], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = json.loads((descriptions.FOLDER / "aim-sm3.json").read_text())
    (tmp_path / "broken.json").write_text(json.dumps({**raw, **change}))
    monkeypatch.setattr(descriptions, "FOLDER", tmp_path)
    descriptions.description.cache_clear()
    with pytest.raises(descriptions.DescriptionError, match=message):
        descriptions.description("broken")


def test_codes_without_a_meaning_are_unknown_not_lost() -> None:
    log = descriptions.description("aim-sm3").event_logs[0]
    assert log.catalogue_key(1) == "power_down"
    assert log.catalogue_key(199) == "unknown"
    assert CATALOGUE["never heard of"].text == CATALOGUE["unknown"].text


def test_the_auxiliary_log_of_smr_5_1_says_what_happened_on_which_channel() -> None:
    """Numbers of `event_codes_dsmr_smr.csv`: 0x1000 and 0x8080 are channel 1, every 0x100 more is one channel on."""
    log = descriptions.description("smr-510").event_log(Obis.parse("0-0:99.98.6"))
    assert log is not None
    assert log.columns == ("clock", "code")
    assert [log.codes[0x1000 + 0x100 * channel] for channel in range(4)] == [
        f"mbus_firmware_updated_{number}" for number in range(1, 5)
    ]
    assert log.codes[0x1003] == "mbus_firmware_failed_1"
    assert (log.codes[0x8180 + 6], log.codes[0x8380 + 18]) == ("mbus_fraud_2", "mbus_key_rejected_4")
    assert 0x8080 + 15 not in log.codes, "reserved"
    assert log.codes[0xFFFF] == "log_cleared"
    assert descriptions.description("smr-500").event_log(Obis.parse("0-0:99.98.6")) is None
