"""System checks of encryption: the key ring can be used, and this machine's OpenSSL brings the chosen cipher."""

from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from django.conf import settings
from django.core.checks import CheckMessage, Error

from portal.privacy.keys import KeyRingError, ring
from portal.privacy.sealing import CIPHERS, VERSIONS


def check_key_ring(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """`privacy.E001`: without a sound key ring no personal number can be written or read."""
    try:
        ring()
    except KeyRingError as error:
        return [Error(str(error), id="privacy.E001")]
    except OSError as error:
        return [Error(f"密钥环无法建立：{error.strerror}。请检查磁盘空间和目录权限。", id="privacy.E001")]
    return []


def check_cipher(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """`privacy.E002`: some builds of OpenSSL leave SM4 out."""
    try:
        CIPHERS[VERSIONS[settings.PORTAL_CIPHER]](bytes(32)).encrypt(bytes(12), b"portal", None)
    except UnsupportedAlgorithm:
        return [
            Error(
                f"本机的 OpenSSL 不支持 PORTAL_CIPHER={settings.PORTAL_CIPHER}。",
                hint="请改用 cryptography 官方安装包，或设置 PORTAL_CIPHER=aes。",
                id="privacy.E002",
            )
        ]
    return []
