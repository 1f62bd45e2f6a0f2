"""The cell of posts: one, or several held by the same person (副会长兼秘书长). Pure."""

import re
from dataclasses import dataclass

from associations.governance.enums import Post
from portal.importing.parsers import CellContext, ChoiceParser, Parsed, Problem
from portal.importing.reader import Cell

POST_SYNONYMS = {
    Post.PRESIDENT: ["会长", "理事长", "商会会长", "协会会长", "主席", "院长", "校长", "园长", "主任"],
    Post.EXECUTIVE_PRESIDENT: ["执行会长", "常务副会长", "常务副理事长", "执行理事长", "常务会长"],
    Post.VICE_PRESIDENT: ["副会长", "副理事长", "副主席", "副院长", "副校长", "副主任"],
    Post.SECRETARY_GENERAL: ["执行秘书长", "专职秘书长"],
    Post.DEPUTY_SECRETARY_GENERAL: ["副秘书长(兼职)", "常务副秘书长"],
    Post.LEGAL_REPRESENTATIVE: ["法人", "法人代表", "法定代表"],
    Post.CHIEF_SUPERVISOR: ["监事会主席", "监事会召集人", "首席监事"],
    Post.SUPERVISOR: ["监事会成员"],
    Post.EXECUTIVE_DIRECTOR: ["常务理事会成员"],
    Post.DIRECTOR: ["理事会成员"],
    Post.HONORARY: ["名誉会长", "荣誉会长", "名誉理事长", "顾问", "名誉副会长", "高级顾问"],
}
BETWEEN_POSTS = re.compile(r"[兼、,，/；;＋+及]+")


@dataclass(frozen=True)
class PostsParser:
    """One or several posts; the value is a list of codes in the order written."""

    name: str = "posts"
    example: str = "会长"

    def parse(self, raw: Cell, context: CellContext) -> Parsed:
        if not isinstance(raw, str):
            value, problems = SINGLE.parse(raw, context)
            return ([value] if value else None), problems
        value, problems = SINGLE.parse(raw, context)
        if value or not problems:
            return ([value] if value else None), problems
        found: list[str] = []
        wrong: list[Problem] = []
        for part in BETWEEN_POSTS.split(raw):
            if part.strip():
                value, problems = SINGLE.parse(part, context)
                wrong.extend(problems)
                if value and value not in found:
                    found.append(value)
        return (None, tuple(wrong[:1])) if wrong else (found or None, ())


SINGLE = ChoiceParser(Post.choices, {str(post): words for post, words in POST_SYNONYMS.items()})
