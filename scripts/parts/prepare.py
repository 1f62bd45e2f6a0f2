"""The set-up that every script does first: whatever is missing is installed, whatever is there is left alone.

Standard library only: it runs under the machine's own Python, before there is anything else. Each step keeps a stamp
(the hash of what it was made from), so that a second run takes no time.
"""

import ctypes
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.parts.say import Stop, say, warn

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
BUILD = ROOT / "build"
FONTS = BUILD / "fonts"
NODE = BUILD / "node"
SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")

# What WeasyPrint opens at run time, and the package (same name on Debian 12, 13 and Ubuntu 24.04) that brings it.
LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
    "libfontconfig.so.1": "fontconfig",
}
# A family that shows the font is there, the package, and the files to keep when it is unpacked without being root.
FONT_PACKAGES = {
    "Noto Serif CJK SC": ("fonts-noto-cjk", "usr/share/fonts"),
    "LXGW WenKai": ("fonts-lxgw-wenkai", "usr/share/fonts"),
    "FandolFang": ("texlive-lang-chinese", "usr/share/texlive/texmf-dist/fonts/opentype/public/fandol"),
}
# The Fandol package depends on a whole TeX; its four typefaces are unpacked, the rest is not wanted.
UNPACKED_ONLY = {"texlive-lang-chinese"}
FONTCONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{folder}</dir>
</fontconfig>
"""


def is_root() -> bool:
    return os.geteuid() == 0


def digest(*paths: Path, extra: str = "") -> str:
    """One hash over files' contents, and over every file below a folder."""
    value = hashlib.sha256(extra.encode())
    for path in paths:
        files = sorted(item for item in path.rglob("*") if item.is_file()) if path.is_dir() else [path]
        for file in files:
            value.update(str(file.relative_to(path.parent)).encode())
            value.update(file.read_bytes() if file.exists() else b"")
    return value.hexdigest()


def is_stamped(stamp: Path, value: str) -> bool:
    return stamp.exists() and stamp.read_text(encoding="ascii").strip() == value


def write_stamp(stamp: Path, value: str) -> None:
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(value + "\n", encoding="ascii")


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two scripts of one clone set up one after the other."""
    BUILD.mkdir(exist_ok=True)
    with (BUILD / "setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another script is setting up; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def run(*command: str | Path, cwd: Path = ROOT, quiet: bool = True, env: dict[str, str] | None = None) -> bool:
    """Run a set-up command; on failure show the end of what it said and return False."""
    result = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
        text=True,
        check=False,
    )
    if result.returncode and quiet:
        print("\n".join((result.stdout or "").splitlines()[-15:]), file=sys.stderr)
    return result.returncode == 0


def apt_install(packages: list[str]) -> bool:
    """Install Debian packages as root; False when that is not possible here."""
    if not is_root() or not shutil.which("apt-get"):
        return False
    quiet_apt = {"DEBIAN_FRONTEND": "noninteractive"}
    say(f"apt-get install {' '.join(packages)}")
    lists = Path("/var/lib/apt/lists")
    if not any(lists.glob("*_Packages*")) and not run("apt-get", "update", "-q", env=quiet_apt):
        return False
    install = ("apt-get", "install", "-y", "-q", "--no-install-recommends", *packages)
    return run(*install, env=quiet_apt) or (
        run("apt-get", "update", "-q", env=quiet_apt) and run(*install, env=quiet_apt)
    )


def missing_libraries() -> list[str]:
    """The packages whose shared library cannot be opened."""
    missing = []
    for library, package in LIBRARIES.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            missing.append(package)
    return missing


def system_libraries() -> bool:
    """Whether PDF can be drawn on this machine, after trying to make it so."""
    packages = missing_libraries()
    if packages:
        apt_install(packages)
        packages = missing_libraries()
    if packages:
        warn(
            "PDF 暂不可用：缺少系统库。其余功能照常。请由系统管理员执行下面一行后重新启动。"
            "\n! PDF is unavailable (system libraries are missing); everything else runs. To enable it:"
            f"\n    apt-get update && apt-get install -y --no-install-recommends {' '.join(packages)}"
        )
    return not packages


def installed_families() -> str:
    if not shutil.which("fc-list"):
        return ""
    return subprocess.run(
        ["fc-list", ":", "family"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **font_environment()},
    ).stdout


def font_environment() -> dict[str, str]:
    """How the processes we start find the fonts unpacked under build/; an operator's own setting wins."""
    config = FONTS / "fonts.conf"
    if config.exists() and "FONTCONFIG_FILE" not in os.environ:
        return {"FONTCONFIG_FILE": str(config)}
    return {}


