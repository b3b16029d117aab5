"""Missing values, exclusions, the mobile network of a device and a schedule's preview fit a desk and a phone."""

from datetime import timedelta
from typing import Literal

import pytest
from django.urls import reverse
from django.utils import timezone

from headend.models import Exclusion, Gap, NetworkReading
from tests.browsing import PageOf
from tests.scene import Scene

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTHS = (1280, 390)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def fill(scene: Scene) -> None:
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    for number, device in enumerate((scene.silent, scene.near)):
        span = {"starts_at": now - timedelta(hours=6 + number), "ends_at": now - timedelta(hours=4)}
        state = "not_held" if number else "open"
        Gap.objects.create(device=device, obis="1-0:99.1.0", found_at=now, state=state, tries=3 * number, **span)
    Exclusion.objects.create(device=scene.silent, first_day=now.date(), reason="Burnt down", created_by=scene.mikko)
    for hours, power in ((1, -105), (25, -87), (49, -109)):
        NetworkReading.objects.create(
            device=scene.near, at=now - timedelta(hours=hours), operator="Kaarna Mobile", registered=True,
            service="LTE", cell="4711-20333", signal_dbm=power, apn="meters.kaarna.example", address="10.1.2.15",
        )  # fmt: skip


def test_the_pages_fit_in_light_and_dark(page_of: PageOf, scene: Scene) -> None:
    fill(scene)
    paths = {
        "missing": reverse("headend:gaps"),
        "exclusions": reverse("headend:exclusions"),
        "exclusion": reverse("headend:exclusion-new"),
        "deliveries": reverse("reports:deliveries"),
        "device": scene.near.get_absolute_url(),
        "schedule": reverse("headend:schedule-change", args=[scene.schedule.pk]),
    }
    page = page_of(scene.mikko)
    for name, path in paths.items():
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                page.goto(path)
                wide = page.evaluate("document.documentElement.scrollWidth")
                assert wide <= width, f"{name} is {wide} px wide at {width}"


def test_two_clicks_from_the_start_to_what_happens_next(page_of: PageOf, scene: Scene) -> None:
    fill(scene)
    page = page_of(scene.mikko, "/")
    page.get_by_role("link", name="What is missing, and why").click()
    page.get_by_role("heading", level=1, name="Missing values").wait_for()
    row = page.get_by_role("row").filter(has_text=scene.silent.serial_number)
    assert "Asked for by the next job" in row.inner_text()
    row.get_by_role("link", name=scene.silent.serial_number).click()
    assert "Burnt down" in page.get_by_role("main").inner_text()
