"""Addresses of the pages of files."""

from django.urls import path

from integration.views import (
    columns,
    exports,
    exports_new,
    exports_steer,
    imports,
    lines,
    mappings,
    steer,
    table_columns,
    upload,
)

app_name = "integration"

urlpatterns = [
    path("imports/", imports.ImportList.as_view(), name="imports"),
    path("imports/new/", upload.Upload.as_view(), name="new"),
    path("imports/mappings/", mappings.MappingList.as_view(), name="mappings"),
    path("imports/<int:pk>/", imports.ImportPage.as_view(), name="import"),
    path("imports/<int:pk>/channels/", imports.ChannelPage.as_view(), name="channels"),
    path("imports/<int:pk>/lines/", lines.LinePage.as_view(), name="lines"),
    path("imports/<int:pk>/meaning/", columns.ColumnsPage.as_view(), name="meaning"),
    path("imports/<int:pk>/columns/", table_columns.Columns.as_view(), name="columns"),
    path("imports/<int:pk>/head/", imports.ImportHead.as_view(), name="head"),
    path("imports/<int:pk>/not-taken/", steer.BadRows.as_view(), name="not-taken"),
    path("imports/<int:pk>/confirm/", steer.Confirm.as_view(), name="confirm"),
    path("imports/<int:pk>/cancel/", steer.Cancel.as_view(), name="cancel"),
    path("imports/<int:pk>/resume/", steer.Resume.as_view(), name="resume"),
    path("imports/<int:pk>/undo/", steer.Undo.as_view(), name="undo"),
    path("exports/", exports.ExportList.as_view(), name="exports"),
    path("exports/new/", exports_new.NewExport.as_view(), name="new-export"),
    path("exports/<int:pk>/", exports.ExportPage.as_view(), name="export"),
    path("exports/<int:pk>/head/", exports.ExportHead.as_view(), name="export-head"),
    path("exports/<int:pk>/cancel/", exports_steer.Cancel.as_view(), name="cancel-export"),
    path("exports/<int:pk>/retry/", exports_steer.Retry.as_view(), name="retry-export"),
    path("exports/<int:pk>/download/", exports_steer.Download.as_view(), name="download-export"),
]
