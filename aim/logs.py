"""Structured logs: one line per event, with time, level, logger and the action id, for people or as JSON."""

import logging.config
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from aim.action import action_id

# Libraries that report every small step at INFO.
QUIET = ("celery.app.trace", "celery.worker.strategy", "asyncio", "django.utils.autoreload", "axes", "urllib3")


def add_action(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Put the current action id, if there is one, on the log line."""
    if action := action_id.get():
        event["action"] = action
    return event


COMMON: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    add_action,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.ExtraAdder(),
]


def configure(level: str, form: str) -> None:
    """Send structlog and the standard library's logging to standard error as `form`: console or json."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *COMMON,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(standard_configuration(level, form))


def standard_configuration(level: str, form: str) -> dict[str, Any]:
    """The dictConfig that renders foreign and own log lines alike."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": COMMON,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendering(form)],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"level": level, "handlers": ["stderr"]},
        "loggers": {name: {"level": "WARNING"} for name in QUIET},
    }


def _rendering(form: str) -> list[Processor]:
    if form == "json":
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    # The rich traceback takes a second of processor time per exception, a refused page included.
    plain = structlog.dev.plain_traceback
    return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]
