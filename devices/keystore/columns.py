"""Where secrets are sealed: a column of a model for the octets, one for the id of the master key.

What lies above the keystore seals its own secrets by a `SealedColumn` and has `resealing.cover` exchange their master
key with that of all others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet

from devices.keystore.sealing import Sealed, seal, unseal

_Row = TypeVar("_Row", bound=Model)


@dataclass(frozen=True, slots=True)
class SealedColumn(Generic[_Row]):
    """Secrets of the rows of a model.

    binding   what the secret of a row is bound to; nothing that ever changes may be part of it
    name      what messages call it; never the secret
    optional  whether there are rows without a secret: their octets are empty
    """

    model: type[_Row]
    binding: Callable[[_Row], bytes]
    name: Callable[[_Row], str]
    octets: str = "sealed"
    master_key: str = "master_key"
    optional: bool = False

    @property
    def held(self) -> QuerySet[_Row]:
        """The rows that have a secret."""
        rows = self.model._default_manager.order_by("pk")
        return rows.exclude(**{self.octets: b""}) if self.optional else rows

    def put(self, row: _Row, secret: bytes) -> None:
        """Seal `secret` into the row under the current master key; the caller saves `fields`."""
        sealed = seal(secret, self.binding(row))
        setattr(row, self.octets, sealed.octets)
        setattr(row, self.master_key, sealed.master_key)

    def open(self, row: _Row) -> bytes:
        """The secret of the row; KeyStoreError naming it where no master key that is present opens it."""
        sealed = Sealed(getattr(row, self.master_key), bytes(getattr(row, self.octets)))
        return unseal(sealed, self.binding(row), self.name(row))

    @property
    def fields(self) -> tuple[str, str]:
        """The names of the fields that `put` changes."""
        return self.octets, self.master_key
