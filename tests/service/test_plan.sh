#!/usr/bin/env bash
# tests/service/test_plan.sh: `narkontakt plan` as a person uses it: examples, forms of output, what is refused, Ctrl-C. TAP.
cd "$(dirname "$0")/../.." || exit 2
program=$(realpath "${B:-build}/narkontakt")
root=$PWD
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
n=0
say() { n=$((n + 1)); echo "$1 $n - $2"; }
check() { local what=$1; shift; if "$@"; then say ok "$what"; else say "not ok" "$what"; fi; }
# JSON field of the file by a Python path, printed.
json() { python3 -c 'import json, sys; d = json.load(open(sys.argv[1])); print(eval("d" + sys.argv[2]))' "$1" "$2"; }
is() { [ "$1" = "$2" ] || { echo "# got $1, expected $2"; false; }; }
holds() { python3 -c 'import json, sys; d = json.load(open(sys.argv[1])); sys.exit(not eval(sys.argv[2]))' "$1" "$2"; }
refused() {	# code words...: the last command's exit code and standard error
	local code=$1 word; shift
	is "$got" "$code" || return 1
	for word in "$@"; do grep -qF -- "$word" "$dir/err" || { echo "# without \"$word\": $(cat "$dir/err")"; return 1; }; done
}
run() { "$program" "$@" >"$dir/out" 2>"$dir/err"; got=$?; }

# ---- the examples
run plan polling share/examples/polling-grimstaby-2018.json --json --svg "$dir/svg"
check "a polling place: exit 0" is "$got" 0
check "nothing but progress on standard error" grep -q "searching the least number of stations" "$dir/err"
cp "$dir/out" "$dir/polling.json"
check "all who came were served" holds "$dir/polling.json" 'abs(d["all"]["served"]["value"] - d["all"]["offered"]["value"]) < 1e-9'
check "868 are expected" holds "$dir/polling.json" 'abs(d["all"]["offered"]["value"] - 1768 * 0.491) < 5'
check "the least plan meets the target" holds "$dir/polling.json" 'd["least"]["possible"] and d["least"]["at"]["figure"]["value"] <= 0.1'
check "one booth fewer does not" holds "$dir/polling.json" 'all(p["one_fewer"] is None or p["one_fewer"]["figure"]["value"] > 0.1 for p in d["least"]["parts"])'
check "assumptions are told" holds "$dir/polling.json" 'len(d["assumptions"]) >= 2'
check "a queue for each minute" holds "$dir/polling.json" 'len(d["queue"]["mean"]) >= 720'
for chart in queue one-more swings; do
	check "$chart.svg is XML with title and description" python3 - "$dir/svg/$chart.svg" <<-'P'
		import sys, xml.etree.ElementTree as E
		r = E.parse(sys.argv[1]).getroot()
		s = "{http://www.w3.org/2000/svg}"
		sys.exit(not (r.get("role") == "img" and len(r.find(s + "title").text) > 5 and len(r.find(s + "desc").text) > 20))
	P
