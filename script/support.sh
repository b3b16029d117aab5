# Sourced by the other scripts: finds a Python new enough and goes to the root of the clone.

cd "$(dirname "$0")/.." || exit 1

fits() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    for candidate in ${PYTHON:-python3.13 python3.12 python3.11 python3 python3.14}; do
        if command -v "$candidate" >/dev/null 2>&1 && fits "$candidate"; then
            echo "$candidate"
            return 0
        fi
    done
    found=$("${PYTHON:-python3}" --version 2>/dev/null || echo "no Python")
    echo "OpenAIM needs Python 3.11 or newer; found $found. Install it, or name one: PYTHON=/path/to/python3 $0" >&2
    return 1
}

python=$(find_python) || exit 1
