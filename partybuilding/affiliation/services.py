"""Entering the orders of affiliation."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from partybuilding.affiliation.models import AffiliationRule
from partybuilding.affiliation.rules import overlaps
from portal.regions.models import Region


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One line of the reference data; `region` is a code, empty for the nation."""

    region: str
    starts_on: date | None
    ends_on: date | None
    number: int
    title: str
    kind: str
    words: str
    is_industry: bool | None
    target: str
    body_words: str
    body_level: str
    otherwise: str
    source: str
    confidence: str


@transaction.atomic
def load_rules(rows: Iterable[RuleRow]) -> int:
    """Make the orders those of the file, as a whole; returns how many rules were written, 0 when all stand already.

    Raises ValueError for an unknown place, two orders of one place on one day, or a rule that cannot be read.
    """
    wanted = list(rows)
    codes = {row.region for row in wanted if row.region}
    regions = Region.objects.in_bulk(codes, field_name="code")
    if missing := sorted(codes - set(regions)):
        raise ValueError(f"隶属次序中的地区代码不存在：{'、'.join(missing)}。请先导入行政区划。")
    for code in {row.region for row in wanted}:
        if overlaps({(row.starts_on, row.ends_on) for row in wanted if row.region == code}):
            raise ValueError(f"地区「{code or '全国'}」有两套隶属次序的有效期重叠。请先给前一套填写截止日期。")
    drafts = [AffiliationRule(**asdict(row) | {"region": regions.get(row.region)}) for row in wanted]
    names = [field.attname for field in AffiliationRule._meta.concrete_fields if not field.primary_key]

    def facts(rules: Iterable[AffiliationRule]) -> set[tuple[object, ...]]:
        return {tuple(getattr(rule, name) for name in names) for rule in rules}

    if facts(AffiliationRule.objects.all()) == facts(drafts):
        return 0
    AffiliationRule.objects.all().delete()
    for draft in drafts:
        try:
            draft.full_clean()
        except ValidationError as problem:
            raise ValueError(f"隶属次序「{draft}」有误：{' '.join(problem.messages)}") from None
        draft.save()
    return len(drafts)
