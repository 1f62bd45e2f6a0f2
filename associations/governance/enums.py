"""Posts in an association, and kinds of members."""

from django.db import models


class Post(models.TextChoices):
    """社团职务; foundations and service institutions say 理事长 for 会长."""

    PRESIDENT = "president", "会长（理事长）"
    EXECUTIVE_PRESIDENT = "executive_president", "执行会长（常务副会长）"
    VICE_PRESIDENT = "vice_president", "副会长（副理事长）"
    SECRETARY_GENERAL = "secretary_general", "秘书长"
    DEPUTY_SECRETARY_GENERAL = "deputy_secretary_general", "副秘书长"
    LEGAL_REPRESENTATIVE = "legal_representative", "法定代表人"
    CHIEF_SUPERVISOR = "chief_supervisor", "监事长"
    SUPERVISOR = "supervisor", "监事"
    EXECUTIVE_DIRECTOR = "executive_director", "常务理事"
    DIRECTOR = "director", "理事"
    HONORARY = "honorary", "名誉职务（名誉会长、顾问等）"


# One holder at a time: a new one ends the term of the one before.
SINGLE_POSTS = (Post.PRESIDENT, Post.SECRETARY_GENERAL, Post.LEGAL_REPRESENTATIVE, Post.CHIEF_SUPERVISOR)


class AppointmentMode(models.TextChoices):
    """选任 by the congress or council, 聘任 by contract (only a secretary-general may be)."""

    ELECTED = "elected", "选任"
    APPOINTED = "appointed", "聘任"


class MemberLevel(models.TextChoices):
    """What a member unit is in the association."""

    PRESIDENT = "president", "会长单位"
    VICE_PRESIDENT = "vice_president", "副会长单位"
    EXECUTIVE_DIRECTOR = "executive_director", "常务理事单位"
    DIRECTOR = "director", "理事单位"
    SUPERVISOR = "supervisor", "监事单位"
    MEMBER = "member", "会员单位"
