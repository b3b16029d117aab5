"""Green Button: readings as NAESB ESPI resources in an Atom feed, in and out. See docs/reference/green-button.md."""

from integration.formats.espi.reader import EspiReader
from integration.formats.espi.writer import why_unwritable, write_espi

__all__ = ["EspiReader", "why_unwritable", "write_espi"]