done
check "charts fetch nothing" is "$(grep -cE 'href="https?:|url\(http' "$dir"/svg/*.svg | grep -cv ':0$')" 0

run plan phones share/examples/phones-switchboard.json --json
check "a switchboard: exit 0" is "$got" 0
check "staff by the half-hour for both pools" holds "$dir/out" 'len(d["least_by_period"]["parts"]) == 34'
check "to schedule: with shrinkage" holds "$dir/out" 'all(p["scheduled"] == -(-p["servers"] * 4 // 3) for p in d["least_by_period"]["parts"])'
check "cheaper than the same staff all day" holds "$dir/out" 'd["least_by_period"]["cost"] < d["least"]["cost"] * 8.5'
check "definition d flatters" holds "$dir/out" 'd["all"]["service_level"]["d"]["value"] >= d["all"]["service_level"]["a"]["value"]'

run plan polling share/examples/school-1981.json --no-search --replications 400
check "1981: a table" grep -q "booths .*[0-9] m) at 16:" "$dir/out"
python3 -c 'import json; d = json.load(open("share/examples/school-1981.json")); d["stages"][1]["servers"] = 4; d["stages"][2]["servers"] = 4; json.dump(d, open("'"$dir"'/more.json", "w"))'
run plan compare share/examples/school-1981.json "$dir/more.json" --json --replications 400
check "1981: more booths put it right" holds "$dir/out" 'd["a"]["wait"]["mean"]["value"] > 1800 and d["b"]["wait"]["mean"]["value"] < 180 and d["difference"]["wait_mean"]["high"] < -1700'
run plan compare share/examples/school-1981.json "$dir/more.json" --replications 200
check "comparison as a table" grep -q "B minus A, the same people on the same 200 days" "$dir/out"

# ---- the same figures on any number of threads, and as calc gives them
"$program" plan polling share/examples/school-1981.json --no-search --replications 400 --threads 1 --json >"$dir/one" 2>/dev/null
"$program" plan polling share/examples/school-1981.json --no-search --replications 400 --threads 3 --json >"$dir/three" 2>/dev/null
check "same bytes with 1 and 3 threads" cmp -s "$dir/one" "$dir/three"
python3 -c 'import json; d = json.load(open("share/examples/school-1981.json")); d["replications"] = 400; print(json.dumps(d))' | "$program" calc simulate >"$dir/calc"
check "calc simulate gives the same" python3 -c 'import json, sys; a, b = (json.load(open(f)) for f in sys.argv[1:]); sys.exit(a["wait"] != b["wait"] or a["stages"] != b["stages"])' "$dir/one" "$dir/calc"

# ---- CSV
run plan polling share/examples/polling-grimstaby-2018.json --csv --no-search --replications 200
check "CSV has its columns" is "$(head -1 "$dir/out" | tr -d '\r')" "figure,value,low,high,se"
check "CSV: each row has five fields" python3 -c 'import csv, sys; sys.exit(any(len(r) != 5 for r in csv.reader(open(sys.argv[1], newline=""))))' "$dir/out"
check "CSV: the mean wait is there" grep -q '^wait.mean,[0-9.]*,[0-9.]*,[0-9.]*,' "$dir/out"

# ---- theory beside
cat >"$dir/mmc.json" <<-'J'
	{"closes": 14400, "replications": 1000, "streams": [{"expected": 700}], "stages": [{"servers": 4, "service": {"kind": "exponential", "mean": 60}}]}
J
run plan network "$dir/mmc.json" --json
check "theory beside the simulation agrees" holds "$dir/out" 'd["exact"]["agrees"] is True and len(d["exact"]["rows"]) >= 5'
run plan network "$dir/mmc.json"
check "and stands in the table" grep -q "Beside theory" "$dir/out"

# ---- what is refused: one sentence, exit 1 or 2
bad() { printf '%s' "$1" >"$dir/bad.json"; run plan polling "$dir/bad.json"; }
bad '{"kind": "polling", "opens": "20:00", "closes": "08:00", "streams": [{"expected": 5}]}'
check "closing before opening" refused 1 "closes" "after opening"
bad '{"kind": "polling", "opens": "08:00", "closes": "20:00", "streams": [{"expected": 500}], "stages": [{"servers": 1000000, "service": {"kind": "exponential", "mean": 60}}]}'
check "a million booths" refused 1 "stages[0].servers" "0 to 10000"
bad '{"kind": "polling", "opens": "08:00", "closes": "20:00", "streams": [{"expected": NaN}]}'
check "NaN" refused 1 "line 1"
bad '{"kind": "phones"'
check "half a file" refused 1 "line 1"
bad '{"kind": "phones", "opens": "08:00", "closes": "09:00", "streams": [{"counts": [5, 5]}], "stages": [{"servers": 1, "service": {"kind": "exponential", "mean": 60}}]}'
check "a telephone as a polling place" refused 1 "kind" "plan phones"
head -c 40000000 /dev/zero | tr '\0' ' ' >"$dir/bad.json"; run plan polling "$dir/bad.json"
check "40 MB of nothing" refused 1 "at most"
run plan polling "$dir/nowhere.json"
check "no such file" refused 1 "nowhere.json" "No such file"
run plan
check "no words: usage" refused 2 "polling FILE"
run plan polling
check "no file: usage" refused 2 "takes 1 file"
run plan polling a b --colour
check "unknown option: usage" refused 2 "no such option"
run plan polling "$dir/mmc.json" --replications 0
check "replications out of range: usage" refused 2 "1 to 200000"

# ---- elections
cat >"$dir/results.csv" <<-'C'
	year;district;election;eligible;voted;valid
	2026;Norra;riksdag;1000;800;790
	2026;Norra;kommun;1100;820;800
	2026;Södra;kommun;900;many;700
	2026;Östra;kommun;900;950;700
C
run plan import "$dir/results.csv"
check "import lists the districts and names the bad lines" refused 1 "line 4: voted must be" "line 5: more voted"
check "the most who voted in any election" is "$(cat "$dir/out")" "$(printf '2026\tNorra\t1100 registered\t820 voted')"
run plan import "$dir/results.csv" --district Norra --early 0.5
cp "$dir/out" "$dir/norra.json"
check "a scenario with the share on the day" is "$(json "$dir/norra.json" '["streams"][0]["share"]')" 0.3727
run plan polling "$dir/norra.json" --no-search --replications 200 --json
check "which can be planned" holds "$dir/out" 'abs(d["all"]["offered"]["value"] - 410) < 6'
run plan import "$dir/results.csv" --district Västra
check "no such district" refused 1 "Västra"
printf 'a,b\n1,2\n' >"$dir/other.csv"; run plan import "$dir/other.csv"
check "not such a file" refused 1 "no column year"
shared=${NK_SHARED:-$root/../shared}
if [ -f "$shared/data/elections/upplands-vasby-2018.csv" ]; then
	run plan import "$shared/data/elections/upplands-vasby-2018.csv"
	check "2018: 27 districts" is "$(wc -l <"$dir/out")" 27
	run plan import "$shared/data/elections/upplands-vasby-2018.csv" --district Grimstaby
	check "2018: the shipped example is what import gives" cmp -s "$dir/out" share/examples/polling-grimstaby-2018.json
else
	say ok "2018: 27 districts # SKIP no data"
fi

# ---- Ctrl-C gives what is known so far
python3 -c 'import json; d = json.load(open("share/examples/school-1981.json")); d["replications"] = 20000; json.dump(d, open("'"$dir"'/long.json", "w"))'
python3 - "$program" "$dir/long.json" "$dir/out" <<-'P'
	import os, signal, subprocess, sys, time
	p = subprocess.Popen([sys.argv[1], "plan", "polling", sys.argv[2], "--json"], stdout=open(sys.argv[3], "w"), stderr=subprocess.DEVNULL)
	# seconds of processor, whatever else the machine does (the tabs of a here-document go: so no indentation)
	worked = lambda: sum(map(int, open(f"/proc/{p.pid}/stat").read().rsplit(")", 1)[1].split()[11:13])) / os.sysconf("SC_CLK_TCK")
	while p.poll() is None and worked() < 0.7: time.sleep(0.05)
	p.send_signal(signal.SIGINT)
	sys.exit(p.wait(120))
P
check "Ctrl-C: exit 0" is "$?" 0
check "Ctrl-C: says it was stopped, with what is known" holds "$dir/out" 'd["stopped"] and 200 <= d["replications"] < 20000 and d["wait"]["mean"]["value"] > 0'

# ---- who reads has heard enough, or the disk is full: it ends by itself, and not with success
example=share/examples/polling-grimstaby-2018.json
closed() {	# `default` or `ignored`: what SIGPIPE does; the rest: the program's words. Prints the exit code, or -signal.
	python3 - "$dir/err" "$program" "$@" <<-'P'
		import os, subprocess, sys
		r, w = os.pipe()
		os.close(r)
		p = subprocess.Popen([sys.argv[2], *sys.argv[4:]], stdout=w, stderr=open(sys.argv[1], "w"), restore_signals=sys.argv[3] == "default")
		os.close(w)
		print(p.wait(300))
	P
}
check "nobody reads: SIGPIPE ends it" is "$(closed default plan polling "$example" --no-search --replications 200)" -13
check "nor its JSON" is "$(closed default plan polling "$example" --no-search --replications 200 --json)" -13
got=$(closed ignored plan polling "$example" --no-search --replications 200)
check "where SIGPIPE is ignored it says so" refused 1 "narkontakt: plan: what was printed could not be written: Broken pipe"
run_full() { "$program" "$@" >/dev/full 2>"$dir/err"; got=$?; }
run_full plan polling "$example" --no-search --replications 200
check "a full disk is no success" refused 1 "could not be written: No space left on device"
{ timeout 300 "$program" plan polling "$example" --no-search --replications 200 2>"$dir/err"; echo $? >"$dir/code"; } | head -1 >"$dir/first"
check "plan polling FILE | head -1: the first line is there" [ -s "$dir/first" ]
check "and it ends by itself, with all said or by SIGPIPE" grep -qxE '0|141' "$dir/code"

# ---- the document
awk '/^```json scenario/ { k++; on = 1; next } /^```/ { on = 0 } on { print > ("'"$dir"'/doc" k ".json") }' docs/queue.md
for f in "$dir"/doc*.json; do
	run plan "$(json "$f" '["kind"]')" "$f" --no-search --replications 50
	check "docs/queue.md: scenario $(basename "$f" .json)" is "$got" 0
done
# the fields the reader knows, from its lists `known`
fields=$(sed -n '/ known\[\] = {/,/};/p' src/queue/scenario.c | grep -oE '"[a-z_]+"' | tr -d '"' | sort -u)
check "the reader's fields were found" [ "$(wc -w <<<"$fields")" -gt 50 ]
for field in $fields; do
	grep -qE "[\`\"]$field[\`\"]" docs/queue.md || say "not ok" "docs/queue.md explains $field"
done
echo "1..$n"
