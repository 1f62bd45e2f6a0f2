"""No honour by any door: import, command, job or a hand at the database are refused by the database itself."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from campaigns.commendations.models import AwardRound, Commendation, Nomination
from campaigns.methods.models import MethodRecord
from campaigns.plans.enums import MethodForm
from campaigns.plans.models import Method
from portal.publishing.models import Objection, Publication, PublicationLine
from tests.campaigns.commendations.conftest import DECIDABLE, PUBLISHED, Chain
from tests.campaigns.commendations.test_services import refused


def smuggled(chain: Chain, nomination: Nomination, **changed: Any) -> Commendation:
    """A row as an import or a command would write it, past every service."""
    notice = chain.fresh(chain.round).notice
    values: dict[str, Any] = {
        "nomination": nomination,
        "notice": notice,
        "number": "S-1",
        "name": "党支部",
        "title": "先进党组织",
        "publicity_ended_on": date(2026, 6, 8),
        "decided_on": date(2026, 6, 9),
        "document_number": "湘社工〔2026〕30号",
        "reason": "公示无异议",
        "decided_by": chain.personas.department_admin.user,
        "decided_label": "管理员",
        "issuer_name": "湖南省社会工作部",
    }
    return Commendation(**values | changed)


def as_if_decided(chain: Chain, nomination: Nomination) -> None:
    """Everything else is as after a decision, so that one thing alone is wrong."""
    decided = {"decided_by": chain.personas.department_admin.user, "decided_at": DECIDABLE}
    texts = {"decision_number": "湘社工〔2026〕30号", "decision_reason": "公示无异议"}
    AwardRound.objects.filter(pk=chain.round.pk).update(state="decided", **decided, **texts)
    Nomination.objects.filter(pk=nomination.pk).update(state="awarded")


def _open_objection(chain: Chain) -> None:
    notice = chain.fresh(chain.round).notice
    Objection.objects.create(publication=notice, text="不实", receipt="A", sender="", received_at=PUBLISHED)


def _upheld_objection(chain: Chain) -> None:
    notice = chain.fresh(chain.round).notice
    Objection.objects.create(
        publication=notice,
        line=PublicationLine.objects.get(publication=notice),
        state="upheld",
        text="不实",
        receipt="A",
        sender="",
        received_at=PUBLISHED,
        finding="查实",
        result="属实",
        concluded_by=chain.personas.department_admin.user,
        concluded_at=DECIDABLE,
    )


def _taken_down(chain: Chain) -> None:
    Publication.objects.filter(pk=chain.fresh(chain.round).notice_id).update(
        state="withdrawn", withdrawn_at=DECIDABLE, withdrawn_reason="有误"
    )


def _not_on_the_list(chain: Chain) -> None:
    PublicationLine.objects.update(subject_pk="0")


def _still_running(chain: Chain) -> None:
    Publication.objects.update(ends_on=date(2026, 6, 9))


def _undecided(chain: Chain) -> None:
    AwardRound.objects.update(state="publicity", decided_at=None)


def _not_awarded(chain: Chain) -> None:
    Nomination.objects.update(state="chosen")


@pytest.mark.parametrize(
    "missed",
    [
        _open_objection,
        _upheld_objection,
        _taken_down,
        _not_on_the_list,
        _still_running,
        _undecided,
        _not_awarded,
    ],
)
def test_the_database_refuses_an_honour_past_a_gate(chain: Chain, missed: Callable[[Chain], None]) -> None:
    nomination = chain.published()
    as_if_decided(chain, nomination)
    missed(chain)
    one = smuggled(chain, chain.fresh(nomination))
    with pytest.raises(IntegrityError), transaction.atomic():
        Commendation.objects.bulk_create([one])
    with pytest.raises(IntegrityError), transaction.atomic():
        one.save()
    assert not Commendation.objects.exists()


def test_the_database_takes_an_honour_that_passed_them_all(chain: Chain) -> None:
    nomination = chain.published()
    as_if_decided(chain, nomination)
    smuggled(chain, chain.fresh(nomination)).save()
    assert Commendation.objects.count() == 1


def test_an_honour_is_not_turned_to_somebody_else(chain: Chain) -> None:
    chain.published()
    [honour] = chain.decide()
    other = Nomination.objects.get()
    other.pk, other.unit, other.organization = None, chain.trade, chain.personas.province.trade_branch
    other.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        Commendation.objects.filter(pk=honour.pk).update(nomination=other)


def test_the_round_cannot_lose_its_basis(chain: Chain) -> None:
    chain.published()
    with pytest.raises(IntegrityError), transaction.atomic():
        AwardRound.objects.update(basis_number="")


def test_only_the_decision_makes_honours() -> None:
    """In the code nothing but the decision (and the demonstration) makes rows of this table."""
    from tests.conftest import ROOT

    made = [
        str(path.relative_to(ROOT))
        for top in ("portal", "associations", "partybuilding", "supervision", "campaigns")
        for path in sorted((ROOT / top).rglob("*.py"))
        if "migrations" not in path.parts
        and any(
            word in path.read_text()
            for word in ("Commendation(\n", "Commendation.objects.create", "Commendation.objects.bulk")
        )
        and path.name != "models.py"
    ]
    assert sorted(made) == ["campaigns/commendations/deciding.py", "portal/home/demonstration/commendations.py"]


def test_not_all_methods_done_is_a_veto(chain: Chain) -> None:
    """R-112: who is commended has done what comes before; the commendation itself does not wait for itself."""
    pledge = Method.objects.create(campaign=chain.campaign, number=1, title="公开承诺", form=MethodForm.PLEDGE)
    Method.objects.create(campaign=chain.campaign, number=5, title="评选表彰", form=MethodForm.COMMENDATION)
    chain.open()
    assert "还没有完成「公开承诺」" in refused(chain.nominate)
    MethodRecord.objects.create(
        unit=chain.tea,
        method=pledge,
        done_on=date(2026, 5, 1),
        recorded_by=chain.personas.department_admin.user,
        recorded_at=PUBLISHED - timedelta(days=20),
    )
    assert chain.nominate().pk
