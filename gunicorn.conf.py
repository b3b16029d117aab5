"""The web process: one process with threads, on loopback; a proxy in front brings it to the network.

Threads share the database pool and the Prometheus counters. More processes: WEB_CONCURRENCY.
"""

import os

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
threads = int(os.environ.get("OPENAIM_WEB_THREADS", "8"))
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
timeout = 60
graceful_timeout = 4
control_socket_disable = True
# Requests are logged by aim.middleware with their action id.
accesslog = None
errorlog = "-"
loglevel = "warning"
