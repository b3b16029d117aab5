"""What an import of metering points leaves in history and audit trail, and taking it back."""

from __future__ import annotations

from auditlog.models import LogEntry

from access.models import AuditRecord
from integration.models import FileImport, ImportRow
from metering.models import MeteringPoint, TransformerArea
from tests import factories as make
from tests.integration.imports.masterdata import A, B, C, Registry, gsrn

State = FileImport.State


def test_history_and_audit_trail_are_as_if_each_row_had_been_saved(registry: Registry) -> None:
    point = make.make_metering_point(registry.utility, gsrn=A, street="Koivukuja 1")
    row = registry.store("points", "GSRN;Street", f"{A};Koivukuja 2", f"{B};Koivukuja 3")
    entry = LogEntry.objects.get_for_object(point).filter(action=LogEntry.Action.UPDATE).get()
    assert entry.changes == {"street": ["Koivukuja 1", "Koivukuja 2"]}
    assert (entry.actor, entry.cid) == (registry.user, row.action)
    made = LogEntry.objects.get_for_object(MeteringPoint.objects.get(gsrn=B)).get()
    assert made.action == LogEntry.Action.CREATE
    record = AuditRecord.objects.get(verb="imported")
    assert (record.username, record.action, record.details["new"]) == ("aino", row.action, 1)


def test_bulk_history_says_what_saving_says(registry: Registry) -> None:
    saved = make.make_metering_point(registry.utility, gsrn=gsrn(900), street="Koivukuja 1", fuse_a=25)
    saved.street, saved.fuse_a = "Koivukuja 2", None
    saved.save()
    for fuse, street in (("25", "Koivukuja 1"), ("-", "Koivukuja 2")):
        registry.store(
            "points", "GSRN;Street;Postcode;City;Fuse", f"{gsrn(901)};{street};{saved.postcode};{saved.city};{fuse}"
        )
    of_save, of_bulk = (
        [
            {name: pair for name, pair in entry.changes.items() if name not in ("id", "gsrn")}
            for entry in LogEntry.objects.get_for_object(point).order_by("pk")
        ]
        for point in (saved, MeteringPoint.objects.get(gsrn=gsrn(901)))
    )
    assert of_bulk[1] == of_save[1] == {"street": ["Koivukuja 1", "Koivukuja 2"], "fuse_a": ["25", "None"]}
    columns = {field.name for field in MeteringPoint._meta.concrete_fields}
    said = {name: pair for name, pair in of_save[0].items() if name in columns and pair != ["None", "None"]}
    assert of_bulk[0] == said


def test_undoing_removes_what_was_made_and_puts_back_what_was_changed(registry: Registry) -> None:
    there = make.make_metering_point(registry.utility, gsrn=A, street="Koivukuja 1", latitude="60.170000")
    area = make.make_transformer_area(registry.utility, "T1")
    row = registry.store("points", "GSRN;Street;Latitude;Transformer", f"{A};Koivukuja 2;61;T1", f"{B};;;T1")
    row = registry.undo(row)
    assert row.state == State.UNDONE, row.cause
    assert row.taken_back == {"new": 1, "changed": 1, "unchanged": 0, "refused": 0}
    there.refresh_from_db()
    assert (there.street, str(there.latitude), there.transformer_area) == ("Koivukuja 1", "60.170000", None)
    assert not MeteringPoint.objects.filter(gsrn=B).exists()
    assert TransformerArea.objects.get() == area
    deleted = LogEntry.objects.filter(action=LogEntry.Action.DELETE).get()
    assert (deleted.object_repr, deleted.actor) == (B, registry.user)


def test_undoing_leaves_what_others_changed_or_refer_to_and_names_it(registry: Registry) -> None:
    there = make.make_metering_point(registry.utility, gsrn=A, street="Koivukuja 1", city="Espoo")
    row = registry.store("points", "GSRN;Street;City", f"{A};Koivukuja 2;Vantaa", f"{B};;", f"{C};;")
    MeteringPoint.objects.filter(pk=there.pk).update(street="Koivukuja 9")
    make.make_contract(MeteringPoint.objects.get(gsrn=B), make.make_customer(registry.utility))
    edited = MeteringPoint.objects.get(gsrn=C)
    edited.city = "Turku"
    edited.save()
    row = registry.undo(row)
    assert row.taken_back["new"] == row.taken_back["changed"] == 0
    kept = dict(ImportRow.objects.filter(file_import=row).values_list("number", "kept"))
    assert kept == {
        A: f"metering point {A}: changed since: street",
        B: f"metering point {B}: contracts refer to it",
        C: f"metering point {C}: it was edited since",
    }
    there.refresh_from_db()
    assert (there.street, there.city) == ("Koivukuja 9", "Vantaa")
