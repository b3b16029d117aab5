"""Alarm rules: the list, the page of one with its messages, the form, and what is done with a rule."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from aim.web.access import PermissionGate, VisibleMixin
from aim.web.detail import DetailPage, Fact, Tab
from aim.web.empty import EmptyState
from aim.web.links import Action, Crumb
from aim.web.lists import TableView
from events.alarm import subject_of
from events.forms import RuleForm
from events.models import AlarmMessage, AlarmRule
from events.rule_tables import MESSAGE_STATES, RULES, quiet_words, rule_state, told_of
from events.services.outbox import send_again
from events.services.rules import delete_rule, renew_secret, save_rule
from events.services.telling import tell_test
from metering.views.people import user_of

MESSAGES = 100
_CRUMBS = "Alarm rules"


class RuleList(TableView):
    """Who is told of which alarms."""

    permission_required = "events.view_alarmrule"
    model = AlarmRule
    table = RULES
    title = "Alarm rules"
    lead = "Alarms that fit a rule are sent by e-mail or to a webhook."
    empty = EmptyState("nothing", "No alarm rules yet", "A rule tells people or systems of alarms as they come.")

    def get_queryset(self) -> QuerySet[AlarmRule]:
        rows: QuerySet[AlarmRule] = super().get_queryset().select_related("utility", "area", "group")
        return rows

    def get_page_actions(self) -> list[Action]:
        return [Action("New rule", reverse("events:rule-new"), "plus", "events.add_alarmrule", "primary")]


def _messages(request: HttpRequest, rule: AlarmRule) -> dict[str, Any]:
    rows = list(AlarmMessage.objects.filter(rule=rule)[:MESSAGES])
    for row in rows:
        row.shown_state = MESSAGE_STATES[row.state]  # type: ignore[attr-defined]
        row.subject = subject_of(row.content)  # type: ignore[attr-defined]
    return {"rows": rows}


class RulePage(DetailPage):
    """A rule and the latest of what it sent."""

    permission_required = "events.view_alarmrule"
    model = AlarmRule
    template_name = "events/rule.html"
    tabs = (Tab("", "Messages", "events/tabs/messages.html", context=_messages),)

    def get_queryset(self) -> QuerySet[AlarmRule]:
        rows: QuerySet[AlarmRule] = super().get_queryset().select_related("utility", "area", "group")
        return rows

    def get_crumbs(self) -> list[Crumb]:
        return [Crumb(_CRUMBS, reverse("events:rules"))]

    def get_strip(self) -> list[Fact]:
        rule = self.object
        return [
            Fact("State", rule_state(rule)),
            Fact("Tells of", told_of(rule)),
            Fact("E-mail to", ", ".join(rule.emails) or None),
            Fact("Webhook", rule.webhook_url or None),
            Fact("Quiet hours", quiet_words(rule)),
            Fact("Messages an hour", f"{rule.most_per_hour}, then a summary"),
        ]

    def get_page_actions(self) -> list[Action]:
        rule, change = self.object, "events.change_alarmrule"
        gone = "What was not sent yet will not be. Delete the rule?"
        new = "The receiver must know the new secret before it takes messages again. Make a new one?"
        actions = [
            Action("Send a test", reverse("events:rule-test", args=[rule.pk]), "play", change, "primary", post=True),
            Action(
                "Send failed ones again", reverse("events:rule-again", args=[rule.pk]), "refresh", change, post=True
            ),
            Action("Change", reverse("events:rule-edit", args=[rule.pk]), "edit", change),
        ]
        if rule.webhook_url:
            secret = reverse("events:rule-secret", args=[rule.pk])
            actions.append(Action("New secret", secret, "key", change, post=True, confirm=new))
        delete = reverse("events:rule-delete", args=[rule.pk])
        return [
            *actions,
            Action("Delete", delete, "trash", "events.delete_alarmrule", "danger", post=True, confirm=gone),
        ]


class NewRule(PermissionGate, VisibleMixin):
    """The form of a new rule, and what becomes of it."""

    permission_required = "events.add_alarmrule"
    visible_action = "add"
    model = AlarmRule
    title = "New alarm rule"

    def get(self, request: HttpRequest, **key: int) -> HttpResponse:
        return self._page(request, self._form(request, None))

    def post(self, request: HttpRequest, **key: int) -> HttpResponse:
        form = self._form(request, request.POST)
        if not form.is_valid():
            return self._page(request, form)
        rule = form.save(commit=False)
        _show(request, save_rule(rule=rule, user=user_of(request)))
        messages.success(request, f"{rule.name} is saved.")
        return HttpResponseRedirect(rule.get_absolute_url())

    def get_rule(self) -> AlarmRule | None:
        """The rule that is changed; None for a new one."""
        return None

    def _form(self, request: HttpRequest, posted: Any) -> RuleForm:
        return RuleForm(posted, instance=self.get_rule(), user=user_of(request))

    def _page(self, request: HttpRequest, form: RuleForm) -> HttpResponse:
        rule = form.instance
        back = rule.get_absolute_url() if rule.pk else reverse("events:rules")
        context = {
            "title": self.title, "form": form, "back_url": back, "crumbs": [Crumb(_CRUMBS, reverse("events:rules"))]
        }  # fmt: skip
        return render(request, "events/form.html", context, status=400 if form.errors else 200)


class EditRule(NewRule):
    """The form of a rule there is."""

    permission_required = "events.change_alarmrule"
    visible_action = "change"
    title = "Change the alarm rule"

    def get_rule(self) -> AlarmRule | None:
        rule: AlarmRule = self.get_visible_or_404(pk=self.kwargs["pk"])
        return rule


class _Steer(PermissionGate, VisibleMixin):
    permission_required = "events.change_alarmrule"
    visible_action = "change"
    model = AlarmRule


class RuleTest(_Steer):
    """POST: send a test message over every channel of the rule."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        rule = self.get_visible_or_404(pk=pk)
        tell_test(rule=rule, user=user_of(request))
        messages.success(request, "A test is on its way; below you see whether it was taken.")
        return HttpResponseRedirect(rule.get_absolute_url())


class RuleAgain(_Steer):
    """POST: send the failed messages of the rule again."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        rule = self.get_visible_or_404(pk=pk)
        count = send_again(rule=rule, user=user_of(request))
        messages.success(request, f"{count:,} message{'' if count == 1 else 's'} will be sent again.")
        return HttpResponseRedirect(rule.get_absolute_url())


class RuleSecret(_Steer):
    """POST: a new secret for the webhook of the rule, shown once."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        rule = self.get_visible_or_404(pk=pk)
        _show(request, renew_secret(rule=rule, user=user_of(request)))
        return HttpResponseRedirect(rule.get_absolute_url())


class RuleDelete(_Steer):
    """POST: delete the rule."""

    permission_required = "events.delete_alarmrule"
    visible_action = "delete"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        delete_rule(rule=self.get_visible_or_404(pk=pk), user=user_of(request))
        messages.success(request, "The rule is deleted.")
        return HttpResponseRedirect(reverse("events:rules"))


def _show(request: HttpRequest, secret: str) -> None:
    if secret:
        messages.warning(request, f"The secret that signs the webhook is {secret}. It is shown only now.")
