"""Settings of the REST framework and of the OpenAPI document."""

from typing import Any, Final

REST_FRAMEWORK: Final[dict[str, Any]] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "access.api_auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PAGINATION_CLASS": "integration.pagination.Pagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "aim.rest.schema.Schema",
    "EXCEPTION_HANDLER": "aim.rest.problems.answer",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_THROTTLE_CLASSES": [
        "aim.rest.throttles.PerAddress",
        "aim.rest.throttles.PerUser",
    ],
    # The address of the caller is REMOTE_ADDR, which CallerMiddleware has set; X-Forwarded-For is not read again.
    "NUM_PROXIES": 0,
    "DEFAULT_THROTTLE_RATES": {"anon": "60/min", "user": "6000/min"},
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS: Final[dict[str, Any]] = {
    "TITLE": "OpenAIM",
    "DESCRIPTION": "Head-end and meter data management: metering points, devices, series, values, on-demand reading.",
    "VERSION": "1.0.0",
    "LICENSE": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_SPLIT_PATCH": False,  # a PATCH body has required fields like any other
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "TAGS": [
        {"name": "metering", "description": "Metering points, transformer areas, customers."},
        {"name": "series", "description": "What is measured, and in which rhythm."},
        {"name": "values", "description": "Values of series: columnar JSON or CSV."},
        {"name": "devices", "description": "Devices, their models and installations; reading one on demand."},
        {"name": "jobs", "description": "Long operations and what became of each device."},
        {"name": "schedules", "description": "What is read when."},
        {"name": "data delivery", "description": "Which devices do not count for it, and why."},
        {"name": "events", "description": "What devices logged or reported."},
        {"name": "validation", "description": "Rules, what they found, deciding about it, runs, corrections."},
        {"name": "files", "description": "Files on their way in and out: checked, stored, undone."},
    ],
    "ENUM_NAME_OVERRIDES": {
        "MeteringPointState": "metering.models.MeteringPoint.State",
        "EnergyType": "metering.models.network.EnergyType",
        "ContractKind": "metering.models.Contract.Kind",
        "SeriesKind": "metering.models.Series.Kind",
        "Periodicity": "metering.models.Series.Periodicity",
        "DeviceState": "devices.models.Device.State",
        "DeviceKind": "devices.models.DeviceModel.Kind",
        "DeviceGroupKind": "devices.models.DeviceGroup.Kind",
        "TargetKind": "headend.api.targets.KINDS",
        "JobKind": "headend.kinds.choices",
        "OutageSource": "events.models.Outage.Source",
        "JobState": "headend.models.Job.State",
        "JobItemState": "headend.models.JobItem.State",
        "ImportState": "integration.models.FileImport.State",
        "ProblemSeverity": "integration.models.ImportProblem.Severity",
        "FindingSeverity": "validation.models.findings.Severity",
        "FindingState": "validation.models.Finding.State",
        "CorrectionState": "validation.models.Correction.State",
        "RunState": "validation.models.Run.State",
        "RuleSetKind": "validation.models.RuleSet.Kind",
        "RuleSetRole": "validation.models.rules.Role",
    },
}
