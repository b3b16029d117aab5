"""Settings of the embedded PostgreSQL, fitted to the machine it runs on."""

import os

MEGABYTE = 1024 * 1024


def memory_megabytes() -> int:
    """Memory of the machine in MiB."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MEGABYTE


def server_settings(memory: int) -> dict[str, str]:
    """postgresql.conf for a machine with `memory` MiB that also runs the workers and the simulator.

    A quarter of the memory is the usual share of a database alone on its machine; here an eighth, at most 2 GiB.
    """
    shared = max(64, min(memory // 8, 2048))
    return {
        "listen_addresses": "''",
        "unix_socket_permissions": "0700",
        "max_connections": "120",
        "shared_buffers": f"{shared}MB",
        "effective_cache_size": f"{max(128, memory // 2)}MB",
        "work_mem": f"{max(4, min(memory // 500, 32))}MB",
        "maintenance_work_mem": f"{max(32, min(memory // 32, 512))}MB",
        "max_wal_size": f"{max(512, min(memory // 4, 4096))}MB",
        # Blocks of meter values are written whole and in bulk: compressed full-page images halve the log.
        "wal_compression": "on",
        "checkpoint_timeout": "15min",
        # Answering a request takes less time than compiling its query would.
        "jit": "off",
        "random_page_cost": "1.1",
        "timezone": "'UTC'",
        "log_timezone": "'UTC'",
        "log_min_duration_statement": "1000",
        "log_line_prefix": "'%m [%p] %a '",
        "track_io_timing": "on",
    }


def as_configuration(settings: dict[str, str]) -> str:
    """The text of a postgresql.conf."""
    head = "# Written at every start; changes belong into aim/embedded/machine.py or a server of your own.\n"
    return head + "".join(f"{name} = {value}\n" for name, value in settings.items())
