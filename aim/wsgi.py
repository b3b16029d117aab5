"""Entry point of the web processes: `gunicorn aim.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

from aim.env import env

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aim.settings")

application = get_wsgi_application()
env.stop_on_problems()
