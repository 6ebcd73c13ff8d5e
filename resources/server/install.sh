#!/bin/sh
# Install the server alone, without the window and its libraries: sh resources/server/install.sh [/opt/yanfang]
# Needs Python 3.11 to 3.13 with venv, and the package index (or PIP_INDEX_URL / UV_DEFAULT_INDEX of a mirror).
set -eu
source=$(cd "$(dirname "$0")/../.." && pwd)
target=${1:-/opt/yanfang}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The authorities that this machine trusts, for a mirror of the office has a certificate of the office.
system=/etc/ssl/certs/ca-certificates.crt
if [ -r "$system" ]; then
    export SSL_CERT_FILE="${SSL_CERT_FILE:-$system}" PIP_CERT="${PIP_CERT:-$system}"
fi

"${PYTHON:-python3}" -m venv "$target"
"${PYTHON:-python3}" -m venv "$work/tools"
"$work/tools/bin/pip" install --quiet --disable-pip-version-check uv
uv="$work/tools/bin/uv"

# Exactly the versions of uv.lock; what only the window needs is left out.
"$uv" export --project "$source" --quiet --frozen --no-dev --extra server --no-emit-project \
    --prune pyside6-addons --prune pyside6-essentials --prune qtawesome --prune pillow --prune pillow-heif \
    --prune pypdfium2 --prune reportlab --prune keyring --prune httpx --prune pyyaml \
    --output-file "$work/requirements.txt"
"$uv" pip install --quiet --python "$target/bin/python" --requirement "$work/requirements.txt"
# From a copy: building leaves nothing behind in the source.
mkdir "$work/source"
for part in app checklists forms resources sync pyproject.toml README.md LICENSE; do
    cp -R "$source/$part" "$work/source/"
done
"$uv" pip install --quiet --python "$target/bin/python" --no-deps "$work/source"
"$target/bin/yanfang-server" --help > /dev/null
echo "$target/bin/yanfang-server"
