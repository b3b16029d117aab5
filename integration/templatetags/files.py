"""What the templates of files write."""

from django import template

from aim.web.tones import State
from integration.models import ImportChannel
from integration.tables import channels

register = template.Library()


@register.filter
def destination(channel: ImportChannel) -> State:
    """Where the values of a channel go, as a badge."""
    return channels.destination(channel)


@register.filter
def rhythm(channel: ImportChannel) -> str:
    """How long the intervals of a channel are."""
    return channels.rhythm(channel)
