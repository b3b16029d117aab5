"""An audit key of its own for every test."""

from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture
def audit_key(settings: Settings, tmp_path: Path) -> Path:
    """The path of the key that signs checkpoints; nothing is there yet."""
    settings.AUDIT_KEY_FILE = tmp_path / "audit.key"
    return tmp_path / "audit.key"
