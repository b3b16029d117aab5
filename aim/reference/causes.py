"""The reference of causes: why a session failed, what to do, and how often it is tried again."""

from aim.reference.markdown import table
from headend.causes import RULES, Rule

HEAD = """# Causes of failed sessions

Every attempt that fails has one cause. The job item keeps its first and its last; the device keeps the last until
a contact goes well. *Tries* counts the first attempt too. The wait before the next try doubles from the one given here,
to at most 15 minutes, spread by a fifth either way; a try that would begin after the job expires is not made. A utility
may have a retry rule of its own for any cause: tries, first wait, factor (1.5, say), longest wait and spread.
This page is written by `manage.py reference` from `headend/causes.py`.

"""


def page() -> str:
    """The page in Markdown, in the order of the code: causes of the head-end, then those of the protocols."""
    return HEAD + table(("cause", "meaning", "advice", "tries", "first wait"), map(_row, RULES, RULES.values()))


def _row(code: str, rule: Rule) -> tuple[str, ...]:
    wait_s = rule.policy.wait_after(1)
    wait = "" if wait_s is None else f"{wait_s} s" if wait_s else "none"
    return f"`{code}`", rule.text, rule.advice, str(rule.attempts), wait
