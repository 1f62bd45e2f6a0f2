"""What a Party member is in an organisation."""

from django.db import models


class MembershipState(models.TextChoices):
    FULL = "full", "正式党员"
    PROBATIONARY = "probationary", "预备党员"


class PartyPost(models.TextChoices):
    """党内职务."""

    SECRETARY = "secretary", "书记"
    DEPUTY_SECRETARY = "deputy_secretary", "副书记"
    ORGANIZATION = "organization", "组织委员"
    PUBLICITY = "publicity", "宣传委员"
    DISCIPLINE = "discipline", "纪检委员"
    YOUTH = "youth", "青年委员"
    COMMISSIONER = "commissioner", "委员"


class Education(models.TextChoices):
    """学历, in six steps as the yearly statistics count it."""

    POSTGRADUATE = "postgraduate", "研究生"
    BACHELOR = "bachelor", "大学本科"
    COLLEGE = "college", "大学专科"
    SECONDARY = "secondary", "中专"
    HIGH_SCHOOL = "high_school", "高中、技校"
    JUNIOR = "junior", "初中及以下"


class SecretarySource(models.TextChoices):
    """Where a secretary comes from."""

    OFFICER = "officer", "社会组织负责人兼任"
    STAFF = "staff", "社会组织工作人员"
    SECONDED = "seconded", "上级选派"
    RETIRED = "retired", "离退休干部"
    UNIT = "unit", "会员单位党员"
    OTHER = "other", "其他"


class EventKind(models.TextChoices):
    """What happened to a Party member, as the yearly comparison of two years counts it (d4)."""

    ADMITTED = "admitted", "发展"
    RESTORED = "restored", "恢复党籍"
    MOVED_IN = "moved_in", "转入"
    CONVERTED = "converted", "转正"
    EXTENDED = "extended", "延长预备期"
    LOST = "lost", "失去联系"
    FOUND = "found", "恢复联系"
    EXPELLED = "expelled", "出党"
    SUSPENDED = "suspended", "停止党籍"
    DIED = "died", "死亡"
    MOVED_OUT = "moved_out", "转出"
    LEFT = "left", "移出名册"


# Who came, who went; the others leave the number as it is. 移出名册 is no line of the comparison: it stands as its
# difference until somebody says what it was.
JOINING = (EventKind.ADMITTED, EventKind.RESTORED, EventKind.MOVED_IN)
LEAVING = (EventKind.EXPELLED, EventKind.SUSPENDED, EventKind.DIED, EventKind.MOVED_OUT)
EVENT_TONES = {
    **dict.fromkeys((EventKind.ADMITTED, EventKind.RESTORED, EventKind.CONVERTED, EventKind.FOUND), "green"),
    **dict.fromkeys((EventKind.MOVED_IN, EventKind.MOVED_OUT), "blue"),
    **dict.fromkeys((EventKind.EXTENDED, EventKind.LOST, EventKind.SUSPENDED), "amber"),
    **dict.fromkeys((EventKind.EXPELLED, EventKind.DIED, EventKind.LEFT), "grey"),
}


class LostCause(models.TextChoices):
    """失联情形 [C26]."""

    WORK = "work", "外出务工经商"
    CLOSURE = "closure", "单位改制、破产、撤销"
    GRADUATE = "graduate", "毕业去向不明"
    EMPLOYER = "employer", "工作单位改变"
    ABROAD = "abroad", "出国（境）"
    MOVED = "moved", "居住地改变"
    OTHER = "other", "其他"
