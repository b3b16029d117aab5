"""Addresses of the dashboard and the reports."""

from django.urls import path

from reports.delivery_page import Deliveries
from reports.views import Dashboard

app_name = "reports"

urlpatterns = [
    path("", Dashboard.as_view(), name="dashboard"),
    path("reports/deliveries/", Deliveries.as_view(), name="deliveries"),
]
