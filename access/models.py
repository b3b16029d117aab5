"""Utilities, segments, users, API tokens and the audit trail."""

import hashlib
import secrets
import zoneinfo
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from access.public_holidays import validate_country, validate_subdivision
from access.querysets import ScopedManager


def validate_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(f"{name!r} is not an IANA time zone, e.g. Europe/Helsinki.")


class User(AbstractUser):
    """A person or a program that signs in. Roles are groups; data are opened by utility and segment."""

    class Meta:
        constraints = [models.UniqueConstraint(Lower("username"), name="user_username_ci")]


class Utility(models.Model):
    """A network company or service provider: the tenant everything belongs to."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_zone])
    country = models.CharField(
        max_length=2, blank=True, validators=[validate_country],
        help_text="Whose public holidays count as Sundays: two letters, e.g. FI. Empty: there are none.",
    )  # fmt: skip
    subdivision = models.CharField(
        "part of the country", max_length=16, blank=True, help_text="Where it has holidays of its own, e.g. BY in DE."
    )

    scope_utility: ClassVar[str] = "pk"
    scope_segment: ClassVar[str | None] = None
    objects = ScopedManager()

    class Meta:
        verbose_name_plural = "utilities"
        permissions = [("access_utility", "Can work with all data of this utility")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        if self.subdivision:
            try:
                validate_subdivision(self.country, self.subdivision)
            except ValidationError as error:
                raise ValidationError({"subdivision": error.messages}) from error

    @cached_property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)


class Segment(models.Model):
    """A part of a utility's data that may be opened to a user on its own."""

    utility = models.ForeignKey(Utility, on_delete=models.PROTECT, related_name="segments")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=120)

    scope_utility: ClassVar[str] = "utility"
    scope_segment: ClassVar[str | None] = "pk"
    objects = ScopedManager()

    class Meta:
        permissions = [("access_segment", "Can work with the data of this segment")]
        constraints = [models.UniqueConstraint(fields=["utility", "code"], name="segment_code")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class UtilityUserPermission(UserObjectPermissionBase):
    """Opens a whole utility to a user; a foreign key instead of guardian's generic one, so the door is one join."""

    content_object = models.ForeignKey(Utility, on_delete=models.CASCADE)


class UtilityGroupPermission(GroupObjectPermissionBase):
    content_object = models.ForeignKey(Utility, on_delete=models.CASCADE)


class SegmentUserPermission(UserObjectPermissionBase):
    """Opens one segment to a user."""

    content_object = models.ForeignKey(Segment, on_delete=models.CASCADE)


class SegmentGroupPermission(GroupObjectPermissionBase):
    content_object = models.ForeignKey(Segment, on_delete=models.CASCADE)


class ApiToken(models.Model):
    """A bearer token of a program. Only its SHA-256 is kept; the text is shown once, when it is made."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = "API token"
        ordering = ["user", "name"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @staticmethod
    def digest_of(text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()

    @classmethod
    def issue(cls, *, user: User, name: str, expires_at: datetime | None = None) -> tuple["ApiToken", str]:
        """Make a token; return it with its text, which is kept nowhere."""
        text = "aim_" + secrets.token_urlsafe(32)
        token = cls.objects.create(
            user=user, name=name, prefix=text[:8], digest=cls.digest_of(text), expires_at=expires_at
        )
        return token, text


class AuditRecord(models.Model):
    """One link of the audit chain. The database refuses to change or delete a row (see migration 0002).

    Users and utilities are named by value, not by foreign key: a record outlives what it speaks of.
    """

    at = models.DateTimeField()
    action = models.CharField(max_length=40, db_index=True)
    username = models.CharField(max_length=150, blank=True)
    utility_code = models.CharField(max_length=40, blank=True)
    verb = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60, blank=True)
    object_id = models.CharField(max_length=60, blank=True)
    summary = models.CharField(max_length=300)
    details: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["object_type", "object_id"], name="audit_object"),
            models.Index(fields=["username", "-id"], name="audit_user"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.username}: {self.summary}"


class AuditCheckpoint(models.Model):
    """A signed statement that the audit chain reached this record with this hash (`access.checkpoints`)."""

    number = models.PositiveBigIntegerField(unique=True, help_text="1, 2, 3 …: a removed checkpoint leaves a hole.")
    at = models.DateTimeField()
    record = models.BigIntegerField(help_text="Id of the newest audit record.")
    hash = models.CharField(max_length=64, help_text="Its hash.")
    signature = models.CharField(max_length=64, help_text="HMAC-SHA-256 under the audit key, hexadecimal.")

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"Checkpoint {self.number} at record {self.record}"
