"""Frames on request: kept sealed with the attempt, without passwords, explained, decoded for few, dropped in time."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from access.models import AuditRecord
from devices.keystore import KeyStoreError, store_key
from devices.keystore.resealing import counted
from headend import causes, kinds
from headend.drivers.base import Target
from headend.drivers.dlms import DlmsDriver
from headend.knowledge import know
from headend.models import Frames, Job
from headend.recording import Recorder, Recording
from headend.services.frames import SEALED, drop_old_frames, keep, keys_to_decode, recording_of
from headend.services.retention import drop_old_jobs
from headend.sessions import run_session
from headend.storing import Outcome, store_outcomes
from headend.told_frames import MOST_LINES, ToldFrame, told
from protocols.explain import Keys
from rig.simulator_process import free_ports
from simulator.fleet import Fleet, MeterSpec
from simulator.models import SM3, SN4
from tests.factories import make_attempt, make_device, make_job, make_user, make_utility
from tests.headend.claiming import claim, job_over
from tests.headend.commercial import PASSWORD, commercial_fleet, spoken
from tests.headend.commercial import target_of as commercial_target
from tests.headend.meters import drip, make_keyed_device, serving
from tests.headend.slave_meters import slave_of
from tests.headend.spoken import target_of, with_driver
from tests.simulator.mixed import mixed_fleet, of_kind


async def _sign_on_and_off(driver: DlmsDriver) -> None:
    await driver.open()
    await driver.read_clock()


def _recorded(fleet: Fleet, spec: MeterSpec) -> tuple[Recording, Target]:
    """What a session with a simulated meter says, and how that meter is known."""
    recorder, target = Recorder(), target_of(fleet, spec)
    with_driver(fleet, replace(target, tap=recorder), _sign_on_and_off)
    return recorder.recording([target.keys.get("password", b"")]), target


def _words(frames: list[ToldFrame]) -> str:
    return "\n".join(frame.lines for frame in frames)


def test_the_password_of_an_association_is_not_in_what_is_kept() -> None:
    fleet = mixed_fleet()
    recording, target = _recorded(fleet, of_kind(fleet, SN4))
    password = target.keys["password"]
    assert password not in recording.pack()
    assert b"*" * len(password) in recording.pack()
    assert not any(frame.trouble for frame in told(recording)), "checksums fit what is shown"


def test_the_password_of_a_commercial_meter_is_not_in_what_is_kept() -> None:
    fleet, recorder = commercial_fleet(), Recorder()
    spoken(fleet, lambda driver: driver.open(), commercial_target(fleet.meters[0], tap=recorder))
    recording = recorder.recording([])
    assert PASSWORD not in recording.pack()
    assert "P1 password (…)" in _words(told(recording))


def test_frames_are_told_in_their_order_and_opened_only_with_the_keys() -> None:
    fleet = mixed_fleet()
    recording, target = _recorded(fleet, of_kind(fleet, SM3))
    frames = told(recording)
    assert [frame.sent for frame in frames[:2]] == [True, False]
    assert [frame.at for frame in frames] == sorted(frame.at for frame in frames)
    assert sum(frame.count for frame in frames) == recording.size
    keys = Keys(target.keys["encryption"], target.keys["authentication"], titles=(target.system_title,))
    assert "0-0:1.0.0 (clock) attribute 2" not in _words(frames)
    assert "0-0:1.0.0 (clock) attribute 2" in _words(told(recording, keys))


def test_a_long_explanation_is_cut() -> None:
    recorder = Recorder()
    recorder(False, bytes.fromhex("c401c100") + b"\x01\x82\x04\x00" + b"\x12\x00\x07" * 1024)
    (frame,) = told(recorder.recording([]))
    assert len(frame.lines.splitlines()) == MOST_LINES
    assert frame.more > 700


@pytest.mark.django_db
@pytest.mark.parametrize("kept", [True, False])
def test_only_a_job_that_says_so_keeps_the_frames_of_its_attempts(kept: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("headend.sessions._FAREWELL_S", 0.1)
    (port,) = free_ports(1)
    utility = make_utility()
    device = make_keyed_device(utility, port)
    job_over(utility)
    Job.objects.update(keep_frames=kept)
    (held,) = claim()
    held.item.job.expires_at = timezone.now() + timedelta(seconds=0.3)
    known, _ = know([device])
    plan = kinds.EVENTS.plan(known[device.pk], {}, timezone.now())

    async def read() -> Outcome:
        async with serving(drip, port):
            return await run_session(held, known[device.pk], plan)

    store_outcomes([asyncio.run(read())], owner="a")
    attempt = held.item.attempt_log.get()
    assert attempt.cause == causes.EXPIRED
    assert Frames.objects.filter(attempt=attempt).exists() is kept
    if kept:
        recording = recording_of(Frames.objects.get())
        assert recording.size == attempt.bytes_sent + attempt.bytes_received == Frames.objects.get().size
        assert [piece.sent for piece in recording.pieces][:2] == [True, False]


def _kept(octets: bytes = b"\x7e\xa0") -> Frames:
    device = make_device(make_utility(), system_title="41494D0000000001")
    recorder = Recorder()
    recorder(True, octets)
    attempt = make_attempt(make_job(device.utility, [device]).items.get())
    keep([(attempt, recorder.recording([])), (attempt, None)])
    return Frames.objects.get()


@pytest.mark.django_db
def test_frames_are_sealed_and_bound_to_their_attempt() -> None:
    frames = _kept(b"very plain octets")
    assert b"plain" not in bytes(frames.sealed)
    assert counted()[frames.master_key] == 1, "an exchange of the master key takes them in"
    other = make_attempt(frames.attempt.item, number=2)
    frames.attempt = other
    with pytest.raises(KeyStoreError, match="Frames of attempt"):
        recording_of(frames)


@pytest.mark.django_db
def test_frames_of_a_slave_meter_open_with_the_keys_of_its_master() -> None:
    utility, key = make_utility(), bytes(range(16))
    master = make_device(utility, system_title="4F414D0000000001")
    store_key(device=master, kind="encryption", key=key)
    item = make_job(utility, [slave_of(master)]).items.get()
    keys = keys_to_decode(Frames(attempt=make_attempt(item)), make_user())
    assert (keys.encryption, keys.titles[0]) == (key, bytes.fromhex(master.system_title))


@pytest.mark.django_db
def test_a_missing_master_key_costs_the_frames_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "MASTER_KEY", "no key")
    device = make_device(make_utility())
    attempt = make_attempt(make_job(device.utility, [device]).items.get())
    keep([(attempt, Recorder().recording([]))])
    assert not Frames.objects.exists()


@pytest.mark.django_db
def test_every_look_with_keys_is_recorded() -> None:
    frames, user = _kept(), make_user(username="decoder")
    store_key(device=frames.attempt.item.device, kind="encryption", key=bytes(range(16)))
    keys = keys_to_decode(frames, user)
    assert keys.encryption == bytes(range(16))
    assert keys.titles[0] == bytes.fromhex("41494D0000000001")
    keys_to_decode(frames, user)
    assert AuditRecord.objects.filter(verb="frames decoded", username="decoder").count() == 2


@pytest.mark.django_db
def test_frames_go_before_their_attempts_and_with_them() -> None:
    frames = _kept()
    assert drop_old_frames() == 0
    Frames.objects.update(kept_at=timezone.now() - timedelta(days=settings.FRAME_DAYS, minutes=1))
    assert drop_old_frames() == 1
    keep([(frames.attempt, Recorder().recording([]))])
    Job.objects.update(finished_at=timezone.now() - timedelta(days=settings.COMMUNICATION_DAYS + 1))
    assert drop_old_jobs() == 1
    assert not Frames.objects.exists()


@pytest.mark.django_db
def test_an_attempt_has_its_frames_once() -> None:
    frames = _kept()
    with pytest.raises(IntegrityError), transaction.atomic():
        keep([(frames.attempt, recording_of(frames))])
    assert SEALED.open(frames) == recording_of(frames).pack()
