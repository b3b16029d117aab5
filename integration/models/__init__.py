from integration.models.column_mapping import ColumnMapping
from integration.models.external_id import ExternalId
from integration.models.file_export import ExportSeries, FileExport
from integration.models.file_import import FileImport
from integration.models.file_work import FileWork
from integration.models.import_row import ImportRow
from integration.models.parts import ImportChannel, ImportChunk, ImportProblem
from integration.models.stored_file import StoredFile

__all__ = [
    "ColumnMapping",
    "ExportSeries",
    "ExternalId",
    "FileExport",
    "FileImport",
    "FileWork",
    "ImportChannel",
    "ImportChunk",
    "ImportProblem",
    "ImportRow",
    "StoredFile",
]
