"""How an event is written outside the list of events."""

from django import template

from aim.web.tones import State
from events import tables
from events.models import Event

register = template.Library()


@register.filter
def severity(event: Event) -> State:
    """The severity as a badge."""
    return tables.severity_of(event)


@register.filter
def category(event: Event) -> str:
    return tables.category_words(event)


@register.filter
def details(event: Event) -> str:
    return tables.details_words(event)
