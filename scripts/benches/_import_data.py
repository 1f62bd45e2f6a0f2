"""The workbook of `scripts/bench import`: N associations × 25 columns, always the same for the same N.

It looks like a province's list: a title, one header row, 45 departments and 14 cities by name, typed dates and
amounts, some dates as text, and about one row in sixty with a mistake.
"""

import datetime as dt
import random
from pathlib import Path

import xlsxwriter

from portal.importing.identifiers import check_character

COMMITTEES = (
    "省工业经济联合会",
    "省商务",
    "省直",
    "省教育",
    "省科技",
    "省文化旅游",
    "省体育",
    "省农业",
    "省卫生健康",
    "省住建",
)
GOVERNMENT = [
    "发展改革委",
    "教育厅",
    "科技厅",
    "工业和信息化厅",
    "民族宗教委",
    "公安厅",
    "民政厅",
    "司法厅",
    "财政厅",
    "人力资源社会保障厅",
    "自然资源厅",
    "生态环境厅",
    "住房城乡建设厅",
    "交通运输厅",
    "水利厅",
    "农业农村厅",
    "商务厅",
    "文化旅游厅",
    "卫生健康委",
    "退役军人厅",
    "应急厅",
    "审计厅",
    "国资委",
    "市场监管局",
    "广电局",
    "体育局",
    "统计局",
    "医保局",
    "林业局",
    "粮食和储备局",
    "地方金融管理局",
    "药监局",
    "科协",
    "工商联",
    "供销社",
]
DEPARTMENTS = [(f"湖南省{name}", "government") for name in GOVERNMENT]
DEPARTMENTS += [(f"{name}综合(行业)党委", "party_committee") for name in COMMITTEES]
CITIES = {
    "430100": "长沙市",
    "430200": "株洲市",
    "430300": "湘潭市",
    "430400": "衡阳市",
    "430500": "邵阳市",
    "430600": "岳阳市",
    "430700": "常德市",
    "430800": "张家界市",
    "430900": "益阳市",
    "431000": "郴州市",
    "431100": "永州市",
    "431200": "怀化市",
    "431300": "娄底市",
}
TRADES = [
    "茶叶",
    "机械",
    "建材",
    "物流",
    "餐饮",
    "纺织",
    "电子",
    "化工",
    "旅游",
    "种业",
    "烟花",
    "陶瓷",
    "家具",
    "汽车",
    "医药",
    "软件",
    "环保",
    "包装",
    "印刷",
    "珠宝",
]
KINDS = {"51": "社会团体", "52": "社会服务机构", "53": "基金会"}
CHARACTERS = "金木水火土山川河江湖海天地日月星云风雨雪松竹梅兰菊福禄寿喜安康宁泰和平"

HEADINGS = (
    "统一社会信用代码",
    "名称",
    "社会组织类型",
    "是否行业协会商会",
    "登记级别",
    "登记地",
    "管理方式",
    "状态",
    "业务主管单位",
    "行业管理部门",
    "责任处室",
    "责任人",
    "所属综合(行业)党委",
    "行业类别",
    "成立日期",
    "住所",
    "注册资金(万元)",
    "单位会员数",
    "个人会员数",
    "从业人员数",
    "专职人员数",
    "本届起始日期",
    "任期(年)",
    "党建入章",
    "正式党员数(组织关系在本组织)",
)
DATES = frozenset({14})


def write(path: Path, count: int, *, with_mistakes: bool = True) -> None:
    """Write the workbook of `count` rows; nobody sees it half-written."""
    part = path.with_suffix(".part")
    book = xlsxwriter.Workbook(str(part), {"constant_memory": True, "strings_to_urls": False})
    sheet = book.add_worksheet("名录")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_string(0, 0, "湖南省社会组织名录")
    sheet.write_row(1, 0, HEADINGS)
    chance = random.Random(count)  # noqa: S311 (the same workbook every time)
    for number in range(count):
        line = number + 2
        for column, value in enumerate(_row(number, chance, with_mistakes)):
            if isinstance(value, str):
                sheet.write_string(line, column, value)
            elif column in DATES:
                sheet.write_datetime(line, column, value, day)
            else:
                sheet.write_number(line, column, value)
    book.close()
    part.rename(path)


def _row(number: int, chance: random.Random, with_mistakes: bool) -> list[object]:
    prefix = chance.choice(("51", "51", "51", "52", "53"))
    region = chance.choice(list(CITIES))
    start = f"{prefix}{region}MJ{number:07d}"[:17]
    code = start + check_character(start)
    kind = KINDS[prefix]
    name = f"{CITIES[region]}{chance.choice(TRADES)}{''.join(chance.choices(CHARACTERS, k=3))}{number:06d}协会"
    supervisor = chance.choice(GOVERNMENT)
    founded = dt.datetime(1985, 1, 1) + dt.timedelta(days=chance.randrange(14_000))  # noqa: DTZ001 (a day)
    staff = chance.randrange(3, 60)
    row: list[object] = [
        code,
        name,
        kind,
        "是" if prefix == "51" and chance.random() < 0.6 else "否",
        "市级",
        CITIES[region],
        chance.choice(("双重管理", "双重管理", "双重管理", "脱钩")),
        "正常",
        f"湖南省{supervisor}",
        f"湖南省{chance.choice(GOVERNMENT)}",
        chance.choice(("综合处", "行业管理处", "社会组织处", "办公室")),
        chance.choice(("主任科员", "副处长", "一级主任科员", "处长")),
        f"{chance.choice(COMMITTEES)}综合(行业)党委",
        chance.choice(TRADES),
        founded,
        f"{CITIES[region]}{chance.choice(TRADES)}路{chance.randrange(1, 900)}号{chance.randrange(1, 30)}栋",
        round(chance.uniform(3, 500), 2),
        chance.randrange(10, 900),
        chance.randrange(0, 3000),
        staff,
        chance.randrange(0, staff),
        f"{chance.randrange(2019, 2026)}.{chance.randrange(1, 13):02d}.{chance.randrange(1, 29):02d}",
        chance.choice((3, 4, 5)),
        chance.choice(("是", "√", "否")),
        chance.randrange(0, 40),
    ]
    place = number % 180 if with_mistakes else None
    if place == 7:
        row[0] = code[:17] + ("0" if code[17] != "0" else "1")
    elif place == 67:
        row[9] = "湖南省不存在的厅局"
    elif place == 127:
        row[17] = "约二百家"
    return row
