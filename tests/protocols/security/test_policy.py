"""Security policies of both versions of class 64."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.dlms.security import Security
from protocols.dlms.security.policy import policy_of, required_by
from protocols.errors import RemoteProtocolError

LEVELS = st.sampled_from([Security(bits | signed) for bits in (0, 0x10, 0x20, 0x30) for signed in (0, 0x100)])


@given(LEVELS, LEVELS)
def test_policies_round_trip(requests: Security, answers: Security) -> None:
    assert required_by(policy_of(requests, answers)) == (requests, answers)


def test_policies_as_the_standard_numbers_them() -> None:
    assert policy_of(Security.BOTH, Security.BOTH) == 0b01101100
    assert policy_of(Security.SIGNED, Security.SIGNED) == 0b10010000
    assert [required_by(number, 0)[0] for number in range(4)] == [0, 0x10, 0x20, 0x30]


@pytest.mark.parametrize(("policy", "version"), [(4, 0), (-1, 0), (256, 1)])
def test_undefined_policies(policy: int, version: int) -> None:
    with pytest.raises(RemoteProtocolError):
        required_by(policy, version)
