"""The documents, and what the tests look for in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from aim import places

ROOT = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "THREAT_MODEL.md", "protocols/README.md", "simulator/README.md")
_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Document:
    """One Markdown file."""

    path: Path

    def __str__(self) -> str:
        return str(self.path.relative_to(places.BASE))

    @cached_property
    def text(self) -> str:
        return self.path.read_text()

    @cached_property
    def prose(self) -> str:
        """The text without its code blocks."""
        return _FENCE.sub("", self.text)

    def blocks(self, language: str) -> list[str]:
        """The code blocks of one language."""
        return [body for _indent, name, body in _FENCE.findall(self.text) if name == language]

    def links(self) -> list[str]:
        """Targets of all links and images that lead to files of the repository."""
        return [target for target in _LINK.findall(self.prose) if not re.match(r"[a-z]+:", target)]

    def code(self) -> list[str]:
        """What stands in the text as code."""
        return _CODE.findall(self.prose)

    def anchors(self) -> set[str]:
        """The headings as links name them."""
        return {_anchor(heading) for heading in _HEADING.findall(self.prose)}


def documents() -> list[Document]:
    """Every document of the repository."""
    found = [places.BASE / name for name in ROOT]
    return [Document(path) for path in (*found, *sorted((places.BASE / "docs").rglob("*.md")))]


def shell_lines(document: Document) -> Iterator[str]:
    """The command lines of a document: those of its shell blocks, without remarks."""
    for block in document.blocks("sh"):
        for line in block.replace("\\\n", " ").splitlines():
            if command := line.partition(" #")[0].strip():
                yield command


def _anchor(heading: str) -> str:
    """As GitHub makes it: lower case, punctuation gone, spaces to hyphens."""
    kept = re.sub(r"[^\w\- ]", "", heading.lower())
    return kept.replace(" ", "-")
