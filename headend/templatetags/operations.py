"""Causes, states and progress as the templates of the head-end write them."""

from django import template
from django.utils import timezone

from aim.web import svg
from aim.web.tones import State
from headend import causes, states
from headend.models import JobItem
from headend.progress import Progress
from headend.reading import wait_words

register = template.Library()


@register.filter
def cause(code: str) -> causes.Rule:
    """Text and advice of a cause."""
    return causes.rule(code)


@register.filter
def item_state(item: JobItem) -> State:
    """The state of an item as a badge."""
    return states.item_state(item)


@register.filter
def next_try(item: JobItem) -> str:
    """When a waiting item is tried again."""
    return wait_words(item.not_before - timezone.now())


@register.inclusion_tag("headend/parts/progress_bar.html")
def progress_bar(progress: Progress) -> dict[str, object]:
    """`{% progress_bar job.progress %}`: a thin bar whose title says the counts."""
    words = ", ".join(f"{part.count} {part.label}" for part in progress.segments) or "no devices"
    return {"segments": svg.segments(progress.segments, progress.total), "words": words}
