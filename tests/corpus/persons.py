"""Files with people in them: numbers that the software destroyed, names with spaces, telephones."""

from tests import other_formats
from tests.corpus.case import Case, new, rejected, xlsx

OFFICERS = ("社会组织名称", "姓名", "职务", "身份证号", "联系电话", "出生年月")
MEMBERS = ("姓名", "性别", "公民身份号码", "党员类别", "入党时间", "所在党支部")
CONCLUSIONS = ("社会组织名称", "年检年度", "年检结果", "文号", "发文日期")
KNOWN = "湖南省竹木(楠竹)商会"
BRANCH = "中共湖南省茶业协会支部委员会"
MAN, WOMAN = "430104195601010014", "11010519491231002X"
ID_LETTER, TELEPHONE = "D", "13800001234"


def officer(name: str, number: object, post: str = "副会长", phone: object = TELEPHONE) -> tuple[object, ...]:
    return (KNOWN, name, post, number, phone, None)


def passing_persons() -> list[Case]:
    return [
        Case(
            "officers",
            "xlsx",
            "负责人：姓名有空格、号码全角小写、电话是数字和多个",
            (8, 9, 12),
            xlsx(
                [
                    OFFICERS,
                    officer("张　三", "１１０１０５１９４９１２３１００２ｘ", "会长", 13800001234.0),
                    officer("阿依古丽•买买提", MAN, "秘书长", "0731-84567890/13800001234"),
                    officer("王五", None, "监事长", None),
                ]
            ),
            new(3),
            kind="officers",
        ),
        Case(
            "party-members",
            "xls",
            "党员名册：.xls，日期多种写法，没有号码也可以",
            (8, 10, 19),
            other_formats.xls_table(
                [
                    ("某支部党员名册",),
                    MEMBERS,
                    ("李 四", "男", MAN, "正式党员", "2001.07.01", BRANCH),
                    ("赵六", "女", None, "预备党员", "2025年7月1日", BRANCH),
                ]
            ),
            new(2),
            kind="party_members",
        ),
    ]


def failing_persons() -> list[Case]:
    wrong = "110105194912310021"
    return [
        Case(
            "identity-numbers",
            "xlsx",
            "号码校验不符、存成数字丢了后三位、15 位旧号、日期不存在",
            (8,),
            xlsx(
                [
                    OFFICERS,
                    officer("张一", wrong),
                    officer("张二", 110105194912310021),
                    officer("张三", "1.10105E+17"),
                    officer("张四", "110105491231002"),
                    officer("张五", "110105194902310021"),
                    officer("张六", WOMAN),
                ]
            ),
            rejected(
                (2, ID_LETTER, "id.checksum"),
                (3, ID_LETTER, "id.lost_digits"),
                (4, ID_LETTER, "id.lost_digits"),
                (5, ID_LETTER, "id.checksum"),
                (6, ID_LETTER, "id.checksum"),
            ),
            kind="officers",
        ),
        Case(
            "identity-numbers",
            "xls",
            "号码在 .xls 里存成数字",
            (8, 19),
            other_formats.xls_table([MEMBERS, ("李四", "男", 4.30104195601010e17, "正式党员", "2001-07-01", BRANCH)]),
            rejected((2, "C", "id.lost_digits"), good=0),
            kind="party_members",
        ),
        Case(
            "names-of-people",
            "xlsx",
            "姓名栏里是电话、几个人、一个字",
            (12,),
            xlsx(
                [
                    OFFICERS,
                    officer("张三13800001234", None),
                    officer("张三、李四", None),
                    officer("张", None),
                    officer("李四", None),
                ]
            ),
            rejected((2, "B", "name.number"), (3, "B", "name.several"), (4, "B", "name.too_short")),
            kind="officers",
        ),
        Case(
            "branch-unknown",
            "xlsx",
            "所在党支部不存在",
            (13,),
            xlsx([MEMBERS, ("李四", "男", None, "正式党员", "2001-07-01", "没有的党支部")]),
            rejected((2, "F", "reference.unknown"), good=0),
            kind="party_members",
        ),
        Case(
            "conclusions",
            "xlsx",
            "年检结论：没有文号、结论写成优秀、年度写成汉字、没有这家、没有这一年的年检",
            (12,),
            xlsx(
                [
                    CONCLUSIONS,
                    (KNOWN, 2025, "合格", None, "2026-05-20"),
                    (KNOWN, 2024, "优秀", "1号", "2026-05-20"),
                    (KNOWN, "去年", "合格", "1号", "2026-05-20"),
                    ("没有的协会", 2025, "合格", "1号", "2026-05-20"),
                ]
            ),
            rejected(
                (2, "B", "inspection.none"),
                (2, "D", "required"),
                (3, "C", "choice.unknown"),
                (3, "B", "inspection.none"),
                (4, "B", "number.invalid"),
                (5, "A", "reference.unknown"),
                good=0,
            ),
            kind="inspection_conclusions",
        ),
    ]
