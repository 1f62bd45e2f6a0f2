"""A library in the demonstration: six normative documents and model texts, five guides (001 长沙), two manuals."""

from datetime import timedelta

from associations.library.models import LibraryDocument
from associations.library.services import publish, replace
from portal.access.actor import Actor
from portal.files.models import StoredFile
from portal.files.services import store
from portal.home.demonstration.closes import paper
from portal.home.demonstration.world import World

DOCUMENTS = (
    ("normative", "社会组织登记管理办法实施细则", "湘民发〔{year}〕3号"),
    ("normative", "社会组织信息公开办法", "湘民发〔{year}〕4号"),
    ("normative", "社会组织重大事项报告办法", "湘民发〔{year}〕5号"),
    ("normative", "行业协会商会收费行为规范", "湘民发〔{year}〕6号"),
    ("template", "社会团体章程示范文本", ""),
    ("template", "社会服务机构章程示范文本", ""),
    ("guide", "社会组织成立登记工作指引", ""),
    ("guide", "社会组织行政执法工作指引", ""),
    ("guide", "社会组织换届选举工作指引", ""),
    ("guide", "社会组织注销清算工作指引", ""),
    ("guide", "社会组织党组织参与决策管理工作指引", ""),
    ("manual", "社会组织党支部标准化规范化手册", ""),
    ("manual", "党建工作指导员工作手册", ""),
)
REVISED = "社会组织党支部标准化规范化手册"
STAFF_ONLY = {"社会组织行政执法工作指引", "党建工作指导员工作手册"}


def make_library(world: World, actor: Actor) -> None:
    """All of them by the service; one has a second version, in force for two months."""
    since = world.today.replace(year=world.today.year - 1, month=3, day=1)
    made: dict[str, LibraryDocument] = {}
    for kind, title, number in DOCUMENTS:
        made[title] = publish(
            kind=kind,
            title=title,
            number=number.format(year=since.year),
            issuer="湖南省民政厅" if kind in ("normative", "template") else "省委社会工作部",
            audience="staff" if title in STAFF_ONLY else "associations",
            summary="",
            starts_on=since,
            file=_file(title, world, actor),
            actor=actor,
            now=world.now,
        )
    replace(
        made[REVISED],
        number="",
        summary="增加换届提醒和民主评议的办理要求。",
        starts_on=world.today - timedelta(days=60),
        file=_file(f"{REVISED}（第二版）", world, actor),
        actor=actor,
        version=made[REVISED].version,
        now=world.now,
    )


def _file(title: str, world: World, actor: Actor) -> StoredFile:
    return store(paper(), name=f"{title}.pdf", kind="library", actor=actor, now=world.now)
