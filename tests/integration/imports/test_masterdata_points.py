"""Metering points out of files."""

from __future__ import annotations

import pytest

from access.roles import ADMINISTRATOR
from integration.models import FileImport
from metering.gsrn import complete
from metering.models import MeteringPoint
from tests import factories as make
from tests.integration.imports.masterdata import Registry, changes, outcomes, problems

State = FileImport.State
A, B, C = (complete(f"6499999990000000{number}"[:17]) for number in (1, 2, 3))


@pytest.fixture
def registry(db: None, files: object) -> Registry:
    utility = make.make_utility()
    return Registry(utility, make.make_user(ADMINISTRATOR, utilities=[utility], username="aino"))


def test_points_are_shown_before_and_made_after_confirmation(registry: Registry) -> None:
    lines = ("GSRN;Street;Postcode;City;Latitude", f"{A};Koivukuja 1;02100;Espoo;60,1699", f"{B};Koivukuja 2;02100;Espoo;")
    row = registry.check("points", *lines)
    assert row.state == State.READY, row.cause
    assert row.expected == {"new": 2, "changed": 0, "unchanged": 0, "refused": 0}
    assert not MeteringPoint.objects.exists()
    assert changes(row, 2)[0] == ["Street", "", "Koivukuja 1"]
    assert registry.store("points", *lines).stored["new"] == 2
    point = MeteringPoint.objects.get(gsrn=A)
    assert (point.street, point.postcode, str(point.latitude)) == ("Koivukuja 1", "02100", "60.169900")
    assert problems(row) == []
    assert outcomes(row) == ["new", "new"]
