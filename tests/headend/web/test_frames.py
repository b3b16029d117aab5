"""The page of kept frames: who sees it, who may decode, and that each look is recorded."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from access.models import AuditRecord
from headend.models import Frames
from headend.recording import Recorder
from headend.services.frames import keep
from tests import factories as make
from tests.scene import Scene, signed_in, text

GET_CLOCK = bytes.fromhex("0001 0001 0001 000D C001C1 0008 0000010000FF 02 00")


def _frames(scene: Scene) -> Frames:
    attempt = make.make_attempt(make.make_job(scene.utility, [scene.near]).items.get())
    recorder = Recorder()
    recorder(True, GET_CLOCK)
    keep([(attempt, recorder.recording([]))])
    return Frames.objects.get()


def _url(frames: Frames, name: str = "frames") -> str:
    return reverse(f"headend:{name}", args=[frames.attempt.item_id, frames.attempt.number])


def test_frames_are_shown_as_octets_and_in_words(scene: Scene) -> None:
    frames, client = _frames(scene), signed_in(scene.mikko)
    assert _url(frames) in client.get(frames.attempt.item.get_absolute_url()).content.decode()
    page = text(client.get(_url(frames)))
    assert "C0 01 C1" in page and "0-0:1.0.0 (clock) attribute 2" in page
    assert "Decode what is ciphered" not in page


def test_decoding_needs_a_permission_of_its_own_and_is_recorded(scene: Scene) -> None:
    frames = _frames(scene)
    assert signed_in(scene.mikko).post(_url(frames, "frames-decoded")).status_code == 403
    scene.mikko.user_permissions.add(Permission.objects.get(codename="decode_frames"))
    client = signed_in(scene.mikko)
    assert "Decode what is ciphered" in text(client.get(_url(frames)))
    assert not AuditRecord.objects.filter(verb="frames decoded").exists()
    assert "That you looked is in the audit trail." in text(client.post(_url(frames, "frames-decoded")))
    assert client.get(_url(frames, "frames-decoded")).status_code == 405
    assert AuditRecord.objects.filter(verb="frames decoded", username="mikko").count() == 1


@pytest.mark.parametrize(("who", "status"), [("pekka", 403), ("stranger", 404)])
def test_who_may_see_frames(scene: Scene, who: str, status: int) -> None:
    frames = _frames(scene)
    assert signed_in(getattr(scene, who)).get(_url(frames)).status_code == status
    assert Client().get(_url(frames)).status_code == 302


def test_frames_that_do_not_open_are_told_in_words(scene: Scene) -> None:
    frames = _frames(scene)
    Frames.objects.update(sealed=b"changed")
    page = signed_in(scene.mikko).get(_url(frames))
    assert page.status_code == 200
    assert "cannot be opened with the configured master key" in text(page)
    assert "Nothing was said" not in text(page)


def test_a_person_asks_for_frames_on_the_form_of_a_new_job(scene: Scene) -> None:
    asked = {
        "utility": scene.utility.pk, "kind": "read_now", "what": "registers", "priority": "10", "minutes": "10",
        "target_kind": "serials", "target_value": scene.near.serial_number, "keep_frames": "on",
    }  # fmt: skip
    client = signed_in(scene.mikko)
    made = client.post(reverse("headend:job-new"), asked)
    assert made.status_code == 302, text(made)
    assert scene.utility.jobs.latest("pk").keep_frames
