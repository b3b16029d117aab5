"""Keys at rest: sealed under the master key, bound to their device, kind and version, never shown."""

import pytest

from devices import keystore
from devices.models import DeviceKey
from tests.factories import make_device, make_utility

pytestmark = pytest.mark.django_db

KEY = bytes(range(16))


def test_a_key_comes_back_and_does_not_lie_in_the_database_in_clear() -> None:
    device = make_device(make_utility())
    row = keystore.store_key(device=device, kind="encryption", key=KEY)
    stored = bytes(DeviceKey.objects.get(pk=row.pk).sealed)
    assert KEY not in stored
    assert keystore.open_keys(keystore.active_keys([device.pk])[device.pk]) == {"encryption": KEY}


def test_equal_keys_are_sealed_differently() -> None:
    devices = [make_device(make_utility()) for _ in range(2)]
    sealed = {bytes(keystore.store_key(device=device, kind="encryption", key=KEY).sealed) for device in devices}
    assert len(sealed) == 2


@pytest.mark.parametrize("field", ["kind", "version", "device_id"])
def test_a_key_moved_to_another_place_cannot_be_opened(field: str) -> None:
    device, other = make_device(make_utility()), make_device(make_utility())
    row = keystore.store_key(device=device, kind="encryption", key=KEY)
    setattr(row, field, {"kind": "authentication", "version": 2, "device_id": other.pk}[field])
    with pytest.raises(keystore.KeyStoreError, match="cannot be opened"):
        keystore.open_key(row)


def test_a_key_that_was_changed_cannot_be_opened() -> None:
    row = keystore.store_key(device=make_device(make_utility()), kind="encryption", key=KEY)
    row.sealed = bytes(row.sealed)[:-1] + bytes([bytes(row.sealed)[-1] ^ 1])
    with pytest.raises(keystore.KeyStoreError):
        keystore.open_key(row)


def test_only_active_keys_are_used() -> None:
    device = make_device(make_utility())
    keystore.store_key(device=device, kind="encryption", key=KEY)
    keystore.withdraw(device=device, kinds=["encryption"], why="lost")
    keystore.store_key(device=device, kind="encryption", key=KEY[::-1], version=2)
    assert keystore.open_keys(keystore.active_keys([device.pk])[device.pk]) == {"encryption": KEY[::-1]}


def test_a_key_does_not_show_in_the_text_of_its_row() -> None:
    row = keystore.store_key(device=make_device(make_utility()), kind="encryption", key=KEY)
    assert KEY.hex() not in f"{row!r} {row}"
