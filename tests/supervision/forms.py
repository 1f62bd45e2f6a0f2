"""A small form with one of everything, for tests of the association's side."""

SMALL = """\
code: small
version: 1
title: 年度检查报告书
declaration: 本单位承诺所填内容真实、完整。
sections:
  - code: basic
    title: 基本情况
    minutes: 3
    prepare: [登记证书]
    groups:
      - title: 登记
        fields:
          - code: name
            label: 名称
            type: text
            source: association.name
            locked: true
            how_to_change: 请到登记管理机关办理变更登记
          - {code: address, label: 住所, type: text, source: association.domicile, required: false}
          - {code: contact_phone, label: 联系电话, type: phone, source: contacts.phone, personal: true}
          - code: members
            label: 单位会员数
            type: integer
            unit: 家
            column: unit_member_count
            explain_change_over: 30
      - title: 活动
        fields:
          - {code: has_event, label: 是否举办论坛, type: yes_no}
          - {code: event_name, label: 论坛名称, type: text, shown_when: [{field: has_event, is: yes}]}
          - {code: topics, label: 服务内容, type: choices, required: false, choices: [train: 培训, trade: 展会]}
          - code: branches
            label: 分支机构
            type: rows
            required: false
            max_rows: 5
            columns:
              - {code: title, label: 名称, type: text}
              - {code: staff, label: 人数, type: integer, required: false}
  - code: money
    title: 财务情况
    minutes: 10
    groups:
      - title: 收支
        fields:
          - {code: fees, label: 会费收入, type: money, unit: 元, column: membership_fee_income}
          - {code: other, label: 其他收入, type: money, unit: 元}
          - {code: income, label: 收入合计, type: money, unit: 元, column: income_total}
      - title: 附件
        fields:
          - {code: audit, label: 审计报告, type: file, required: false, max_files: 3}
  - code: balance
    title: 资产负债表
    minutes: 5
    groups:
      - grid:
          code: sheet
          title: 资产负债表
          unit: 元
          rows: [cash: 货币资金, total: 净资产合计]
          columns: [opening: 年初数, closing: 年末数]
checks:
  - {code: income_sum, total: income, parts: [fees, other]}
"""

PHONE = "0731-85551234"
# What a person types into the three sections so that nothing is missing.
FULL = {
    "basic": {
        "address": "长沙市岳麓大道1号",
        "contact_phone": PHONE,
        "members": "12",
        "has_event": "no",
        "topics": ["train"],
        "branches": [{"title": "分会", "staff": "2"}],
    },
    "money": {"fees": "100", "other": "20", "income": "120"},
    "balance": {
        "sheet_cash_opening": "1",
        "sheet_cash_closing": "2",
        "sheet_total_opening": "3",
        "sheet_total_closing": "4",
    },
}
