"""Files that are refused, and rows that are kept out: each with its code, all problems at once."""

import io
import zipfile

from openpyxl import Workbook

from tests import other_formats, workbooks
from tests.corpus.case import EARLIEST, HEAD, Case, code, name, refused, rejected, row, saved, steady, xlsx
from tests.corpus.failing_cells import values, with_code
from tests.other_formats import cell

PART = "xl/worksheets/sheet1.xml"
DATED = (*HEAD, "成立日期")


def failing() -> list[Case]:
    return [*files(), *tables(), *codes(), *values(), *references(), *duplicates(), *places()]


def archive(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for part, text in parts.items():
            made.writestr(zipfile.ZipInfo(part, EARLIEST), text, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def files() -> list[Case]:
    plain = xlsx([HEAD, row(1)])
    old = other_formats.xls_table([HEAD, row(1)])
    open_document = other_formats.ods_table([HEAD, row(1)])
    web = "<html><table><tr><td>名称</td></tr></table></html>".encode()
    flat = b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook><Worksheet/></Workbook>'
    entity = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    found = [
        ("zero-bytes", "xlsx", "零字节", b"", "file.empty", (19,)),
        ("empty-workbook", "xlsx", "没有内容的工作簿", saved(Workbook()), "file.empty", (19,)),
        ("only-separators", "csv", "只有分隔符", b",,,\r\n,,,\r\n", "file.empty", (18,)),
        ("password", "xlsx", "设有打开密码", workbooks.encrypted(), "file.encrypted", (19,)),
        (
            "password",
            "ods",
            "设有打开密码的 .ods",
            other_formats.ods(
                {"a": other_formats.row(cell("x"))},
                more={"META-INF/manifest.xml": b"<manifest:manifest><manifest:encryption-data/></manifest:manifest>"},
            ),
            "file.encrypted",
            (19,),
        ),
        ("web-page", "xls", "网页改名", web, "file.type", (19,)),
        ("flat-xml", "xls", "XML 表格 2003", flat, "file.type", (19,)),
        ("wps", "et", "WPS 自己的格式", old, "file.type", (19,)),
        ("word", "docx", "Word 文档", archive({"word/document.xml": b"<x/>"}), "file.type", (19,)),
        ("pdf", "xlsx", "PDF 改名", b"%PDF-1.7\n%x", "file.type", (19,)),
        ("picture", "xlsx", "图片改名", b"\x89PNG\r\n\x1a\n" + b"\0" * 60, "file.type", (19,)),
        ("archive", "zip", "压缩包里的表格", archive({"名录.csv": b"a,b"}), "file.type", (19,)),
        ("binary-workbook", "xlsb", "二进制工作簿", archive({"xl/workbook.bin": b"x"}), "file.type", (19,)),
        ("text", "txt", "文本文件", "名称,代码\n甲,1\n".encode(), "file.type", (18,)),
        ("cut-off", "xlsx", "没有传完整", plain[: len(plain) // 2], "file.unreadable", (19,)),
        ("cut-off", "xls", "没有传完整的 .xls", old[: len(old) // 3], "file.unreadable", (19,)),
        ("cut-off", "ods", "没有传完整的 .ods", open_document[: len(open_document) // 2], "file.unreadable", (19,)),
        (
            "entities",
            "xlsx",
            "声明了实体",
            steady(plain, {PART: lambda text: entity + text[text.index(b"<worksheet") :]}),
            "file.unreadable",
            (19,),
        ),
        (
            "broken-xml",
            "xlsx",
            "内部 XML 损坏",
            steady(plain, {"xl/workbook.xml": lambda _: b"<x"}),
            "file.unreadable",
            (19,),
        ),
        (
            "bomb",
            "xlsx",
            "压缩炸弹",
            archive({"xl/workbook.xml": b"<x/>", "xl/media/a.bin": b"\0" * 40_000_000}),
            "file.bomb",
            (19,),
        ),
        (
            "far-cell",
            "xlsx",
            "最右一列有一个字",
            xlsx([(*HEAD, *[None] * 16_378, "x"), row(1)]),
            "file.too_large",
            (25,),
        ),
        ("too-many-columns", "csv", "300 列", b",".join([b"x"] * 300), "file.too_large", (25,)),
        ("unknown-encoding", "csv", "无法识别的编码", b"\xff\xff\xfe\x81\x00\x30,\xff\xff", "file.unreadable", (18,)),
        (
            "encoding-in-doubt",
            "csv",
            "繁体编码，命令行不猜",
            "名稱,統一社會信用代碼,類型,登記級別\r\n湖南省茶葉商會聯合會館與學術團體,x,社會團體,省級\r\n".encode(
                "big5"
            ),
            "file.encoding",
            (18,),
        ),
        ("binary", "csv", "不是文字", bytes(range(256)) * 4, "file.unreadable", (18,)),
        (
            "open-quotes",
            "csv",
            "引号没有成对",
            (
                ",".join(HEAD)
                + f'\n"{name(1)},{code(1)},社会团体,省级,湖南省\n{name(2)},{code(2)},社会团体,省级,湖南省\n'
            ).encode(),
            "file.unreadable",
            (18,),
        ),
    ]
    return [
        Case(title, ending, why, ugliness, content, refused(answer))
        for title, ending, why, content, answer, ugliness in found
    ]


def tables() -> list[Case]:
    members = ("姓名", "性别", "出生年月", "民族", "学历", "入党时间")
    return [
        Case(
            "no-header", "xlsx", "没有可识别的列名", (1,), xlsx([("甲", "乙"), ("x", "y")]), refused("file.no_header")
        ),
        Case("no-rows", "xlsx", "只有表头", (6,), xlsx([HEAD]), refused("file.no_rows")),
        Case(
            "only-numbers-no-rows",
            "xlsx",
            "只有编好序号的空行",
            (6,),
            xlsx([("序号", *HEAD), (1,), (2,)]),
            refused("file.no_rows"),
        ),
        Case(
            "missing-columns",
            "xlsx",
            "缺少必填列，又都是新的",
            (23,),
            xlsx([("名称", "从业人员数"), (name(1), 3)]),
            refused("template.missing_required")
            | {"missing_required": ["uscc", "kind", "registration_level", "region"]},
        ),
        Case(
            "another-template",
            "xlsx",
            "党员名册当名录传",
            (23,),
            xlsx([members, ("张三", "男", "1980.1", "汉", "本科", "2001.7")]),
            refused("file.no_header"),
        ),
        Case(
            "sheet-that-is-not-there",
            "xlsx",
            "指定了没有的工作表",
            (7,),
            xlsx([HEAD, row(1)]),
            refused("file.no_header"),
            sheet="没有",
        ),
        Case(
            "heading-that-is-not-there",
            "xlsx",
            "指定了没有的列",
            (23,),
            xlsx([HEAD, row(1)]),
            refused("mapping.unknown"),
            columns={"没有": "name"},
        ),
    ]


def codes() -> list[Case]:
    right = code(1)
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    return [
        Case(
            "code-checksum",
            "xlsx",
            "校验位不符",
            (8,),
            xlsx([HEAD, with_code(1, wrong), row(2)]),
            rejected((2, "B", "uscc.checksum")),
        ),
        Case(
            "code-short",
            "xlsx",
            "少一位",
            (8,),
            xlsx([HEAD, with_code(1, right[:-1]), row(2)]),
            rejected((2, "B", "uscc.checksum")),
        ),
        Case(
            "code-letter-o",
            "xlsx",
            "数字 0 写成字母 O",
            (8,),
            xlsx([HEAD, with_code(1, right.replace("0", "O", 1)), row(2)]),
            rejected((2, "B", "uscc.checksum")),
        ),
        Case(
            "code-as-number",
            "xlsx",
            "存成数字，后三位已丢失",
            (8,),
            xlsx([HEAD, with_code(1, 514300001234567890), row(2)]),
            rejected((2, "B", "uscc.lost_digits")),
        ),
        Case(
            "code-as-number",
            "xls",
            "存成数字的 .xls",
            (8, 19),
            other_formats.xls_table([HEAD, with_code(1, 5.1430000123456e17), row(2)]),
            rejected((2, "B", "uscc.lost_digits")),
        ),
        Case(
            "code-scientific",
            "csv",
            "科学记数",
            (8, 18),
            workbooks.as_csv([HEAD, with_code(1, "5.143E+17"), row(2)]),
            rejected((2, "B", "uscc.lost_digits")),
        ),
        Case(
            "code-of-another-kind",
            "xlsx",
            "民非的代码填成社会团体",
            (8,),
            xlsx([HEAD, with_code(1, code(1, "52430000")), row(2)]),
            rejected((2, "B", "uscc.kind")),
        ),
        Case(
            "code-of-a-company",
            "xlsx",
            "企业的代码",
            (8,),
            xlsx([HEAD, with_code(1, code(1, "91430000")), row(2)]),
            rejected((2, "B", "uscc.kind")),
        ),
    ]


def references() -> list[Case]:
    regulated = (*HEAD, "行业管理部门")
    return [
        Case(
            "department-unknown",
            "xlsx",
            "没有这个部门，也不会新建",
            (13,),
            xlsx([regulated, row(1, "湖南省不存在厅"), row(2)]),
            rejected((2, "F", "reference.unknown")),
        ),
        Case(
            "department-ambiguous",
            "xlsx",
            "两个同名部门",
            (13,),
            xlsx([regulated, row(1, "语料开发区管委会"), row(2)]),
            rejected((2, "F", "reference.ambiguous")),
        ),
        Case(
            "committee-that-is-none",
            "xlsx",
            "所属党委填的是厅局",
            (13,),
            xlsx([(*HEAD, "所属党委"), row(1, "湖南省工业和信息化厅"), row(2)]),
            rejected((2, "F", "reference.unknown")),
        ),
        Case(
            "region-unknown",
            "xlsx",
            "没有这个地方",
            (13,),
            xlsx([HEAD, (*row(1)[:4], "某某市"), row(2)]),
            rejected((2, "E", "reference.unknown")),
        ),
        Case(
            "parent-unknown",
            "xlsx",
            "上级党组织不存在",
            (13,),
            xlsx(
                [
                    ("党组织名称", "所在社会组织", "类别", "上级党组织"),
                    ("语料党支部", "湖南省茶业协会", "党支部", "没有的党委"),
                ]
            ),
            rejected((2, "D", "reference.unknown"), good=0, warnings=["establishment_mode.assumed"]),
            kind="party_organizations",
        ),
        Case(
            "association-unknown",
            "xlsx",
            "所在社会组织不存在",
            (14,),
            xlsx([("党组织名称", "所在社会组织", "类别"), ("语料党支部", "没有的商会", "党支部")]),
            rejected((2, "B", "reference.unknown"), good=0, warnings=["establishment_mode.assumed"]),
            kind="party_organizations",
        ),
        Case(
            "parents-in-a-circle",
            "xlsx",
            "上级互为上级",
            (13,),
            xlsx(
                [
                    ("名称", "类别", "层级", "上级"),
                    ("语料甲工委", "两新工委", "省级", "语料乙工委"),
                    ("语料乙工委", "两新工委", "省级", "语料甲工委"),
                ]
            ),
            {"state": "previewed", "counts": {"new": 0, "rejected": 2}},
            kind="departments",
        ),
    ]


def duplicates() -> list[Case]:
    return [
        Case(
            "code-twice",
            "xlsx",
            "同一代码两行",
            (24,),
            xlsx([HEAD, row(1), row(2), row(1)]),
            rejected((4, "B", "duplicate.in_file"), good=2),
        ),
        Case(
            "name-twice",
            "xlsx",
            "没有代码，同名两行",
            (24,),
            xlsx([("名称", "单位会员数"), ("湖南省竹木(楠竹)商会", 20), ("湖南省竹木（楠竹）商会", 21)]),
            {
                "state": "committed",
                "counts": {"read": 2, "changed": 1, "rejected": 1},
                "rejected": [[3, "A", "duplicate.in_file"]],
                "warnings": [],
            },
        ),
        Case(
            "known-name-other-code",
            "xlsx",
            "登记库里同名，代码不同",
            (14, 24),
            xlsx([HEAD, ("湖南省竹木(楠竹)商会", *row(1)[1:]), row(2)]),
            rejected((2, "A", "duplicate.conflict")),
        ),
    ]


def places() -> list[Case]:
    return [
        Case(
            "outside-the-scope",
            "xlsx",
            "长沙的工作部导入株洲的单位",
            (24,),
            xlsx(
                [
                    HEAD,
                    ("株洲市语料商会", code(1, "51430200"), "社会团体", "市级", "株洲市"),
                    ("长沙市语料商会", code(2, "51430100"), "社会团体", "市级", "长沙市"),
                ]
            ),
            rejected((2, "E", "scope.outside")),
            persona="regional_office",
        ),
        Case(
            "outside-the-scope-by-code",
            "xlsx",
            "市级工作部改省级单位",
            (24,),
            xlsx([HEAD, ("湖南省竹木(楠竹)商会", code(9001), "社会团体", "省级", "湖南省")]),
            {
                "state": "previewed",
                "counts": {"read": 1, "rejected": 1},
                "rejected": [[2, "E", "scope.outside"]],
                "warnings": [],
            },
            persona="regional_office",
        ),
    ]
