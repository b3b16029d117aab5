from integration.models.column_mapping import ColumnMapping
from integration.models.external_id import ExternalId
from integration.models.file_import import FileImport
from integration.models.parts import ImportChannel, ImportChunk, ImportProblem
from integration.models.stored_file import StoredFile

__all__ = [
    "ColumnMapping",
    "ExternalId",
    "FileImport",
    "ImportChannel",
    "ImportChunk",
    "ImportProblem",
    "StoredFile",
]
