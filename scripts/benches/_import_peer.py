"""The peer of `scripts/bench import`: the same rows the way users of django-import-export write them.

A ``ModelResource`` with foreign key widgets, checks in ``before_import_row``, and ``after_save_instance`` writing the
same side tables and the same undo data through the ORM; loaded, tried out, then imported, as the library's admin does.
"""

import datetime as dt
import re
import time
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import tablib
from import_export import fields, resources, widgets

from associations.registry.enums import (
    AssignmentRole,
    AssociationKind,
    AssociationStatus,
    RegistrationLevel,
    RegistrationMode,
    Source,
)
from associations.registry.models import Assignment, Association, Department, PartyMemberCount
from portal.importing.enums import Outcome
from portal.importing.identifiers import is_valid
from portal.importing.models import ImportBatch, ImportRow
from portal.regions.models import Region
from scripts.benches._import_data import HEADINGS

LABELLED = {
    "社会组织类型": {str(label): code for code, label in AssociationKind.choices},
    "登记级别": {str(label): code for code, label in RegistrationLevel.choices},
    "管理方式": {str(label): code for code, label in RegistrationMode.choices},
    "状态": {str(label): code for code, label in AssociationStatus.choices},
}
SYNONYMS = {"脱钩": "decoupled", "正常": "active", "双重管理": "dual", "社会服务机构": "service_institution"}
BODIES = {
    "业务主管单位": AssignmentRole.SUPERVISING_UNIT,
    "行业管理部门": AssignmentRole.INDUSTRY_REGULATOR,
    "所属综合(行业)党委": AssignmentRole.PARTY_COMMITTEE,
}
YES = {"是", "√"}


class PeerResource(resources.ModelResource):
    """One field a column; references through widgets, one query a row each, as the documentation shows."""

    uscc = fields.Field("uscc", "统一社会信用代码")
    name = fields.Field("name", "名称")
    kind = fields.Field("kind", "社会组织类型")
    is_industry_association = fields.Field("is_industry_association", "是否行业协会商会", widgets.BooleanWidget())
    registration_level = fields.Field("registration_level", "登记级别")
    region = fields.Field("region", "登记地", widgets.ForeignKeyWidget(Region, "name"))
    registration_mode = fields.Field("registration_mode", "管理方式")
    status = fields.Field("status", "状态")
    industry_category = fields.Field("industry_category", "行业类别")
    established_on = fields.Field("established_on", "成立日期", widgets.DateWidget())
    domicile = fields.Field("domicile", "住所")
    registered_fund = fields.Field("registered_fund", "注册资金(万元)", widgets.DecimalWidget())
    unit_member_count = fields.Field("unit_member_count", "单位会员数", widgets.IntegerWidget())
    individual_member_count = fields.Field("individual_member_count", "个人会员数", widgets.IntegerWidget())
    staff_count = fields.Field("staff_count", "从业人员数", widgets.IntegerWidget())
    full_time_staff_count = fields.Field("full_time_staff_count", "专职人员数", widgets.IntegerWidget())
    term_started_on = fields.Field("term_started_on", "本届起始日期", widgets.DateWidget())
    term_years = fields.Field("term_years", "任期(年)", widgets.IntegerWidget())
    charter_has_party_clause = fields.Field("charter_has_party_clause", "党建入章", widgets.BooleanWidget())

    class Meta:
        model = Association
        import_id_fields: ClassVar[list[str]] = ["uscc"]

    batch: ImportBatch
    user_pk: int

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        if not is_valid(row["统一社会信用代码"]):
            raise ValueError("统一社会信用代码校验不符")
        for heading, codes in LABELLED.items():
            row[heading] = codes.get(row[heading]) or SYNONYMS[row[heading]]
        for heading in ("是否行业协会商会", "党建入章"):
            row[heading] = "1" if row[heading] in YES else "0"
        if isinstance(row["成立日期"], dt.datetime):
            row["成立日期"] = row["成立日期"].date()
        year, month, day = map(int, re.split(r"\D", row["本届起始日期"]))
        row["本届起始日期"] = dt.date(year, month, day)
        row["注册资金(万元)"] = Decimal(str(row["注册资金(万元)"])) * 10_000
        int(row["单位会员数"])

    def after_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        number, made = kwargs["row_number"], [("association", instance)]
        for heading, role in BODIES.items():
            is_regulator = role == AssignmentRole.INDUSTRY_REGULATOR
            department = Department.objects.get(name=row[heading])
            assignment, _ = Assignment.objects.update_or_create(
                association=instance,
                role=role,
                ends_on=None,
                defaults={
                    "department": department,
                    "office": row["责任处室"] if is_regulator else "",
                    "officer": row["责任人"] if is_regulator else "",
                    "source": Source.IMPORT,
                },
            )
            made.append(("assignment", assignment))
        count, _ = PartyMemberCount.objects.update_or_create(
            association=instance,
            counted_on=dt.date(2026, 1, 1),
            defaults={
                "relation_count": row["正式党员数(组织关系在本组织)"],
                "source": Source.IMPORT,
                "recorded_by_id": self.user_pk,
            },
        )
        made.append(("count", count))
        added: dict[str, list[dict[str, str]]] = {}
        for table, record in made:
            kept = {field.attname: str(getattr(record, field.attname)) for field in record._meta.concrete_fields}
            added.setdefault(table, []).append(kept)
        ImportRow.objects.create(
            batch=self.batch,
            row_number=number,
            outcome=Outcome.NEW,
            label=instance.name,
            subject_pk=instance.pk,
            added=added,
        )


def run(source: Path, count: int, batch: ImportBatch) -> float:
    """Load, try out, load again, import the first `count` rows; seconds."""
    began = time.perf_counter()
    for is_trial in (True, False):
        resource = PeerResource()
        resource.batch, resource.user_pk = batch, batch.user_id
        resource.import_data(_load(source, count), dry_run=is_trial, use_transactions=True)
    return time.perf_counter() - began


def _load(source: Path, count: int) -> tablib.Dataset:
    """The way tablib reads a workbook: openpyxl, cell by cell."""
    from openpyxl import load_workbook

    sheet = load_workbook(source, read_only=True, data_only=True).worksheets[0]
    data = tablib.Dataset(headers=list(HEADINGS))
    for row in sheet.iter_rows(min_row=3, max_row=count + 2, values_only=True):
        data.append(row)
    return data
