"""What is asked for with a file given to the API, checked against what is open to the user."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from access.models import User, Utility
from access.reach import utilities_within
from integration.models import ColumnMapping
from integration.services.uploads import MAY_STORE, Order


class UploadSerializer(serializers.Serializer[Any]):
    file = serializers.FileField(help_text="The file itself; read as a stream.")
    utility = serializers.CharField(
        required=False, max_length=50, help_text="Code of the utility; not needed when one alone is open to the user."
    )
    format = serializers.CharField(
        required=False, max_length=20, help_text="`nem12`, `nem13`, `espi`, `table`, …; recognised if not given."
    )
    mapping = serializers.CharField(
        required=False, max_length=80, help_text="Name of a saved column mapping, for tables."
    )
    confirm = serializers.ChoiceField(
        choices=["ask", "auto"], default="ask", help_text="`auto`: stored at once when the check finds no error."
    )
    again = serializers.BooleanField(
        default=False, help_text="Import a file whose content was imported before; otherwise that is refused."
    )


def utility_of(asked: dict[str, Any], user: User) -> Utility:
    """The utility asked for, or the only one wholly open to the user; ValidationError otherwise."""
    opened = utilities_within(user)
    if code := asked.get("utility"):
        found = opened.filter(code=code).first()
        if found is None:
            raise serializers.ValidationError({"utility": [f"No utility {code!r} is wholly open to you."]})
        return found
    first, *others = opened[:2] or [None]
    if first is None or others:
        raise serializers.ValidationError({"utility": ["Say for which utility, by its code."]})
    return first


def order_of(asked: dict[str, Any], user: User, utility: Utility) -> Order:
    """What is wanted with the file; ValidationError for a mapping the utility does not have, and for storing at once
    what the user may not store."""
    at_once = asked["confirm"] == "auto"
    if at_once and not user.has_perm(MAY_STORE):
        raise serializers.ValidationError({"confirm": [f"Storing without asking needs the permission {MAY_STORE}."]})
    return Order(
        name=asked["file"].name,
        format=asked.get("format", ""),
        mapping=_mapping(asked.get("mapping", ""), user, utility),
        confirm_at_once=at_once,
    )


def _mapping(name: str, user: User, utility: Utility) -> ColumnMapping | None:
    if not name:
        return None
    found = ColumnMapping.objects.visible_to(user).filter(utility=utility, name__iexact=name).first()
    if found is None:
        raise serializers.ValidationError({"mapping": [f"{utility.name} has no column mapping {name!r}."]})
    return found
