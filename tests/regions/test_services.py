import pytest

from portal.regions.models import Region
from portal.regions.services import LoadResult, RegionRow, load_regions

HUNAN = RegionRow("430000", "湖南省", "湖南", "province", "", "测试数据")
CHANGSHA = RegionRow("430100", "长沙市", "长沙", "city", "430000", "测试数据")
NINGXIANG = RegionRow("430182", "宁乡县", "宁乡", "county", "430100", "测试数据")

pytestmark = pytest.mark.django_db


def test_load_regions_builds_paths_in_any_order() -> None:
    assert load_regions([NINGXIANG, CHANGSHA, HUNAN]) == LoadResult(3, 0, 0)
    assert Region.objects.get(code="430182").path == "/430000/430100/430182/"
    assert Region.objects.get(code="430182").path_codes == ["430000", "430100", "430182"]
    assert str(Region.objects.get(code="430182")) == "宁乡县"


def test_load_regions_again_changes_nothing() -> None:
    load_regions([HUNAN, CHANGSHA])
    assert load_regions([HUNAN, CHANGSHA]) == LoadResult(0, 0, 2)


def test_load_regions_renames_in_place_and_leaves_others_alone() -> None:
    load_regions([HUNAN, CHANGSHA, NINGXIANG])
    before = Region.objects.get(code="430182").pk
    renamed = RegionRow("430182", "宁乡市", "宁乡", "county", "430100", "测试数据")
    assert load_regions([renamed]) == LoadResult(0, 1, 0)
    assert (Region.objects.get(code="430182").name, Region.objects.get(code="430182").pk) == ("宁乡市", before)
    assert Region.objects.count() == 3


def test_load_regions_without_the_parent_writes_nothing() -> None:
    with pytest.raises(ValueError, match="找不到上级区划：430100"):
        load_regions([HUNAN, NINGXIANG])
    assert Region.objects.count() == 0


def test_load_regions_in_a_circle_is_refused() -> None:
    with pytest.raises(ValueError, match="找不到上级区划"):
        load_regions([RegionRow("1", "甲", "甲", "city", "2", "x"), RegionRow("2", "乙", "乙", "city", "1", "x")])
