"""What an import and an export have in common: a worker takes them up under a lease."""

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.utils import timezone

from access.models import User


class FileWork(models.Model):
    """A file on its way, in or out: who asked for it, which worker has it, why it failed.

    Its `state` changes in `integration.work.states` only.
    """

    WORKING: ClassVar[tuple[str, ...]]
    """The states in which it is worked or waits for a worker."""
    FAILED: ClassVar[str] = "failed"
    """The state of a row whose work could not go on."""

    state = models.CharField(max_length=12)
    lease_owner = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="Workers that took it since it last came on.")
    cause = models.CharField(max_length=300, blank=True, help_text="Why it failed, and what to do.")

    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    finished_at = models.DateTimeField(null=True, blank=True)
    action = models.CharField(max_length=40, db_index=True)

    if TYPE_CHECKING:

        def get_state_display(self) -> str: ...

    class Meta:
        abstract = True

    @property
    def is_working(self) -> bool:
        return self.state in self.WORKING
