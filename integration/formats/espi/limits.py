"""What a Green Button file may demand of us. Everything beyond is refused by name, so a file cannot take the machine.

The XML library adds its own: elements nested 256 deep, 10 million octets in one text, no entity is ever expanded.
"""

from __future__ import annotations

CHUNK = 1 << 20
"""Octets read at once, and the longest tag or text without a tag that is accepted."""
PROLOG = 1 << 16
"""Octets before the first element."""
PENDING = 1 << 23
"""Octets without a complete entry or interval reading."""
ENTRIES = 500_000
"""Usage points, meter readings, reading types and summaries of one file: these are kept until its end."""
HREF = 2_000
"""Characters of a link or an identification."""
TEXT = 40
"""Characters of a faulty text that are shown."""
PROBLEMS = 1_000
"""Problems listed per portion; of the others there are sums per reason."""
EARLIEST, LATEST = 946_684_800, 4_102_444_800
"""Readings start from 2000 to 2099, like the days of the value store."""
