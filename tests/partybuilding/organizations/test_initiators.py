"""The unit that initiated an association, as a column of the list of Party organisations (A-22, P-16)."""

from typing import Any

import pytest

from partybuilding.organizations.models import PartyOrganization
from portal.importing.selectors import issues
from tests.importing.conftest import run_import as engine_run  # noqa: F401  the fixture of the engine's tests
from tests.personas import Province
from tests.workbooks import table

HEADER = ("党组织名称", "所在社会组织信用代码", "类别", "组建方式", "成立日期", "发起单位")
UNIT = "湖南湘江公益事业有限公司"


@pytest.mark.parametrize(
    ("mode", "initiator", "found"),
    [("挂靠", UNIT, []), ("联合", UNIT, []), ("单独", UNIT, [("initiator", "initiator.mode")]), ("单独", None, [])],
)
def test_initiator_goes_with_joint_and_attached_organisations(
    engine_run: Any,  # noqa: F811
    province: Province,
    mode: str,
    initiator: str | None,
    found: list[tuple[str, str]],
) -> None:
    row = ("中共湘江基金会支部委员会", province.tea.uscc, "党支部", mode, "2021-05-01", initiator)
    batch = engine_run(table([row], HEADER), "party_organizations", commit=not found)
    assert list(issues(batch, "error").values_list("field", "code")) == found
    rows = PartyOrganization.objects.filter(name=row[0]).values_list("initiator", flat=True)
    assert list(rows) == ([] if found else [initiator or ""])
