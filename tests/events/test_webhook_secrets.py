"""Secrets of webhooks at rest: in the key store with all other keys; those sealed the former way are carried over."""

import io
import os
from importlib import import_module
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.apps import apps
from django.core.management import call_command
from pytest_django import Settings

from devices.keystore import KeyStoreError, master
from events.models import AlarmRule
from events.secrets import SEALED
from events.services.outbox import send_due
from events.services.rules import save_rule
from events.services.telling import tell_test
from tests.scene import Scene

FORMER, CURRENT = bytes(range(100, 132)), bytes(range(150, 182))
URL = "https://receiver.example/alarms"
carry_over = import_module("events.migrations.0004_webhook_secret").seal_anew


@pytest.fixture
def keys(settings: Settings, tmp_path: Path) -> Path:
    """The files of two master keys; `FORMER` is in use."""
    (tmp_path / "former.key").write_bytes(FORMER)
    (tmp_path / "master.key").write_bytes(CURRENT)
    settings.MASTER_KEY_FILE = tmp_path / "former.key"
    return tmp_path


def make_rule(scene: Scene, name: str = "On call", url: str = URL) -> tuple[AlarmRule, str]:
    rule = AlarmRule(utility=scene.utility, name=name, webhook_url=url, emails=["a@example.com"])
    return rule, save_rule(rule=rule, user=scene.mikko)


def run(*words: str) -> str:
    out = io.StringIO()
    call_command("keys", *words, stdout=out)
    return out.getvalue()


def fresh(rule: AlarmRule) -> AlarmRule:
    return AlarmRule.objects.get(pk=rule.pk)


def test_a_secret_names_its_master_key_and_is_bound_to_its_rule(scene: Scene, keys: Path) -> None:
    (rule, secret), (other, _) = make_rule(scene), make_rule(scene, "Night")
    assert fresh(rule).webhook_master_key == master.current().id
    assert SEALED.open(fresh(rule)).decode() == secret
    other.webhook_secret = rule.webhook_secret
    with pytest.raises(KeyStoreError, match="Webhook secret of the alarm rule Night") as refused:
        SEALED.open(other)
    assert secret not in str(refused.value)


def test_the_master_key_may_come_from_the_environment(scene: Scene, settings: Settings, tmp_path: Path) -> None:
    settings.MASTER_KEY, settings.MASTER_KEY_FILE = CURRENT.hex(), tmp_path / "none.key"
    rule, secret = make_rule(scene)
    assert SEALED.open(fresh(rule)).decode() == secret and not (tmp_path / "none.key").exists()


def test_an_exchange_of_the_master_key_takes_webhooks_along(scene: Scene, keys: Path, settings: Settings) -> None:
    (rule, secret), (_, none) = make_rule(scene), make_rule(scene, "By mail", url="")
    assert none == ""
    settings.MASTER_KEY_FILE, settings.FORMER_MASTER_KEY_FILE = keys / "master.key", str(keys / "former.key")
    assert "former       1 keys" in run("status")
    assert "1 keys are sealed under master key" in run("reseal")
    settings.FORMER_MASTER_KEY_FILE = ""
    assert SEALED.open(fresh(rule)).decode() == secret
    assert "current      1 keys" in run("status") and "0 keys are sealed" in run("reseal")


def sealed_the_former_way(rule: AlarmRule, secret: str) -> None:
    cipher = AESGCM(HKDF(SHA256(), 32, salt=None, info=b"openaim webhook secrets").derive(FORMER))
    nonce = os.urandom(12)
    octets = nonce + cipher.encrypt(nonce, secret.encode(), f"webhook of utility {rule.utility_id}".encode())
    AlarmRule.objects.filter(pk=rule.pk).update(webhook_secret=octets, webhook_master_key="")


@pytest.mark.parametrize("where", ["same file", "exchanged", "environment"])
def test_secrets_sealed_the_former_way_are_carried_over(
    scene: Scene, keys: Path, settings: Settings, where: str
) -> None:
    (old, _), (new, kept), (none, _) = make_rule(scene), make_rule(scene, "Night"), make_rule(scene, "Mail", url="")
    sealed_the_former_way(old, "the old secret")
    if where == "exchanged":
        settings.MASTER_KEY_FILE, settings.FORMER_MASTER_KEY_FILE = keys / "master.key", str(keys / "former.key")
    if where == "environment":
        settings.MASTER_KEY = CURRENT.hex()
    carry_over(apps, None)
    assert fresh(old).webhook_master_key == master.current().id
    assert SEALED.open(fresh(old)) == b"the old secret"
    settings.MASTER_KEY, settings.MASTER_KEY_FILE = "", keys / "former.key"
    assert SEALED.open(fresh(new)).decode() == kept
    assert bytes(fresh(none).webhook_secret) == b""


def test_a_secret_that_nothing_opens_stays_and_sending_says_so(scene: Scene, keys: Path, settings: Settings) -> None:
    rule, _ = make_rule(scene)
    AlarmRule.objects.update(emails=[])
    sealed_the_former_way(rule, "lost")
    before = bytes(fresh(rule).webhook_secret)
    settings.MASTER_KEY_FILE = keys / "master.key"
    carry_over(apps, None)
    assert bytes(fresh(rule).webhook_secret) == before
    (message,) = tell_test(rule=fresh(rule), user=scene.mikko)
    assert send_due() == 0
    message.refresh_from_db()
    assert (
        message.problem == "Webhook secret of the alarm rule On call cannot be opened with the configured master key."
    )
