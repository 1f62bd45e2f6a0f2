"""双培双推: four directions, and what came of each."""

from django.db import models


class Direction(models.TextChoices):
    """R-082: who is made what."""

    TO_MEMBER = "to_member", "负责人、会员骨干培养成党员"
    TO_MANAGEMENT = "to_management", "员工党员培养成管理人员"
    TO_SECRETARY = "to_secretary", "管理层党员推选为书记、副书记"
    INTO_BOARD = "into_board", "书记、副书记推荐进入管理层"


class Result(models.TextChoices):
    """What came of it (P-19)."""

    MEMBER = "member", "成为党员"
    MANAGER = "manager", "成为管理人员"
    SECRETARY = "secretary", "当选书记、副书记"
    BOARD = "board", "进入管理层"
    PACESETTER = "pacesetter", "成为创业致富带头人"
    ENDED = "ended", "未达到、已终止"


# What a direction aims at; whoever was made a leader of enterprise counts with those who were members already (P-19).
RESULTS: dict[Direction, tuple[Result, ...]] = {
    Direction.TO_MEMBER: (Result.MEMBER, Result.ENDED),
    Direction.TO_MANAGEMENT: (Result.MANAGER, Result.PACESETTER, Result.ENDED),
    Direction.TO_SECRETARY: (Result.SECRETARY, Result.ENDED),
    Direction.INTO_BOARD: (Result.BOARD, Result.ENDED),
}
REACHED = tuple(result for result in Result if result != Result.ENDED)
RESULT_TONES = dict.fromkeys(REACHED, "green") | {Result.ENDED: "grey"}
