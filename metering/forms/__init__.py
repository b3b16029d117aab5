"""Forms of the metering pages."""

from metering.forms.comment import CommentForm
from metering.forms.methods import METHODS, MethodForm, Restore

__all__ = ["METHODS", "CommentForm", "MethodForm", "Restore"]
