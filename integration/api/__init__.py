"""The resources of files in the REST API."""

from integration.api.exports import Exports, SeriesOfExport
from integration.api.import_parts import ImportChannels, ImportProblems
from integration.api.imports import Imports

__all__ = ["Exports", "ImportChannels", "ImportProblems", "Imports", "SeriesOfExport"]
