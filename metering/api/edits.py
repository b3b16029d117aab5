"""What is sent to change values, and what is answered."""

from typing import Any

from rest_framework import serializers

from aim.rest.fields import InstantField
from metering.quality import Quality
from metering.services.editing import MOST_VALUES
from metering.services.editing.saving import LONGEST_REASON
from metering.store import VALUE_LIMIT

CODES = {"edited": Quality.EDITED, "accepted": Quality.ACCEPTED, "deleted": Quality.DELETED}


class DecisionRunSerializer(serializers.Serializer[Any]):
    name = serializers.ChoiceField(choices=list(CODES))
    count = serializers.IntegerField(min_value=1, max_value=MOST_VALUES, help_text="For how many values in a row.")


class EditSerializer(serializers.Serializer[Any]):
    """Values in the shape in which they are read: a profile series has `start` and `step_s`, a periodic one `at`."""

    start = InstantField(required=False, help_text="Start of the first interval.")
    step_s = serializers.IntegerField(required=False, min_value=1, max_value=86_400, help_text="Length of an interval.")
    at = serializers.ListField(child=InstantField(), required=False, max_length=MOST_VALUES)
    values = serializers.ListField(
        child=serializers.IntegerField(allow_null=True, min_value=-VALUE_LIMIT + 1, max_value=VALUE_LIMIT - 1),
        allow_empty=False,
        max_length=MOST_VALUES,
        help_text="Integers of 10^exponent of the unit. null leaves the value as it is (PATCH) or deletes it (PUT).",
    )
    quality = DecisionRunSerializer(many=True, required=False, help_text="What each value is; edited if not given.")
    reason = serializers.CharField(max_length=LONGEST_REASON, help_text="Kept with every version.")
    based_on = InstantField(
        required=False, help_text="When the values were read. 409 if one to be changed changed after it."
    )


class RefusalSerializer(serializers.Serializer[Any]):
    day = serializers.DateField(help_text="UTC day.")
    values = serializers.IntegerField(help_text="How many.")
    reason = serializers.CharField()


class CountsSerializer(serializers.Serializer[Any]):
    new = serializers.IntegerField(help_text="Values where none was stored.")
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    refused = serializers.IntegerField()
    refusals = RefusalSerializer(many=True, help_text="Why some were refused.")
