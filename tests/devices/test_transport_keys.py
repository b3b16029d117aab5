"""Transport keys of factory files: kept sealed, never shown, withdrawn for good."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.keywrap import aes_key_wrap, aes_key_wrap_with_padding
from django.core.management import call_command
from django.core.management.base import CommandError

from access.models import AuditRecord
from devices.keystore import transport
from devices.models.keys import TransportKey
from tests.factories import make_utility

pytestmark = pytest.mark.django_db
SHARED, KEY = bytes(range(200, 232)), bytes(range(16))


def run(*words: str) -> str:
    out = io.StringIO()
    call_command("keys", "transport", *words, stdout=out)
    return out.getvalue()


def test_an_aes_key_opens_what_was_wrapped_under_it(tmp_path: Path) -> None:
    utility = make_utility()
    (tmp_path / "shared").write_text(SHARED.hex())
    assert "AES key wrap" in run("add", "ZPA-2026", "--file", str(tmp_path / "shared"))
    unwrap = transport.unwraps(utility)["ZPA-2026"]
    assert unwrap(aes_key_wrap(SHARED, KEY)) == KEY
    assert unwrap(aes_key_wrap_with_padding(SHARED, b"12345678")) == b"12345678"
    for wrapped in (aes_key_wrap(bytes(32), KEY), aes_key_wrap(SHARED, KEY)[:-1] + b"\0", b"", KEY):
        with pytest.raises(transport.UnwrapError):
            unwrap(wrapped)
    assert transport.unwraps(make_utility("other")) == {}
    assert SHARED not in bytes(TransportKey.objects.get().sealed)


def test_a_key_pair_is_made_here_and_its_public_part_is_for_the_manufacturer() -> None:
    utility = make_utility()
    shown = run("add", "L+G", "--generate", "--utility", utility.code)
    public = serialization.load_pem_public_key(shown[shown.index("-----BEGIN PUBLIC") :].encode())
    assert isinstance(public, RSAPublicKey) and "PRIVATE" not in shown
    unwrap = transport.unwraps(utility)["L+G"]
    assert unwrap(public.encrypt(KEY, transport.OAEP)) == KEY
    with pytest.raises(transport.UnwrapError):
        unwrap(bytes(384))


def test_a_withdrawn_one_opens_nothing_and_its_name_is_not_given_again() -> None:
    utility = make_utility()
    transport.add(utility=utility, name="old", key=SHARED)
    run("withdraw", "old")
    assert transport.unwraps(utility) == {}
    assert "withdrawn" in run("list")
    with pytest.raises(CommandError, match="has a transport key old already"):
        run("add", "old", "--generate")
    with pytest.raises(CommandError, match="no transport key old in use"):
        run("withdraw", "old")


@pytest.mark.parametrize("text", ["00" * 15, "no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"])
def test_what_is_no_key_is_refused_and_not_shown(tmp_path: Path, text: str) -> None:
    make_utility()
    (tmp_path / "shared").write_text(text)
    with pytest.raises(CommandError) as refused:
        run("add", "x", "--file", str(tmp_path / "shared"))
    assert text not in str(refused.value)
    assert not TransportKey.objects.exists()


def test_the_utility_is_named_where_there_are_several() -> None:
    make_utility(), make_utility("other")
    with pytest.raises(CommandError, match="--utility"):
        run("add", "x", "--generate")
    with pytest.raises(CommandError, match="0 utilities fit"):
        run("add", "x", "--generate", "--utility", "nobody")


def test_adding_is_in_the_audit_trail_without_the_key() -> None:
    transport.add(utility=make_utility(), name="A", key=SHARED)
    record = AuditRecord.objects.get()
    assert record.verb == "transport key added"
    assert SHARED.hex() not in f"{record.summary} {record.details}"
