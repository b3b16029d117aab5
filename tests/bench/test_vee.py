"""The benchmark of validation on a toy load: that pandas and kernels agree, and that workers leave nothing behind."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from aim import embedded, places
from bench import vee


@pytest.mark.django_db(transaction=True)
def test_every_part_reports_its_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    server = urlsplit(places.DATABASE_URL or embedded.server_url())
    monkeypatch.setenv("DATABASE_URL", urlunsplit(server._replace(path=f"/{connection.settings_dict['NAME']}")))
    load = vee.Load(meters=40, judged=20, sample=20, gaps=5)
    figures = {figure.figure: figure for figure in vee.measure(load)}
    assert figures["rules"].value >= 15
    assert figures["pandas: series-days judged by both"].value == 20
    assert figures["kernels, against pandas"].goal == 50
    assert figures["series-days"].value == 40 * 7
    assert figures["estimates"].value > 0
    assert figures["left in the queue"].value == 0
    assert figures["energy error with stands, the worst of all methods"].value == 0
