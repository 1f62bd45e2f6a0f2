"""Choices of what is published, and of what the public says to it."""

from django.db import models


class PublicationKind(models.TextChoices):
    NOTICE = "notice", "公示"
    PROGRESS = "progress", "活动进展"
    BULLETIN = "bulletin", "简报"
    SPECIAL = "special", "专刊"
    ARTICLE = "article", "专栏文章"


# What a person writes at the desk; a notice comes from the subject that it is about.
WRITTEN = (PublicationKind.PROGRESS, PublicationKind.BULLETIN, PublicationKind.SPECIAL, PublicationKind.ARTICLE)
# What appears in numbered issues and is printed as one; a special issue gathers what was published before.
NUMBERED = (PublicationKind.BULLETIN, PublicationKind.SPECIAL)
GATHERED = (PublicationKind.PROGRESS, PublicationKind.BULLETIN, PublicationKind.ARTICLE)


class PublicationState(models.TextChoices):
    DRAFT = "draft", "待签发"
    PUBLISHED = "published", "已发布"
    WITHDRAWN = "withdrawn", "已撤下"


PUBLICATION_TONES = {
    PublicationState.DRAFT: "grey",
    PublicationState.PUBLISHED: "green",
    PublicationState.WITHDRAWN: "amber",
}


class ObjectionState(models.TextChoices):
    RECEIVED = "received", "待核查"
    INVESTIGATING = "investigating", "核查中"
    UPHELD = "upheld", "反映属实"
    DISMISSED = "dismissed", "反映不属实"


OBJECTION_TONES = {
    ObjectionState.RECEIVED: "amber",
    ObjectionState.INVESTIGATING: "blue",
    ObjectionState.UPHELD: "red",
    ObjectionState.DISMISSED: "grey",
}
OPEN_OBJECTIONS = (ObjectionState.RECEIVED, ObjectionState.INVESTIGATING)


class HolderKind(models.TextChoices):
    """Whose publication it is: the province's department, a place's, or a body's."""

    PROVINCE = "province", "省"
    REGION = "region", "市县"
    DEPARTMENT = "department", "单位"
