"""Stamps: a step is done when the digest of what it was made from stands in its stamp file."""

import hashlib
from collections.abc import Iterable
from pathlib import Path


def digest(parts: Iterable[str | Path]) -> str:
    """One number for texts and the contents of files."""
    whole = hashlib.sha256()
    for part in parts:
        content = part.read_bytes() if isinstance(part, Path) else part.encode()
        whole.update(len(content).to_bytes(8, "big") + content)
    return whole.hexdigest()


class Stamp:
    """The stamp of one step. It is taken away while the step runs, so a step cut short counts as not done."""

    def __init__(self, path: Path, made_from: Iterable[str | Path]) -> None:
        self.path = path
        self.digest = digest(made_from)

    def fits(self) -> bool:
        """True if the step ended well with the same sources."""
        return self.path.exists() and self.path.read_text() == self.digest

    def lift(self) -> None:
        """Call before the step."""
        self.path.unlink(missing_ok=True)

    def press(self) -> None:
        """Call after the step."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(self.digest)
