"""Work that is cut off anywhere and runs again ends where an undisturbed run ends."""

import datetime as dt

import pytest
from django.utils import timezone

from associations.registry.models import Assignment, Association
from portal.access.actor import acting_as
from portal.importing import jobs, rowreader, services
from portal.importing.models import ImportBatch, ImportIssue, ImportRow
from portal.importing.tasks import commit_batch, read_upload, stage_batch, undo_batch
from portal.jobs.models import Job, JobState
from tests import workbooks
from tests.workbooks import PLAIN_HEADER, association_row, table


class Killed(BaseException):
    """What kill -9 is to the code under test: nothing after it runs."""


def kill(*_: object) -> None:
    raise Killed


@pytest.fixture
def started(run_import, personas, province):
    """A batch that waits for its check, and its actor."""

    def start(rows, header=PLAIN_HEADER):
        actor, now = personas.department_admin.actor, timezone.now()
        assert province.changsha
        with acting_as(actor):
            batch = services.upload(table(rows, header), kind="associations", name="a.xlsx", actor=actor, now=now)
            batch = services.read(batch, actor=actor, now=now)
            return services.start(batch, actor=actor, version=batch.version, now=now), actor

    return start


def test_check_cut_off_between_chunks_starts_anew(started, monkeypatch):
    monkeypatch.setattr(rowreader, "CHUNK", 3)
    batch, actor = started([association_row(f"{number}号协会") for number in range(10)] + [association_row("坏", "1")])
    with acting_as(actor), pytest.raises(Killed):
        services.stage(batch, actor=actor, now=timezone.now(), progress=kill)
    assert ImportRow.objects.filter(batch=batch).count() == 3
    batch.refresh_from_db()
    assert batch.state == "staging"
    with acting_as(actor):
        batch = services.stage(batch, actor=actor, now=timezone.now())
    assert (batch.state, batch.new_count, batch.rejected_count) == ("previewed", 10, 1)
    assert ImportRow.objects.filter(batch=batch).count() == 11
    assert ImportRow.objects.filter(batch=batch, added__isnull=False).count() == 10
    assert ImportIssue.objects.filter(batch=batch, severity="error").count() == 2


@pytest.mark.django_db(transaction=True)
def test_commit_cut_off_before_its_end_writes_nothing_and_then_everything_once(started):
    batch, actor = started([association_row(f"{number}号协会") for number in range(10)])
    now = timezone.now()
    with acting_as(actor):
        batch = services.stage(batch, actor=actor, now=now)
        batch = services.confirm(batch, actor=actor, version=batch.version, now=now)
        with pytest.raises(Killed):
            services.commit(batch, actor=actor, now=now, complete=kill)
        assert Association.objects.unscoped("the test looks").count() == 0
        batch = ImportBatch.objects.unscoped("the test looks").get()
        assert (batch.state, services.is_read(batch)) == ("committing", True)
        batch = services.commit(batch, actor=actor, now=now)
    assert Association.objects.count() == 10
    assert batch.state == "committed"


@pytest.fixture
def queue(run_import, personas):
    """Ask for a job and run it as a worker would, as often as wanted."""
    tasks = {"read": read_upload, "stage": stage_batch, "commit": commit_batch, "undo": undo_batch}

    def ask(verb, batch, times=1, **parameters):
        actor = personas.department_admin.actor
        with acting_as(actor):
            job = jobs.ask(verb, batch, actor=actor, now=timezone.now(), **parameters)
        for _ in range(times):
            tasks[verb](job.pk)
        batch.refresh_from_db()
        return Job.objects.get(pk=job.pk)

    return ask


def test_jobs_run_twice_do_their_work_once(queue, started, personas):
    batch, actor = started([association_row("甲协会")])
    assert queue("stage", batch, times=2).state == JobState.SUCCEEDED
    with acting_as(actor):
        services.confirm(batch, actor=actor, version=batch.version, now=timezone.now())
    assert queue("commit", batch, times=2).state == JobState.SUCCEEDED
    assert Association.objects.count() == 1
    assert queue("undo", batch, times=2, version=batch.version).state == JobState.SUCCEEDED
    assert (Association.objects.count(), batch.state) == (0, "undone")


def test_large_upload_is_read_by_a_job(queue, personas, province):
    actor, now = personas.department_admin.actor, timezone.now()
    assert province.hunan
    with acting_as(actor):
        content = table([association_row("甲协会")])
        batch = services.upload(content, kind="associations", name="a.xlsx", actor=actor, now=now)
    assert queue("read", batch).state == JobState.SUCCEEDED
    assert (batch.state, batch.header_rows) == ("uploaded", [1])
    with acting_as(actor):
        bad = services.upload(workbooks.damaged(), kind="associations", name="b.xlsx", actor=actor, now=now)
    assert queue("read", bad).state == JobState.SUCCEEDED
    assert (bad.state, bad.refusal_code) == ("refused", "file.unreadable")


def test_job_that_is_given_up_frees_its_batch(started):
    batch, actor = started([association_row("甲协会")])
    with acting_as(actor):
        job = jobs.ask("stage", batch, actor=actor, now=timezone.now())

    class Context:
        def __init__(self, job):
            self.job = job

        def now(self):
            return timezone.now()

    jobs.give_up(Context(job), "job.interrupted", "处理过程被中断。请重试。")
    batch.refresh_from_db()
    assert (batch.state, batch.notice) == ("uploaded", "处理过程被中断。请重试。")
    with acting_as(actor):
        batch = services.start(batch, actor=actor, version=batch.version, now=timezone.now())
        batch = services.stage(batch, actor=actor, now=timezone.now())
        batch = services.confirm(batch, actor=actor, version=batch.version, now=timezone.now())
    jobs.give_up(Context(job), "job.interrupted", "处理过程被中断。请重试。")
    batch.refresh_from_db()
    assert batch.state == "previewed"


def test_register_moved_before_the_job_commits(queue, run_import, province, personas):
    content = table([(province.tea.uscc, 8)], ("统一社会信用代码", "从业人员数"))
    batch = run_import(content)
    actor = personas.department_admin.actor
    with acting_as(actor):
        services.confirm(batch, actor=actor, version=batch.version, now=timezone.now())
    Association.objects.filter(pk=province.tea.pk).update(version=7)
    assert queue("commit", batch).state == JobState.SUCCEEDED
    assert (batch.state, bool(batch.notice)) == ("previewed", True)


def test_batch_of_a_person_who_left_stops(queue, started, personas):
    batch, _ = started([association_row("甲协会")])
    membership = personas.department_admin.membership
    type(membership).objects.filter(pk=membership.pk).update(
        starts_on=dt.date(2020, 1, 1), ends_on=timezone.localdate() - dt.timedelta(days=1)
    )
    job = queue("stage", batch)
    assert job.state == JobState.FAILED
    assert Assignment.objects.count() == 0
