"""Where webhooks may post, and what they post."""

import hashlib
import hmac
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from events.webhook import Receiver, WebhookError, check_url, may_reach, post
from tests.events.receiver import Receiver as Served
from tests.events.receiver import receiving

LOOPBACK = (ip_network("127.0.0.0/8"),)
SECRET = b"shared"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with receiving(tmp_path) as served:
        yield served


def test_a_message_is_signed_and_keeps_its_key(served: Served) -> None:
    receiver = Receiver(served.url, SECRET, LOOPBACK, served.certificate)
    post(receiver, {"count": 1, "text": "Häiriö"}, key="k-1", second=1_700_000_000)
    headers, body = served.headers[0], served.bodies[0]
    digest = hmac.new(SECRET, b"1700000000." + body, hashlib.sha256).hexdigest()
    assert headers["OpenAIM-Signature"] == f"t=1700000000,v1={digest}" and headers["Idempotency-Key"] == "k-1"
    assert served.contents == [{"count": 1, "text": "Häiriö"}]


def test_loopback_is_refused_unless_it_is_allowed(served: Served) -> None:
    with pytest.raises(WebhookError, match="may not reach"):
        post(Receiver(served.url, SECRET, (), served.certificate), {}, key="k", second=0)
    with pytest.raises(WebhookError, match="may not reach"):
        post(Receiver(served.url.replace("127.0.0.1", "localhost"), SECRET), {}, key="k", second=0)
    assert not served.bodies


def test_a_certificate_nobody_vouches_for_is_refused(served: Served) -> None:
    with pytest.raises(WebhookError, match="did not take"):
        post(Receiver(served.url, SECRET, LOOPBACK), {}, key="k", second=0)
    assert not served.bodies


@pytest.mark.parametrize("status", [301, 404, 500])
def test_any_other_answer_is_no_delivery_and_redirects_are_not_followed(served: Served, status: int) -> None:
    served.status = status
    with pytest.raises(WebhookError, match=f"answered {status}"):
        post(Receiver(served.url, SECRET, LOOPBACK, served.certificate), {}, key="k", second=0)
    assert len(served.bodies) == 1


@pytest.mark.parametrize(
    ("address", "reached"),
    [
        ("8.8.8.8", True), ("127.0.0.1", False), ("10.0.0.1", False), ("192.168.1.1", False),
        ("169.254.169.254", False), ("100.64.0.1", False), ("224.0.0.1", False), ("0.0.0.0", False), ("::1", False),
        ("fe80::1", False),
        ("fc00::1", False), ("::ffff:127.0.0.1", False), ("::ffff:8.8.8.8", True), ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False), ("2606:4700:4700::1111", True),
    ],
)  # fmt: skip
def test_only_public_addresses_are_reached(address: str, reached: bool) -> None:
    assert may_reach(ip_address(address), ()) is reached


def test_allowed_networks_are_reached_and_no_others() -> None:
    allowed = (ip_network("10.1.2.0/24"),)
    assert may_reach(ip_address("10.1.2.9"), allowed) and may_reach(ip_address("::ffff:10.1.2.9"), allowed)
    assert not may_reach(ip_address("10.1.3.9"), allowed)


@pytest.mark.parametrize("url", ["http://a.example/", "https://", "https://u:p@a.example/", "ftp://a", "https://a:x/"])
def test_addresses_that_are_none_for_webhooks(url: str) -> None:
    with pytest.raises(WebhookError):
        check_url(url)
