#!/usr/bin/env bash
# Run once by Gradescope, when it builds the image: Python, the pinned packages, and bubblewrap for the sandbox.
set -euo pipefail
root="${GRADER_AUTOGRADER:-/autograder}"
source="$root/source"

newest_python() {
  for name in python3.14 python3.13 python3.12 python3.11 python3; do
    if command -v "$name" >/dev/null && "$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$name"
      return
    fi
  done
}

if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update
  apt-get install -y --no-install-recommends bubblewrap || echo "no bubblewrap from apt: the one from PyPI is used"
  if [ -z "$(newest_python)" ]; then
    apt-get install -y --no-install-recommends python3 python3-venv
    [ -n "$(newest_python)" ] || apt-get install -y --no-install-recommends python3.12 python3.12-venv ||
      apt-get install -y --no-install-recommends python3.11 python3.11-venv
  fi
fi
python="$(newest_python)"
if [ -z "$python" ]; then
  echo "grader needs Python 3.11 or newer, with its venv module: choose a newer base image on Gradescope" >&2
  exit 1
fi

"$python" -m venv "$root/grader-venv"
"$root/grader-venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$source/requirements.txt"
# Only we may read the key; the sandbox keeps submissions from it, whoever they run as.
chmod -R go-rwx "$source"
echo "---- the sandbox that submissions will run in (see docs/security.md):"
PYTHONPATH="$source/lib" "$root/grader-venv/bin/python" -m grader doctor || true
