"""Where things are: the clone, its working data, and the servers, if others than the embedded ones are named."""

from pathlib import Path

from aim.env import env

BASE = Path(__file__).resolve().parent.parent
VAR = env.path(
    "OPENAIM_VAR",
    BASE / "var",
    "Folder of everything written at run time: keys, embedded databases, logs, demo fleet.",
    "var/ of the clone",
)
DATABASE_URL = env.url(
    "DATABASE_URL",
    "PostgreSQL 15 or newer, `postgresql://user:password@host:port/name`; the role creates extensions. "
    "Without it PostgreSQL is started from the installed wheel, its data in the run-time folder.",
    schemes=["postgresql", "postgres"],
    shown="embedded server",
)
REDIS_URL = env.url(
    "REDIS_URL",
    "Redis or Valkey for work hand-over and cache, `redis://host:port/number`. Without it Valkey is started "
    "from the installed wheel.",
    schemes=["redis", "rediss", "unix"],
    shown="embedded server",
)
