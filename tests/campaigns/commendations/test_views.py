"""Pages of rounds: the whole way through the forms by three people and the public, and how many queries pages ask."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.commendations import certificates
from campaigns.commendations.models import AwardKind, AwardRound, Commendation, Nomination, Quota
from portal.jobs.models import Job
from portal.jobs.runner import run
from portal.publishing.models import Objection, Publication
from tests import factories
from tests.campaigns.award_makers import make_nomination
from tests.campaigns.commendations.conftest import Chain
from tests.campaigns.makers import make_unit
from tests.conftest import session_of
from tests.personas import Persona
from tests.wings import query_count

PDF = b"%PDF-1.4\n%%EOF"


def signed_in(persona: Persona) -> Client:
    client = Client()
    client.cookies["sessionid"] = session_of(persona)
    return client


def post(client: Client, name: str, pk: int, row: Any = None, **data: Any) -> Any:
    """What a page posts: the version as the row has it now."""
    if row is not None:
        row.refresh_from_db()
        data["version"] = row.version
    return client.post(reverse(name, args=[pk]), data)


def test_the_whole_way_through_the_forms(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    """The department, a branch secretary and somebody of the public; the special round of C-21 has kinds of its own."""
    staff, admin = signed_in(chain.personas.department_staff), signed_in(chain.personas.department_admin)
    branch, anybody = signed_in(chain.personas.branch_secretary), Client()
    today = timezone.localdate()
    monkeypatch.setattr("campaigns.commendations.views.take_upload", lambda upload, **given: chain.round.basis_file)
    given = {
        "title": "专项表彰",
        "period": "2010—2012年",
        "basis_title": "关于表彰的通知",
        "basis_number": "湘办发〔2026〕8号",
        "nominations_due_on": (today + timedelta(days=30)).isoformat(),
        "file": SimpleUploadedFile("依据.pdf", PDF),
    }
    assert staff.post(reverse("campaigns:award_round_new", args=[chain.campaign.pk]), given).status_code == 302
    one = AwardRound.objects.get(title="专项表彰")
    kind_form = {"number": "1", "title": "先进党组织", "target": "organization", "total": "1"}
    assert post(staff, "campaigns:award_kind_new", one.pk, one, **kind_form).status_code == 302
    kind = AwardKind.objects.get(round=one)
    shared = {"by": "organizations", "units": [chain.tea.pk]}
    assert post(staff, "campaigns:award_distribute", kind.pk, one, **shared).status_code == 302
    wrong = post(staff, "campaigns:award_quotas", kind.pk, one, **{f"unit_{chain.tea.pk}": "2"})
    assert (wrong.status_code, "填写合计 2 个" in wrong.content.decode()) == (422, True)
    assert post(staff, "campaigns:award_round_open", one.pk, one).status_code == 302

    quota = Quota.objects.get(kind=kind)
    page = branch.get(reverse("campaigns:award_round", args=[one.pk])).content.decode()
    assert "推荐先进党组织" in page
    masses = {
        "organization": chain.tea.organization_id,
        "deeds": "组织健全，作用突出",
        "recommended_on": today.isoformat(),
        "way": "meeting",
        "participant_count": "30",
        "support_count": "28",
    }
    missing = post(branch, "campaigns:nomination_new", quota.pk, **masses | {"support_count": "31"})
    assert (missing.status_code, "两个数不符" in missing.content.decode()) == (422, True)
    assert post(branch, "campaigns:nomination_new", quota.pk, **masses).status_code == 302
    nomination = Nomination.objects.get()
    assert post(staff, "campaigns:nomination_choose", nomination.pk, nomination, reason="突出").status_code == 302
    assert post(staff, "campaigns:award_round_publicise", one.pk, one, contact="0731-84220000").status_code == 302
    notice = Publication.objects.get()
    assert anybody.get(reverse("publishing:public", args=[notice.pk])).status_code == 404
    same = post(staff, "publishing:publication_issue", notice.pk, notice)
    assert "须是两个人" in same.content.decode()
    assert post(admin, "publishing:publication_issue", notice.pk, notice).status_code == 302

    shown = anybody.get(reverse("publishing:public", args=[notice.pk])).content.decode()
    assert str(chain.tea) in shown
    assert "提出异议" in shown
    line = notice.lines.get()
    answer = anybody.post(reverse("publishing:object", args=[notice.pk]), {"line": line.pk, "text": "事迹不实"})
    objection = Objection.objects.get()
    assert objection.receipt in answer.content.decode()
    asked = anybody.post(reverse("publishing:receipt"), {"receipt": objection.receipt.lower()})
    assert "还在核查" in asked.content.decode()

    Publication.objects.update(published_on=today - timedelta(days=10), ends_on=today - timedelta(days=1))
    late = anybody.post(reverse("publishing:object", args=[notice.pk]), {"text": "迟到的意见"})
    assert (late.status_code, Objection.objects.count()) == (422, 1)
    decision = {"document_number": "湘社工〔2026〕30号", "reason": "公示无异议"}
    refused = post(admin, "campaigns:award_round_decide", one.pk, one, **decision)
    assert (refused.status_code, "还有 1 件异议" in refused.content.decode()) == (422, True)
    assert post(admin, "publishing:objection_investigate", objection.pk, objection).status_code == 302
    result = {"is_upheld": "no", "finding": "走访核实", "result": "经核查不属实"}
    assert post(admin, "publishing:objection_conclude", objection.pk, objection, **result).status_code == 302
    asked = anybody.post(reverse("publishing:receipt"), {"receipt": objection.receipt})
    assert "经核查不属实" in asked.content.decode()
    assert "走访核实" not in asked.content.decode()
    assert post(admin, "campaigns:award_round_decide", one.pk, one, **decision).status_code == 302
    honour = Commendation.objects.get()
    assert "先进党组织" in branch.get(reverse("campaigns:nomination", args=[nomination.pk])).content.decode()
    organization = reverse("partybuilding:organization", args=[chain.tea.organization_id])
    assert honour.number in branch.get(f"{organization}?tab=honours").content.decode()


def test_a_certificate_is_made_once_and_not_for_a_revoked_honour(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    chain.published()
    [honour] = chain.decide()
    monkeypatch.setattr(certificates, "html_to_pdf", lambda source: b"%PDF-1.4 " + source.encode())
    client = signed_in(chain.personas.branch_secretary)
    asked = post(client, "campaigns:certificate", honour.nomination_id)
    job = Job.objects.get(kind="certificate")
    assert asked.url == reverse("jobs:job", args=[job.pk])
    run(job.pk, certificates.build_certificate)
    stored = chain.fresh(honour).certificate
    file = client.get(reverse("campaigns:certificate_file", args=[honour.nomination_id]))
    text = b"".join(file).decode()
    assert [word for word in ("荣誉证书", "2026年6月9日", str(chain.tea)) if word not in text] == []
    post(client, "campaigns:certificate", honour.nomination_id)
    assert (Job.objects.filter(kind="certificate").count(), chain.fresh(honour).certificate) == (1, stored)
    admin = signed_in(chain.personas.department_admin)
    revoked = {"document_number": "湘社工〔2026〕45号", "reason": "弄虚作假"}
    assert post(admin, "campaigns:nomination_revoke", honour.nomination_id, honour, **revoked).status_code == 302
    gone = client.get(reverse("campaigns:certificate_file", args=[honour.nomination_id]))
    assert gone.status_code == 302
    page = client.get(reverse("campaigns:certificate", args=[honour.nomination_id])).content.decode()
    assert "撤销，不能生成证书" in page


def test_honours_stand_in_the_file_of_the_association(chain: Chain) -> None:
    chain.published()
    [honour] = chain.decide()
    page = reverse("associations:association", args=[chain.personas.province.tea.pk])
    client = signed_in(chain.personas.department_admin)
    assert honour.number in client.get(f"{page}?tab=honours").content.decode()
    other = reverse("associations:association", args=[chain.personas.province.trade.pk])
    assert honour.number not in client.get(f"{other}?tab=honours").content.decode()
    assert query_count(client, f"{page}?tab=honours") <= 15


def test_pages_ask_the_same_for_one_recommendation_and_for_ten(chain: Chain) -> None:
    chain.published()
    client = signed_in(chain.personas.department_admin)
    names = ("award_round", "award_round_decide")
    urls = [reverse(f"campaigns:{name}", args=[chain.round.pk]) for name in names]
    urls.append(reverse("campaigns:award_rounds", args=[chain.campaign.pk]))
    urls.append(reverse("campaigns:nomination", args=[Nomination.objects.get().pk]))
    before = [query_count(client, url) for url in urls]
    assert max(before) <= 15
    for number in range(10):
        branch = factories.make_organization(f"党支部{number}", committee=chain.personas.province.committee)
        unit = make_unit(chain.campaign, branch, file=None)
        make_nomination(chain.kind, unit, chain.personas.department_admin.user, state="chosen")
    assert [query_count(client, url) for url in urls] == before
