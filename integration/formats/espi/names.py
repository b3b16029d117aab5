"""Namespaces and element names of a Green Button file: an Atom feed (RFC 4287) whose entries carry ESPI resources."""

from __future__ import annotations

ATOM_SPACE = "http://www.w3.org/2005/Atom"
ESPI_SPACE = "http://naesb.org/espi"
CUSTOMER_SPACE = "http://naesb.org/espi/customer"


def atom(name: str) -> str:
    """The qualified name of an Atom element."""
    return f"{{{ATOM_SPACE}}}{name}"


def espi(name: str) -> str:
    """The qualified name of an ESPI element."""
    return f"{{{ESPI_SPACE}}}{name}"


FEED, ENTRY, TITLE, CONTENT, LINK = (atom(name) for name in ("feed", "entry", "title", "content", "link"))
BLOCK, READING = espi("IntervalBlock"), espi("IntervalReading")
USAGE_POINT, METER_READING, READING_TYPE = espi("UsagePoint"), espi("MeterReading"), espi("ReadingType")
LOCAL_TIME = (espi("LocalTimeParameters"), espi("TimeConfiguration"))
SUMMARIES = (espi("UsageSummary"), espi("ElectricPowerUsageSummary"))
"""The summary of ESPI 1.1 and its successor of 3.x and 4.0, which have what we need in common."""
