"""Field-level history of devices, their models and installations (django-auditlog)."""

from auditlog.registry import auditlog

from devices.models import Device, DeviceModel, Installation


def register() -> None:
    """Record every change of master data; contacts and keys are not master data."""
    for model in (Device, DeviceModel, Installation):
        auditlog.register(model)
