"""Template tags of the design system. `/styleguide/` shows each with its source."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms, template
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest
from django.template import Context
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString

from aim.web import cells, formats, navigation, svg
from aim.web.empty import EmptyState
from aim.web.preferences import Preferences
from aim.web.scope import scope_of
from aim.web.tones import ICONS, MESSAGE_TONES, State, Tone

register = template.Library()


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """`{% icon "device" %}`: a decorative icon of static/icons.svg."""
    return cells.render_icon(name, extra)


@register.simple_tag
def badge(state: State | str, tone: Tone = "muted", symbol: str = "") -> SafeString:
    """`{% badge device.state %}` or `{% badge "In operation" "ok" %}`."""
    return cells.render_badge(state if isinstance(state, State) else State(state, tone, symbol))


@register.filter
def value(thing: object) -> SafeString:
    """A value as a cell shows it: badge, local time, dash for nothing."""
    return cells.render_value(thing)


@register.filter
def local_time(moment: datetime | None) -> SafeString:
    return cells.render_time(moment) if moment else cells.NONE


@register.filter
def age(moment: datetime | None) -> SafeString:
    return cells.render_age(moment) if moment else cells.NONE


@register.filter
def grouped(number: Any, places: int = 0) -> str:
    """1 234 567: groups of three."""
    return formats.grouped(number, places)


@register.filter
def words(text: str) -> list[str]:
    return text.split()


@register.filter
def initials(user: object) -> str:
    """Two letters that stand for a user in the bar."""
    name = getattr(user, "get_full_name", lambda: "")() or str(user)
    parts = name.replace(".", " ").replace("_", " ").split()
    return "".join(part[0] for part in (parts[:1] + parts[-1:] if len(parts) > 1 else parts)).upper()


@register.filter
def message_tone(message: Message) -> Tone:
    return MESSAGE_TONES.get(message.level, "info")


@register.filter
def tone_icon(tone: str) -> str:
    return ICONS[tone]


@register.simple_tag
def optional_url(name: str, *args: Any, **kwargs: Any) -> str:
    """The URL of `name`, or nothing where this installation does not have that page."""
    try:
        return reverse(name, args=args, kwargs=kwargs)
    except NoReverseMatch:
        return ""


@register.simple_tag(takes_context=True)
def preferences(context: Context) -> Preferences:
    return Preferences.of(context.get("request"))


@register.simple_tag(takes_context=True, name="navigation")
def navigation_tag(context: Context) -> list[navigation.Section]:
    request: HttpRequest | None = context.get("request")
    return navigation.sections_for(request) if request is not None else []


@register.simple_tag(takes_context=True)
def utility_label(context: Context) -> str:
    request: HttpRequest | None = context.get("request")
    return scope_of(request).label if request is not None else ""


@register.inclusion_tag("components/empty.html")
def empty_state(state: EmptyState) -> dict[str, object]:
    """`{% empty_state state %}`: one of the five empty states."""
    return {"state": state}


@register.inclusion_tag("components/field.html")
def field(bound: forms.BoundField, extra: str = "") -> dict[str, object]:
    """`{% field form.name %}`: label, input, help and errors, tied together for screen readers."""
    about = [f"{bound.auto_id}_help"] if bound.help_text else []
    about += [f"{bound.auto_id}_error"] if bound.errors else []
    attributes: dict[str, str | bool] = {"aria-invalid": "true"} if bound.errors else {}
    if about:
        attributes["aria-describedby"] = " ".join(about)
    group = isinstance(bound.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple | forms.MultiWidget)
    check = isinstance(bound.field.widget, forms.CheckboxInput)
    return {"field": bound, "widget": bound.as_widget(attrs=attributes), "group": group, "check": check, "extra": extra}


@register.inclusion_tag("components/progress.html")
def progress(parts: Sequence[svg.Segment], total: int, label: str = "Progress") -> dict[str, object]:
    """`{% progress parts total "Reading" %}`: parts of a whole with their counts in words."""
    return {"segments": svg.segments(parts, total), "total": total, "label": label, "height": 8}


@register.inclusion_tag("components/sparkline.html")
def sparkline(values: Sequence[float | None], label: str, tone: str = "") -> dict[str, object]:
    """`{% sparkline values "Completeness, last 14 days: 98 to 100 %" %}`; the label is the text alternative."""
    line, area = svg.spark_paths(values)
    return {"line": line, "area": area, "label": label, "tone": tone}


@register.inclusion_tag("components/bars.html")
def bars(drawn: Sequence[svg.Bar], label: str, height: int = 40) -> dict[str, object]:
    """`{% bars bars "Completeness by day" %}` with the list made by `aim.web.svg.bars`."""
    return {"bars": drawn, "label": label, "height": height}
