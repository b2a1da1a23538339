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
// gone when it returns. NK_URL=http://... uses a server that runs already.
//
// checkPage: no axe violations (WCAG 2.2 A and AA, and best practices), valid HTML, nothing sticks out to the right, nothing
// on the console; and a screenshot in $B/screenshots/NAME-WIDTH[-dark].png.
import { spawn } from "node:child_process";
import { mkdtempSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { HtmlValidate } from "html-validate";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const build = resolve(process.env.B || join(root, "build"));
const shots = join(build, "screenshots");
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const validator = new HtmlValidate(JSON.parse(readFileSync(join(root, ".htmlvalidate.json"), "utf8")));

export const PHONE = 360, WIDE = 1440;

const chromiumArguments = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
	"--disable-background-networking", "--disable-component-update", "--disable-sync"];

function freePort() {
	return new Promise((done, fail) => {
		const server = createServer();
		server.on("error", fail);
		server.listen(0, "127.0.0.1", () => { const { port } = server.address(); server.close(() => done(port)); });
	});
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** The server: { url, database, log(), stop() }. `args` are put after serve's own. */
export async function startServer({ args = [], env = {} } = {}) {
	const folder = mkdtempSync(join(tmpdir(), "narkontakt-browser-"));
	const database = join(folder, "narkontakt.db"), port = await freePort(), url = `http://127.0.0.1:${port}`;
	const child = spawn(join(build, "narkontakt"),
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
	for (let i = 0; i < 1200; i++) {		// making the demo data takes its time
		if (gone !== null)
			throw new Error(`the server stopped (${gone}):\n${log}`);
		try {
			if ((await fetch(url + "/healthz")).ok)
				return { url, database, folder, log: () => log, stop };
		} catch { /* not yet */ }
		await pause(100);
	}
	await stop();
	throw new Error(`the server did not answer within two minutes:\n${log}`);
}

/** Runs `body` with the tools of a test file, prints TAP, and ends the process with 0 or 1. */
export async function suite(name, body, options = {}) {
	const failures = [], contexts = [], seen = new Map();
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
		if (failures.length > 0)
			process.exitCode = 1;
		for (const context of contexts.splice(0))
			await context.close();
	};
	const skip = (title, why) => console.log(`ok ${++count} - ${title} # SKIP ${why}`);

	/** A page of its own browser context (own cookies): { width, height, dark, scripts, lang, context }. */
	const open = async (path, { width = WIDE, height = 900, dark = false, scripts = true, lang = "sv-SE", context = null } = {}) => {
		if (context === null) {
			context = await browser.newContext({ viewport: { width, height }, locale: lang, javaScriptEnabled: scripts,
				colorScheme: dark ? "dark" : "light", reducedMotion: "reduce", timezoneId: "Europe/Stockholm" });
			contexts.push(context);
		}
		const page = await context.newPage();
		const complaints = [];
		page.setDefaultTimeout(10000);
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
		if (path !== null)
			await page.goto(server.url + path);
		return page;
	};

	const screenshot = async (page, title) => {
		const { width, dark } = seen.get(page);
		mkdirSync(shots, { recursive: true });
		await page.screenshot({ path: join(shots, `${title}-${width}${dark ? "-dark" : ""}.png`), fullPage: true });
	};

	const axeProblems = async (page) => {
		const found = await page.evaluate(async (code) => {
			(0, eval)(code);
			return globalThis.axe.run(document, { resultTypes: ["violations"],
				runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
		}, axeSource);
		return found.violations.map((violation) => `axe ${violation.id}: ${violation.help}: ${violation.nodes.slice(0, 3)
			.map((node) => `${node.target} ${node.failureSummary?.split("\n")[1]?.trim() ?? ""}`).join("; ")}`);
	};
	const htmlProblems = async (page) => {
		const source = await seen.get(page).answer.text();	// what the server sent, also to a POST
		const report = await validator.validateString(source, page.url());
		return report.results.flatMap((result) => result.messages).map((message) => `html ${message.ruleId}: ${message.message} (line ${
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
		await screenshot(page, title);
		/* The guide's picture: what is seen first, at the width it is meant for. `make pictures` keeps them. */
		if (options.guide && process.env.NK_DOCS_PICTURES && seen.get(page).width === (options.guideWidth ?? WIDE) && !seen.get(page).dark)
			await page.screenshot({ path: join(root, "docs", `${options.guide}.png`) });
	};

	try {
		server = process.env.NK_URL ? { url: process.env.NK_URL.replace(/\/$/, ""), stop: async () => {}, log: () => "" }
			: await startServer(options);
		browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", headless: true,
			args: chromiumArguments });
		await body({ test, skip, open, ok, equal, problems, checkPage, screenshot, server, browser, url: server.url });
	} catch (error) {
		console.log(`not ok ${++count} - ${name}: ${current}\n${String(error.stack || error).replace(/^/gm, "# ")}`);
		process.exitCode = 1;
	} finally {
		await browser?.close();
		await server?.stop();
	}
	console.log(`1..${count}`);
}
