"""Six tones carry state on every screen. A tone is always shown with its symbol and a text, never by colour alone."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from django.contrib.messages import constants

Tone: TypeAlias = Literal["ok", "info", "busy", "warn", "bad", "muted"]

ICONS: dict[str, str] = {
    "ok": "check",
    "info": "info",
    "busy": "clock",
    "warn": "alert",
    "bad": "cross",
    "muted": "circle",
}
MESSAGE_TONES: dict[int, Tone] = {
    constants.DEBUG: "muted",
    constants.INFO: "info",
    constants.SUCCESS: "ok",
    constants.WARNING: "warn",
    constants.ERROR: "bad",
}


@dataclass(frozen=True)
class State:
    """A named state as a badge shows it; `icon` defaults to the tone's symbol."""

    label: str
    tone: Tone = "muted"
    icon: str = ""

    @property
    def symbol(self) -> str:
        return self.icon or ICONS[self.tone]
