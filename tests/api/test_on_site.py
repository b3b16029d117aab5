"""Installing, exchanging and removing by the API."""

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from access.models import AuditRecord
from access.roles import API_CLIENT
from devices.models import Device, Installation
from tests import factories as make

pytestmark = pytest.mark.django_db
AT = "2026-02-01T10:00:00Z"


@pytest.fixture
def device() -> Device:
    return make.make_device(make.make_utility())


@pytest.fixture
def client() -> APIClient:
    user = make.make_user(API_CLIENT, utilities=[make.make_utility()])
    return APIClient(headers={"Authorization": f"Bearer {make.make_token(user)}"})


def _post(client: APIClient | Client, device: Device, act: str, **body: Any) -> Any:
    return client.post(f"/api/v1/devices/{device.pk}/{act}/", body, format="json")


def _stand(value: str) -> list[dict[str, str]]:
    return [{"obis": "1-0:1.8.0", "unit": "Wh", "value": value}]


def test_a_meter_is_installed_exchanged_and_removed(client: APIClient, device: Device) -> None:
    point, new = make.make_metering_point(device.utility), make.make_device(device.utility)
    made = _post(client, device, "install", gsrn=point.gsrn, at="2026-01-01T00:00:00Z", initial=_stand("5"))
    assert made.status_code == 201
    assert made.json()["serial_number"] == device.serial_number and made.json()["ends_at"] is None
    stands = {"final": _stand("1500.5"), "initial": _stand("0")}
    done = _post(client, device, "exchange", serial_number=new.serial_number, at=AT, **stands)
    assert (done.status_code, done.json()["starts_at"]) == (201, AT)
    ended = _post(client, new, "remove", at="2026-02-02T10:00:00+02:00", final=_stand("7"))
    assert (ended.status_code, ended.json()["ends_at"]) == (200, "2026-02-02T08:00:00Z")
    assert Installation.objects.filter(period__upper_inf=True).count() == 0
    assert set(AuditRecord.objects.values_list("verb", flat=True)) >= {"installed", "exchanged", "removed"}


def test_what_stands_against_it_is_a_conflict_in_words(client: APIClient, device: Device) -> None:
    make.make_installation(device, make.make_metering_point(device.utility))
    elsewhere = make.make_metering_point(device.utility)
    answer = _post(client, device, "install", gsrn=elsewhere.gsrn, at=AT)
    assert answer.status_code == 409
    assert "remove it there first" in answer.json()["detail"]
    spare = make.make_device(device.utility)
    answer = _post(client, spare, "remove", at=AT)
    assert (answer.status_code, answer.json()["detail"]) == (409, f"{spare} hangs nowhere.")


@pytest.mark.parametrize(
    "body",
    [
        {"at": AT},
        {"gsrn": "649999990000000001", "at": AT},
        {"gsrn": "6", "at": "yesterday"},
        {"gsrn": "6", "at": AT, "initial": _stand("-1")},
        {"gsrn": "6", "at": AT, "initial": [{"obis": "energy", "value": "1"}]},
        {"gsrn": "6", "at": AT, "initial": _stand("1") * 41},
    ],
)
def test_a_request_that_says_something_wrong_is_refused(
    client: APIClient, device: Device, body: dict[str, Any]
) -> None:
    assert _post(client, device, "install", **body).status_code == 400
    assert not Installation.objects.exists()


def test_a_register_named_twice_is_refused(client: APIClient, device: Device) -> None:
    point = make.make_metering_point(device.utility)
    assert _post(client, device, "install", gsrn=point.gsrn, at=AT, initial=_stand("1") * 2).status_code == 400


def test_the_state_of_a_device_is_said_where_the_role_lets_one(client: APIClient, device: Device) -> None:
    answer = _post(client, device, "state", state="scrapped", reason="burnt")
    assert answer.status_code == 409 and "role" in answer.json()["detail"]
    device = make.make_device(device.utility, state=Device.State.REMOVED)
    answer = _post(client, device, "state", state="inventory", reason="tested")
    assert (answer.status_code, answer.json()["state"]) == (200, "inventory")


def test_strangers_find_nothing_and_others_may_not(device: Device) -> None:
    stranger = make.make_user(API_CLIENT, utilities=[make.make_utility("other")])
    roleless = make.make_user(utilities=[device.utility])
    for user, status in ((stranger, 404), (roleless, 403)):
        client = APIClient(headers={"Authorization": f"Bearer {make.make_token(user)}"})
        assert _post(client, device, "install", gsrn="6", at=AT).status_code == status
    assert _post(APIClient(), device, "install", gsrn="6", at=AT).status_code == 401
