"""Keys are looked at where they are entered: size by kind and suite, and whether a public key is one at all."""

import pytest

from devices.key_checks import UnfitKeyError, check_key
from devices.keystore import sealed_row, store_key
from protocols.dlms.security.curves import point_of, private_key
from protocols.dlms.suites import Suite
from tests.factories import make_device, make_device_model, make_utility

P256 = point_of(private_key(Suite.P256, bytes(31) + b"\x07").public_key())
P384 = point_of(private_key(Suite.P384, bytes(47) + b"\x07").public_key())


@pytest.mark.parametrize(
    ("kind", "key", "suite"),
    [
        ("encryption", bytes(16), Suite.AES_128),
        ("authentication", bytes(16), Suite.P256),
        ("broadcast", bytes(32), Suite.P384),
        ("master", bytes(32), None),
        ("password", b"7", None),
        ("password", bytes(64), Suite.AES_128),
        ("signature", P256, Suite.P256),
        ("signature", P384, None),
    ],
)
def test_keys_of_the_right_size_are_taken(kind: str, key: bytes, suite: Suite | None) -> None:
    check_key(kind, key, suite)


@pytest.mark.parametrize(
    ("kind", "key", "suite", "message"),
    [
        ("encryption", bytes(32), Suite.AES_128, "32 octets, 16 are needed"),
        ("authentication", bytes(16), Suite.P384, "16 octets, 32 are needed"),
        ("master", bytes(15), None, "15 octets, 16 or 32 are needed"),
        ("broadcast", b"", None, "0 octets"),
        ("password", b"", None, "1 to 64 octets, not 0"),
        ("password", bytes(65), None, "not 65"),
        ("signature", P384, Suite.P256, "96 octets, 64 are needed"),
        ("signature", P256[1:], None, "63 octets, 64 or 96 are needed"),
        ("signature", bytes(64), Suite.P256, "no point of the curve"),
    ],
)
def test_others_are_refused_in_words_that_do_not_show_them(
    kind: str, key: bytes, suite: Suite | None, message: str
) -> None:
    with pytest.raises(UnfitKeyError, match=message) as refused:
        check_key(kind, key, suite)
    assert not key or key.hex() not in str(refused.value)


@pytest.mark.django_db
def test_the_key_store_takes_only_keys_of_the_suite_of_the_model() -> None:
    device = make_device(make_utility(), model=make_device_model("aim-sm5"))
    with pytest.raises(UnfitKeyError, match="16 are needed"):
        store_key(device=device, kind="encryption", key=bytes(32))
    with pytest.raises(UnfitKeyError, match="16 or 32 are needed"):
        sealed_row(device_id=device.pk, kind="encryption", key=bytes(8))
    store_key(device=device, kind="signature", key=P256)
    assert [row.kind for row in device.keys.all()] == ["signature"]


@pytest.mark.django_db
def test_of_a_model_nobody_described_any_suite_may_be() -> None:
    model = make_device_model()
    model.pk, model.code = None, "nobody-1"
    model.save()
    store_key(device=make_device(make_utility(), model=model), kind="encryption", key=bytes(32))
