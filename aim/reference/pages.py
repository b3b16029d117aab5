"""Which pages there are, where they stand and whether they are current."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from aim import places
from aim.reference import causes, commands, dlms_numbers, events, interface_classes, roles, rules, settings

FOLDER = places.BASE / "docs" / "reference"


@dataclass(frozen=True, slots=True)
class Page:
    """One generated page: its file name and what writes its text."""

    name: str
    text: Callable[[], str]

    @property
    def path(self) -> Path:
        return FOLDER / self.name

    def is_current(self) -> bool:
        """Whether the file says what the code says."""
        return self.path.is_file() and self.path.read_text() == self.text()

    def write(self) -> None:
        """Write the page to its place in the documentation."""
        self.path.write_text(self.text())


PAGES: Sequence[Page] = (
    Page("settings.md", settings.page),
    Page("commands.md", commands.page),
    Page("roles.md", roles.page),
    Page("causes.md", causes.page),
    Page("events.md", events.page),
    Page("validation-rules.md", rules.page),
    Page("dlms-numbers.md", dlms_numbers.page),
    Page("interface-classes.md", interface_classes.page),
)


def stale() -> list[Page]:
    """The pages whose files are not what the code says."""
    return [page for page in PAGES if not page.is_current()]
