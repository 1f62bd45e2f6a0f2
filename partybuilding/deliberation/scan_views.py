"""The scan of a decision's minutes or of a signed agreement: uploading it, reading it."""

from typing import Any, ClassVar

from django.http import Http404, HttpRequest
from django.utils import timezone

from partybuilding.deliberation import services
from partybuilding.deliberation.forms import ScanForm
from partybuilding.deliberation.views import EDIT, AgreementScreen, DecisionScreen
from partybuilding.members.models import ROSTER
from partybuilding.members.services import KEEPERS
from portal.access.policy import Policy
from portal.files.responses import shown
from portal.screens.forms import FormScreen
from portal.screens.screen import Screen


class ScanRead(Screen):
    """The scan itself; who may read the record reads it."""

    policy = Policy(ROSTER)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.object.scan is None:
            raise Http404
        return shown(self.object.scan)


class ScanNew(FormScreen):
    """Upload the scan, or another one in its place."""

    policy = Policy(KEEPERS, EDIT)
    title = "上传扫描件"
    form_class: ClassVar[type[Any]] = ScanForm
    submit_label = "上传"
    success_message = "扫描件已上传。"
    intro = "已有扫描件的，上传后替换原来的，替换记入操作日志。"

    def save(self, form: Any) -> Any:
        upload = form.cleaned_data["scan"]
        return services.attach_scan(self.object, upload, actor=self.actor, now=timezone.now(), version=self.version)


class DecisionScan(DecisionScreen, ScanRead):
    """The minutes of a decision."""


class DecisionScanNew(DecisionScreen, ScanNew):
    """Upload the minutes."""


class AgreementScan(AgreementScreen, ScanRead):
    """The signed agreement."""


class AgreementScanNew(AgreementScreen, ScanNew):
    """Upload the signed agreement."""
