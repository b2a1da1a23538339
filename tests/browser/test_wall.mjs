// tests/browser/test_wall.mjs: the screen on the wall: big, in both appearances, live, and for weeks without growing
import { suite, PHONE, WIDE } from "./rig.mjs";

const UPDATES = Number(process.env.NK_WALL_UPDATES || 2000);

await suite("the screen on the wall", async ({ test, open, signIn, checkPage, ok, equal, server }) => {
	let address = "";

	await test("an administrator makes a screen", async () => {
		const page = await open(null);
		await signIn(page, "Systemförvaltare");
		await page.goto(`${server.url}/admin/skarmar`);
		await page.locator("#f-name").fill("Kontaktcenter, vid ingången");
		await page.getByRole("button", { name: "Lägg till skärmen" }).click();
		await page.waitForLoadState();
		address = await page.locator("code.nk-wall-address").innerText();
		ok(address.startsWith(`${server.url}/vagg/`), address);
		await checkPage(page, "admin-skarmar");
	});

	for (const [width, dark] of [[WIDE, false], [WIDE, true], [PHONE, false]])
		await test(`the screen at ${width}${dark ? ", dark" : ""}`, async () => {
			const page = await open(null, { width, dark });
			await page.goto(address);
			const text = await page.locator("main").innerText();
			ok(text.includes("Samtal i kö") && /K-\d{4}-\d{6}/.test(text), text.slice(0, 200));
			ok(!text.includes("Demo "), "no names");
			await checkPage(page, "vagg", { guide: "vagg" });
		});

	await test("without scripts it asks to be loaded again", async () => {
		const page = await open(null, { scripts: false });
		const answer = await page.goto(address);
		ok((await answer.text()).includes('http-equiv="refresh"'), "meta refresh");
	});

	await test(`${UPDATES} updates, and no more memory, nodes or listeners than before`, async () => {
		const guide = await open(null);
		await signIn(guide, "vägledare");
		await guide.goto(`${server.url}/arbetslista?lista=alla`);
		await guide.locator("[data-row] a[data-open]").first().click();
		await guide.waitForLoadState();
		const told = await guide.locator("[data-presence]").first().getAttribute("data-presence");
		const csrf = await guide.locator("input[name=csrf]").first().inputValue();
		const page = await open(null, { fresh: true });
		await page.goto(address);
		await page.evaluate(() => {
			document.body.dataset.pace = "0";
			globalThis.updates = 0;
			new MutationObserver(() => { globalThis.updates++; }).observe(document.getElementById("vagg"), { childList: true });
			globalThis.setTimeout = ((was) => (fn, ms) => was(fn, Math.min(ms, 5)))(globalThis.setTimeout);	// weeks in minutes
		});
		const devtools = await page.context().newCDPSession(page);
		await devtools.send("HeapProfiler.enable");
		const measured = async () => {
			for (let i = 0; i < 3; i++)
				await devtools.send("HeapProfiler.collectGarbage");
			const { nodes, documents, jsEventListeners } = await devtools.send("Memory.getDOMCounters");
			const { usedSize } = await devtools.send("Runtime.getHeapUsage");
			return { nodes, documents, jsEventListeners, heap: usedSize };
		};
		/* What the last updates parsed is let go of when the collector comes to it: only the page's own document is left then. */
		const settled = async () => {
			let now = await measured();
			for (let tries = 0; tries < 40 && now.documents > 1; tries++) {
				await page.waitForTimeout(300);
				now = await measured();
			}
			await page.waitForTimeout(500);
			return measured();
		};
		/* Somebody comes and goes, two at once, for as long as it takes: each makes the page fetch itself. */
		const seen = () => page.evaluate(() => globalThis.updates);
		const drive = async (upTo) => {
			const until = Date.now() + 600000;
			let done = false;
			const comeAndGo = async () => {
				for (let gone = false; !done; gone = !gone)
					await guide.request.post(`${server.url}${told}`, { form: { csrf, ...(gone ? { borta: "1" } : {}) } });
			};
			const both = [comeAndGo(), comeAndGo()];
			while (await seen() < upTo && Date.now() < until)
				await page.waitForTimeout(100);
			done = true;
			await Promise.all(both);
			return seen();
		};
		await drive(100);
		const before = await settled();
		const n = await drive(100 + UPDATES);
		const after = await settled();
		console.log(`# ${n} updates: heap ${before.heap} to ${after.heap} bytes, nodes ${before.nodes} to ${after.nodes}, documents ${
			before.documents} to ${after.documents}, listeners ${before.jsEventListeners} to ${after.jsEventListeners}`);
		ok(n >= 100 + UPDATES, `only ${n} updates`);
		ok(after.heap - before.heap < 300000, `the heap grew by ${after.heap - before.heap} bytes`);
		/* The collector may still hold the page fetched last: what grows with the updates would be a thousand times as much. */
		ok(after.documents - before.documents <= 2, `${after.documents - before.documents} documents more`);
		ok(after.nodes - before.nodes <= UPDATES / 10, `${after.nodes - before.nodes} nodes more`);
		equal(after.jsEventListeners, before.jsEventListeners, "listeners");
	});

	await test("it says when it hears nothing, and comes back by itself", async () => {
		const page = await open(null);
		await page.goto(address);
		await page.evaluate(() => { document.querySelector("[data-stale-after]").dataset.staleAfter = "1";
			document.querySelector("[data-fades]").dataset.fades = "0"; });
		await page.route("**/vagg", (route) => route.abort());
		await page.getByText("Ingen kontakt med servern").waitFor({ timeout: 40000 });
		await page.unroute("**/vagg");
		await page.getByText("Ingen kontakt med servern").waitFor({ state: "hidden", timeout: 40000 });
	});
});
