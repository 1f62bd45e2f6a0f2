import pytest

from portal.regions.models import Region
from portal.regions.selectors import ancestors_of, children_of, find, full_name, subtree
from portal.regions.services import RegionRow, load_regions

ROWS = [
    ("110000", "北京市", "北京", "province", ""),
    ("110105", "朝阳区", "朝阳", "county", "110000"),
    ("211300", "朝阳市", "朝阳", "city", "210000"),
    ("210000", "辽宁省", "辽宁", "province", ""),
    ("430000", "湖南省", "湖南", "province", ""),
    ("430100", "长沙市", "长沙", "city", "430000"),
    ("430104", "岳麓区", "岳麓", "county", "430100"),
    ("430121", "长沙县", "长沙", "county", "430100"),
    ("430181", "浏阳市", "浏阳", "county", "430100"),
    ("430104001", "岳麓街道", "岳麓", "township", "430104"),
    ("430300", "湘潭市", "湘潭", "city", "430000"),
    ("430304001", "岳麓镇", "岳麓", "township", "430300"),
    ("431129", "江华瑶族自治县", "江华", "county", "430000"),
    ("433100", "湘西土家族苗族自治州", "湘西", "city", "430000"),
    ("650000", "新疆维吾尔自治区", "新疆", "province", ""),
    ("BT08", "第八师(石河子市)", "第八师", "division", "650000"),
]


@pytest.fixture
def tree(db: None) -> dict[str, Region]:
    load_regions([RegionRow(*row, source="测试数据") for row in ROWS])
    return Region.objects.in_bulk(field_name="code")


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("43", ["430000"]),
        ("4301", ["430100"]),
        ("430181", ["430181"]),
        ("４３０１８１", ["430181"]),
        ("430104001", ["430104001"]),
        ("bt08", ["BT08"]),
        ("长沙市", ["430100"]),
        ("长沙", ["430100"]),
        ("长沙县", ["430121"]),
        (" 浏 阳 市 ", ["430181"]),
        ("浏阳", ["430181"]),
        ("湘西", ["433100"]),
        ("湘西州", ["433100"]),
        ("江华县", ["431129"]),
        ("新疆自治区", ["650000"]),
        ("第八师（石河子市）", ["BT08"]),
        ("湖南省长沙市", ["430100"]),
        ("湖南省/长沙市/岳麓区", ["430104"]),
        ("湖南长沙岳麓区", ["430104"]),
        ("长沙市长沙县", ["430121"]),
        ("湖南湘西州", ["433100"]),
        ("朝阳", ["110105", "211300"]),
        ("北京朝阳", ["110105"]),
        ("岳麓", ["430104", "430304001"]),
        ("火星市", []),
        ("999999", []),
        ("", []),
    ],
)
def test_find_by_code_name_or_chain(text: str, codes: list[str]) -> None:
    assert [region.code for region in find(text)] == codes


def test_find_within_a_region_leaves_out_the_others(tree: dict[str, Region]) -> None:
    assert [region.code for region in find("朝阳", within=tree["110000"])] == ["110105"]
    assert find("朝阳市", within=tree["430000"]) == []


@pytest.mark.usefixtures("tree")
def test_find_at_some_levels_leaves_out_the_others() -> None:
    assert [region.code for region in find("岳麓", levels={"city", "county"})] == ["430104"]
    assert [region.code for region in find("长沙市岳麓街道", levels={"county"})] == []


def test_subtree_holds_the_region_and_everything_below(tree: dict[str, Region]) -> None:
    assert list(subtree(tree["430100"]).values_list("code", flat=True)) == [
        "430100",
        "430104",
        "430104001",
        "430121",
        "430181",
    ]


def test_children_of_a_region_are_the_next_level_only(tree: dict[str, Region]) -> None:
    assert list(children_of(tree["430100"]).values_list("code", flat=True)) == ["430104", "430121", "430181"]
    assert list(children_of(None).values_list("code", flat=True)) == ["110000", "210000", "430000", "650000"]


def test_full_name_runs_from_the_province_down(tree: dict[str, Region]) -> None:
    assert full_name(tree["430104001"]) == "湖南省长沙市岳麓区岳麓街道"
    assert [region.code for region in ancestors_of(tree["430104"])] == ["430000", "430100", "430104"]


def test_contains_is_true_for_the_region_itself_and_below(tree: dict[str, Region]) -> None:
    assert tree["430100"].contains(tree["430100"])
    assert tree["430100"].contains(tree["430104001"])
    assert not tree["430100"].contains(tree["430000"])
    assert not tree["430100"].contains(tree["430300"])
