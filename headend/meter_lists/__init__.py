"""Lists of meters that concentrators keep: compared with what is on file, and meters followed where they went."""

from headend.meter_lists.comparing import Comparison, compare
from headend.meter_lists.following import follow

__all__ = ["Comparison", "compare", "follow"]
