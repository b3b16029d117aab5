"""The form of a comment on values."""

from django import forms

from metering.models.comment import LONGEST_TEXT


class CommentForm(forms.Form):
    """`series` is one of those shown; `start` and `end` are local times, or instants with an offset."""

    series = forms.IntegerField(min_value=1)
    start = forms.CharField(label="from", max_length=40)
    end = forms.CharField(label="to", max_length=40)
    text = forms.CharField(label="comment", max_length=LONGEST_TEXT)
