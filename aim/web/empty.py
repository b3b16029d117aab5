"""The five empty states. They look alike and mean different things, so each has its own words and symbol."""

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["nothing", "no-match", "forbidden", "loading", "failed"]


@dataclass(frozen=True)
class EmptyState:
    """`nothing`: none exist yet, how to start; `no-match`: filters exclude all; `forbidden`; `loading`; `failed`."""

    kind: Kind
    title: str
    text: str = ""
    url: str = ""
    link: str = ""

    @property
    def icon(self) -> str:
        return {"nothing": "inbox", "no-match": "search", "forbidden": "lock", "loading": "loader", "failed": "alert"}[
            self.kind
        ]

    @property
    def tone(self) -> str:
        return {"forbidden": "warn", "failed": "bad"}.get(self.kind, "muted")


NOTHING = EmptyState("nothing", "Nothing here yet")
NO_MATCH = EmptyState(
    "no-match", "Nothing matches these filters", "Remove a filter or widen the search.", link="Clear all filters"
)
LOADING = EmptyState("loading", "Loading…")
FAILED = EmptyState("failed", "This part could not be loaded", "Try again; if it stays, tell your administrator.")
BAD_FILTER = EmptyState("failed", "A filter is not valid", "Correct the marked filter; nothing is shown until then.")


def no_match(clear_url: str) -> EmptyState:
    """The no-match state with the link that clears all filters."""
    return replace(NO_MATCH, url=clear_url)
