"""Description files: every shipped one is whole, and a wrong one is refused by name."""

import json
from pathlib import Path

import pytest

from devices import descriptions
from events.catalogue import CATALOGUE


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
