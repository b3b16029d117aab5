"""The frames of one attempt: their octets and what they say; decoded only for who may, each look recorded."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from aim.web.access import PermissionGate, VisibleMixin, may
from aim.web.links import Crumb
from devices.keystore import KeyStoreError
from headend.models import Frames
from headend.services.frames import keys_to_decode, recording_of
from headend.told_frames import told
from metering.views.people import user_of


class _KeptFrames(PermissionGate, VisibleMixin):
    model = Frames

    def get_queryset(self) -> QuerySet[Frames]:
        rows: QuerySet[Frames] = super().get_queryset()
        return rows.select_related("attempt__item__job", "attempt__item__device__utility")

    def find(self, pk: int, number: int) -> Frames:
        """The frames of attempt `number` of item `pk` through the one door."""
        frames: Frames = self.get_visible_or_404(attempt__item=pk, attempt__number=number)
        return frames

    def show(self, frames: Frames, *, decoded: bool) -> HttpResponse:
        """The page; with a message in the place of the frames where a master key is missing."""
        item = frames.attempt.item
        context: dict[str, Any] = {
            "kept": frames,
            "item": item,
            "decoded": decoded,
            "may_decode": may(self.request, "headend.decode_frames") and not decoded,
            "crumbs": [
                Crumb("Jobs", reverse("headend:jobs")),
                Crumb(item.job.title, item.job.get_absolute_url()),
                Crumb(item.device.serial_number, item.get_absolute_url()),
            ],
            "title": f"Frames of attempt {frames.attempt.number}",
            "lead": item.device.serial_number,
        }
        try:
            keys = keys_to_decode(frames, user_of(self.request)) if decoded else None
            context["frames"] = told(recording_of(frames), keys)
        except KeyStoreError as error:
            context["problem"] = str(error)
        return render(self.request, "headend/frames.html", context)


class FramesPage(_KeptFrames):
    """What went over the line; what is ciphered stays closed."""

    permission_required = "headend.view_frames"

    def get(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        return self.show(self.find(pk, number), decoded=False)


class FramesDecoded(_KeptFrames):
    """The same, with what is ciphered opened by the keys of the device. A post, for each look is recorded."""

    permission_required = "headend.decode_frames"
    visible_action = "decode"

    def post(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        return self.show(self.find(pk, number), decoded=True)
