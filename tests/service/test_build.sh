#!/usr/bin/env bash
# tests/service/test_build.sh: products go where they are told, from any folder; nothing is written beside the sources. TAP.
cd "$(dirname "$0")/../.." || exit 2
root=$PWD
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
n=0
check() { n=$((n + 1)); local what=$1; shift; if "$@"; then echo "ok $n - $what"; else echo "not ok $n - $what"; fi; }
before=$(find . -path ./node_modules -prune -o -path './build*' -prune -o -path ./.git -prune -o -newermt '2000-01-01' -print | LC_ALL=C sort | sha256sum)
mkdir "$dir/elsewhere" && cd "$dir/elsewhere" || exit 2
# one of each kind of product: compiled, from a template, the translations, the schema, embedded files
parts=(src/base/arena.o gen/src/http/layout.html.o gen/translations.o gen/schema.o gen/assets.o tools/template)
check "from another folder, into another folder" make -s -f "$root/Makefile" B="$dir/products" "${parts[@]/#/$dir/products/}"
for part in "${parts[@]}"; do check "$part is there" test -s "$dir/products/$part"; done
check "nothing was written where make was called" [ -z "$(ls -A "$dir/elsewhere")" ]
cd "$root" || exit 2
after=$(find . -path ./node_modules -prune -o -path './build*' -prune -o -path ./.git -prune -o -newermt '2000-01-01' -print | LC_ALL=C sort | sha256sum)
check "nothing was written beside the sources" [ "$before" = "$after" ]
make -s B="${B:-build}" DESTDIR="$dir/root" prefix=/opt/nk install >/dev/null
check "DESTDIR and prefix: the program" test -x "$dir/root/opt/nk/bin/narkontakt"
check "the installed program says its version" grep -q "^narkontakt [0-9]" <<<"$("$dir/root/opt/nk/bin/narkontakt" --version)"
check "the unit names the installed program" grep -qr "/opt/nk/bin/narkontakt" "$dir/root/opt/nk/lib/systemd/system"
make -s B="${B:-build}" DESTDIR="$dir/root" prefix=/opt/nk uninstall >/dev/null
check "uninstall leaves no file" [ -z "$(find "$dir/root" -type f)" ]
check "make help names the targets" [ "$(make -s help | grep -cE '^ *make (run|test|check|service|browser|bench|fuzz|tidy|install)')" -ge 9 ]
echo "1..$n"
