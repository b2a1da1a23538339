// tests/browser/rig.mjs: a real server, a real browser, and what is asked of every page
//
//   import { suite } from "./rig.mjs";
//   await suite("the web form", async ({ test, open, checkPage, ok }) => {
//     await test("a contact is taken", async () => {
//       const page = await open("/kontakt", { width: 360 });
//       ...
//       await checkPage(page, "kontakt");
//     });
//   });
//
// A test file is run by tests/run: it prints TAP and exits 1 if something failed. suite() starts `narkontakt serve --demo`
// from $B (default build) on a free port, with a database of its own in a temporary folder, and Debian's Chromium; both are
// gone when it returns. NK_URL=http://... uses a server that runs already. NK_TIMES=1 tells what the time went to.
//
// checkPage: no axe violations (WCAG 2.2 A and AA, and best practices), valid HTML, nothing sticks out to the right, nothing
// on the console. A test that fails leaves pictures of its pages in $B/screenshots/failed-*.png; with NK_SCREENSHOTS=1 (or
// `make pictures`) every checked page is there, whole, as NAME-WIDTH[-dark].png: half a second each.
import { spawn, execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdtempSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import { chromium } from "playwright-core";
import { HtmlValidate } from "html-validate";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const build = resolve(process.env.B || join(root, "build"));
const shots = join(build, "screenshots");
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const validator = new HtmlValidate(JSON.parse(readFileSync(join(root, ".htmlvalidate.json"), "utf8")));

export const PHONE = 360, WIDE = 1440;

const chromiumArguments = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
	"--disable-background-networking", "--disable-component-update", "--disable-sync",
	/* fewer processes and threads for the same pages: the test files share two cores */
	"--in-process-gpu", "--js-flags=--single-threaded"];
/* The same Chromium without all that a screen needs, where it is installed: two thirds of the time. */
const chromiumProgram = process.env.CHROMIUM || ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"].find(existsSync);

function freePort() {
	return new Promise((done, fail) => {
		const server = createServer();
		server.on("error", fail);
		server.listen(0, "127.0.0.1", () => { const { port } = server.address(); server.close(() => done(port)); });
	});
}

