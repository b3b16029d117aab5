"""The roles a fresh system starts with: groups and what they may do. Which data: utilities and segments (`grants`)."""

from django.contrib.auth.models import Group, Permission
from django.db.models import Q, QuerySet

VIEW_MASTER_DATA = (
    "access.view_utility",
    "access.view_segment",
    "metering.view_party",
    "metering.view_transformerarea",
    "metering.view_customer",
    "metering.view_meteringpoint",
    "metering.view_contract",
    "metering.view_measuredproperty",
    "metering.view_series",
    "metering.view_valuecomment",
    "devices.view_devicemodel",
    "devices.view_device",
    "devices.view_installation",
    "devices.view_statechange",
    "devices.view_devicegroup",
    "devices.view_groupmember",
    "events.view_event",
    "events.view_outage",
    "events.view_areaoutage",
    "events.view_plannedoutage",
)
VIEW_COMMUNICATION = (
    "headend.view_job", "headend.view_jobitem", "headend.view_schedule", "headend.view_discovereddevice",
    "headend.view_pushrefusal", "headend.view_deliverycount", "headend.view_exclusion", "headend.view_gap",
    "headend.view_clockcorrection", "headend.view_segmentlimit", "headend.view_frames", "headend.view_networkreading",
    "headend.view_meterlist", "headend.view_listedmeter", "headend.view_waychange",
)  # fmt: skip
OPERATE = (
    "headend.change_discovereddevice", "headend.add_job", "headend.cancel_job", "headend.retry_job",
    "headend.pause_job", "headend.change_job", "headend.add_schedule", "headend.change_schedule",
    "headend.change_listedmeter",
    "devices.add_devicegroup", "devices.change_devicegroup", "devices.delete_devicegroup",
    "headend.add_exclusion", "headend.change_exclusion", "headend.delete_exclusion",
)  # fmt: skip
WATCH_EVENTS = ("events.acknowledge_event", "events.add_plannedoutage", "events.delete_plannedoutage")
VIEW_VALIDATION = (
    "validation.view_ruleset", "validation.view_rule", "validation.view_assignment", "validation.view_run",
    "validation.view_resultgroup", "validation.view_finding", "validation.view_findingnote",
    "validation.view_correction", "validation.view_delivery",
)  # fmt: skip
VALIDATE = ("validation.decide_finding", "validation.run_validation")
DECIDE_VALUES = ("metering.edit_values", "metering.comment_values")
VIEW_FILES = (
    "integration.view_fileimport",
    "integration.view_importchannel",
    "integration.view_importproblem",
    "integration.view_importrow",
    "integration.view_fileexport",
    "integration.view_exportseries",
)
EXPORT_FILES = ("integration.add_fileexport",)
IMPORT_FILES = (
    "integration.add_fileimport",
    "integration.confirm_fileimport",
    "integration.undo_fileimport",
    "integration.view_columnmapping",
    "integration.add_columnmapping",
    "integration.delete_columnmapping",
    "integration.view_externalid",
)
ADMINISTER_LABELS = (
    "access", "auth", "metering", "devices", "events", "headend", "validation", "integration", "guardian", "auditlog",
)  # fmt: skip

OPENS_DATA = ("access.access_utility", "access.access_segment")
"""Given per utility and segment only (`access.services.grants`), never by a role."""

CUSTOMER_SERVICE = "Customer service"
METERING_OPERATOR = "Metering operator"
ADMINISTRATOR = "Administrator"
API_CLIENT = "API client"

ROLES: dict[str, tuple[str, ...]] = {
    CUSTOMER_SERVICE: (
        *VIEW_MASTER_DATA, *VIEW_VALIDATION,
        "headend.view_job", "headend.view_jobitem", "devices.read_device", "devices.install_device",
    ),
    METERING_OPERATOR: (
        *VIEW_MASTER_DATA, *VIEW_COMMUNICATION, *OPERATE, *DECIDE_VALUES, *VIEW_FILES, *IMPORT_FILES, *EXPORT_FILES,
        *WATCH_EVENTS, *VIEW_VALIDATION, *VALIDATE,
        "devices.read_device", "devices.install_device", "devices.scrap_device",
    ),
    API_CLIENT: (
        *VIEW_MASTER_DATA, *VIEW_FILES, *IMPORT_FILES, *EXPORT_FILES, *VIEW_VALIDATION,
        "headend.view_job", "headend.view_jobitem",
        "headend.view_listedmeter", "devices.read_device", "devices.install_device",
    ),
}  # fmt: skip


def sync_roles() -> None:
    """Create the role groups and set their permissions; safe to run again after every migration."""
    for role, names in ROLES.items():
        _set_permissions(role, Permission.objects.filter(_named(names)), expected=len(names))
    everything = Permission.objects.filter(content_type__app_label__in=ADMINISTER_LABELS).exclude(_named(OPENS_DATA))
    _set_permissions(ADMINISTRATOR, everything, expected=everything.count())


def _named(names: tuple[str, ...]) -> Q:
    wanted = Q()
    for name in names:
        label, codename = name.split(".")
        wanted |= Q(content_type__app_label=label, codename=codename)
    return wanted


def _set_permissions(role: str, permissions: QuerySet[Permission], *, expected: int) -> None:
    found = list(permissions)
    if len(found) != expected:
        known = sorted(f"{p.content_type.app_label}.{p.codename}" for p in found)
        raise LookupError(f"Role {role!r} names permissions that do not exist; found only {known}. Run migrate first.")
    group, _ = Group.objects.get_or_create(name=role)
    group.permissions.set(found)
