#!/usr/bin/env bash
# tests/service/test_demo_mail.sh: `make demo-mail` puts a mail into the demonstration through Postfix, while it is served
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
program=${B:-$root/build}/narkontakt
dir=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$dir"' EXIT
n=0
ok() { n=$((n + 1)); if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi; }
export NARKONTAKT_DB=$dir/demo.db
"$root/setup/demo-mail" >/dev/null 2>&1; [ $? = 1 ]; ok $? "without a demonstration it says so"
"$program" init --demo --contacts 3 2>/dev/null
"$program" serve --demo --contacts 3 --listen "127.0.0.1:$("$root/tests/service/free-port")" 2>/dev/null &
server=$!
"$root/setup/demo-mail" "Hål i vägen" "Det är ett hål." >"$dir/out" 2>&1
code=$?
if [ $code = 77 ]; then
	echo "ok 2 - a real SMTP conversation # SKIP Postfix cannot run here"
	exit 0
fi
[ $code = 0 ]; ok $? "it was taken" || cat "$dir/out"
grep -q '< 250 2.0.0 Ok: queued' "$dir/out"; ok $? "by an SMTP conversation, which is shown"
number=$(sed -n 's/^contact //p' "$dir/out")
"$program" list contacts --json | grep -F "\"$number\"" | grep -F '"subject": "Hål i vägen"' | grep -q '"channel": "email"'; ok $? "and is the contact $number"
"$program" list contacts --json | grep -F "\"$number\"" | grep -q '"text": "Det är ett hål.'; ok $? "with its words"
[ $n -lt 5 ] && exit 1
exit 0
