"""Refusals of a whole file: a stable code and a Chinese sentence with cause and remedy."""


class FileRefused(Exception):
    """The file as a whole cannot be read; nothing of it was kept."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def empty(name: str) -> FileRefused:
    return FileRefused("file.empty", f"文件「{name}」是空的，里面没有任何内容。请打开原文件确认有数据后重新上传。")


def too_large(what: str, remedy: str) -> FileRefused:
    return FileRefused("file.too_large", f"{what}。{remedy}")


def encrypted(name: str) -> FileRefused:
    return FileRefused(
        "file.encrypted",
        f"文件「{name}」设有打开密码，系统无法查看。请在表格软件中去除密码，另存后重新上传。",
    )


def unreadable(name: str, cause: str, remedy: str = "请用表格软件打开原文件，另存为 .xlsx 后重新上传。") -> FileRefused:
    return FileRefused("file.unreadable", f"文件「{name}」{cause}。{remedy}")


def wrong_type(name: str, what: str, remedy: str = "请用表格软件打开后另存为 .xlsx，再重新上传。") -> FileRefused:
    return FileRefused(
        "file.type", f"文件「{name}」{what}，本系统读取 .xlsx、.xlsm、.xls、.ods、.csv 和 .tsv。{remedy}"
    )


def encoding_in_doubt(name: str, labels: list[str]) -> FileRefused:
    return FileRefused(
        "file.encoding",
        f"文件「{name}」的文字编码不能确定，可能是{'、'.join(labels)}。请用表格软件打开，另存为 .xlsx "
        "或「CSV UTF-8」后重新上传；在网页上传时可以自己选择编码。",
    )


def bomb(name: str, cause: str) -> FileRefused:
    return FileRefused(
        "file.bomb",
        f"文件「{name}」{cause}，为保护系统没有打开。请删除多余的工作表、图片和空白格式，另存后重新上传。",
    )


def no_header(where: str) -> FileRefused:
    return FileRefused(
        "file.no_header",
        f"{where}没有找到表头：前 30 行里没有一行含有可识别的列名。请下载模板对照列名，"
        "或在「工作表与表头」一步指定表头所在的行。",
    )


def no_rows(where: str) -> FileRefused:
    return FileRefused("file.no_rows", f"{where}表头下面没有数据行。请填写数据后重新上传，或改选另一张工作表。")


def missing_required(labels: list[str]) -> FileRefused:
    return FileRefused(
        "template.missing_required",
        f"此文件缺少必填的列：{'、'.join(labels)}。请下载最新模板补上这些列，或在「列对应」一步手动对应。",
    )
