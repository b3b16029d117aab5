"""A kind of master data: its fields, what tells its rows apart, and the parts a line of it is made of."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Model

from integration.imports.masterdata.fields import Field
from integration.imports.masterdata.plans import Plan, Scene, taken


class Part(ABC):
    """One part of what lines give, for a page of lines at once: first all parts plan, then, when storing, all store.

    `fields` are read by this part, `writes` the models it keeps them in besides the one the kind is of.
    """

    fields: tuple[Field, ...] = ()
    writes: tuple[type[Model], ...] = ()

    def __init__(self, scene: Scene, plans: Sequence[Plan]) -> None:
        self.scene = scene
        self.plans = plans

    def refuse_forbidden(self) -> None:
        """Refuse lines that give fields of this part where the person may not write what they are kept in."""
        closed = next((model for model in self.writes if not self._may_write(model)), None)
        if closed is None:
            return
        reason = f"you may not add and change {closed._meta.verbose_name_plural}"
        for plan in taken(self.plans):
            if (field := next((each for each in self.fields if each.name in plan.given), None)) is not None:
                plan.refuse(reason, self.scene.heading(field.name))

    def _may_write(self, model: type[Model]) -> bool:
        return self.scene.may(model, "add") and self.scene.may(model, "change")

    @abstractmethod
    def plan(self) -> None:
        """Say what changes and what is refused; a number of queries that does not grow with the page."""

    @abstractmethod
    def store(self) -> None:
        """Write what is planned of lines that are not refused, and note the effects."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Metering points or devices.

    name, label   of the content and the format; `label` in the plural
    about         what a file of it brings, in one line
    key           the field that names a row
    refers        the fields that may name another row of the same kind; a line gives one of them
    alone         groups of fields no two lines of a file may give alike
    agreeing      pairs of fields: where the first is the same, the second must be
    """

    name: str
    label: str
    about: str
    model: type[Model]
    key: str
    fields: tuple[Field, ...]
    parts: tuple[type[Part], ...]
    refers: tuple[str, ...] = ()
    alone: tuple[tuple[str, ...], ...] = ()
    agreeing: tuple[tuple[str, str], ...] = ()

    def field(self, name: str) -> Field:
        """The field of this name."""
        return next(each for each in self.fields if each.name == name)

    @property
    def permissions(self) -> tuple[str, ...]:
        """What a person must be allowed besides importing."""
        label, name = self.model._meta.app_label, self.model._meta.model_name
        return (f"{label}.add_{name}", f"{label}.change_{name}")
