"""Settings from the environment: declared once with name, type, default and help.

Every declaration is remembered, so that `manage.py reference` can print all of them and a
system check can name every bad value at once instead of stopping at the first.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")
Network = IPv4Network | IPv6Network

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}


@dataclass(frozen=True)
class Setting:
    """One declared environment variable, as the reference prints it."""

    name: str
    kind: str
    default: str
    help: str


class BadValueError(ValueError):
    """The text of an environment variable does not fit its declaration."""


class Env:
    """Reads declared variables from `source`; bad values fall back to the default and are kept in `problems`."""

    def __init__(self, source: dict[str, str]) -> None:
        self.source = source
        self.settings: list[Setting] = []
        self.problems: list[str] = []

    def stop_on_problems(self) -> None:
        """End the process, naming every bad value, in processes that do not run the system checks."""
        if self.problems:
            raise SystemExit("bad settings: " + "; ".join(self.problems))

    def _declare(self, setting: Setting, default: T, parse: Callable[[str], T]) -> T:
        self.settings.append(setting)
        given = self.source.get(setting.name, "").strip()
        if not given:
            return default
        try:
            return parse(given)
        except BadValueError as error:
            self.problems.append(f"{setting.name}: {error}")
            return default

    def text(self, name: str, default: str, help: str, shown: str | None = None) -> str:
        """A text; `shown` replaces the default in the reference where the default depends on the machine."""
        return self._declare(Setting(name, "text", default if shown is None else shown, help), default, str)

    def flag(self, name: str, default: bool, help: str) -> bool:
        """A yes/no: 1, true, yes, on or 0, false, no, off."""
        return self._declare(Setting(name, "yes/no", "yes" if default else "no", help), default, parse_flag)

    def integer(self, name: str, default: int, help: str, *, minimum: int, maximum: int) -> int:
        """A whole number within `minimum` and `maximum`, both allowed."""
        kind = f"{minimum}–{maximum}"
        return self._declare(Setting(name, kind, str(default), help), default, _within(minimum, maximum))

    def choice(self, name: str, default: str, help: str, *, choices: Sequence[str]) -> str:
        """One of `choices`."""
        return self._declare(Setting(name, " or ".join(choices), default, help), default, _one_of(choices))

    def words(self, name: str, default: Sequence[str], help: str) -> list[str]:
        """A comma-separated list."""
        return self._declare(Setting(name, "list", ",".join(default), help), list(default), _split)

    def networks(self, name: str, default: Sequence[str], help: str) -> list[Network]:
        """A comma-separated list of IP addresses and networks."""
        return self._declare(Setting(name, "list", ",".join(default), help), _networks(",".join(default)), _networks)

    def url(self, name: str, help: str, *, schemes: Sequence[str], shown: str) -> str:
        """An address of one of `schemes`; empty where none is given."""
        return self._declare(Setting(name, "URL", shown, help), "", _address_of(schemes))

    def octets(self, name: str, default: str, help: str, *, size: int) -> bytes:
        """`size` octets written as hexadecimal digits."""
        setting = Setting(name, f"{2 * size} hexadecimal digits", default, help)
        return self._declare(setting, bytes.fromhex(default), _octets(size))

    def path(self, name: str, default: Path, help: str, shown: str) -> Path:
        """A file or folder; relative paths count from the current folder."""
        return self._declare(Setting(name, "path", shown, help), default, lambda text: Path(text).absolute())


def parse_flag(text: str) -> bool:
    """True or False from a yes/no word; BadValueError for anything else."""
    word = text.lower()
    if word in TRUE | FALSE:
        return word in TRUE
    raise BadValueError(f"{text!r} is neither yes nor no (use 1 or 0)")


def _within(minimum: int, maximum: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        try:
            number = int(text)
        except ValueError as error:
            raise BadValueError(f"{text!r} is not a whole number") from error
        if not minimum <= number <= maximum:
            raise BadValueError(f"{number} is outside {minimum}–{maximum}")
        return number

    return parse


def _octets(size: int) -> Callable[[str], bytes]:
    def parse(text: str) -> bytes:
        try:
            octets = bytes.fromhex(text)
        except ValueError as error:
            raise BadValueError(f"{text!r} has other than hexadecimal digits") from error
        if len(octets) != size:
            raise BadValueError(f"{2 * size} hexadecimal digits are needed, {text!r} has {2 * len(octets)}")
        return octets

    return parse


def _one_of(choices: Sequence[str]) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in choices:
            raise BadValueError(f"{text!r} is not one of {', '.join(choices)}")
        return text

    return parse


def _address_of(schemes: Sequence[str]) -> Callable[[str], str]:
    def parse(text: str) -> str:
        try:
            parts = urlsplit(text)
            fits = parts.scheme in schemes and bool(parts.netloc + parts.path) and parts.port != 0
        except ValueError as error:
            raise BadValueError(f"not an address: {error}") from error
        if not fits:
            raise BadValueError(
                f"expected an address beginning with {' or '.join(f'{scheme}://' for scheme in schemes)}"
            )
        return text

    return parse


def _networks(text: str) -> list[Network]:
    try:
        return [ip_network(word) for word in _split(text)]
    except ValueError as error:
        raise BadValueError(f"not an address or network: {error}") from error


def _split(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


env = Env(dict(os.environ))
