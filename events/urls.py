"""Addresses of the event pages."""

from django.urls import path

from events import views

app_name = "events"

urlpatterns = [
    path("events/", views.EventList.as_view(), name="events"),
    path("alarms/", views.AlarmList.as_view(), name="alarms"),
    path("alarms/news/", views.AlarmNews.as_view(), name="alarm-news"),
    path("alarms/count/", views.AlarmCount.as_view(), name="alarm-count"),
    path("outages/", views.OutageList.as_view(), name="outages"),
    path("outages/lasting/", views.OpenOutages.as_view(), name="lasting"),
    path("outages/announced/", views.PlannedOutageList.as_view(), name="planned"),
    path("outages/announced/new/", views.NewPlannedOutage.as_view(), name="planned-new"),
    path("outages/<int:pk>/", views.OutagePage.as_view(), name="outage"),
    path("outages/<int:pk>/<slug:tab>/", views.OutagePage.as_view(), name="outage"),
    path("areas/<int:pk>/voltage/", views.VoltagePage.as_view(), name="voltage"),
    path("alarm-rules/", views.RuleList.as_view(), name="rules"),
    path("alarm-rules/new/", views.NewRule.as_view(), name="rule-new"),
    path("alarm-rules/<int:pk>/", views.RulePage.as_view(), name="rule"),
    path("alarm-rules/<int:pk>/change/", views.EditRule.as_view(), name="rule-edit"),
    path("alarm-rules/<int:pk>/test/", views.RuleTest.as_view(), name="rule-test"),
    path("alarm-rules/<int:pk>/again/", views.RuleAgain.as_view(), name="rule-again"),
    path("alarm-rules/<int:pk>/secret/", views.RuleSecret.as_view(), name="rule-secret"),
    path("alarm-rules/<int:pk>/delete/", views.RuleDelete.as_view(), name="rule-delete"),
]
