"""Addresses of the pages of validation."""

from django.urls import path

from validation.views import (
    assignments,
    corrections,
    examples,
    finding,
    findings,
    groups,
    rule_sets,
    rules,
    run_new,
    runs,
    steps,
)

app_name = "validation"

urlpatterns = [
    path("exceptions/", findings.FindingList.as_view(), name="findings"),
    path("corrections/", corrections.CorrectionList.as_view(), name="corrections"),
    path("exceptions/count/", findings.FindingCount.as_view(), name="finding-count"),
    path("exceptions/groups/", groups.GroupList.as_view(), name="groups"),
    path("exceptions/groups/<int:pk>/", groups.GroupPage.as_view(), name="group"),
    path("exceptions/rules/", groups.RulePerformancePage.as_view(), name="rule-performance"),
    path("exceptions/<int:pk>/", finding.FindingPage.as_view(), name="finding"),
    path("exceptions/<int:pk>/chart.json", finding.FindingChart.as_view(), name="finding-chart"),
    path("rule-sets/", rule_sets.RuleSetList.as_view(), name="rule_sets"),
    path("rule-sets/new/", rule_sets.RuleSetNew.as_view(), name="rule_set_new"),
    path("rule-sets/assignments/", assignments.AssignmentsPage.as_view(), name="assignments"),
    path("rule-sets/assignments/new/", assignments.AssignmentNew.as_view(), name="assignment_new"),
    path("rule-sets/assignments/<int:pk>/remove/", assignments.AssignmentRemove.as_view(), name="assignment_remove"),
    path("rule-sets/<int:pk>/", rule_sets.RuleSetPage.as_view(), name="rule_set"),
    path("rule-sets/<int:pk>/change/", rule_sets.RuleSetChange.as_view(), name="rule_set_change"),
    path("rule-sets/<int:pk>/copy/", rule_sets.RuleSetCopy.as_view(), name="rule_set_copy"),
    path("rule-sets/<int:pk>/delete/", rule_sets.RuleSetDelete.as_view(), name="rule_set_delete"),
    path("rule-sets/<int:pk>/rules/new/", rules.RuleNew.as_view(), name="rule_new"),
    path("rule-sets/<int:pk>/<slug:tab>/", rule_sets.RuleSetPage.as_view(), name="rule_set"),
    path("rule-sets/<int:pk>/steps/new/", steps.StepNew.as_view(), name="step_new"),
    path("rule-sets/<int:pk>/steps/<int:number>/", steps.StepChange.as_view(), name="step"),
    path("rule-sets/<int:pk>/steps/<int:number>/up/", steps.StepUp.as_view(), name="step_up"),
    path("rule-sets/<int:pk>/steps/<int:number>/remove/", steps.StepRemove.as_view(), name="step_remove"),
    path("rules/<int:pk>/", rules.RuleChange.as_view(), name="rule"),
    path("rules/<int:pk>/up/", rules.RuleMove.as_view(up=True), name="rule_up"),
    path("rules/<int:pk>/down/", rules.RuleMove.as_view(up=False), name="rule_down"),
    path("rules/<int:pk>/on/", rules.RuleSwitch.as_view(enabled=True), name="rule_on"),
    path("rules/<int:pk>/off/", rules.RuleSwitch.as_view(enabled=False), name="rule_off"),
    path("rules/<int:pk>/delete/", rules.RuleDelete.as_view(), name="rule_delete"),
    path("validation-runs/", runs.RunList.as_view(), name="runs"),
    path("validation-runs/new/", run_new.RunNew.as_view(), name="run_new"),
    path("validation-runs/what-if/", run_new.WhatIf.as_view(), name="what_if"),
    path("validation-runs/<int:pk>/", runs.RunPage.as_view(), name="run"),
    path("validation-runs/<int:pk>/head/", runs.RunHead.as_view(), name="run_head"),
    path("validation-runs/<int:pk>/cancel/", runs.RunCancel.as_view(), name="run_cancel"),
    path(
        "validation-runs/<int:pk>/examples/<int:number>/<int:rule>/",
        examples.ExamplesPage.as_view(),
        name="run_examples",
    ),
    path(
        "validation-runs/<int:pk>/examples/<int:number>/<int:rule>/chart.json",
        examples.ExampleChart.as_view(),
        name="run_example_chart",
    ),
]
