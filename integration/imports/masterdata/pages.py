"""The lines of an import page by page, in the order of storing, planned together and noted together."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from django.db import connection

from integration.formats.portion import Problem, Severity
from integration.imports.masterdata.kinds import Kind, Part
from integration.imports.masterdata.plans import Plan, Scene
from integration.imports.tally import Tally
from integration.models import FileImport, ImportRow

PAGE = 1_000
_NOTE = """
UPDATE integration_importrow r SET outcome = k.outcome, changes = k.changes, effects = k.effects, chunk = %s
FROM jsonb_to_recordset(%s::jsonb) AS k (id bigint, outcome text, changes jsonb, effects jsonb) WHERE r.id = k.id
"""


def pages(row: FileImport, outcomes: Sequence[str], after: int = 0) -> Iterator[list[ImportRow]]:
    """Lines with one of these outcomes behind the place `after`; no page holds lines that wait for others of it."""
    while True:
        lines = ImportRow.objects.filter(file_import=row, outcome__in=outcomes, ordinal__gt=after).order_by("ordinal")
        page = list(lines.defer("changes", "effects")[:PAGE])
        page = [line for line in page if line.level == page[0].level]
        if not page:
            return
        yield page
        after = page[-1].ordinal or after


def planned(kind: Kind, scene: Scene, lines: Sequence[ImportRow]) -> tuple[list[Plan], list[Part]]:
    """What these lines would do, and the parts that know how to store it."""
    plans = [Plan.of(line) for line in lines]
    parts = [part(scene, plans) for part in kind.parts]
    for part in parts:
        part.refuse_forbidden()
        part.plan()
    return plans, parts


def note(plans: Sequence[Plan], chunk: int | None = None) -> None:
    """Keep with the lines what became of them. One statement."""
    told = [
        {
            "id": plan.id,
            "outcome": plan.outcome,
            "changes": [] if plan.refused else plan.changes,
            "effects": [] if plan.refused else [effect.as_json() for effect in plan.effects],
        }
        for plan in plans
    ]
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, (chunk, json.dumps(told)))


def tally_of(plans: Sequence[Plan]) -> Tally:
    """Lines by what became of them."""
    outcomes = [plan.outcome for plan in plans]
    return Tally(**{name: outcomes.count(ImportRow.Outcome(name)) for name in Tally().as_json()})


def changed_fields(plans: Sequence[Plan]) -> list[str]:
    """The fields that change of rows that are there, each as often as it does."""
    changed = [plan for plan in plans if plan.outcome is ImportRow.Outcome.CHANGED]
    return [label for plan in changed for label, _, _ in plan.changes]


def problems_of(plans: Sequence[Plan]) -> list[Problem]:
    """What is wrong with them."""
    return [problem for plan in plans for problem in plan.problems]


def refusals_of(plans: Sequence[Plan]) -> list[Problem]:
    """Why lines are refused; repairs were told in the preview."""
    return [problem for problem in problems_of(plans) if problem.severity is Severity.ERROR]
