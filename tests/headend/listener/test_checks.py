"""System checks of what the listener is set up with."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.checks import run_checks
from pytest_django import Settings

from headend.listener.broker import broker_of_settings

SECRET = "the secret of the broker"


def certify(folder: Path, *, days: float = 365, mode: int = 0o600) -> tuple[Path, Path]:
    """A certificate signed by itself that lasts so many days, and its key."""
    key, name, now = ec.generate_private_key(ec.SECP256R1()), x509.Name([]), datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=400)).not_valid_after(now + timedelta(days=days))
    certificate, kept = folder / "push.pem", folder / "push.key"
    certificate.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    kept.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    kept.chmod(mode)
    return certificate, kept


def found() -> list[str]:
    """The checks of this app that fail, as `manage.py check --deploy` finds them."""
    return [str(each.id) for each in run_checks(include_deployment_checks=True) if str(each.id).startswith("headend.")]


@pytest.mark.parametrize(
    ("days", "mode", "ids"),
    [
        (365, 0o600, []),
        (20, 0o600, ["headend.W001"]),
        (-1, 0o600, ["headend.E003"]),
        (365, 0o644, ["headend.W002"]),
    ],
)
def test_a_certificate_that_ends_or_a_key_that_others_read(
    settings: Settings, tmp_path: Path, days: int, mode: int, ids: list[str]
) -> None:
    settings.PUSH_TLS = "127.0.0.1:4061"
    settings.PUSH_CERTIFICATE, settings.PUSH_KEY = certify(tmp_path, days=days, mode=mode)
    assert found() == ids


def test_a_key_of_another_certificate_or_none(settings: Settings, tmp_path: Path) -> None:
    settings.PUSH_TLS = "127.0.0.1:4061"
    settings.PUSH_CERTIFICATE, settings.PUSH_KEY = certify(tmp_path)
    (tmp_path / "other").mkdir()
    certify(tmp_path / "other")[1].rename(settings.PUSH_KEY)
    assert found() == ["headend.E002"]
    settings.PUSH_KEY.unlink()
    assert found() == ["headend.E002"]
    settings.PUSH_TLS = "-"
    assert found() == []


@pytest.mark.parametrize(
    ("changes", "ids"),
    [
        ({}, []),
        ({"PUSH_MQTT": "mqtt://127.0.0.1"}, []),
        ({"PUSH_MQTT": "mqtts://broker.example"}, []),
        ({"PUSH_MQTT": "mqtt://broker.example"}, ["headend.W003"]),
        ({"PUSH_MQTT": "mqtts://broker.example", "PUSH_MQTT_AUTHORITIES": "/nowhere.pem"}, ["headend.E004"]),
        ({"PUSH_MQTT": f"mqtt://me:{SECRET}@127.0.0.1"}, ["headend.E001"]),
        ({"PUSH_MQTT": "mqtt://127.0.0.1/push"}, ["headend.E001"]),
        ({"PUSH_MQTT": "mqtt://127.0.0.1", "PUSH_MQTT_TOPICS": []}, ["headend.E001"]),
        ({"PUSH_MQTT": "mqtt://127.0.0.1", "PUSH_MQTT_TOPICS": ["push/#/in"]}, ["headend.E001"]),
        ({"PUSH_MQTT": "mqtt://127.0.0.1", "PUSH_MQTT_TOPICS": ["+/push/#", "a/+"]}, []),
        ({"PUSH_MQTT": "mqtt://127.0.0.1", "PUSH_MQTT_TOPICS": ["push+"]}, ["headend.E001"]),
        ({"PUSH_MQTT": "mqtt://127.0.0.1", "PUSH_MQTT_SHARE": "a/b"}, ["headend.E001"]),
    ],
)
def test_settings_of_the_broker(settings: Settings, changes: dict[str, object], ids: list[str]) -> None:
    for name, value in changes.items():
        setattr(settings, name, value)
    assert found() == ids


def test_the_broker_of_the_settings(settings: Settings) -> None:
    settings.PUSH_MQTT, settings.PUSH_MQTT_SHARE = "mqtts://broker.example", "head-end"
    settings.PUSH_MQTT_USER, settings.PUSH_MQTT_PASSWORD = "me", SECRET
    broker = broker_of_settings()
    assert broker is not None
    assert (broker.host, broker.port, broker.tls, broker.user) == ("broker.example", 8883, True, "me")
    assert broker.filters == ("$share/head-end/push/#",)
    assert SECRET not in repr(broker)
