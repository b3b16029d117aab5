import time
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from access.command_line import add_utility, utility_of
from access.models import Utility
from headend import causes, kinds
from headend.models import Job, JobItem
from headend.models.job import Priority
from headend.services.jobs import Order, create_job
from headend.targets import NAMES, Kind, Target, TargetError, devices_of, named
from headend.wake import queue_of
from headend.worker import work_off

_LOOK_S = 0.5
_AIMED = (Kind.GROUP, Kind.AREA, Kind.FEEDER, Kind.REGION)


class Command(BaseCommand):
    help = "Read devices now: registers, profile, daily values, events. Prints progress and how each device ended."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("serial", nargs="*", help="serial numbers of the devices; none with --all")
        parser.add_argument("--all", action="store_true", help="all devices of the utility")
        for kind in _AIMED:
            parser.add_argument(f"--{kind}", help=f"devices of this {NAMES[kind].lower()}")
        add_utility(parser)
        parser.add_argument("--kind", default=kinds.ON_DEMAND.code, choices=[code for code, _ in kinds.choices()])
        parser.add_argument(
            "--what", nargs="+", default=list(kinds.READ_NOW), choices=list(kinds.WHAT),
            help="what an on-demand reading (kind read_now) reads",
        )  # fmt: skip
        parser.add_argument("--here", action="store_true", help="read in this process instead of leaving it to workers")
        parser.add_argument(
            "--keep-frames",
            action="store_true",
            help="keep what goes over the lines, to be looked at",
        )
        parser.add_argument("--minutes", type=int, default=10, help="give up after so many minutes")

    def handle(self, *args: Any, **options: Any) -> None:
        utility = utility_of(options["utility"])
        job = self._order(utility, self._target(utility, options), options)
        if options["here"]:
            work_off(queue_of(job.priority))
        self._follow(job)
        self._report(job)

    def _target(self, utility: Utility, options: dict[str, Any]) -> Target:
        """The one target the options name."""
        asked = [(kind, options[kind]) for kind in _AIMED if options[kind]]
        asked += [(Kind.SERIALS, " ".join(options["serial"]))] * bool(options["serial"])
        asked += [(Kind.ALL, "")] * options["all"]
        if len(asked) != 1:
            raise CommandError("Name devices by serial number, or say --group, --area, --feeder, --region or --all.")
        try:
            return named(*asked[0], utility=utility)
        except TargetError as error:
            raise CommandError(str(error)) from error

    def _order(self, utility: Utility, target: Target, options: dict[str, Any]) -> Job:
        few = len(options["serial"]) == 1
        order = Order(
            kind=options["kind"],
            title=f"Read {options['serial'][0]} now" if few else kinds.kind(options["kind"]).name,
            priority=Priority.ON_DEMAND if few else Priority.BULK,
            expires_in=timedelta(minutes=options["minutes"]),
            parameters={"what": options["what"]} if options["kind"] == kinds.ON_DEMAND.code else {},
            target=target,
            keep_frames=options["keep_frames"],
        )
        return create_job(utility=utility, order=order, devices=devices_of(target, utility=utility))

    def _follow(self, job: Job) -> None:
        """Print the progress until the job has ended."""
        shown = ""
        while True:
            counts = job.items.all().tally()
            line = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
            if line != shown:
                self.stdout.write(f"job {job.pk}: {line}")
                shown = line
            if not any(counts.get(state) for state in JobItem.OPEN):
                return
            time.sleep(_LOOK_S)

    def _report(self, job: Job) -> None:
        """Name what failed and why; exit with an error when anything did."""
        bad = job.items.exclude(state=JobItem.State.OK).select_related("device")
        for item in bad:
            rule = causes.rule(item.last_cause)
            self.stdout.write(f"{item.device}: {item.state}: {rule.text}: {item.detail}. {rule.advice}")
        if bad:
            raise CommandError(f"{len(bad)} of {job.items.count()} devices were not read.")
