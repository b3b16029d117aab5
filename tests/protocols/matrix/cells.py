"""A cell is one service under one security over one transport: done, failed, or not there in the standard."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.protocols.matrix.securities import Naming, SecurityRow
from tests.protocols.matrix.services import Service
from tests.protocols.matrix.talk import Talk
from tests.protocols.matrix.transports import Transport

UNREPEATED = "nobody repeats what is not acknowledged: on a line that loses messages it may be lost for good"
UNNUMBERED = (
    "requests by short names carry no number: in plain datagrams a repetition cannot be told from a second request"
)


@dataclass(frozen=True)
class Cell:
    """`why` is empty where the values travelled, else why not; `excluded` where the standard has no such thing."""

    service: Service
    security: SecurityRow
    transport: Transport
    why: str = ""
    excluded: bool = False

    @property
    def failed(self) -> bool:
        """Whether it should have worked and did not."""
        return bool(self.why) and not self.excluded

    def __str__(self) -> str:
        return f"{self.service.name} · {self.security.name} · {self.transport.name}: {self.why or 'ok'}"


def exclusion(service: Service, security: SecurityRow, transport: Transport) -> str:
    """Why the combination does not exist, empty where it does."""
    if not service.acknowledged and not transport.acknowledged:
        return UNREPEATED
    if service.naming is Naming.SHORT and transport.datagrams and not security.ciphered:
        return UNNUMBERED
    return ""


def run(services: Iterable[Service], security: SecurityRow, transport: Transport) -> Iterator[Cell]:
    """Every service in one association for each kind of names; after a failure a new association."""
    talks: dict[Naming, Talk] = {}
    for service in services:
        if reason := exclusion(service, security, transport):
            yield Cell(service, security, transport, reason, excluded=True)
            continue
        why = _attempt(service, talks, security, transport)
        if why:
            talks.pop(service.naming, None)
        yield Cell(service, security, transport, why)


def _attempt(service: Service, talks: dict[Naming, Talk], security: SecurityRow, transport: Transport) -> str:
    """Why the service could not be done, empty if it could. Any error counts: this is where all of them are told."""
    try:
        talk = talks.get(service.naming) or talks.setdefault(service.naming, Talk(service.naming, security, transport))
        service.do(talk)
        _check_rest(talk)
    except Exception as error:  # noqa: BLE001
        return f"{type(error).__name__}: {error}"
    return ""


def _check_rest(talk: Talk) -> None:
    """Nothing is left over between two services."""
    assert talk.session.last_error is None, f"the meter complains: {talk.session.last_error}"
    assert not talk.client.notifications
