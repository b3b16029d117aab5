"""Commenting on the values shown, and taking a comment back. Both return to the page they were asked from."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from aim.web.access import PermissionGate, VisibleMixin
from metering.browser.period import PeriodError, edge_of
from metering.browser.selection import chosen
from metering.forms import CommentForm
from metering.models import ValueComment
from metering.services.comments import CommentError, add_comment, withdraw_comment
from metering.views.people import user_of

PERMISSION = "metering.comment_values"


class AddComment(PermissionGate):
    """Note something about the values of a series over a period."""

    permission_required = PERMISSION

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CommentForm(request.POST)
        if not form.is_valid():
            said = [f"{form[name].label}: {' '.join(map(str, errors))}" for name, errors in form.errors.items()]
            messages.error(request, "; ".join(said))
            return _back(request)
        try:
            _add(request, form.cleaned_data)
        except (CommentError, PeriodError) as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "The comment is kept.")
        return _back(request)


class WithdrawComment(PermissionGate, VisibleMixin):
    """Take a comment back; it stays on file with who withdrew it."""

    permission_required = PERMISSION
    model = ValueComment

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        comment = self.get_visible_or_404(pk=pk)
        withdraw_comment(comment, user=user_of(request))
        messages.success(request, "The comment is withdrawn.")
        return _back(request)


def _add(request: HttpRequest, asked: dict[str, Any]) -> None:
    series = chosen(user_of(request), [asked["series"]])[0]
    zone = series.metering_point.utility.zone
    start, end = edge_of(asked["start"], zone, end=False), edge_of(asked["end"], zone, end=True)
    add_comment(series, start, end, asked["text"], user_of(request))


def _back(request: HttpRequest) -> HttpResponse:
    asked = request.POST.get("back", "")
    known = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect(asked if known else reverse("metering:values"))
