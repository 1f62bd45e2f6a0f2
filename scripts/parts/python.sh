# Finds a Python of a supported version (3.11 to 3.13) and leaves its path in $python. Sourced by the scripts.
python=
for candidate in "${PORTAL_PYTHON:-}" python3 python3.13 python3.12 python3.11; do
  [ -n "$candidate" ] || continue
  if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
    python=$(command -v "$candidate")
    break
  fi
done
if [ -z "$python" ]; then
  echo "没有找到 Python 3.11 至 3.13。请安装后重试：apt-get install python3 python3-venv" >&2
  echo "No Python 3.11 to 3.13 was found. Install one: apt-get install python3 python3-venv" >&2
  exit 1
fi