def fonts() -> None:
    """Chinese typefaces: from the system, else by apt as root, else unpacked under build/fonts."""
    FONTS.mkdir(parents=True, exist_ok=True)
    config = FONTS / "fonts.conf"
    text = FONTCONFIG.format(folder=FONTS)
    if not config.exists() or config.read_text(encoding="utf-8") != text:
        config.write_text(text, encoding="utf-8")
    stamp, value = FONTS / ".stamp", digest(extra=repr(FONT_PACKAGES))
    if is_stamped(stamp, value):
        return
    families = installed_families()
    wanted = {family: package for family, package in FONT_PACKAGES.items() if family not in families}
    by_apt = [package for package, _ in wanted.values() if package not in UNPACKED_ONLY]
    if by_apt and apt_install(by_apt):
        wanted = {family: package for family, package in wanted.items() if package[0] in UNPACKED_ONLY}
    failed = [package for package, folder in wanted.values() if not unpack_fonts(package, folder)]
    if failed:
        packages = " ".join(package for package in failed if package not in UNPACKED_ONLY) or "fonts-noto-cjk"
        warn(
            f"中文字体不全（{'、'.join(failed)}），PDF 与图表中的文字可能显示为方框。"
            f"\n! Chinese fonts are incomplete. To install: apt-get update && apt-get install -y {packages}"
        )
        return
    write_stamp(stamp, value)


def unpack_fonts(package: str, folder: str) -> bool:
    """Fetch one Debian package and keep only its typefaces, under build/fonts/<package>."""
    if not shutil.which("apt-get") or not shutil.which("dpkg"):
        return False
    say(f"fonts from {package}")
    scratch = FONTS / f".{package}"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    try:
        # As root apt drops to its own user, who may not write into a private folder.
        sandbox = ("-o", "APT::Sandbox::User=root") if is_root() else ()
        download = ("apt-get", *sandbox, "download", "-q", package)
        if not run(*download, cwd=scratch) and not (
            is_root() and run("apt-get", "update", "-q") and run(*download, cwd=scratch)
        ):
            return False
        if not run("dpkg", "-x", next(scratch.glob("*.deb")), scratch / "tree"):
            return False
        kept = FONTS / package
        shutil.rmtree(kept, ignore_errors=True)
        (scratch / "tree" / folder).replace(kept)
        return True
    except OSError as error:
        warn(f"{package}: {error}")
        return False
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def python_packages() -> None:
    """`.venv` with exactly the packages of requirements.lock, each checked against its hash."""
    lock = ROOT / "requirements.lock"
    stamp = VENV / ".stamp"
    value = digest(lock, extra=sys.version)
    if is_stamped(stamp, value) and PYTHON.exists():
        return
    if VENV.is_symlink():
        raise Stop(
            f"{VENV} 是指向 {VENV.resolve()} 的链接，重建会清空别处的环境。请删除这个链接后重试。\n"
            f"{VENV} is a link to {VENV.resolve()}; making it anew would empty that one. Remove the link and try again."
        )
    say(f"Python packages into {VENV.name} (about half a minute)")
    make = (sys.executable, "-m", "venv", "--clear", VENV)
    if not run(*make) and not (apt_install([f"python3.{sys.version_info[1]}-venv"]) and run(*make)):
        raise Stop(
            "无法建立 Python 虚拟环境。请执行：apt-get install -y python3-venv\n"
            "The virtual environment cannot be made. Run: apt-get install -y python3-venv"
        )
    pip = (PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "-q", "--no-input", "--require-hashes")
    if not run(*pip, "-r", lock):
        raise Stop(
            "Python 软件包没有装好，原因见上。请检查网络或软件源（pip 配置）与磁盘空间后重试。\n"
            "The Python packages could not be installed; see above. Check network, package index, disk space."
        )
    write_stamp(stamp, value)


