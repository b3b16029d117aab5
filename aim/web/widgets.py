"""Inputs of forms and filters that Django and its packages do not draw the way the pages need."""

from django.forms import TextInput
from django.forms.renderers import BaseRenderer
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django_filters.widgets import DateRangeWidget


class DayRange(DateRangeWidget):
    """The first and the last day of a range, side by side, each with its own words."""

    def __init__(self) -> None:
        super().__init__(attrs={"type": "date"})

    def render(
        self, name: str, value: object, attrs: dict[str, object] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        """Two labelled date fields; `value` is a slice, a list of two, or None."""
        context = self.get_context(name, value, attrs)
        return mark_safe(get_template("components/day_range.html").render(context))  # noqa: S308 - escaped by the template


def search_box(words: str) -> TextInput:
    """The field a list is searched by; `words` stand in it while it is empty."""
    return TextInput(attrs={"type": "search", "placeholder": words})
