"""Who looks after what validation finds at the demo utility: result groups with an owner."""

from access.models import User, Utility
from access.services.utilities import set_up
from validation.models import ResultGroup, Rule, RuleSet
from validation.services.shipped import DEFAULT

_GROUPS = (
    ("Missing values", "To be read again, or estimated", ("missing", "many_estimates")),
    (
        "Meters to look at", "Somebody may have to go there",
        ("check_meter", "sum_check", "wrong_multiplier", "flat", "inactive", "negative"),
    ),
)  # fmt: skip
OWNER = "mikko"


def look_after(utility: Utility) -> None:
    """Give a new utility its rule sets, and what some of the rules find to groups of one person."""
    set_up(utility)
    owner = User.objects.get(username=OWNER)
    rules = RuleSet.objects.get(utility=utility, code=DEFAULT)
    for name, purpose, conditions in _GROUPS:
        group = ResultGroup.objects.create(utility=utility, name=name, description=purpose, owner=owner)
        Rule.objects.filter(rule_set=rules, condition__in=conditions).update(group=group)
