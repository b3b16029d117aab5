"""A small network in operation: two segments with a metered point each, a meter that answers and a silent one."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from access.models import Segment, User, Utility
from access.roles import CUSTOMER_SERVICE, METERING_OPERATOR
from devices.models import Contact, Device
from headend.models import Job, JobItem, Schedule
from metering.models import MeteringPoint
from metering.services.properties import register_properties
from tests import factories as make

NASTY = "<script>alert('x')</script>"
RESULT: dict[str, Any] = {
    "rows": 3,
    "events": 0,
    "clock_offset_s": 21.4,
    "registers": [
        {"obis": "1-0:1.8.0", "value": 1234567, "scaler": 0, "unit": "Wh", "at": "2026-11-20T14:15:02+00:00"},
        {"obis": "1-0:32.7.0", "value": 2301, "scaler": -1, "unit": "V", "at": "2026-11-20T14:15:02+00:00"},
        {"obis": "1-0:200.7.0", "value": 7, "scaler": 0, "unit": "A", "at": "2026-11-20T14:15:02+00:00"},
    ],
    "firmware": "1.0",
}
STEPS = [
    {"name": "associate", "seconds": 0.21, "octets": 329, "note": ""},
    {"name": "registers", "seconds": 0.4, "octets": 1200, "note": ""},
]


@dataclass(frozen=True)
class Scene:
    """`near` answers and lies in the segment north, `silent` does not and lies in the south.

    `mikko` operates the whole utility, `pekka` serves customers of the north, `stranger` operates another utility.
    """

    utility: Utility
    near_point: MeteringPoint
    silent_point: MeteringPoint
    near: Device
    silent: Device
    job: Job
    schedule: Schedule
    mikko: User
    pekka: User
    stranger: User
    roleless: User

    @property
    def good(self) -> JobItem:
        return self.job.items.select_related("job").get(device=self.near)

    @property
    def bad(self) -> JobItem:
        return self.job.items.select_related("job").get(device=self.silent)


def build() -> Scene:
    """Make the rows; the firmware of the answering meter must be escaped."""
    register_properties()
    utility = make.make_utility()
    north, south = (make.make_segment(utility, code) for code in ("north", "south"))
    (near_point, near), (silent_point, silent) = (_metered(utility, segment) for segment in (north, south))
    _contacts(near, silent)
    schedule = Schedule.objects.create(utility=utility, name="Load profile", kind="profile", rhythm="minutes")
    return Scene(
        utility, near_point, silent_point, near, silent, _job(utility, near, silent, schedule), schedule,
        mikko=make.make_user(METERING_OPERATOR, utilities=[utility], username="mikko"),
        pekka=make.make_user(CUSTOMER_SERVICE, segments=[north], username="pekka"),
        stranger=make.make_user(METERING_OPERATOR, utilities=[make.make_utility("other")]),
        roleless=make.make_user(utilities=[utility]),
    )  # fmt: skip


@pytest.fixture
def scene(db: None) -> Scene:
    cache.clear()
    return build()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(response: Any) -> str:
    """The whole body of a page or a file."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return str(body.decode())


def _metered(utility: Utility, segment: Segment) -> tuple[MeteringPoint, Device]:
    area = make.make_transformer_area(utility, f"T-{segment.code}")
    point = make.make_metering_point(utility, segment, transformer_area=area)
    device = make.make_device(utility, segment, usn=f"USN-{segment.code}", firmware=NASTY)
    make.make_installation(device, point)
    device.refresh_from_db()
    return point, device


def _contacts(near: Device, silent: Device) -> None:
    now = timezone.now()
    Contact.objects.filter(device=near).update(
        last_attempt_at=now, last_contact_at=now, last_reading_at=now, clock_offset_s=21.4
    )
    Contact.objects.filter(device=silent).update(last_attempt_at=now, failures=3, cause="no_answer")
    Device.objects.filter(pk=near.pk).update(state=Device.State.IN_OPERATION)


def _job(utility: Utility, near: Device, silent: Device, schedule: Schedule) -> Job:
    now = timezone.now()
    job = make.make_job(
        utility, [near, silent], state="ok", title="Load profile", kind="profile", schedule=schedule, action="a1"
    )
    Job.objects.filter(pk=job.pk).update(state=Job.State.DONE, finished_at=now + timedelta(seconds=5))
    job.refresh_from_db()
    job.items.filter(device=near).update(attempts=1, started_at=now, finished_at=now, result=RESULT)
    job.items.filter(device=silent).update(
        state="failed", attempts=3, started_at=now, finished_at=now,
        first_cause="connection_cut", last_cause="no_answer", detail=NASTY,
    )  # fmt: skip
    make.make_attempt(job.items.get(device=near), steps=STEPS, bytes_sent=600, bytes_received=929)
    failed = [{"name": "associate", "seconds": 5.0, "octets": 0, "note": "failed"}]
    make.make_attempt(job.items.get(device=silent), steps=failed, cause="no_answer", detail=NASTY)
    return job
