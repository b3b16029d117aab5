"""How a value looks in a cell, a fact or a tile when no template of its own is given."""

from datetime import date, datetime
from typing import Any, cast

from django.template.loader import get_template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from aim.web.formats import age, exact_time, local_time
from aim.web.tables import Column
from aim.web.tones import State

NONE: SafeString = format_html('<span class="none" aria-label="{}">{}</span>', "none", "–")


def render_cell(column: Column, row: Any) -> SafeString:
    """The finished, escaped HTML of one cell."""
    value = column.value(row)
    if column.template:
        return cast("SafeString", get_template(column.template).render({"row": row, "value": value, "column": column}))
    html = render_value(value)
    return format_html('<a href="{}">{}</a>', row.get_absolute_url(), html) if column.link else html


def render_value(value: object) -> SafeString:
    """Escaped HTML of a value: states as badges, times local with zone, None as a dash that is read as "none"."""
    if value is None or value == "":
        return NONE
    if isinstance(value, SafeString):
        return value
    if isinstance(value, State):
        return render_badge(value)
    if isinstance(value, bool):
        return format_html("{}", "yes" if value else "no")
    if isinstance(value, datetime):
        return render_time(value)
    return format_html("{}", value.isoformat() if isinstance(value, date) else value)


def render_time(value: datetime) -> SafeString:
    """`<time>`: local time to the minute with zone; the age in the title."""
    return format_html(
        '<time class="nowrap" datetime="{}" title="{}">{}</time>', exact_time(value), age(value), local_time(value)
    )


def render_age(value: datetime) -> SafeString:
    """`<time>`: how long ago; local time with zone in the title."""
    return format_html(
        '<time class="nowrap" datetime="{}" title="{}">{}</time>', exact_time(value), local_time(value), age(value)
    )


def render_badge(state: State) -> SafeString:
    return format_html(
        '<span class="badge" data-tone="{}">{}{}</span>', state.tone, render_icon(state.symbol), state.label
    )


def render_icon(name: str, extra: str = "") -> SafeString:
    """A decorative icon of the sprite; the text beside it carries the meaning."""
    css = f"icon {extra}".strip()
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"></use></svg>', css, static("icons.svg"), name
    )
