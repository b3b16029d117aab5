"""How often and how soon a utility wants a failed session tried again, where it differs from `headend.causes`."""

from decimal import Decimal
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from access.models import Utility
from access.querysets import ScopedManager
from headend.causes import DEFAULT_FACTOR, DEFAULT_JITTER_PERCENT, DEFAULT_LONGEST_S, RULES, RetryPolicy, rule

MOST_ATTEMPTS = 20
DAY_S = 86_400


class RetryRule(models.Model):
    """The retry policy of one cause at one utility. The factor is a decimal: one and a half times is a usual wish."""

    utility = models.ForeignKey(Utility, on_delete=models.CASCADE, related_name="retry_rules")
    cause = models.CharField(max_length=40, help_text="A code of `headend.causes`.")
    attempts = models.PositiveSmallIntegerField(
        default=3, validators=[MinValueValidator(1), MaxValueValidator(MOST_ATTEMPTS)],
        help_text="How many sessions at most, the first included.",
    )  # fmt: skip
    first_wait_s = models.PositiveIntegerField(
        "first wait (s)", default=30, validators=[MaxValueValidator(DAY_S)], help_text="Wait after the first attempt."
    )
    factor = models.DecimalField(
        max_digits=4, decimal_places=2, default=DEFAULT_FACTOR,
        validators=[MinValueValidator(Decimal(1)), MaxValueValidator(Decimal(10))],
        help_text="By how much every wait is longer than the one before; 1: always the same.",
    )  # fmt: skip
    longest_wait_s = models.PositiveIntegerField(
        "longest wait (s)", default=DEFAULT_LONGEST_S, validators=[MaxValueValidator(DAY_S)]
    )
    jitter_percent = models.PositiveSmallIntegerField(
        "jitter (%)", default=DEFAULT_JITTER_PERCENT, validators=[MaxValueValidator(100)],
        help_text="By how much a wait may be shorter or longer, so that devices that failed together do not come back "
        "together.",
    )  # fmt: skip

    scope_utility: ClassVar[str] = "utility"
    scope_segment: ClassVar[str | None] = None
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["utility", "cause"], name="retry_rule_cause"),
            models.CheckConstraint(condition=Q(attempts__range=(1, MOST_ATTEMPTS)), name="retry_rule_attempts"),
            models.CheckConstraint(condition=Q(factor__range=(1, 10)), name="retry_rule_factor"),
            models.CheckConstraint(
                condition=Q(longest_wait_s__lte=DAY_S, first_wait_s__lte=F("longest_wait_s")), name="retry_rule_waits",
                violation_error_message="The first wait is not longer than the longest.",
            ),
            models.CheckConstraint(condition=Q(jitter_percent__lte=100), name="retry_rule_jitter"),
        ]  # fmt: skip
        ordering = ["utility", "cause"]

    def __str__(self) -> str:
        return f"{rule(self.cause).text}: {self.policy}"

    @property
    def policy(self) -> RetryPolicy:
        """As the code that ends items uses it."""
        return RetryPolicy(
            self.attempts, self.first_wait_s, Decimal(self.factor), self.longest_wait_s, self.jitter_percent
        )

    def clean(self) -> None:
        """Only a cause that sessions can end with is tried again."""
        if self.cause not in RULES:
            raise ValidationError({"cause": f"There is no cause “{self.cause}”."})
