"""How a description says a device is spoken to, and how wrong ones are refused."""

from typing import Any

import pytest

from devices import speech
from protocols.dlms.keys import Security as Protection
from protocols.dlms.tags import Mechanism

PLAIN = {"client_address": 1, "authentication": "none"}


def test_a_plain_meter_needs_no_public_client() -> None:
    security = speech.security_of({"client_address": 2, "authentication": "lls"})
    assert (security.mechanism, security.policy, security.ciphered) == (Mechanism.LLS, Protection.NONE, False)


def test_the_line_is_the_wrapper_over_tcp_unless_said() -> None:
    transport = speech.transport_of({})
    assert (transport.framing, transport.datagrams, transport.block_window) == ("wrapper", False, 0)


def test_short_names_may_be_told_or_left_to_the_meter() -> None:
    assert speech.short_names_of({}) is None
    assert speech.short_names_of({"referencing": "short_names"}) == ()
    told = speech.short_names_of(
        {"referencing": "short_names", "base_names": [{"base": "2BC0", "class_id": 8, "obis": "0-0:1.0.0"}]}
    )
    assert told is not None
    assert told[0].base == 0x2BC0


@pytest.mark.parametrize(
    ("read", "raw", "message"),
    [
        (speech.security_of, {**PLAIN, "policy": "some"}, "policy 'some'"),
        (speech.security_of, {**PLAIN, "authentication": "shouting"}, "authentication 'shouting'"),
        (speech.security_of, {**PLAIN, "policy": "encrypted"}, "invocation_counter"),
        (speech.security_of, {**PLAIN, "suite": 9}, "9"),
        (speech.transport_of, {"framing": "pigeons"}, "wrapper, hdlc, mode_e"),
        (speech.transport_of, {"framing": "hdlc", "datagrams": True}, "datagrams carry the wrapper only"),
        (speech.short_names_of, {"referencing": "pointing"}, "logical_names or short_names"),
        (speech.quirks_of, {"quirks": {"sings": "heard"}}, "quirk 'sings'"),
        (speech.quirks_of, {"quirks": {"no_lists": ""}}, "no evidence"),
    ],
)
def test_what_cannot_be_understood_is_named(read: Any, raw: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read(raw)
