"""Who looks after what validation finds at the demo utility: groups with owners, and when estimates are final."""

from access.models import User, Utility
from access.services.utilities import set_up
from validation.models import Assignment, ResultGroup, Rule, RuleSet
from validation.models.rules import Role
from validation.services.shipped import DEFAULT

_FINAL_DAYS = 10
_GROUPS = {
    "Missing values": ("missing", "many_estimates"),
    "Meters to look at": ("check_meter", "sum_check", "wrong_multiplier", "flat", "inactive", "negative"),
}
OWNER = "mikko"


def look_after(utility: Utility) -> None:
    """Give a new utility its rule sets, and what some of the rules find to groups of one person."""
    set_up(utility)
    owner = User.objects.get(username=OWNER)
    rules = RuleSet.objects.get(utility=utility, code=DEFAULT)
    for name, conditions in _GROUPS.items():
        group = ResultGroup.objects.create(utility=utility, name=name, owner=owner)
        Rule.objects.filter(rule_set=rules, condition__in=conditions).update(group=group)
    Assignment.objects.create(utility=utility, rule_set=rules, role=Role.FINAL, days_after=_FINAL_DAYS)
