"""The web process: threads on loopback; a proxy in front brings it to the network.

The threads of a process share its database pool and its Prometheus counters.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aim.settings")

from django.conf import settings

bind = f"127.0.0.1:{settings.WEB_PORT}"
worker_class = "gthread"
threads = settings.WEB_THREADS
workers = settings.WEB_PROCESSES
timeout = 60
graceful_timeout = 4
control_socket_disable = True
# Requests are logged by aim.middleware with their action id.
accesslog = None
errorlog = "-"
loglevel = "warning"
