"""What each act of a person asks, and whether it may be: an entry to write, or why not.

An animator may do all of it; a member may bring and withdraw a job of their own, and
cancel its print.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import replace

from config.site import Site
from kiosk.floor import acts
from kiosk.floor.activity import Activity
from kiosk.floor.activity_acts import ActivityAct
from kiosk.floor.acts import Act, Told, WhyNot
from kiosk.floor.lineup import FILAMENT, waiting_of
from kiosk.floor.pending import Outcome, Pending
from kiosk.floor.people import People
from kiosk.floor.people_acts import PeopleActs
from kiosk.floor.people_asked import PeopleAct
from kiosk.floor.post import Post
from kiosk.floor.queue import Queue
from kiosk.floor.session_acts import SessionActs
from kiosk.floor.writing import Writing
from machines.instants import Instant
from machines.job_entries import (
    ConnectOrdered,
    JobApproved,
    JobAssigned,
    JobCollected,
    JobMoved,
    JobPrioritised,
    JobRequeued,
    JobStarting,
    JobSubmitted,
    JobWithdrawn,
    Ordered,
    PlateCleared,
    PrintJudged,
    PrintOrdered,
    PrintOwned,
    SpoolLoaded,
)
from machines.jobs import Job, Jobs, Over, Starting, ToApprove, Waiting
from machines.journal import Body, ConditionSet, Entry, Personal
from machines.order import may_submit
from machines.starting import Asking, Attempt, Unsure, Uploading


class Acting:
    """For the floor's thread alone."""

    def __init__(
        self,
        site: Site,
        posts: Mapping[str, Post],
        people: People,
        writing: Writing,
        queue: Queue,
        sessions: SessionActs,
        members: PeopleActs,
    ) -> None:
        self._site = site
        self._posts = posts
        self._people = people
        self._writing = writing
        self._queue = queue
        self._sessions = sessions
        self._members = members
        self.activity = Activity(site, posts, people, writing, sessions)

    def judge(self, act: Act, by: str, at: Instant) -> Outcome:
        if not self._writing.ok:
            return Told(False, WhyNot.JOURNAL)
        member = self._people.member(by)
        by = member.id if member else by
        if not (member and member.animator) and not self._is_own(act, by):
            return Told(False, WhyNot.YOURS)
        match act:
            case acts.Submit():
                return self._submit(act, by)
            case acts.StartJob():
                return self._start(act, by, at)
            case acts.ClearPlate(machine):
                return self._clear(machine, by)
            case acts.Order():
                return self._order(act, by)
            case acts.Connect(machine):
                return self._connect(machine, by)
            case acts.Load():
                if act.machine not in self._queue.bays:
                    return Told(False, WhyNot.MACHINE)
                loaded = SpoolLoaded(act.machine, act.material, act.colour, act.grams, act.spool)
                return self._write(loaded, by)
            case acts.Judge(print_, why, note):
                if not self._has_ended(print_):
                    return Told(False, WhyNot.PRINT)
                return self._write(PrintJudged(print_, why, note), by)
            case acts.Own():
                return self._own(act, by)
            case acts.SetCondition():
                return self._set_condition(act, by)
            case acts.OpenSession() | acts.CloseSession():
                return self._session(act, by, at)
            case _ if isinstance(act, ActivityAct):
                return self.activity.judge(act, by, at)
            case _ if isinstance(act, PeopleAct):
                return self._members.judge(act, by, at)
            case _:
                return self._of_job(act, by)

    # -- whose --------------------------------------------------------------------------------

    def _is_own(self, act: Act, by: str) -> bool:
        """Whether a member may do that with a job of their own."""
        match act:
            case acts.Submit(member=member):
                return self._people.current(member) == by
            case acts.Withdraw(job=job):
                return job in self._jobs.jobs and self._owns(self._jobs.jobs[job], by)
            case acts.Order(print=print_, what=Ordered.CANCEL):
                mine = self._jobs.of_print(print_)
                return mine is not None and self._owns(mine, by)
        return False

    def _owns(self, job: Job, by: str) -> bool:
        """Also who was merged since with somebody already known."""
        return job.owner is not None and self._people.current(job.owner) == by

    # -- jobs ---------------------------------------------------------------------------------

    def _submit(self, act: acts.Submit, by: str) -> Outcome:
        member, rules = self._people.member(act.member), self._site.queue
        if member is None:
            return Told(False, WhyNot.MEMBER)
        if act.entry.wish and not self._is_wish(act.entry.wish):
            return Told(False, WhyNot.MACHINE)
        entry = act.entry
        if not self._is_animator(by):
            own = waiting_of(self._writing.carried, act.member)
            jobs, hours = rules.waiting_at_most, rules.hours_at_most
            if limit := may_submit(own, entry.estimated_s, jobs, hours):
                return Told(False, WhyNot(limit.value))
            if rules.approve_all and not entry.approval:
                entry = replace(entry, approval=("all",))
        personal = Personal(act.member, member.category, None, by, act.name)
        future = self._writing.write(entry, personal)
        return Pending(future, lambda written: Told(True, job=str(written.birth)))

    def _of_job(self, act: Act, by: str) -> Outcome:
        """What is said of a job where it stands."""
        name = getattr(act, "job", "")
        job = self._jobs.jobs.get(name)
        if job is None:
            return Told(False, WhyNot.JOB)
        body = self._said(act, job)
        if isinstance(body, WhyNot):
            return Told(False, body, job.state.kind)
        return self._write(body, by)

    def _said(self, act: Act, job: Job) -> Body | WhyNot:
        jobs = self._jobs.jobs
        match act, job.state:
            case acts.Approve(), ToApprove():
                return JobApproved(job.id)
            case acts.Withdraw(why=why), _ if self._may_go(job):
                return JobWithdrawn(job.id, why)
            case acts.Assign(machine=machine), ToApprove() | Waiting():
                known = not machine or self._is_wish(machine)
                return JobAssigned(job.id, machine) if known else WhyNot.MACHINE
            case acts.Move(before=before), ToApprove() | Waiting():
                there = not before or (before != job.id and before in jobs and jobs[before].waits)
                return JobMoved(job.id, before) if there else WhyNot.JOB
            case acts.Prioritise(on=on, why=why), ToApprove() | Waiting():
                return JobPrioritised(job.id, on, why)
            case acts.Requeue(front=front, machine=machine), Over():
                known = not machine or self._is_wish(machine)
                return JobRequeued(job.id, front, machine) if known else WhyNot.MACHINE
            case acts.Collect(), Over():
                return JobCollected(job.id)
        return WhyNot.STATE

    def _may_go(self, job: Job) -> bool:
        """Withdrawn while it waits, while its file travels, or while nobody knows what it does."""
        if isinstance(job.state, Starting):
            machine = job.state.machine
            there = machine in self._queue.bays
            start = self._queue.bays.bay(machine).start if there else None
            return not there or isinstance(start, Uploading | Unsure | Asking)
        return job.waits and not self._queue.bays.starts(job.id)

    def _start(self, act: acts.StartJob, by: str, at: Instant) -> Outcome:
        job, slug, bays = self._jobs.jobs.get(act.job), act.machine, self._queue.bays
        if job is None:
            return Told(False, WhyNot.JOB)
        if slug not in bays:
            return Told(False, WhyNot.MACHINE)
        if not job.waits or bays.starts(job.id):
            return Told(False, WhyNot.STATE, job.state.kind)
        if bays.bay(slug).attempt is not None:
            return Told(False, WhyNot.STARTING)
        lineup = self._queue.line_up(at)
        answered = FILAMENT if act.filament_changed else ()
        obstacles = [one for one in lineup.against(job.id, slug) if one.why not in answered]
        if obstacles:
            return Told(False, WhyNot.OBSTACLE, obstacles[0].why)
        number = len(job.tried) + 1
        attempt = Attempt(job.id, number, path_of(job, number), job.entry.file)
        bays.want(slug, attempt)
        if act.filament_changed and lineup.against(job.id, slug):
            self._write(_put_in(job, slug), by)
        passed = lineup.overtaken_by(job.id, slug)
        noted = JobStarting(job.id, slug, number, attempt.path, passed)
        return self._write(noted, by, failed=lambda: bays.not_noted(slug))

    # -- printers -----------------------------------------------------------------------------

    def _clear(self, slug: str, by: str) -> Outcome:
        if slug not in self._queue.bays:
            return Told(False, WhyNot.MACHINE)
        if self._queue.prints.under_way(slug) is not None:
            return Told(False, WhyNot.PRINTING)
        if self._queue.bays.bay(slug).sent:
            return Told(False, WhyNot.STARTING)
        self._queue.bays.clear(slug)
        return self._write(PlateCleared(slug), by)

    def _order(self, act: acts.Order, by: str) -> Outcome:
        slug = act.machine
        if slug not in self._queue.bays:
            return Told(False, WhyNot.MACHINE)

        def is_it() -> bool:
            return bool(act.print) and self._queue.prints.under_way(slug) == act.print

        def send(_: Entry) -> Told:
            if not is_it():
                return Told(False, WhyNot.OTHER_PRINT)
            self._queue.commands.order(slug, act.what, act.print)
            return Told(True)

        if not is_it():
            return Told(False, WhyNot.OTHER_PRINT)
        return self._write(PrintOrdered(act.print, slug, act.what), by, send)

    def _connect(self, slug: str, by: str) -> Outcome:
        def send(_: Entry) -> Told:
            self._queue.commands.connect(slug)
            return Told(True)

        if slug not in self._queue.bays:
            return Told(False, WhyNot.MACHINE)
        return self._write(ConnectOrdered(slug), by, send)

    def _own(self, act: acts.Own, by: str) -> Outcome:
        member = self._people.member(act.member)
        if member is None:
            return Told(False, WhyNot.MEMBER)
        known = {last.print for last in self._jobs.prints.values() if last.job is None}
        if act.print not in known:
            return Told(False, WhyNot.PRINT)
        personal = Personal(act.member, member.category, by=by)
        return Pending(self._writing.write(PrintOwned(act.print), personal))

    # -- machines -----------------------------------------------------------------------------

    def _set_condition(self, act: acts.SetCondition, by: str) -> Outcome:
        if act.machine not in self._posts:
            return Told(False, WhyNot.MACHINE)
        if act.condition not in ("maintenance", "fault"):
            return Told(False, WhyNot.CONDITION)
        entry = ConditionSet(act.machine, act.condition, note=act.note, cleared=act.over)
        return Pending(self._sessions.set_condition(entry, by))

    def _session(self, act: acts.OpenSession | acts.CloseSession, by: str, at: Instant) -> Outcome:
        post = self._posts.get(act.machine)
        if post is None:
            return Told(False, WhyNot.MACHINE)
        if isinstance(act, acts.CloseSession):
            closing = self._sessions.close(post, act, by, at)
            return Pending(closing) if isinstance(closing, Future) else closing
        member = self._people.member(act.member)
        if member is None:
            return Told(False, WhyNot.MEMBER)
        opening = self._sessions.open(post, member, by, at)
        if isinstance(opening, Told):
            return opening
        return Pending(opening, lambda entry: self._sessions.opened(post, entry))

    # -- what all of them need ----------------------------------------------------------------

    @property
    def _jobs(self) -> Jobs:
        return self._writing.carried.jobs

    def _write(
        self,
        body: Body,
        by: str,
        done: Callable[[Entry], Told] = lambda _: Told(True),
        failed: Callable[[], None] = lambda: None,
    ) -> Pending:
        return Pending(self._writing.write(body, Personal(by=by)), done, failed)

    def _is_animator(self, by: str) -> bool:
        member = self._people.member(by)
        return member is not None and member.animator

    def _is_wish(self, wish: str) -> bool:
        """Whether it names a printer, or a group of them."""
        groups = {post.plan.printer.group for post in self._posts.values() if post.plan.printer}
        return wish in self._queue.bays or wish in groups

    def _has_ended(self, print_: str) -> bool:
        last = [p for p in self._jobs.prints.values() if p.print == print_ and p.result]
        job = self._jobs.of_print(print_)
        return bool(last) or (job is not None and isinstance(job.state, Over))


def path_of(job: Job, number: int) -> str:
    """The file's name at OctoPrint: this attempt's alone, and nothing of the file's own name.

    It stands in the body of `job.starting`, from which nothing can be taken away later,
    and people name files after themselves and their children.
    """
    nonce = job.id.rpartition("-")[2][:8]
    return f"fablab-{nonce}-{number}.gcode"


def _put_in(job: Job, slug: str) -> SpoolLoaded:
    """What the animator says was just put in: what the job wants, and nobody weighed it."""
    entry: JobSubmitted = job.entry
    return SpoolLoaded(slug, entry.material or entry.needs.material, entry.colour)
