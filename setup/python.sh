#!/bin/sh
# Prints the command of a Python that is new enough (3.11 or later) and can make virtual environments.
for python in ${PYTHON:-} python3.12 python3.13 python3.11 python3.14 python3 python; do
    if "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        command -v "$python"
        exit 0
    fi
done
echo "No Python 3.11 or later with venv was found. Debian and Ubuntu: apt install python3 python3-venv;" \
    "macOS: brew install python. Or say which: make PYTHON=/path/to/python" >&2
exit 1
