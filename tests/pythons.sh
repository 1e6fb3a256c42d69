#!/usr/bin/env bash
# Run the tests on every Python from 3.11 up that is at hand, each in a new virtual environment.
set -euo pipefail
cd "$(dirname "$0")/.."
found=()
for minor in 11 12 13 14 15; do
  python=$(command -v "python3.$minor" || true)
  [ -n "$python" ] || python=$(ls "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3."$minor".*/bin/python3 2>/dev/null | tail -n 1 || true)
  [ -n "$python" ] && "$python" -c 'import venv' 2>/dev/null && found+=("$python")
done
for python in "${found[@]}"; do
  "$python" --version
  folder=$(mktemp -d)
  make --no-print-directory test PYTHON="$python" VENV="$folder/venv"
  rm -rf "$folder"
done
