// bench/calls.mjs: call events while desks listen: latency of the endpoint, and until the event has reached the last and the
// typical desk. `calls.sh` starts the server. Arguments: URL TOKEN COOKIE DESKS SECONDS PID
//
// 100,000 events an hour are 27.8 a second, sent one at a time at their instants; then as fast as eight connections go. The stream
// says only "change", so while one event is sent at a time the k-th change a desk hears is that of the k-th event.
import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";

const [url, token, cookie, desks, seconds, pid] = process.argv.slice(2);
const RATE = 100000 / 3600, agent = new Agent({ keepAlive: true, maxSockets: 64 }), streams = new Agent({ keepAlive: true });
const sleep = (ms) => new Promise((done) => setTimeout(done, Math.max(0, ms)));
const at = (p, list) => list.length === 0 ? NaN : list[Math.min(list.length - 1, Math.floor(p * list.length))];
const say = (what, list) => {
	list.sort((a, b) => a - b);
	console.log(`${what.padEnd(54)} p50 ${at(0.5, list).toFixed(1)} ms  p99 ${at(0.99, list).toFixed(1)} ms  max ${at(1, list).toFixed(1)} ms  (${list.length})`);
};
const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;

let serial = 0;
const run = Date.now().toString(36);
/* Half of the calls are lost; every number calls a few times, and some of them are answered: joins and closings included. */
function event() {
	const n = serial++, number = "070174" + String(Math.floor((n * 7919) % 9000) + 1000);
	return JSON.stringify({ call_id: `${run}-${n}`, kind: ["missed", "ringing", "answered", "abandoned"][n % 4],
		at: new Date().toISOString().replace(/\.\d+Z/, "Z"), number, wait: 20 });
}

function post(body) {
	return new Promise((done, fail) => {
		const began = performance.now();
		const rq = request(url + "/api/calls", { method: "POST", agent, headers: { Authorization: `Bearer ${token}`,
			"Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) } }, (rs) => {
			rs.resume();
			rs.on("end", () => rs.statusCode === 200 ? done({ began, took: performance.now() - began }) : fail(new Error(rs.statusCode)));
		});
		rq.on("error", fail);
		rq.end(body);
	});
}

function page() {
	return new Promise((done) => {
		const began = performance.now();
		request(url + "/telefon", { agent, headers: { Cookie: cookie, "X-Refresh": "1" } }, (rs) => {
			rs.resume();
			rs.on("end", () => done(performance.now() - began));
		}).on("error", () => done(NaN)).end();
	});
}

let fetching = false;
const pages = [];
const open = Array.from({ length: Number(desks) }, () => ({ heard: [], soon: null }));
for (let i = 0; i < 200; i++)		/* what is kept once for all is there */
	await page();
const before = memory();
await Promise.all(open.map((desk) => new Promise((done, fail) => {
	const rq = request(url + "/telefon/handelser", { agent: streams, headers: { Cookie: cookie } }, (rs) => {
		if (rs.statusCode !== 200)
			return fail(new Error(`stream: ${rs.statusCode}`));
		rs.setEncoding("utf8");
		rs.on("data", (text) => {
			const n = text.split("event: change").length - 1, now = performance.now();
			for (let i = 0; i < n; i++)
				desk.heard.push(now);
			/* as static/narkontakt.js does */
			if (n > 0 && fetching && desk.soon === null)
				desk.soon = setTimeout(async () => { desk.soon = null; pages.push(await page()); }, 100 + Math.random() * 400);
		});
		done();
	});
	rq.on("error", fail);
	rq.end();
})));
console.log(`${desks} desks listen: ${((memory() - before) * 1024 / Number(desks)).toFixed(1)} kB each`);

async function paced(what) {
	const took = [], reached = [], last = [], began = performance.now(), n = Math.round(RATE * Number(seconds));
	for (const desk of open)
		desk.heard.length = 0;
	const starts = [];
	for (let i = 0; i < n; i++) {
		await sleep(began + i * 1000 / RATE - performance.now());
		const one = await post(event());
		took.push(one.took);
		starts.push(one.began);
	}
	const elapsed = (performance.now() - began) / 1000;
	await sleep(1500);
	for (let i = 0; i < n; i++) {
		const times = open.map((desk) => desk.heard[i]).filter((t) => t !== undefined).map((t) => t - starts[i]);
		reached.push(...times);
		if (times.length === open.length)
			last.push(Math.max(...times));
	}
	console.log(`${what}: ${(n / elapsed * 3600).toFixed(0)} events an hour for ${elapsed.toFixed(0)} s`);
	say("  endpoint, durable", took);
	say("  event at a desk", reached);
	say("  event at the last of the desks", last);
	if (last.length !== n)
		console.log(`  ${n - last.length} events did not reach every desk by count (joined while the server was busy)`);
}

await paced("100,000 an hour");
fetching = true;
await paced("the same, and every desk fetches its page again");
say("  page of the desk", pages.filter((t) => !Number.isNaN(t)));
fetching = false;
const took = [], began = performance.now();
await Promise.all(Array.from({ length: 8 }, async () => {
	while (performance.now() - began < Number(seconds) * 1000)
		took.push((await post(event())).took);
}));
const elapsed = (performance.now() - began) / 1000;
console.log(`as fast as eight connections go: ${(took.length / elapsed).toFixed(0)}/s, ${(took.length / elapsed * 3600).toFixed(0)} an hour`);
say("  endpoint, durable", took);
console.log(`memory ${memory().toFixed(0)} MB, at most ${(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024).toFixed(0)} MB`);
process.exit(0);
