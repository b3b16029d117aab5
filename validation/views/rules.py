"""The rules of a set: adding, changing, switching, moving and deleting one."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from aim.web.access import PermissionGate, VisibleMixin
from aim.web.links import Crumb
from metering.views.people import user_of
from validation.forms.rule import RuleForm
from validation.models import Rule, RuleSet
from validation.parameters import Kind
from validation.rule_choices import Described, actions_of, condition_of, conditions_for
from validation.rule_names import formula_names
from validation.rule_words import open_sentence
from validation.services.changing_rules import RuleSetError, delete_rule, move_rule, save_rule, switch_rule

CHANGE = "validation.change_ruleset"


class _RulePage(PermissionGate):
    """GET shows the form of a rule, POST stores it; a shipped set is not changed."""

    permission_required = CHANGE

    def get_rule(self) -> Rule:
        raise NotImplementedError

    @cached_property
    def rule(self) -> Rule:
        return self.get_rule()

    def get_condition(self) -> Described | None:
        code = self.request.POST.get("condition") or self.request.GET.get("condition") or self.rule.condition
        return condition_of(self.rule.rule_set.kind, code)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        condition = self.get_condition()
        if condition is None or "choose" in request.GET or not actions_of(self.rule.rule_set, condition):
            return self._choose()
        return self._show(RuleForm(rule=self.rule, condition=condition, user=user_of(request)))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        condition = self.get_condition()
        if condition is None:
            return self._choose()
        form = RuleForm(request.POST, rule=self.rule, condition=condition, user=user_of(request))
        if not form.is_valid():
            return self._show(form, status=400)
        try:
            save_rule(rule=self.rule, user=user_of(request))
        except RuleSetError as error:
            form.add_error(None, str(error))
            return self._show(form, status=409)
        messages.success(request, f"“{self.rule.name}” is saved.")
        return HttpResponseRedirect(self.rule.rule_set.get_absolute_url())

    def _choose(self) -> HttpResponse:
        """The first of two steps: what the rule looks for."""
        offered = [(each, open_sentence(each)) for each in conditions_for(self.rule.rule_set)]
        context = {"conditions": offered, "title": "What does the rule look for?"}
        return render(self.request, "validation/choose_condition.html", context | self._frame())

    def _show(self, form: RuleForm, status: int = 200) -> HttpResponse:
        condition, kind = form.condition, self.rule.rule_set.kind
        with_formula = any(each.kind is Kind.FORMULA for each in condition.parameters)
        context = {
            "form": form,
            "title": "Change rule" if self.rule.pk else f"New rule: {condition.label.lower()}",
            "condition": condition,
            "words": open_sentence(condition),
            "names": formula_names(kind) if with_formula else None,
            **self._frame(),
        }
        return render(self.request, "validation/rule_form.html", context, status=status)

    def _frame(self) -> dict[str, Any]:
        rule_set = self.rule.rule_set
        crumbs = [
            Crumb("Rule sets", reverse("validation:rule_sets")),
            Crumb(str(rule_set), rule_set.get_absolute_url()),
        ]
        return {"crumbs": crumbs, "rule_set": rule_set, "rule": self.rule, "back_url": rule_set.get_absolute_url()}


class RuleNew(_RulePage):
    """A rule more: first its condition, then the rest."""

    def get_rule(self) -> Rule:
        rows = RuleSet.objects.visible_to(user_of(self.request), "change").select_related("utility")
        return Rule(rule_set=get_object_or_404(rows, pk=self.kwargs["pk"]))


class RuleChange(_RulePage):
    """A rule there is."""

    def get_rule(self) -> Rule:
        return visible_rule(self.request, self.kwargs["pk"])


class _RuleStep(PermissionGate, VisibleMixin):
    """POST: something is done to one rule; leads back to its place in the set."""

    permission_required = CHANGE
    model = Rule

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        rule = visible_rule(request, pk)
        try:
            self.act(rule)
        except RuleSetError as error:
            messages.error(request, str(error))
        return HttpResponseRedirect(f"{rule.rule_set.get_absolute_url()}#rule-{pk}")

    def act(self, rule: Rule) -> None:
        raise NotImplementedError


class RuleMove(_RuleStep):
    up = False

    def act(self, rule: Rule) -> None:
        move_rule(rule=rule, up=self.up, user=user_of(self.request))


class RuleSwitch(_RuleStep):
    enabled = False

    def act(self, rule: Rule) -> None:
        switch_rule(rule=rule, enabled=self.enabled, user=user_of(self.request))


class RuleDelete(_RuleStep):
    def act(self, rule: Rule) -> None:
        name = rule.name
        delete_rule(rule=rule, user=user_of(self.request))
        messages.success(self.request, f"“{name}” is deleted.")


def visible_rule(request: HttpRequest, pk: int) -> Rule:
    """The rule of a set the person may change, or Http404."""
    sets: QuerySet[RuleSet] = RuleSet.objects.visible_to(user_of(request), "change")
    rule = Rule.objects.filter(pk=pk, rule_set__in=sets).select_related("rule_set__utility").first()
    if rule is None:
        raise Http404("There is no such rule.")
    return rule
