"""Addresses of the dashboard."""

from django.urls import path

from reports.views import Dashboard

app_name = "reports"

urlpatterns = [path("", Dashboard.as_view(), name="dashboard")]
