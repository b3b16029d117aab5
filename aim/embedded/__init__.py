"""PostgreSQL and Valkey for machines that have none: from wheels, on unix sockets, in about a second.

Whoever needs the servers holds them: `with embedded.hold(): ...`. The first holder starts them, the last one to
leave stops them, a killed one counts as gone (the hold is a shared file lock, which the kernel releases).
`python -m aim.embedded start` keeps them up until `stop`. Servers named by DATABASE_URL and REDIS_URL are left alone.
"""

from aim.embedded.home import EmbeddedError
from aim.embedded.service import Hold, hold, keep, redis_url, server_url, status, stop

__all__ = ["EmbeddedError", "Hold", "hold", "keep", "redis_url", "server_url", "status", "stop"]
