"""The REST API, version 1: every app's resources under one roof."""

from django.urls import path, re_path
from rest_framework.routers import SimpleRouter

from devices.api import DeviceModels, Devices, Installations
from devices.api_groups import DeviceGroups, GroupMembers
from devices.api_on_site import DevicesOnSite
from events.api import AreaOutages, Events, Outages
from headend.api import DeviceReadings, Exclusions, JobItems, Jobs, JobSteering, ListedMeters, Schedules
from integration.api import Exports, ImportChannels, ImportProblems, Imports, SeriesOfExport
from integration.unknown import UnknownAddress
from metering.api import (
    Customers,
    EditableValues,
    MeasuredProperties,
    MeteringPoints,
    SeriesResource,
    TransformerAreas,
    ValueComments,
    Values,
)
from validation.api import Assignments, Corrections, Deliveries, Findings, ResultGroups, Rules, RuleSets, Runs

app_name = "api"

router = SimpleRouter()
router.register("metering-points", MeteringPoints, "metering-point")
router.register("transformer-areas", TransformerAreas, "transformer-area")
router.register("customers", Customers, "customer")
router.register("measured-properties", MeasuredProperties, "measured-property")
router.register("series", SeriesResource, "series")
router.register("value-comments", ValueComments, "value-comment")
router.register("device-models", DeviceModels, "device-model")
router.register("devices", Devices, "device")
router.register("groups", DeviceGroups, "group")
router.register("installations", Installations, "installation")
router.register("events", Events, "event")
router.register("outages", Outages, "outage")
router.register("area-outages", AreaOutages, "area-outage")
router.register("jobs", Jobs, "job")
router.register("listed-meters", ListedMeters, "listed-meter")
router.register("schedules", Schedules, "schedule")
router.register("exclusions", Exclusions, "exclusion")
router.register("findings", Findings, "finding")
router.register("result-groups", ResultGroups, "result-group")
router.register("rule-sets", RuleSets, "rule-set")
router.register("rules", Rules, "rule")
router.register("rule-assignments", Assignments, "rule-assignment")
router.register("validation-runs", Runs, "validation-run")
router.register("deliveries", Deliveries, "delivery")
router.register("corrections", Corrections, "correction")
router.register("imports", Imports, "import")
router.register("exports", Exports, "export")

urlpatterns = [
    *router.urls,
    re_path(
        r"^series/(?P<pk>[0-9]+)/values/$",
        EditableValues.as_view({"get": "retrieve", "patch": "partial_update", "put": "update"}),
        name="series-values",
    ),
    re_path(
        r"^value-comments/(?P<pk>[0-9]+)/withdraw/$",
        ValueComments.as_view({"post": "withdraw"}),
        name="value-comment-withdraw",
    ),
    path("values/", Values.as_view({"get": "several"}), name="values"),
    re_path(r"^devices/(?P<pk>[0-9]+)/read/$", DeviceReadings.as_view({"post": "read"}), name="device-read"),
    *(
        re_path(rf"^devices/(?P<pk>[0-9]+)/{act}/$", DevicesOnSite.as_view({"post": act}), name=f"device-{act}")
        for act in ("install", "exchange", "remove", "state")
    ),
    re_path(r"^schedules/(?P<pk>[0-9]+)/run/$", Schedules.as_view({"post": "run"}), name="schedule-run"),
    re_path(r"^schedules/(?P<pk>[0-9]+)/on/$", Schedules.as_view({"post": "switch_on"}), name="schedule-on"),
    re_path(r"^schedules/(?P<pk>[0-9]+)/off/$", Schedules.as_view({"post": "switch_off"}), name="schedule-off"),
    *(
        re_path(rf"^findings/(?P<pk>[0-9]+)/{act}/$", Findings.as_view({"post": act}), name=f"finding-{act}")
        for act in ("accept", "estimate", "assign", "comment")
    ),
    re_path(
        r"^validation-runs/(?P<pk>[0-9]+)/cancel/$", Runs.as_view({"post": "cancel"}), name="validation-run-cancel"
    ),
    re_path(r"^jobs/(?P<job>[0-9]+)/items/$", JobItems.as_view({"get": "list"}), name="job-items"),
    *(
        re_path(rf"^jobs/(?P<pk>[0-9]+)/{act}/$", JobSteering.as_view({"post": act}), name=f"job-{act}")
        for act in ("pause", "resume", "cancel", "retry", "add")
    ),
    re_path(r"^groups/(?P<group>[0-9]+)/members/$", GroupMembers.as_view({"get": "list"}), name="group-members"),
    re_path(r"^groups/(?P<pk>[0-9]+)/add/$", DeviceGroups.as_view({"post": "add"}), name="group-add"),
    re_path(r"^groups/(?P<pk>[0-9]+)/take-out/$", DeviceGroups.as_view({"post": "take_out"}), name="group-take-out"),
    re_path(r"^jobs/(?P<pk>[0-9]+)/take-out/$", JobSteering.as_view({"post": "take_out"}), name="job-take-out"),
    *(
        re_path(rf"^imports/(?P<pk>[0-9]+)/{act}/$", Imports.as_view({"post": act}), name=f"import-{act}")
        for act in ("confirm", "cancel", "resume", "undo")
    ),
    re_path(
        r"^imports/(?P<file_import>[0-9]+)/problems/$", ImportProblems.as_view({"get": "list"}), name="import-problems"
    ),
    re_path(
        r"^imports/(?P<file_import>[0-9]+)/channels/$", ImportChannels.as_view({"get": "list"}), name="import-channels"
    ),
    *(
        re_path(rf"^exports/(?P<pk>[0-9]+)/{act}/$", Exports.as_view({verb: act}), name=f"export-{act}")
        for act, verb in (("cancel", "post"), ("retry", "post"), ("file", "get"))
    ),
    re_path(
        r"^exports/(?P<file_export>[0-9]+)/series/$", SeriesOfExport.as_view({"get": "list"}), name="export-series"
    ),
    re_path(r"^(?:[^/]*/)*$", UnknownAddress.as_view()),
]
