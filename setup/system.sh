#!/bin/sh
# Installs what pip cannot. Usage: setup/system.sh report|tests
# "report" is what dsr-report itself needs; "tests" adds the checkers of PDF and HTML. Quick when all is there.
set -eu

report="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz0b libharfbuzz-subset0 libfontconfig1 ca-certificates"
tests="poppler-utils qpdf chromium default-jdk-headless libjaxb-java nodejs npm strace util-linux"

case "${1:-report}" in
    report) wanted=$report ;;
    tests) wanted="$report $tests" ;;
    *) echo "usage: $0 report|tests" >&2; exit 2 ;;
esac
# A Python that cannot make virtual environments is Debian's without this package.
python3 -c 'import ensurepip' 2>/dev/null || wanted="$wanted python3 python3-venv"

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    if command -v brew >/dev/null; then
        echo "On macOS, once: brew install python pango poppler qpdf openjdk node && brew install --cask chromium"
    else
        echo "Please install the counterparts of these Debian packages: $wanted"
    fi
    exit 0
fi

is_there() {
    case "$1" in # what another package or an installation by hand may bring as well
        chromium) command -v chromium || command -v google-chrome ;;
        nodejs) command -v node ;;
        npm) command -v npm ;;
        default-jdk-headless) command -v javac ;;
        *) dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep 'install ok installed' ;;
    esac >/dev/null 2>&1
}

missing=
for package in $wanted; do
    is_there "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "WARNING: not root and no sudo, so these are not installed:$missing" >&2
        exit 0
    fi
    as_root=sudo
fi
echo "Installing:$missing"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
# shellcheck disable=SC2086 # a list of names
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
