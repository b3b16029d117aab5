"""Rule sets: their list, the page of one, and what can be done with a whole set."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from access.changes import changes_of
from aim.web.access import PermissionGate, VisibleMixin
from aim.web.detail import DetailPage, Fact, Tab, TabLink
from aim.web.empty import EmptyState
from aim.web.links import Action, Crumb
from aim.web.lists import TableView
from metering.views.people import user_of
from validation.estimation import STEPS
from validation.forms.rule_set import CopyForm, RuleSetForm
from validation.models import RuleSet
from validation.rule_lines import lines_of, problems_of, step_lines
from validation.rule_tables import RULE_SETS, set_state
from validation.services.changing_rules import RuleSetError, delete_rule_set, describe_rule_set, make_rule_set
from validation.services.copying import copy_rule_set

CHANGE = "validation.change_ruleset"
HOME = "validation:rule_sets"


class RuleSetList(TableView):
    """The rule sets by name."""

    permission_required = "validation.view_ruleset"
    model = RuleSet
    table = RULE_SETS
    title = "Rule sets"
    lead = "Rules in order, and how estimates are found. Which set judges which series, assignments say."
    empty = EmptyState("nothing", "No rule sets yet", "The shipped sets come with “manage.py sync”.")

    def get_queryset(self) -> QuerySet[RuleSet]:
        rows: QuerySet[RuleSet] = super().get_queryset().select_related("utility")
        return rows.annotate(
            rule_count=Count("rules", distinct=True), assigned_count=Count("assignments", distinct=True)
        )

    def get_page_actions(self) -> list[Action]:
        return [
            Action("What if", reverse("validation:what_if"), "search", "validation.run_validation"),
            Action("Assignments", reverse("validation:assignments"), "list", "validation.view_assignment"),
            Action("New rule set", reverse("validation:rule_set_new"), "plus", "validation.add_ruleset", "primary"),
        ]


def _rules(request: HttpRequest, rule_set: RuleSet) -> dict[str, Any]:
    return {"lines": lines_of(rule_set, user_of(request)), "problems": problems_of(rule_set), **_may(request, rule_set)}


def _steps(request: HttpRequest, rule_set: RuleSet) -> dict[str, Any]:
    choices = [(code, info.label) for code, info in STEPS.items()]
    return {"steps": step_lines(rule_set), "choices": choices, **_may(request, rule_set)}


def _assigned(request: HttpRequest, rule_set: RuleSet) -> dict[str, Any]:
    rows = rule_set.assignments.select_related("series__measured_property", "series__metering_point", "group")
    return {"assignments": rows}


def _history(request: HttpRequest, rule_set: RuleSet) -> dict[str, Any]:
    rules = list(rule_set.rules.values_list("pk", flat=True))
    return {"changes": changes_of({RuleSet: [rule_set.pk], rule_set.rules.model: rules})}


def _may(request: HttpRequest, rule_set: RuleSet) -> dict[str, Any]:
    allowed = user_of(request).has_perm(CHANGE) and not rule_set.shipped
    return {"rule_set": rule_set, "may_change": allowed}


class RuleSetPage(DetailPage):
    """A rule set: its rules in order as sentences, its steps of estimating, where it is assigned, its changes."""

    permission_required = "validation.view_ruleset"
    model = RuleSet
    template_name = "validation/rule_set.html"
    tabs = (
        Tab("", "Rules", "validation/tabs/rules.html", context=_rules, count=lambda each: each.rules.count()),
        Tab("estimation", "Estimating", "validation/tabs/estimation.html", context=_steps),
        Tab(
            "assigned", "Assigned", "validation/tabs/assigned.html", context=_assigned,
            count=lambda each: each.assignments.count(), permission="validation.view_assignment",
        ),
        Tab("changes", "Changes", "validation/tabs/rule_set_changes.html", context=_history),
    )  # fmt: skip

    def get_queryset(self) -> QuerySet[RuleSet]:
        rows: QuerySet[RuleSet] = super().get_queryset().select_related("utility")
        return rows

    def get_crumbs(self) -> list[Crumb]:
        return [Crumb("Rule sets", reverse(HOME))]

    def get_tab_links(self) -> list[TabLink]:
        """Periodic values are never estimated."""
        links = super().get_tab_links()
        hidden = self.tab_url("estimation") if self.object.kind == RuleSet.Kind.PERIODIC else None
        return [link for link in links if link.url != hidden]

    def get_strip(self) -> list[Fact]:
        rule_set = self.object
        return [
            Fact("Origin", set_state(rule_set)),
            Fact("Values", rule_set.get_kind_display()),
            Fact("Version", rule_set.version),
            Fact("Changed", rule_set.changed_at),
            Fact("Utility", rule_set.utility.name),
            *([Fact("Combinations", "those of AIM's tables only")] if rule_set.compatible else []),
        ]

    def get_page_actions(self) -> list[Action]:
        rule_set = self.object
        try_url = f"{reverse('validation:what_if')}?{urlencode({'rule_set': rule_set.pk})}"
        copy = Action("Copy to change", _url("copy", rule_set), "plus", "validation.add_ruleset", "primary")
        found = [Action("What if", try_url, "search", "validation.run_validation")]
        return found + ([copy] if rule_set.shipped else self._own(rule_set))

    def _own(self, rule_set: RuleSet) -> list[Action]:
        question = "The set, its rules and steps are forgotten; what they found stays. Delete it?"
        return [
            Action("Copy", _url("copy", rule_set), "", "validation.add_ruleset"),
            Action("Rename", _url("change", rule_set), "edit", CHANGE),
            Action(
                "Delete", _url("delete", rule_set), "trash", "validation.delete_ruleset", "danger",
                post=True, confirm=question,
            ),
            Action("Add a rule", reverse("validation:rule_new", args=[rule_set.pk]), "plus", CHANGE, "primary"),
        ]  # fmt: skip

    def get_context_data(self) -> dict[str, Any]:
        return super().get_context_data() | {"lead": self.object.description}


class _RuleSetForm(PermissionGate, VisibleMixin):
    """GET shows the form, POST stores it."""

    model = RuleSet
    title = "Change rule set"

    def get_rule_set(self) -> RuleSet | None:
        found: RuleSet = self.get_visible_or_404(pk=self.kwargs["pk"])
        return found

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(RuleSetForm(user=user_of(request), instance=self.get_rule_set()))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = RuleSetForm(request.POST, user=user_of(request), instance=self.get_rule_set())
        if not form.is_valid():
            return self._show(form, status=400)
        try:
            self.store(form.instance)
        except RuleSetError as error:
            form.add_error(None, str(error))
            return self._show(form, status=409)
        return HttpResponseRedirect(form.instance.get_absolute_url())

    def store(self, rule_set: RuleSet) -> None:
        describe_rule_set(rule_set=rule_set, user=user_of(self.request))

    def _show(self, form: RuleSetForm, status: int = 200) -> HttpResponse:
        back = form.instance.get_absolute_url() if form.instance.pk else reverse(HOME)
        context = {"form": form, "title": self.title, "crumbs": [Crumb("Rule sets", reverse(HOME))], "back_url": back}
        return render(self.request, "web/form.html", context, status=status)


class RuleSetNew(_RuleSetForm):
    permission_required = "validation.add_ruleset"
    title = "New rule set"

    def get_rule_set(self) -> RuleSet | None:
        return None

    def store(self, rule_set: RuleSet) -> None:
        make_rule_set(rule_set=rule_set, user=user_of(self.request))


class RuleSetChange(_RuleSetForm):
    permission_required = CHANGE
    visible_action = "change"


class RuleSetCopy(PermissionGate, VisibleMixin):
    """GET asks for the name, POST makes the copy and leads to it."""

    permission_required = "validation.add_ruleset"
    model = RuleSet

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rule_set: RuleSet = self.get_visible_or_404(pk=pk)
        return self._show(rule_set, CopyForm(rule_set=rule_set))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        rule_set: RuleSet = self.get_visible_or_404(pk=pk)
        form = CopyForm(request.POST, rule_set=rule_set)
        if not form.is_valid():
            return self._show(rule_set, form, status=400)
        copy = copy_rule_set(rule_set=rule_set, name=form.cleaned_data["name"], user=user_of(request))
        messages.success(request, f"{copy} is yours to change. It judges nothing until it is assigned.")
        return HttpResponseRedirect(copy.get_absolute_url())

    def _show(self, rule_set: RuleSet, form: CopyForm, status: int = 200) -> HttpResponse:
        back = rule_set.get_absolute_url()
        crumbs = [Crumb("Rule sets", reverse(HOME)), Crumb(str(rule_set), back)]
        context = {"form": form, "title": f"Copy {rule_set}", "submit": "Copy", "crumbs": crumbs, "back_url": back}
        return render(self.request, "web/form.html", context, status=status)


class RuleSetDelete(PermissionGate, VisibleMixin):
    """POST: gone, unless it is in use."""

    permission_required = "validation.delete_ruleset"
    visible_action = "delete"
    model = RuleSet

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        rule_set: RuleSet = self.get_visible_or_404(pk=pk)
        try:
            delete_rule_set(rule_set=rule_set, user=user_of(request))
        except RuleSetError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(reverse("validation:rule_set", args=[pk, "assigned"]))
        messages.success(request, f"{rule_set} is deleted.")
        return HttpResponseRedirect(reverse(HOME))


def _url(name: str, rule_set: RuleSet) -> str:
    return reverse(f"validation:rule_set_{name}", args=[rule_set.pk])
