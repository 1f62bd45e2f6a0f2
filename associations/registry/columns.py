"""The columns of associations in spreadsheets: codes of the import contract, labels, the headings offices use."""

from associations.directory.resources import LEVEL_SYNONYMS
from associations.evaluation.enums import GradeLevel
from associations.registry.enums import AssociationKind, AssociationStatus, RegistrationLevel, RegistrationMode
from portal.importing.parsers import (
    ChoiceParser,
    DateParser,
    IntegerParser,
    MoneyParser,
    NameParser,
    PersonNameParser,
    PhoneParser,
    PostHolderParser,
    TextParser,
    UsccParser,
    YesNoParser,
)
from portal.importing.resources import Column, ImportResource
from portal.privacy.masks import mask_phone

KIND_SYNONYMS = {
    "social_group": ["社团", "社会团体法人", "行业协会商会"],
    "service_institution": ["民办非企业单位", "社会服务机构", "民非", "民办非企业"],
    "foundation": ["基金会法人"],
    "other": ["其他社会组织"],
}
STATUS_SYNONYMS = {
    "preparing": ["筹备中", "筹备期"],
    "active": ["存续", "在业", "正常运行", "有效"],
    "suspended": ["停止活动", "限期停止"],
    "deregistered": ["注销"],
    "revoked": ["撤销", "吊销", "已吊销", "撤销登记"],
}
MODE_SYNONYMS = {
    "dual": ["双重", "双重管理体制", "业务主管单位管理"],
    "direct": ["直接", "直登"],
    "decoupled": ["已脱钩", "脱钩改革"],
}
GRADE_SYNONYMS = {
    f"{count}A": ["A" * count, f"{count}A级", "A" * count + "级", f"{'一二三四五'[count - 1]}A", f"{count}级"]
    for count in range(1, 6)
}


