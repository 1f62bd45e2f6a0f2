"""The peer of `scripts/bench export`: a django-import-export resource of the same 25 columns over the same tables.

Each column that is no field of the row is a `dehydrate_…` method, as the library's documentation shows; what one
method has looked up the next one of the same row reuses. `Tuned` is the same with everything joined and prefetched.
"""

import io
import time
from typing import Any

from django.db.models import Prefetch
from import_export import fields, resources

from associations.registry.enums import AssignmentRole
from associations.registry.models import Assignment, Association


class PeerResource(resources.ModelResource):
    region = fields.Field("region__name", "登记地")
    kind = fields.Field(column_name="社会组织类型")
    registration_level = fields.Field(column_name="登记级别")
    registration_mode = fields.Field(column_name="管理方式")
    status = fields.Field(column_name="状态")
    supervising_unit = fields.Field(column_name="业务主管单位")
    industry_regulator = fields.Field(column_name="行业管理部门")
    responsible_office = fields.Field(column_name="责任处室")
    responsible_officer = fields.Field(column_name="责任人")
    party_committee = fields.Field(column_name="所属综合(行业)党委")
    party_full_member_count = fields.Field(column_name="正式党员数")

    class Meta:
        model = Association
        fields = (
            "uscc",
            "name",
            "kind",
            "is_industry_association",
            "registration_level",
            "region",
            "registration_mode",
            "status",
            "supervising_unit",
            "industry_regulator",
            "responsible_office",
            "responsible_officer",
            "party_committee",
            "industry_category",
            "established_on",
            "domicile",
            "registered_fund",
            "unit_member_count",
            "individual_member_count",
            "staff_count",
            "full_time_staff_count",
            "term_started_on",
            "term_years",
            "charter_has_party_clause",
            "party_full_member_count",
        )

    def held(self, row: Any, role: str) -> Any:
        kept = row.__dict__.setdefault("_held", {})
        if role not in kept:
            kept[role] = row.assignments.filter(role=role, ends_on=None).select_related("department").first()
        return kept[role]

    def dehydrate_kind(self, row: Any) -> str:
        return str(row.get_kind_display())

    def dehydrate_registration_level(self, row: Any) -> str:
        return str(row.get_registration_level_display())

    def dehydrate_registration_mode(self, row: Any) -> str:
        return str(row.get_registration_mode_display())

    def dehydrate_status(self, row: Any) -> str:
        return str(row.get_status_display())

    def dehydrate_supervising_unit(self, row: Any) -> str:
        held = self.held(row, AssignmentRole.SUPERVISING_UNIT)
        return held.department.name if held else ""

    def dehydrate_industry_regulator(self, row: Any) -> str:
        held = self.held(row, AssignmentRole.INDUSTRY_REGULATOR)
        return held.department.name if held else ""

    def dehydrate_responsible_office(self, row: Any) -> str:
        held = self.held(row, AssignmentRole.INDUSTRY_REGULATOR)
        return held.office if held else ""

    def dehydrate_responsible_officer(self, row: Any) -> str:
        held = self.held(row, AssignmentRole.INDUSTRY_REGULATOR)
        return held.officer if held else ""

    def dehydrate_party_committee(self, row: Any) -> str:
        held = self.held(row, AssignmentRole.PARTY_COMMITTEE)
        return held.department.name if held else ""

    def dehydrate_party_full_member_count(self, row: Any) -> int | None:
        count = row.party_member_counts.order_by("-counted_on").first()
        return count.relation_count if count else None


class Tuned(PeerResource):
    """One query a table for the whole export."""

    def held(self, row: Any, role: str) -> Any:
        return next((one for one in row.held_now if one.role == role), None)

    def dehydrate_party_full_member_count(self, row: Any) -> int | None:
        counts = row.party_member_counts.all()
        return max(counts, key=lambda one: one.counted_on).relation_count if counts else None


def run(count: int, *, is_tuned: bool) -> float:
    """Seconds for `count` rows as an .xlsx file in memory, the way the library's admin answers."""
    rows = Association.objects.order_by("name", "pk")[:count]
    if is_tuned:
        held = Assignment.objects.filter(ends_on=None).select_related("department")
        rows = rows.select_related("region").prefetch_related(
            Prefetch("assignments", queryset=held, to_attr="held_now"), "party_member_counts"
        )
    began = time.perf_counter()
    found = (Tuned if is_tuned else PeerResource)().export(rows)
    io.BytesIO(found.xlsx)
    seconds = time.perf_counter() - began
    if len(found) != count or len(found.headers) != 25:
        raise SystemExit(f"the peer wrote {len(found)} rows of {len(found.headers)} columns")
    return seconds
