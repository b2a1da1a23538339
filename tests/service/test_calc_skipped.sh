#!/usr/bin/env bash
# tests/service/test_calc_skipped.sh: every skipped day of a long count is listed, not only the first of them. TAP.
#
# Days from `from` to the answer, less the n that counted, are those that were skipped (from not counted).
cd "$(dirname "$0")/../.." || exit 2
program=${B:-build}/narkontakt
number=0
for n in 0 1 20 250 1000 22812; do
	got=$("$program" calc working-days <<<"{\"from\": \"2026-01-02\", \"n\": $n}")
	end=$(grep -oE '^\{"date": "[0-9-]+' <<<"$got" | grep -oE '[0-9]{4}-[0-9]{2}-[0-9]{2}')
	listed=$(grep -o '"why"' <<<"$got" | wc -l)
	expected=$((($(date -ud "$end" +%s) - $(date -ud 2026-01-02 +%s)) / 86400 - n))
	number=$((number + 1))
	if [ "$listed" -eq "$expected" ]; then verdict=ok; else verdict='not ok'; fi
	echo "$verdict $number - $n working days: $listed days listed as skipped of $expected"
done
echo "1..$number"