class AssociationColumns(ImportResource):
    """Declaration only; what a row means is said in ``resources``."""

    uscc = Column(
        "统一社会信用代码",
        UsccParser(),
        attribute="uscc",
        required=True,
        key=1,
        synonyms=[
            "信用代码",
            "统一信用代码",
            "社会信用代码",
            "统一社会信用代码/登记证号",
            "机构代码",
            "组织代码",
            "代码",
        ],
        hint="18 位，单元格请设为文本格式",
    )
    name = Column(
        "名称",
        NameParser(),
        required=True,
        key=2,
        synonyms=[
            "社会组织名称",
            "协会名称",
            "商会名称",
            "单位名称",
            "行业协会商会名称",
            "社团名称",
            "组织名称",
            "机构名称",
            "协会(商会)名称",
            "全称",
            "单位全称",
            "社会组织全称",
            "行业协会商会",
        ],
        export="name",
    )
    short_name = Column("简称", NameParser(), synonyms=["单位简称", "协会简称"])
    former_name = Column("曾用名", NameParser(), synonyms=["原名称", "原名", "变更前名称"])
    association_kind = Column(
        "社会组织类型",
        ChoiceParser(AssociationKind.choices, KIND_SYNONYMS),
        code="kind",
        attribute="kind",
        required=True,
        synonyms=["类型", "组织类型", "社会组织种类", "种类", "社会组织类别", "登记类型", "类别"],
    )
    is_industry_association = Column(
        "是否行业协会商会",
        YesNoParser(),
        attribute="is_industry_association",
        synonyms=["是否为行业协会商会", "是否行业协会", "行业协会商会(是/否)"],
    )
    is_charity = Column(
        "是否慈善组织",
        YesNoParser(),
        attribute="is_charity",
        synonyms=["慈善组织", "是否为慈善组织", "慈善组织(是/否)", "是否登记认定为慈善组织", "是否认定为慈善组织"],
    )
    registration_level = Column(
        "登记级别",
        ChoiceParser(RegistrationLevel.choices, LEVEL_SYNONYMS),
        attribute="registration_level",
        required=True,
        synonyms=["级别", "登记层级", "层级", "登记管理级别"],
    )
    region = Column(
        "登记地",
        TextParser(60),
        required=True,
        synonyms=[
            "登记地/活动地域",
            "活动地域",
            "行政区划",
            "所属地区",
            "所在地区",
            "地区",
            "市州",
            "所属市州",
            "市州/区县",
            "所在市州",
            "区划",
            "登记地区",
            "所在地",
        ],
        export="region.name",
        hint="全称或 6 位行政区划代码",
    )
    registration_mode = Column(
        "管理方式",
        ChoiceParser(RegistrationMode.choices, MODE_SYNONYMS),
        attribute="registration_mode",
        synonyms=["管理体制", "登记方式", "登记管理方式"],
    )
    status = Column(
        "状态",
        ChoiceParser(AssociationStatus.choices, STATUS_SYNONYMS),
        attribute="status",
        synonyms=["登记状态", "运行状态", "组织状态"],
    )
    supervising_unit = Column("业务主管单位", NameParser(), synonyms=["主管单位", "业务主管部门", "原业务主管单位"])
    industry_regulator = Column(
        "行业管理部门", NameParser(), synonyms=["行业主管部门", "主管部门", "行业部门", "行业管理单位", "行业指导部门"]
    )
    responsible_office = Column(
        "责任处室",
        TextParser(120),
        synonyms=["处室", "承办处室", "联系处室", "负责处室", "责任科室", "行业管理部门/处室"],
    )
    responsible_officer = Column(
        "责任人",
        PostHolderParser(120),
        synonyms=["责任人(岗位)", "处室责任人", "联系责任人", "责任人员", "行业管理部门/责任人", "责任岗位"],
        hint="处室中的岗位或责任人，不填号码",
    )
    party_committee = Column(
        "所属综合(行业)党委",
        NameParser(),
        synonyms=[
            "所属党委",
            "综合(行业)党委",
            "隶属党委",
            "行业党委",
            "综合党委",
            "党建工作机构",
            "上级党委",
            "归口党委",
        ],
    )
    industry_category = Column(
        "行业类别", TextParser(80), attribute="industry_category", synonyms=["行业", "所属行业", "行业分类", "行业领域"]
    )
    established_on = Column(
        "成立日期",
        DateParser(),
        attribute="established_on",
        synonyms=["成立时间", "登记日期", "登记时间", "批准成立时间", "注册日期", "成立登记日期"],
    )
    legal_representative = Column(
        "法定代表人",
        PersonNameParser(),
        synonyms=["法人代表", "法人", "法定代表人姓名", "法定代表人/姓名"],
    )
    president = Column("会长", PersonNameParser(), synonyms=["理事长", "会长(理事长)", "会长姓名", "会长/姓名"])
    secretary_general = Column("秘书长", PersonNameParser(), synonyms=["秘书长姓名", "秘书长/姓名"])
    phone = Column(
        "联系电话",
        PhoneParser(),
        personal=True,
        mask=mask_phone,
        synonyms=[
            "电话",
            "手机",
            "联系方式",
            "手机号",
            "手机号码",
            "办公电话",
            "联系人电话",
            "法定代表人/电话",
            "会长/电话",
            "秘书长/电话",
        ],
    )
    domicile = Column(
        "住所", TextParser(200), attribute="domicile", synonyms=["地址", "办公地址", "住址", "通信地址", "注册地址"]
    )
    registered_fund = Column(
        "注册资金(万元)",
        MoneyParser(),
        attribute="registered_fund",
        is_total=True,
        synonyms=["注册资金", "活动资金", "开办资金", "注册资本", "原始基金"],
    )
    unit_member_count = Column(
        "单位会员数",
        IntegerParser(none_is_zero=True),
        attribute="unit_member_count",
        is_total=True,
        synonyms=[
            "单位会员",
            "团体会员数",
            "会员单位数",
            "企业会员数",
            "会员数/单位",
            "会员/单位",
            "会员情况/单位会员",
        ],
    )
    individual_member_count = Column(
        "个人会员数",
        IntegerParser(none_is_zero=True),
        attribute="individual_member_count",
        is_total=True,
        synonyms=["个人会员", "会员数/个人", "会员/个人", "会员情况/个人会员"],
    )
    staff_count = Column(
        "从业人员数",
        IntegerParser(none_is_zero=True),
        attribute="staff_count",
        is_total=True,
        synonyms=["从业人数", "工作人员数", "从业人员", "从业人员总数", "人员/从业", "工作人员总数"],
    )
    full_time_staff_count = Column(
        "专职人员数",
        IntegerParser(none_is_zero=True),
        attribute="full_time_staff_count",
        is_total=True,
        synonyms=["专职工作人员数", "专职人员", "专职人数", "人员/专职", "从业人员/专职"],
    )
    term_started_on = Column(
        "本届起始日期",
        DateParser(),
        attribute="term_started_on",
        synonyms=["本届理事会起始日期", "换届日期", "换届时间", "本届开始日期", "届期起始", "最近换届时间"],
    )
    term_years = Column(
        "任期(年)", IntegerParser(1, 10), attribute="term_years", synonyms=["任期", "届期", "任期年限", "每届任期"]
    )
    evaluation_grade = Column(
        "评估等级",
        ChoiceParser(GradeLevel.choices, GRADE_SYNONYMS),
        synonyms=["等级", "评估结果", "等级评估", "社会组织等级"],
    )
    grade_announced_on = Column(
        "等级公告日期", DateParser(), synonyms=["评估公告日期", "评估时间", "等级公告时间", "评估日期", "评估公告时间"]
    )
    charter_has_party_clause = Column(
        "党建入章",
        YesNoParser(),
        attribute="charter_has_party_clause",
        synonyms=["党建写入章程", "是否党建入章", "党建工作写入章程", "章程是否写入党建"],
    )
    charter_party_clause_on = Column(
        "入章日期",
        DateParser(),
        attribute="charter_party_clause_on",
        synonyms=["党建入章日期", "入章时间", "党建入章时间"],
    )
    party_full_member_count = Column(
        "正式党员数(组织关系在本组织)",
        IntegerParser(none_is_zero=True),
        is_total=True,
        synonyms=[
            "正式党员数",
            "正式党员",
            "党员数",
            "党员人数",
            "正式党员人数",
            "组织关系在本组织党员数",
            "组织关系在本组织的正式党员数",
            "党员数/组织关系在本组织",
            "党员/组织关系在本组织",
            "正式党员/组织关系在本组织",
            "正式党员数/组织关系在本组织",
            "党员情况/正式党员数",
        ],
    )
    party_working_member_count = Column(
        "在本组织工作的正式党员数",
        IntegerParser(none_is_zero=True),
        is_total=True,
        synonyms=[
            "工作党员数",
            "在本组织工作的党员数",
            "党员数/在本组织工作",
            "党员/在本组织工作",
            "正式党员/在本组织工作",
            "正式党员数/在本组织工作",
            "从业党员数",
        ],
    )
    party_counts_on = Column(
        "统计日期", DateParser(), synonyms=["党员数统计日期", "统计时间", "党员统计日期", "截止日期"]
    )
    remark = Column("备注", TextParser(500), attribute="remark", synonyms=["说明", "备注说明"])
