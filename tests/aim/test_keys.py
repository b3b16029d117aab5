"""Secrets kept in files."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from aim import keys


def test_a_secret_is_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "new" / "secret.key"
    first = keys.text_secret(path)
    assert len(first) >= 50
    assert keys.text_secret(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_existing_secret_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    path.write_bytes(b"given")
    assert keys.secret_file(path, b"other") == b"given"


def test_starters_at_the_same_time_agree(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda number: keys.secret_file(path, str(number).encode() * 32), range(8)))
    assert found == {path.read_bytes()}
    assert [file.name for file in tmp_path.iterdir()] == ["secret.key"]
