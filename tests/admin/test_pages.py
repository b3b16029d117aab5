"""Every admin page: opens, searches, stays within its queries and the content security policy, respects read-only."""

import re
from typing import Any

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from access.admin_base import ReadOnlyAdmin
from access.models import ApiToken, AuditRecord
from devices.models import Contact, DeviceKey, ProfileLayout, StateChange
from devices.models.keys import TransportKey
from events.models import AlarmMessage, AreaOutage, Event, Outage
from headend.models import (
    Attempt,
    ClockCorrection,
    DeliveryCount,
    DiscoveredDevice,
    Gap,
    Job,
    JobItem,
    ListedMeter,
    MeterList,
    NetworkReading,
    PushCounter,
    PushRefusal,
    ReadMark,
    WayChange,
)
from metering.models import ArchivedMonth, SqlReader
from tests import factories as make
from tests.api.scene import Scene, build_home
from tests.queries import count_queries

APPS = {"access", "auth", "metering", "devices", "events", "headend", "integration"}
MODELS = sorted((m for m in admin.site._registry if m._meta.app_label in APPS), key=lambda m: m._meta.label)
READ_ONLY = {
    AuditRecord, Contact, DeliveryCount, DeviceKey, ProfileLayout, AlarmMessage, AreaOutage, Event, Outage,
    Attempt, ClockCorrection, Gap, Job, JobItem, ReadMark,
    ArchivedMonth, SqlReader, DiscoveredDevice, PushCounter, PushRefusal, TransportKey,
    StateChange, ListedMeter, MeterList, NetworkReading, WayChange,
}  # fmt: skip
LISTED_ONLY = {DeviceKey, TransportKey}
"""There is nothing of a single one to show."""
MOST_QUERIES = 14
INLINE = re.compile(
    rb"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")|<style|\sstyle=|\son[a-z]+=\"|javascript:"
)

each = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label_lower)


def url_of(model: type[Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@each
def test_list_opens_and_searches(administrator: Client, model: type[Model]) -> None:
    page = administrator.get(url_of(model, "changelist"))
    assert page.status_code == 200
    assert page.context["cl"].result_count >= 1
    assert administrator.get(url_of(model, "changelist"), {"q": "1"}).status_code == 200
    assert b"OpenAIM administration" in page.content
    assert not INLINE.findall(page.content)


@each
def test_list_takes_the_same_queries_however_long(administrator: Client, scene: Scene, model: type[Model]) -> None:
    before = _queries(administrator, model)
    for number in range(4):
        home = build_home(scene.utility, make.make_segment(scene.utility, f"more-{number}"))
        make.make_attempt(home.item)
        make.make_user()
    assert _queries(administrator, model) <= max(before, 4)
    assert before <= MOST_QUERIES


@each
def test_read_only_pages_offer_no_way_to_write(administrator: Client, model: type[Model]) -> None:
    row = model._default_manager.first()
    assert row is not None
    read_only = isinstance(admin.site._registry[model], ReadOnlyAdmin)
    assert read_only is (model in READ_ONLY)
    add = administrator.get(url_of(model, "add"))
    assert add.status_code == (403 if read_only else 200)
    assert not INLINE.findall(add.content)
    delete = administrator.get(url_of(model, "delete", row.pk))
    assert delete.status_code == (403 if read_only else 200)
    change = administrator.post(url_of(model, "change", row.pk), {"at": ""})
    assert (change.status_code == 403) is (read_only or model is ApiToken)


@pytest.mark.parametrize(
    "model", [m for m in MODELS if m not in LISTED_ONLY], ids=lambda model: model._meta.label_lower
)
def test_detail_opens_without_inline_code(administrator: Client, model: type[Model]) -> None:
    row = model._default_manager.first()
    assert row is not None
    page = administrator.get(url_of(model, "change", row.pk))
    assert page.status_code == 200
    assert not INLINE.findall(page.content)
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]


def test_key_material_is_on_no_page(administrator: Client, scene: Scene) -> None:
    rows: list[tuple[DeviceKey | TransportKey, bytes]] = [
        (DeviceKey.objects.get(), b"Encryption key (EK)"), (TransportKey.objects.get(), b"AES key wrap")
    ]  # fmt: skip
    for key, shown in rows:
        listed = administrator.get(url_of(type(key), "changelist")).content
        assert shown in listed
        assert b"sealed" not in listed
        assert bytes(key.sealed).hex().encode() not in listed
        assert administrator.get(url_of(type(key), "change", key.pk)).status_code == 403


def _queries(client: Client, model: type[Model]) -> int:
    with count_queries() as counted:
        client.get(url_of(model, "changelist"))
    return counted.number
