"""Addresses of the device pages. Built when all apps are ready, so that what they added is there."""

from django.urls import path

from devices.panels import extensions
from devices.tables import devices_table
from devices.views import groups, on_site
from devices.views.device import OWN_TABS, DevicePage
from devices.views.devices import DeviceList
from devices.views.state import StatePage

app_name = "devices"

_device = DevicePage.as_view(tabs=extensions.tabs(OWN_TABS))

urlpatterns = [
    path("devices/", DeviceList.as_view(table=devices_table()), name="devices"),
    path("devices/groups/", groups.GroupList.as_view(), name="groups"),
    path("devices/groups/new/", groups.GroupNew.as_view(), name="group-new"),
    path("devices/groups/add/", groups.GroupAdd.as_view(), name="group-add"),
    path("devices/groups/<int:pk>/", groups.GroupPage.as_view(), name="group"),
    path("devices/groups/<int:pk>/delete/", groups.GroupDelete.as_view(), name="group-delete"),
    path("devices/<int:pk>/install/", on_site.InstallPage.as_view(), name="install"),
    path("devices/<int:pk>/exchange/", on_site.ExchangePage.as_view(), name="exchange"),
    path("devices/<int:pk>/remove/", on_site.RemovePage.as_view(), name="remove"),
    path("devices/<int:pk>/state/", StatePage.as_view(), name="state"),
    path("devices/<int:pk>/", _device, name="device"),
    path("devices/<int:pk>/<slug:tab>/", _device, name="device"),
]
