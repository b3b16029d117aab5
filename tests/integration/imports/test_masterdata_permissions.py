"""Who may import metering points, and what else in their lines wants permissions of its own."""

from __future__ import annotations

from django.contrib.auth.models import Permission

from access.roles import ADMINISTRATOR
from integration.models import FileImport
from metering.models import MeteringPoint
from tests import factories as make
from tests.integration.imports.masterdata import A, B, C, Registry, outcomes, problems

State = FileImport.State


def test_who_may_not_change_metering_points_cannot_import_them(registry: Registry) -> None:
    clerk = make.make_user("API client", utilities=[registry.utility], username="robot")
    row = Registry(registry.utility, clerk).check("points", "GSRN", A)
    assert (row.state, row.cause) == (
        State.FAILED, "robot may not add and change metering points. Ask an administrator.",
    )  # fmt: skip
    stranger = make.make_user(ADMINISTRATOR, utilities=[make.make_utility("other")], username="outsider")
    assert "not wholly open" in Registry(registry.utility, stranger).check("points", "GSRN", A).cause


def test_who_may_not_change_metering_points_cannot_take_them_back(registry: Registry) -> None:
    row = registry.store("points", "GSRN", A)
    clerk = make.make_user("API client", utilities=[registry.utility], username="robot")
    assert Registry(registry.utility, clerk).undo(row).cause.startswith("robot may not add and change metering points")
    assert (row.state, MeteringPoint.objects.count()) == (State.FAILED, 1)
    assert registry.undo(row).state == State.UNDONE
    assert not MeteringPoint.objects.exists()


def test_customers_and_numbers_want_permissions_of_their_own(registry: Registry) -> None:
    clerk = make.make_user("API client", utilities=[registry.utility])
    clerk.user_permissions.add(*Permission.objects.filter(codename__in=["add_meteringpoint", "change_meteringpoint"]))
    row = Registry(registry.utility, clerk).check(
        "points", "GSRN;NMI;Customer number;Customer name", f"{A};;C1;Maija", f"{B};NMI0000001;;", f"{C};;;"
    )
    assert outcomes(row) == ["refused", "refused", "new"]
    assert problems(row) == [
        (2, "Customer number", "you may not add and change customers"),
        (3, "NMI", "you may not add and change external numbers"),
    ]


def test_another_utilitys_metering_point_of_the_same_number_is_not_touched(registry: Registry) -> None:
    foreign = make.make_metering_point(make.make_utility("other"), gsrn=A, street="Koivukuja 1")
    registry.store("points", "GSRN;Street", f"{A};Koivukuja 2")
    foreign.refresh_from_db()
    assert foreign.street == "Koivukuja 1"
    assert MeteringPoint.objects.filter(gsrn=A).count() == 2