/* NK_TIMES=1: what the file's time went to, as TAP comments at its end. */
const times = new Map();
async function timed(what, work) {
	const began = performance.now();
	try {
		return await work();
	} finally {
		const spent = times.get(what) ?? { ms: 0, n: 0 };
		times.set(what, { ms: spent.ms + performance.now() - began, n: spent.n + 1 });
	}
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/* The demo data, made once for a program and a day and copied to each server: the same start for all, in a tenth of the time.
 * It tells of the last hours too, so that it is made anew after half an hour. Two that make it at once do so in a folder
 * each, and the last rename stands. */
const program = join(build, "narkontakt");
const DEMO_LASTS = 30 * 60 * 1000;
async function demoDatabase(contacts) {
	const folder = join(build, "demo"), today = new Date().toLocaleDateString("sv-SE", { timeZone: "Europe/Stockholm" });
	const { size, mtimeMs, ino } = statSync(program);
	const key = createHash("sha256").update(JSON.stringify([program, size, mtimeMs, ino, today, contacts])).digest("hex").slice(0, 16);
	const made = join(folder, `${key}.db`);
	mkdirSync(folder, { recursive: true });
	const fresh = (path) => existsSync(path) && Date.now() - statSync(path).mtimeMs < DEMO_LASTS;
	if (fresh(made))
		return made;
	for (const name of readdirSync(folder)) {		// what another program or day left
		if (name.endsWith(".db") && !fresh(join(folder, name)))
			rmSync(join(folder, name), { force: true });
	}
	const work = mkdtempSync(join(folder, "making-"));
	try {
		await promisify(execFile)(program, ["init", "--demo", "--db", join(work, "demo.db"), ...contacts]);
		if (existsSync(join(work, "demo.db-wal")))
			throw new Error("narkontakt init left its database open");
		renameSync(join(work, "demo.db"), made);
	} finally {
		rmSync(work, { recursive: true, force: true });
	}
	return made;
}

/** The server: { url, database, log(), stop() }. `args` are put after serve's own. */
export async function startServer({ args = [], env = {} } = {}) {
	const folder = mkdtempSync(join(tmpdir(), "narkontakt-browser-"));
	const database = join(folder, "narkontakt.db"), port = await freePort(), url = `http://127.0.0.1:${port}`;
	copyFileSync(await demoDatabase(args.includes("--contacts") ? args.slice(args.indexOf("--contacts"), args.indexOf("--contacts") + 2) : []),
		database);
	const child = spawn(program,
		["serve", "--demo", "--db", database, "--listen", `127.0.0.1:${port}`, "--base-url", url, ...args],
		{ env: { ...process.env, ...env }, stdio: ["ignore", "ignore", "pipe"], cwd: folder });
	let log = "", gone = null;
	child.stderr.on("data", (bytes) => { log += bytes; });
	child.on("exit", (code, signal) => { gone = `exit ${code ?? signal}`; });
	child.on("error", (error) => { gone = error.message; });
	const stop = async () => {
		child.kill("SIGTERM");
		for (let i = 0; i < 100 && gone === null; i++)
			await pause(50);
		if (gone === null)
			child.kill("SIGKILL");
		rmSync(folder, { recursive: true, force: true });
	};
	for (let i = 0; i < 4800; i++) {
		if (gone !== null)
			throw new Error(`the server stopped (${gone}):\n${log}`);
		try {
			if ((await fetch(url + "/healthz")).ok)
				return { url, database, folder, log: () => log, stop };
		} catch { /* not yet */ }
		await pause(25);
	}
	await stop();
	throw new Error(`the server did not answer within two minutes:\n${log}`);
}

/** Runs `body` with the tools of a test file, prints TAP, and ends the process with 0 or 1. */
export async function suite(name, body, options = {}) {
	const failures = [], contexts = [], seen = new Map(), rested = new Map();
	let count = 0, server = null, browser = null, current = "";

	/** Notes a failure of the current test and goes on, so that one run shows all of them. */
	const ok = (holds, what) => {
		if (!holds)
			failures.push(what);
		return Boolean(holds);
	};
	const equal = (got, wanted, what) => ok(got === wanted, `${what}: got ${JSON.stringify(got)}, expected ${JSON.stringify(wanted)}`);

	const test = async (title, steps) => {
		current = title;
		failures.length = 0;
		try {
			await steps();
		} catch (error) {
			failures.push(error.stack || String(error));
		}
		count++;
		console.log(`${failures.length === 0 ? "ok" : "not ok"} ${count} - ${title}`);
		for (const failure of failures)
			console.log(String(failure).replace(/^/gm, "# "));
		if (failures.length > 0) {
			process.exitCode = 1;
			for (const [page] of [...seen].filter(([page]) => !page.isClosed()))
				await screenshot(page, `failed-${name}-${count}-${[...seen.keys()].indexOf(page)}`.replaceAll(/[^a-zåäö0-9-]+/gi, "_")).catch(() => {});
		}
		for (const one of contexts.splice(0)) {
			if (failures.length > 0 || !await timed("page to rest", () => rest(one)))
				await one.context.close();
		}
		seen.clear();
	};

	/* A page that has served a test serves the next of its kind: Chromium is quick where it has been before. It is left
	 * without cookies and storage, on a page that does nothing. False: it cannot be made as new. */
	const rest = async ({ context, page, kind, fresh }) => {
		if (page.isClosed() || fresh || process.env.NK_URL)
			return false;
		for (const other of context.pages().filter((other) => other !== page))
			await other.close();
		for (const event of ["console", "pageerror", "request", "response", "dialog"])
			page.removeAllListeners(event);
		await page.unrouteAll();
		await page.goto(`${server.url}/healthz`);
		await page.evaluate(() => { localStorage.clear(); sessionStorage.clear(); });
		await context.clearCookies();
		rested.set(kind, [...rested.get(kind) ?? [], { context, page }]);
		return true;
	};
	const skip = (title, why) => console.log(`ok ${++count} - ${title} # SKIP ${why}`);

	/** A page of its own browser context (own cookies): { width, height, dark, scripts, lang, context }. `fresh`: no test has
	 * had it before, nor will have it after: for one that changes the page for good (addInitScript, the devtools). */
	const open = async (path, { width = WIDE, height = 900, dark = false, scripts = true, lang = "sv-SE", context = null, fresh = false } = {}) => {
		const kind = JSON.stringify([width, height, dark, scripts, lang]);
		const old = context === null && !fresh ? rested.get(kind)?.pop() : undefined;
		const made = context === null && old === undefined;
		context ??= old?.context ?? await timed("new context", () => browser.newContext({ viewport: { width, height }, locale: lang,
			javaScriptEnabled: scripts, colorScheme: dark ? "dark" : "light", reducedMotion: "reduce", timezoneId: "Europe/Stockholm" }));
		const page = old?.page ?? await timed("new page", () => context.newPage());
		if (old !== undefined || made)
			contexts.push({ context, page, kind, fresh });
		const complaints = [];
		page.setDefaultTimeout(30000);
		page.on("console", (message) => { if (["error", "warning"].includes(message.type())) complaints.push(message.text()); });
		page.on("pageerror", (error) => complaints.push(String(error)));
		page.on("request", (request) => {
			if (!request.url().startsWith(server.url) && !request.url().startsWith("data:") && !request.url().startsWith("blob:"))
				complaints.push(`a request to another host: ${request.url()}`);
		});
		const entry = { complaints, width, dark, scripts, answer: null };
		page.on("response", (response) => {
			if (response.request().isNavigationRequest() && response.frame() === page.mainFrame())
				entry.answer = response;
		});
		seen.set(page, entry);
		if (old === undefined) {
			const goto = page.goto.bind(page);
			page.goto = (...args) => timed("page.goto", () => goto(...args));
		}
		if (path !== null)
			await page.goto(server.url + path);
		return page;
	};

	/** The page's context is signed in as the demo's `nth` account whose row has `who` (a string, or a pattern): what the
	 * buttons of /logga-in do, without loading pages (test_main_job.mjs presses them). The page itself stays where it is. */
	const signIn = (page, who, nth = 0) => timed("sign in", async () => {
		const source = await (await page.request.get(`${server.url}/logga-in`)).text();
		const rows = source.split("<li>").slice(1).map((row) => row.slice(0, row.indexOf("</li>"))).filter((row) =>
			row.includes('name="account"') && (who instanceof RegExp ? who.test(row) : row.toLowerCase().includes(who.toLowerCase())));
		const value = (field) => rows[nth].match(new RegExp(`name="${field}"[^>]* value="([^"]*)"`))[1];
		if (rows.length <= nth)
			throw new Error(`no ${who} among the demo's accounts`);
		const answer = await page.request.post(`${server.url}/logga-in/demo`, { maxRedirects: 0,
			form: { csrf: value("csrf"), account: value("account") } });
		if (answer.status() !== 303)
			throw new Error(`signing in as ${who} was answered ${answer.status()}`);
	});

	const screenshot = async (page, title) => {
		const { width, dark } = seen.get(page);
		mkdirSync(shots, { recursive: true });
		await timed("screenshot", () => page.screenshot({ path: join(shots, `${title}-${width}${dark ? "-dark" : ""}.png`), fullPage: true }));
	};

	const axeProblems = async (page) => {
		const found = await timed("axe", () => page.evaluate(async (code) => {
			(0, eval)(code);
			/* the only rule that waits for something asks for the length of sounds and films; style sheets are not fetched again */
			return globalThis.axe.run(document, { resultTypes: ["violations"], reporter: "no-passes", preload: { assets: ["media"] },
				runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
		}, axeSource));
		return found.violations.map((violation) => `axe ${violation.id}: ${violation.help}: ${violation.nodes.slice(0, 3)
			.map((node) => `${node.target} ${node.failureSummary?.split("\n")[1]?.trim() ?? ""}`).join("; ")}`);
	};
	/* The same page at another width is the same HTML but for its token: it is validated once. */
	const validated = new Map();
	const htmlProblems = async (page) => {
		const source = await seen.get(page).answer.text();	// what the server sent, also to a POST
		const key = source.replace(/(name="csrf" value|name="csrf" content)="[^"]*"/g, '$1=""');
		if (!validated.has(key))
			validated.set(key, await timed("html-validate", () => validator.validateString(source, page.url())));
		return validated.get(key).results.flatMap((result) => result.messages).map((message) => `html ${message.ruleId}: ${message.message} (line ${
			message.line}: ${source.split("\n")[message.line - 1]?.trim().slice(0, 120)})`);
	};

	/** What is wrong with a page, as a list of sentences. `allow`: complaints on the console that belong to the test, such as
	 * an error page's status. axe runs in the page, so without scripts it is left out: check the page with them too. */
	const problems = async (page, { allow = [] } = {}) => {
		const { complaints, scripts } = seen.get(page);
		const out = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
		return [
			...(scripts ? await axeProblems(page) : []),
			...await htmlProblems(page),
			...(out > 0 ? [`${out} px stick out to the right`] : []),
			...complaints.splice(0).filter((complaint) => !allow.some((part) => complaint.includes(part))).map((c) => `console: ${c}`),
		];
	};

	/** The page has no problems; and its picture. `guide`: also docs/GUIDE.png, from the width `guideWidth`. */
	const checkPage = async (page, title, options = {}) => {
		for (const problem of await problems(page, options))
			ok(false, `${title} at ${seen.get(page).width} px: ${problem}`);
		if (process.env.NK_SCREENSHOTS)
			await screenshot(page, title);
		/* The guide's picture: what is seen first, at the width it is meant for. `make pictures` keeps them. */
		if (options.guide && process.env.NK_DOCS_PICTURES && seen.get(page).width === (options.guideWidth ?? WIDE) && !seen.get(page).dark)
			await page.screenshot({ path: join(root, "docs", `${options.guide}.png`) });
	};

	try {
		server = process.env.NK_URL ? { url: process.env.NK_URL.replace(/\/$/, ""), stop: async () => {}, log: () => "" }
			: await timed("server start", () => startServer(options));
		browser = await timed("Chromium start", () => chromium.launch({ executablePath: chromiumProgram, headless: true,
			args: chromiumArguments }));
		await body({ test, skip, open, signIn, ok, equal, problems, checkPage, screenshot, server, browser, url: server.url });
	} catch (error) {
		console.log(`not ok ${++count} - ${name}: ${current}\n${String(error.stack || error).replace(/^/gm, "# ")}`);
		process.exitCode = 1;
	} finally {
		await browser?.close();
		await server?.stop();
	}
	console.log(`1..${count}`);
	if (process.env.NK_TIMES) {
		for (const [what, { ms, n }] of [...times, ["all", { ms: performance.now(), n: 1 }]])
			console.log(`# ${what.padEnd(16)} ${(ms / 1000).toFixed(1).padStart(7)} s ${String(n).padStart(5)} times`);
	}
}
