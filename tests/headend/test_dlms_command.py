"""`manage.py dlms` as somebody types it: frames explained, meters listed, refusals in words, keys never shown."""

import io
import json
import socketserver
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from access.models import AuditRecord
from aim import places
from devices.keystore import store_key
from devices.models import Contact, Device, DeviceModel
from headend.by_hand import peer
from headend.by_hand.printing import lines_of
from headend.drivers.base import COUNTERS_PER_SESSION
from protocols.dlms.server import ServerSession
from protocols.hdlc import HdlcFraming
from tests.factories import make_device, make_utility
from tests.protocols.parties import KEYS, METER_TITLE, Meter

PUBLISHED = "C81E3001234567411312FF935A47566827C467BC7D825C3BE4A77C3FCC056B6B"
TITLE = "4D4D4D0000BC614E"
KEY, AUTH_KEY = KEYS.encryption.hex(), KEYS.authentication.hex()
CLOCK = "get-request: 0-0:1.0.0 (clock) attribute 2 time"


def dlms(*words: str, **options: Any) -> str:
    out = io.StringIO()
    call_command("dlms", *words, stdout=out, **options)
    return out.getvalue()


class Server(socketserver.ThreadingTCPServer):
    """A meter on a port of this machine."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, *, hdlc: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.meter = Meter()
        self.hdlc = hdlc

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"


class Handler(socketserver.BaseRequestHandler):
    server: Server

    def handle(self) -> None:
        session = (
            ServerSession(self.server.meter.device, HdlcFraming.server())
            if self.server.hdlc
            else self.server.meter.session()
        )
        while received := self.request.recv(65536):
            if answer := session.handle(received):
                self.request.sendall(answer)


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with Server(hdlc=getattr(request, "param", False)) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def device(db: None, server: Server) -> Device:
    title = METER_TITLE.hex().upper()
    device = make_device(make_utility(), host="127.0.0.1", port=server.port, system_title=title)
    store_key(device=device, kind="encryption", key=KEYS.encryption)
    store_key(device=device, kind="authentication", key=KEYS.authentication)
    return device


def test_a_frame_with_its_keys() -> None:
    text = dlms("explain", PUBLISHED[:20], PUBLISHED[20:], "--key", KEY, "--auth-key", AUTH_KEY, "--title", TITLE)
    assert CLOCK in text
    assert "authentic" in text
    assert "\x1b" not in text
    assert KEY not in text.lower().replace(" ", "")


def test_keys_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAIM_DLMS_KEY", KEY)
    monkeypatch.setenv("OPENAIM_DLMS_AUTH_KEY", AUTH_KEY)
    assert CLOCK in dlms("explain", PUBLISHED, "--title", TITLE)


@pytest.mark.parametrize("words", [[], ["-"]])
def test_frames_of_the_standard_input(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("7EA00703\n2193 0F017E\n"))
    assert "HDLC frame: SNRM P/F from 16 to 1" in dlms("explain", *words)


def test_the_tree_as_json_and_in_colour() -> None:
    tree = json.loads(dlms("explain", PUBLISHED, "--json"))
    assert tree["children"][0]["name"] == "glo-get-request"
    assert "\x1b[31m✗ not deciphered" in dlms("explain", PUBLISHED, force_color=True)
    assert "\x1b" not in dlms("explain", PUBLISHED, "--no-colour")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["C0 0"], "3 digits"),
        (["hello"], "is not a hexadecimal digit"),
        (["C0", "--key", "0102"], "--key has 2 octets, 16 or 32 are needed"),
        (["C0", "--auth-key", "secret"], "--auth-key is not written in hexadecimal digits"),
        (["C0", "--title", "0102"], "--title has 2 octets, 8 are needed"),
    ],
)
def test_what_cannot_be_explained_is_refused_in_words(words: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=said) as error:
        dlms("explain", *words)
    assert "secret" not in str(error.value)


def test_a_frame_with_the_keys_of_a_device(device: Device) -> None:
    Device.objects.update(system_title=TITLE)
    assert CLOCK in dlms("explain", PUBLISHED, "--device", device.serial_number)
    record = AuditRecord.objects.get(verb="keys used")
    assert record.object_id == str(device.pk)
    assert record.summary.endswith("explain a captured frame")
    assert KEY not in str(record.details)


@pytest.mark.django_db
def test_a_device_that_is_not_there() -> None:
    with pytest.raises(CommandError, match="no device XYZ"):
        dlms("explain", PUBLISHED, "--device", "XYZ")


@pytest.mark.parametrize("server", [False, True], indirect=True, ids=["wrapper", "hdlc"])
def test_the_public_client_lists_a_meter(server: Server) -> None:
    text = dlms("association", server.address, "--read", *(["--hdlc"] if server.hdlc else []))
    assert "0-0:42.0.0         logical device name" in text
    assert "class 8 Clock, version 0" in text
    assert "Wed 2026-07-01 12:30:05 +03:00, daylight saving" in text
    assert text.splitlines()[-1] == "3 objects"


def test_with_keys_the_meter_tells_its_counter_first(server: Server) -> None:
    words = "association", server.address, "--key", KEY, "--auth-key", AUTH_KEY
    first, second = dlms(*words), dlms(*words)
    assert first == second
    assert "remote_disconnect" in first
    listed = json.loads(dlms(*words, "--json", "--read"))
    (profile,) = (item for item in listed if item["class"] == 7)
    assert profile["name"] == "load profile 1"
    assert [("value" in each) for each in profile["attributes"]] == [False, False, True, True]


def test_with_a_password(server: Server) -> None:
    text = dlms("association", server.address, "--password", "12345678", "--client", "2", "--read")
    assert '"nothing"' in text
    with pytest.raises(CommandError, match=r"refused the association \(rejected_association\).*authentication failure"):
        dlms("association", server.address, "--password", "87654321", "--client", "2")
    assert dlms("association", server.address, "--password", "0x3132333435363738", "--client", "2", "--read") == text
    with pytest.raises(CommandError, match="after 0x come hexadecimal digits"):
        dlms("association", server.address, "--password", "0x3132333", "--client", "2")


def test_a_device_is_listed_in_its_own_session(device: Device) -> None:
    assert "1-0:1.8.0          active import energy" in dlms("association", "--device", device.serial_number)
    contact = Contact.objects.get()
    assert (contact.session_owner, contact.session_until) == ("", None)
    assert contact.next_counter == 1 + COUNTERS_PER_SESSION
    assert AuditRecord.objects.get(verb="keys used").summary.endswith("list its objects")
    dlms("association", "--device", device.serial_number)
    assert Contact.objects.get().next_counter == 1 + 2 * COUNTERS_PER_SESSION


def test_what_is_on_file_of_a_device_is_not_said_again(device: Device) -> None:
    with pytest.raises(CommandError, match=r"leave out --client, --hdlc"):
        dlms("association", "--device", device.serial_number, "--client", "3", "--hdlc")


def test_a_device_of_a_model_without_description(device: Device) -> None:
    device.model.code = "nobody-1"
    device.model.save()
    with pytest.raises(CommandError, match="unsupported_model"):
        dlms("association", "--device", device.serial_number)


def test_a_device_that_does_not_speak_dlms_is_not_asked(device: Device) -> None:
    device.model = DeviceModel.objects.get(code="aim-ec2")
    device.save()
    with pytest.raises(CommandError, match=r"speaks IEC 62056-21 .*, not DLMS"):
        dlms("association", device=device.serial_number)
    assert not Contact.objects.filter(device=device, session_owner__gt="").exists()
    assert not AuditRecord.objects.exists()


def test_a_device_that_is_spoken_to_is_left_alone(device: Device) -> None:
    Contact.objects.create(device=device, session_owner="worker", session_until=timezone.now() + timedelta(minutes=1))
    with pytest.raises(CommandError, match=r"Another session .* is under way"):
        dlms("association", "--device", device.serial_number)
    assert Contact.objects.get().session_owner == "worker"
    assert Contact.objects.get().next_counter == 1


def test_the_session_is_free_again_after_a_failure(device: Device, server: Server) -> None:
    Device.objects.update(port=1)
    with pytest.raises(CommandError, match="connection_refused"):
        dlms("association", "--device", device.serial_number)
    assert Contact.objects.get().session_until is None


def test_a_wrong_key_is_named(device: Device) -> None:
    device.keys.all().delete()
    for kind in ("encryption", "authentication"):
        store_key(device=device, kind=kind, key=bytes(16))
    with pytest.raises(CommandError, match="Compare the keys"):
        dlms("association", "--device", device.serial_number)


@pytest.mark.parametrize(
    ("change", "said"),
    [({"host": ""}, "has no address"), ({}, "are not in the key store")],
)
def test_what_a_device_lacks(device: Device, change: dict[str, str], said: str) -> None:
    if change:
        Device.objects.update(**change)
    else:
        device.keys.all().delete()
    with pytest.raises(CommandError, match=said):
        dlms("association", "--device", device.serial_number)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Name one meter"),
        (["127.0.0.1", "--device", "X"], "Name one meter"),
        (["127.0.0.1:port"], "is no port"),
        (["127.0.0.1", "--key", KEY], "Two keys are needed"),
        (["127.0.0.1:1"], "connection_refused"),
    ],
)
def test_what_is_not_enough_to_associate(words: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        dlms("association", *words)


def test_a_meter_that_is_too_slow(server: Server) -> None:
    with pytest.raises(CommandError, match="too_long"):
        dlms("association", server.address, "--seconds", "0.000001")


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("meter", "meter", 4059),
        ("meter:4060", "meter", 4060),
        ("2001:db8::1", "2001:db8::1", 4059),
        ("[2001:db8::1]", "2001:db8::1", 4059),
        ("[2001:db8::1]:4061", "2001:db8::1", 4061),
    ],
)
def test_addresses(text: str, host: str, port: int) -> None:
    assert peer.split_address(text) == (host, port)


def test_nothing_is_nothing() -> None:
    assert list(lines_of([])) == []


def test_the_page_shows_what_is_printed() -> None:
    page = (places.BASE / "docs" / "how-to" / "explain-a-frame.md").read_text()
    text = dlms("explain", PUBLISHED, "--key", KEY, "--auth-key", AUTH_KEY, "--title", TITLE)
    assert f"```text\n{text}```" in page
