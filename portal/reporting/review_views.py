"""The review between draft and signature: sending a draft, giving it back with words."""

from typing import Any

from django import forms
from django.utils import timezone

from portal.access.decisions import Decision
from portal.access.policy import Policy
from portal.access.roles import DEPARTMENT, Role
from portal.reporting import services
from portal.reporting.models import ReportRun
from portal.reporting.registry import find
from portal.reporting.transitions import GIVE_BACK, SEND
from portal.reporting.views import RunAction
from portal.screens.fields import ScreenForm
from portal.workflow.services import explain


class RunSend(RunAction):
    policy = Policy(DEPARTMENT, {"GET", "POST"})
    title = "送审"
    submit_label = "送审"
    success_message = "已送审。"

    def consequences(self) -> list[str]:
        report = find(self.object.key)
        said = ["报告转给社会工作部管理员核对签发；数字不再变化，需要修改的退回后生成新版。"]
        findings = report.blockers(self.object) if report and report.blockers else []
        return said + [one.text for one in findings]

    def decision(self) -> Decision:
        return explain(SEND, self.object, actor=self.actor, facts=services.lock_facts(self.object))

    def perform(self, form: Any) -> ReportRun:
        return services.send_run(self.object, actor=self.actor, version=self.version, now=timezone.now())


class WordsForm(ScreenForm):
    words = forms.CharField(
        label="退回意见",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写明需要核对或修改的内容。",
    )


class RunGiveBack(RunAction):
    policy = Policy({Role.DEPARTMENT_ADMIN}, {"GET", "POST"})
    title = "退回修改"
    submit_label = "退回"
    form_class = WordsForm
    success_message = "已退回。"

    def consequences(self) -> list[str]:
        return ["报告回到草稿，退回意见显示在报告上方，并通知申请人。"]

    def decision(self) -> Decision:
        return explain(GIVE_BACK, self.object, actor=self.actor)

    def perform(self, form: Any) -> ReportRun:
        return services.give_back_run(
            self.object,
            words=form.cleaned_data["words"],
            actor=self.actor,
            version=self.version,
            now=timezone.now(),
        )