def find_npm() -> list[str] | None:
    """How to call npm: the machine's, else from the pinned PyPI wheel under build/node, else by apt as root."""
    if shutil.which("npm"):
        return ["npm"]
    tool = NODE / "bin" / "npm"
    if tool.exists() or node_wheel():
        return [str(tool)]
    return ["npm"] if apt_install(["nodejs", "npm"]) and shutil.which("npm") else None


def node_wheel() -> bool:
    say("Node.js from a Python wheel")
    lock = ROOT / "scripts" / "parts" / "node.lock"
    install = ("-m", "pip", "install", "-q", "--no-input", "--require-hashes", "-r", lock)
    return run(sys.executable, "-m", "venv", "--clear", NODE) and run(NODE / "bin" / "python", *install)


def npm_environment() -> dict[str, str]:
    """npm finds its own node, and trusts whom the machine trusts: an office's proxy has a certificate of its own."""
    found = {"PATH": f"{NODE / 'bin'}:{os.environ.get('PATH', '')}"}
    if SYSTEM_CERTIFICATES.exists() and "NODE_EXTRA_CA_CERTS" not in os.environ:
        found["NODE_EXTRA_CA_CERTS"] = str(SYSTEM_CERTIFICATES)
    return found


def assets() -> None:
    """The listed front-end files from the npm lock into build/assets; what is already built is enough."""
    stamp = BUILD / "assets" / ".lock"
    value = digest(ROOT / "package-lock.json", ROOT / "scripts" / "assets.json")
    copy = (PYTHON, ROOT / "scripts" / "assets.py")
    if is_stamped(stamp, value) and run(*copy, "--check"):
        return
    say("front-end assets from the npm lock")
    npm = find_npm()
    options = ("--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1")
    if npm and run(*npm, "ci", *options, env=npm_environment()) and run(*copy):
        write_stamp(stamp, value)
        return
    if run(*copy, "--check"):
        warn("npm 不可用，沿用已有的前端文件。 / npm is not available; the front-end files built before are used.")
        return
    if npm:
        raise Stop(
            "前端文件没有准备好：npm ci 没有完成，原因见上。请检查网络和 package-lock.json 后重试。\n"
            "The front-end files are missing: npm ci failed, see above. Check the network and package-lock.json."
        )
    raise Stop(
        "前端文件没有准备好：缺少 npm。请执行：apt-get install -y nodejs npm\n"
        "The front-end files are missing and npm is not available. Run: apt-get install -y nodejs npm"
    )


def data_folder() -> Path:
    """`PORTAL_DATA`, made if need be; it must be ours to write."""
    folder = Path(os.environ.get("PORTAL_DATA") or ROOT / "var").resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = folder / f".probe-{os.getpid()}"
        probe.write_bytes(b"portal")
        probe.unlink()
    except OSError as error:
        raise Stop(
            f"数据目录 {folder} 无法写入：{error.strerror}。"
            "请检查磁盘空间和目录权限，或用 PORTAL_DATA 指定另一个目录。\n"
            f"The data folder {folder} cannot be written ({error.strerror}). "
            "Check disk space and permissions, or set PORTAL_DATA."
        ) from error
    return folder


def environment(**more: str) -> dict[str, str]:
    """The environment of everything that the scripts start; each module is compiled once, not once a process."""
    return {
        **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        **font_environment(),
        "PATH": f"{VENV / 'bin'}:{os.environ.get('PATH', '/usr/bin:/bin')}",
        "PORTAL_DATA": str(data_folder()),
        "PYTHONUNBUFFERED": "1",
        **more,
    }


def prepare() -> bool:
    """Do the whole set-up; return whether PDF is available. Raises `Stop` when the portal cannot run."""
    data_folder()
    with one_at_a_time():
        has_pdf = system_libraries()
        fonts()
        python_packages()
        assets()
    return has_pdf
