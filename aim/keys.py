"""Secrets made on first use and kept in files only their owner reads."""

import os
import secrets
import tempfile
from pathlib import Path


def secret_file(path: Path, make: bytes) -> bytes:
    """The content of `path`; where there is none yet, it is created with `make`, readable by its owner only.

    Complete or absent: two processes starting together end up with the same secret.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "wb") as file:
            file.write(make)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            Path(draft).unlink()
    return path.read_bytes()


def text_secret(path: Path) -> str:
    """A text secret of 50 random bytes, kept in `path`."""
    return secret_file(path, secrets.token_urlsafe(50).encode()).decode().strip()
