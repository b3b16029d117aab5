"""Addresses of the event pages."""

from django.urls import path

from events.views import EventList

app_name = "events"

urlpatterns = [path("events/", EventList.as_view(), name="events")]
