"""Tables of readings and of anything else: CSV and spreadsheets, read and written by a declared mapping.

Pure: no Django. `TableReader` and `propose` for readings, `read_rows` for rows as text, `write_csv` and `write_xlsx`
for the way out; `Mapping` with `to_json`, `from_json` and `MappingError` for the screens.
"""

from integration.formats.table.checks import Fault, MappingError
from integration.formats.table.mapping import Columns, Fixed, Mapping, Names, Numbers, Source, Times
from integration.formats.table.mapping_json import from_json, to_json
from integration.formats.table.opening import source_of
from integration.formats.table.propose import propose
from integration.formats.table.reader import TableReader
from integration.formats.table.rows import Row, read_rows
from integration.formats.table.sample import Sample, columns
from integration.formats.table.style import Style, mapping_of
from integration.formats.table.writable import out_of_range, why_unwritable
from integration.formats.table.writer_csv import write_csv
from integration.formats.table.writer_xlsx import write_xlsx

__all__ = [
    "Columns",
    "Fault",
    "Fixed",
    "Mapping",
    "MappingError",
    "Names",
    "Numbers",
    "Row",
    "Sample",
    "Source",
    "Style",
    "TableReader",
    "Times",
    "columns",
    "from_json",
    "mapping_of",
    "out_of_range",
    "propose",
    "read_rows",
    "source_of",
    "to_json",
    "why_unwritable",
    "write_csv",
    "write_xlsx",
]
