"""How the Party team of an association and its management overlap."""

from django.db import models


class CrossState(models.TextChoices):
    """R-081: whether somebody of the Party team holds a post; strictly, whether the secretary holds a leading one."""

    STRICT = "strict", "书记任主要职务"
    CROSSED = "crossed", "班子成员任职"
    NONE = "none", "没有交叉任职"
    UNKNOWN = "unknown", "班子或负责人未登记"


CROSS_TONES = {
    CrossState.STRICT: "green",
    CrossState.CROSSED: "blue",
    CrossState.NONE: "amber",
    CrossState.UNKNOWN: "grey",
}
