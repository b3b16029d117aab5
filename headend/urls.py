"""Addresses of the head-end pages."""

from django.contrib.auth.decorators import login_required
from django.urls import path

from headend.views import (
    clocks,
    discovered,
    exclusions,
    gaps,
    item,
    item_frames,
    job,
    job_new,
    job_steer,
    jobs,
    meter_lists,
    read_now,
    schedule_edit,
    schedules,
    segments,
)

app_name = "headend"

urlpatterns = [
    path("clocks/", clocks.ClockList.as_view(), name="clocks"),
    path("segments/", segments.SegmentsPage.as_view(), name="segments"),
    path("discovered/", discovered.DiscoveredList.as_view(), name="discovered"),
    path("discovered/<int:pk>/", discovered.DiscoveredPage.as_view(), name="discovered-device"),
    path("missing-values/", gaps.GapList.as_view(), name="gaps"),
    path("exclusions/", exclusions.ExclusionList.as_view(), name="exclusions"),
    path("exclusions/new/", exclusions.ExclusionNew.as_view(), name="exclusion-new"),
    path("exclusions/<int:pk>/", exclusions.ExclusionChange.as_view(), name="exclusion"),
    path("concentrators/", meter_lists.DifferenceList.as_view(), name="differences"),
    path("concentrators/<int:pk>/", meter_lists.ConcentratorList.as_view(), name="concentrator"),
    path("concentrators/<int:pk>/read/", meter_lists.ReadList.as_view(), name="read-list"),
    path("jobs/", jobs.JobList.as_view(), name="jobs"),
    path("jobs/new/", job_new.JobNew.as_view(), name="job-new"),
    path("jobs/running/", login_required(jobs.running), name="running"),
    path("jobs/<int:pk>/", job.JobPage.as_view(), name="job"),
    path("jobs/<int:pk>/head/", job.JobHead.as_view(), name="job-head"),
    path("jobs/<int:pk>/retry/", job.JobRetry.as_view(), name="job-retry"),
    path("jobs/<int:pk>/cancel/", job.JobCancel.as_view(), name="job-cancel"),
    path("jobs/<int:pk>/pause/", job_steer.JobPause.as_view(), name="job-pause"),
    path("jobs/<int:pk>/resume/", job_steer.JobResume.as_view(), name="job-resume"),
    path("jobs/<int:pk>/add/", job_steer.JobAdd.as_view(), name="job-add"),
    path("jobs/<int:pk>/change/", job_steer.JobChange.as_view(), name="job-change"),
    path("sessions/<int:pk>/", item.ItemPage.as_view(), name="item"),
    path("sessions/<int:pk>/live/", item.ReadingFragment.as_view(), name="reading"),
    path("sessions/<int:pk>/frames/<int:number>/", item_frames.FramesPage.as_view(), name="frames"),
    path("sessions/<int:pk>/frames/<int:number>/decoded/", item_frames.FramesDecoded.as_view(), name="frames-decoded"),
    path("read-now/<int:pk>/", read_now.ReadNow.as_view(), name="read-now"),
    path("schedules/", schedules.ScheduleList.as_view(), name="schedules"),
    path("schedules/new/", schedule_edit.ScheduleNew.as_view(), name="schedule-new"),
    path("schedules/preview/", schedule_edit.SchedulePreview.as_view(), name="schedule-preview"),
    path("schedules/<int:pk>/", schedules.SchedulePage.as_view(), name="schedule"),
    path("schedules/<int:pk>/change/", schedule_edit.ScheduleChange.as_view(), name="schedule-change"),
    path("schedules/<int:pk>/delete/", schedule_edit.ScheduleDelete.as_view(), name="schedule-delete"),
    path("schedules/<int:pk>/run/", schedules.ScheduleRun.as_view(), name="schedule-run"),
    path("schedules/<int:pk>/on/", schedules.ScheduleSwitch.as_view(enabled=True), name="schedule-on"),
    path("schedules/<int:pk>/off/", schedules.ScheduleSwitch.as_view(enabled=False), name="schedule-off"),
    path("schedules/<int:pk>/<slug:tab>/", schedules.SchedulePage.as_view(), name="schedule"),
]
