"""Permits: how many sessions a part of the network bears at once, and how many new ones per second.

Who asks, asks for a whole batch in one round trip to Valkey, where all workers ask. A permit is a lease, so that a
worker that was killed frees what it held without anybody's doing; giving it back early is a kindness, and when that
fails nothing is repeated. While Valkey is away every worker holds itself to its share of each limit.
"""

from headend.permits.permits import Permits, Wanted
from headend.permits.segments import Segment, segments_of

__all__ = ["Permits", "Segment", "Wanted", "segments_of"]
