"""Numbers, words and names of fields in description files: what is impossible is named, at loading and by the check."""

import json
from pathlib import Path
from typing import Any

import pytest

from devices import descriptions, speech
from devices.checks import descriptions_fit
from protocols.dlms.security import Tagging

PLAIN = {"client_address": 1, "authentication": "none"}
CIPHERED = {
    **PLAIN, "policy": "authenticated_encrypted", "public_client_address": 16, "invocation_counter": "0-0:43.1.0"
}  # fmt: skip


def test_protected_services_may_go_in_general_apdus() -> None:
    assert speech.security_of(CIPHERED).tagging is Tagging.SERVICE
    assert speech.security_of({**CIPHERED, "tagging": "general"}).tagging is Tagging.GENERAL


def test_a_hasty_line_repeats_within_its_patience() -> None:
    assert speech.transport_of({"patience_s": 2}).retry_s == 2
    assert speech.transport_of({"patience_s": 60, "retry_s": 15.5}).retry_s == 15.5


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({"client_address": "1", "authentication": "none"}, "client_address '1'"),
        ({"client_address": True, "authentication": "none"}, "client_address True"),
        ({"client_address": 0, "authentication": "none"}, "from 1 to 65535"),
        ({**PLAIN, "pollicy": "none"}, "security has no field pollicy"),
        ({**PLAIN, "dedicated_key": "yes"}, "neither true nor false"),
        ({**PLAIN, "dedicated_key": True}, "policy must not be none"),
        ({**PLAIN, "authentication": "hls_gmac"}, "policy must not be none"),
        ({**CIPHERED, "authentication": "hls_ecdsa"}, "needs suite 1"),
        ({**CIPHERED, "tagging": "price"}, "tagging 'price' is not one of service, general"),
    ],
)
def test_an_impossible_association_is_refused(raw: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        speech.security_of(raw)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({"patience_s": 0}, "patience_s 0 .* from 1 to 600"),
        ({"patience_s": "long"}, "patience_s 'long'"),
        ({"patience_s": 5, "retry_s": 6}, "retry_s 6 .* from 0.1 to 5"),
        ({"block_window": 64}, "block_window 64"),
        ({"info_size": 2031}, "info_size 2031"),
        ({"window": 8}, "window 8"),
        ({"udp": True}, "transport has no field udp"),
    ],
)
def test_an_impossible_line_is_refused(raw: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        speech.transport_of(raw)


def test_base_names_say_where_and_what() -> None:
    named = {"base": "62E8", "class_id": 7, "obis": "1-0:99.1.0", "version": 1}
    found = speech.short_names_of({"referencing": "short_names", "base_names": [named]})
    assert found is not None
    assert (found[0].base, found[0].class_id, str(found[0].obis), found[0].version) == (0x62E8, 7, "1-0:99.1.0", 1)
    with pytest.raises(ValueError, match="entry of base_names has no field name"):
        speech.short_names_of({"referencing": "short_names", "base_names": [{**named, "name": "profile"}]})


def test_the_system_check_names_every_file_that_cannot_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert descriptions_fit(None) == []
    raw = json.loads((descriptions.FOLDER / "aim-sm3.json").read_text())
    (tmp_path / "good.json").write_text(json.dumps({**raw, "code": "good"}))
    (tmp_path / "bad.json").write_text(json.dumps({**raw, "transport": {"framing": "pigeons"}}))
    (tmp_path / "torn.json").write_text("{")
    monkeypatch.setattr(descriptions, "FOLDER", tmp_path)
    descriptions.description.cache_clear()
    problems = [error.msg for error in descriptions_fit(None)]
    descriptions.description.cache_clear()
    assert [problem.partition(":")[0] for problem in problems] == ["bad.json", "torn.json"]
    assert "framing is one of wrapper, hdlc, mode_e" in problems[0]
