"""Fields of the schedule form whose text differs from what a schedule keeps."""

import re
from typing import Any

from django import forms

from headend.rhythm_texts import blackout_lines, clock, parse_blackouts

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(:00)?")
MOST_TEXT = 2000


class MinuteField(forms.Field):
    """A local time; becomes the minute of the day."""

    widget = forms.TimeInput(attrs={"type": "time"})

    def prepare_value(self, value: Any) -> Any:
        return clock(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        found = _CLOCK.fullmatch(str(value).strip())
        if found is None or int(found[1]) > 23 or int(found[2]) > 59:
            raise forms.ValidationError("Write a time as 06:30.")
        return int(found[1]) * 60 + int(found[2])


class BlackoutsField(forms.CharField):
    """Blackouts, one to a line; becomes what a schedule keeps."""

    widget = forms.Textarea(attrs={"rows": 3, "placeholder": "Mon-Fri 07:00-09:00", "spellcheck": "false"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=MOST_TEXT, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return blackout_lines(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return parse_blackouts(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
