"""What an on-demand reading may be told to read."""

from typing import Any

from rest_framework import serializers

from headend import kinds


class WhatField(serializers.ListField):
    """Some of `kinds.WHAT`; the help text ends with what is read without it."""

    def __init__(self, help_text: str, **kwargs: Any) -> None:
        super().__init__(
            child=serializers.ChoiceField(choices=list(kinds.WHAT.items())),
            required=False,
            allow_empty=False,
            max_length=len(kinds.WHAT),
            help_text=f"{help_text}; if not given: {', '.join(kinds.READ_NOW)}.",
            **kwargs,
        )
