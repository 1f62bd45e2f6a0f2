"""The names of all acts that history keeps, for the auditor's pages."""

from portal.audit.actions import register_actions

LABELS = {
    "accounts.create": "建立账号",
    "accounts.sign_in": "登录",
    "accounts.sign_in_failed": "登录失败",
    "accounts.sign_out": "退出登录",
    "accounts.change_password": "修改密码",
    "accounts.set_password": "重设密码",
    "memberships.open": "登记任职身份",
    "memberships.close": "终止任职身份",
    "memberships.switch": "切换身份",
    "notices.open": "交办任务",
    "notices.renew": "调整任务",
    "notices.close": "办结任务",
    "notices.cancel": "撤销任务",
    "notices.read": "消息标为已读",
}


def register_all() -> None:
    """Called once when the portal starts."""
    register_actions(LABELS)
