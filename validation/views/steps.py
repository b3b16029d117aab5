"""The steps of estimating of a set: adding, changing, moving and removing one."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from aim.web.access import PermissionGate
from aim.web.links import Crumb
from metering.views.people import user_of
from validation.estimation import STEPS, read_steps
from validation.forms.step import StepForm
from validation.models import RuleSet
from validation.parameters import ParameterError
from validation.services.changing_rules import RuleSetError, save_steps

Steps = list[dict[str, Any]]


class _StepPage(PermissionGate):
    permission_required = "validation.change_ruleset"

    @cached_property
    def rule_set(self) -> RuleSet:
        rows = RuleSet.objects.visible_to(user_of(self.request), "change").select_related("utility")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @property
    def home(self) -> str:
        return reverse("validation:rule_set", args=[self.rule_set.pk, "estimation"])

    @cached_property
    def place(self) -> int:
        """The index of the step the address names; Http404 where there is none."""
        number = int(self.kwargs["number"])
        if not 1 <= number <= len(self.rule_set.estimation):
            raise Http404("There is no such step.")
        return number - 1

    def store(self, steps: Steps) -> str:
        """Keep the steps; why not, in words, where they cannot be kept."""
        try:
            read_steps(steps)
            save_steps(rule_set=self.rule_set, steps=steps, user=user_of(self.request))
        except (ParameterError, RuleSetError) as error:
            return str(error)
        return ""


class _StepForm(_StepPage):
    """GET shows the form of one step, POST keeps it."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(self.get_form(None))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.get_form(request.POST)
        if not form.is_valid():
            return self._show(form, status=400)
        if problem := self.store(self.changed(form.step)):
            form.add_error(None, problem)
            return self._show(form, status=409)
        return HttpResponseRedirect(self.home)

    def get_form(self, posted: Any) -> StepForm:
        raise NotImplementedError

    def changed(self, step: dict[str, Any]) -> Steps:
        """The steps of the set with this one in its place."""
        raise NotImplementedError

    def _show(self, form: StepForm, status: int = 200) -> HttpResponse:
        crumbs = [Crumb("Rule sets", reverse("validation:rule_sets")), Crumb(str(self.rule_set), self.home)]
        context = {"form": form, "title": f"Estimating: {form.info.label.lower()}", "crumbs": crumbs}
        return render(self.request, "web/form.html", context | {"back_url": self.home}, status=status)


class StepNew(_StepForm):
    """A step more, tried last: `?method=` says which."""

    def get_form(self, posted: Any) -> StepForm:
        code = self.request.GET.get("method", "")
        if code not in STEPS:
            raise Http404("There is no such step.")
        return StepForm(posted, code=code)

    def changed(self, step: dict[str, Any]) -> Steps:
        return [*self.rule_set.estimation, step]


class StepChange(_StepForm):
    """Other parameters for a step."""

    def get_form(self, posted: Any) -> StepForm:
        stored = self.rule_set.estimation[self.place]
        if stored.get("method") not in STEPS:
            raise Http404("Nobody knows this step any more: remove it.")
        return StepForm(posted, code=stored["method"], stored=stored.get("parameters") or {})

    def changed(self, step: dict[str, Any]) -> Steps:
        steps = list(self.rule_set.estimation)
        steps[self.place] = step
        return steps


class _StepAct(_StepPage):
    """POST: the steps in another order, or one less."""

    def post(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        if problem := self.store(self.changed(list(self.rule_set.estimation))):
            messages.error(request, problem)
        return HttpResponseRedirect(self.home)

    def changed(self, steps: Steps) -> Steps:
        raise NotImplementedError


class StepUp(_StepAct):
    def changed(self, steps: Steps) -> Steps:
        before = max(self.place - 1, 0)
        steps[before], steps[self.place] = steps[self.place], steps[before]
        return steps


class StepRemove(_StepAct):
    def changed(self, steps: Steps) -> Steps:
        del steps[self.place]
        return steps
