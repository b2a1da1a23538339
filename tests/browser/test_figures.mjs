// tests/browser/test_figures.mjs: how we answer, and the monthly letter
import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import { suite, PHONE, WIDE } from "./rig.mjs";

await suite("figures and letters", async ({ test, open, signIn, checkPage, ok, equal, server }) => {
	for (const width of [PHONE, WIDE])
		await test(`the figures at ${width}`, async () => {
			const page = await open(null, { width });
			await signIn(page, "ommundirektör");
			await page.goto(`${server.url}/siffror`);
			await page.waitForLoadState("networkidle");
			for (const image of await page.locator("img.nk-chart").all()) {
				ok(await image.evaluate((img) => img.complete && img.naturalWidth === 760), "the chart is drawn");
				ok((await image.getAttribute("alt")).length > 30, "the chart is told in words");
			}
			equal(await page.locator("img.nk-chart").count(), 3, "charts");
			for (const details of await page.locator("details").all())
				await details.evaluate((d) => { d.open = true; });
			await checkPage(page, "siffror");
		});

	await test("each choice is a figure of its own, and the data are the same", async () => {
		const page = await open(null);
		await signIn(page, "ommundirektör");
		await page.goto(`${server.url}/siffror?per=namnd`);
		const count = async () => Number((await page.locator("main").innerText()).match(/([\d\s]+) kontakter:/)[1].replace(/\s/g, ""));
		const all = await count();
		const csv = await page.evaluate(async (url) => (await fetch(url)).text(), await page.getByRole("link", { name: /Sida vid sida/ }).getAttribute("href"));
		const lines = csv.trim().split("\r\n").slice(1).map((line) => line.split(",").map((field) => field.replace(/^"|"$/g, "")));
		equal(Number(lines[0][4]), all, "the whole in the file");
		equal(lines.slice(1).reduce((sum, line) => sum + Number(line.at(-35)), 0), all, "the committees make the whole");
		const json = await page.evaluate(async (url) => (await fetch(url)).json(), await page.getByRole("link", { name: /JSON/ }).getAttribute("href"));
		equal(json.contacts, all, "the whole as JSON");
		equal(json.arrivals.flat().reduce((a, b) => a + b, 0), all, "the arrivals make the whole");
		await page.getByLabel("Kom via").selectOption("phone");
		await page.getByRole("button", { name: "Räkna" }).click();
		await page.waitForLoadState();
		ok(await count() < all, "by phone are fewer");
		await page.goto(`${server.url}/siffror?fran=2027-02-01&till=2027-01-01`);
		ok((await page.locator("main").innerText()).includes("sista dagen"), "says what is wrong with the period");
	});

	await test("a letter is read, published, and withdrawn", async () => {
		const now = new Date(), next = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 10, 8));
		execFileSync(join(resolve(process.env.B || "build"), "narkontakt"), ["tick", "--now", next.toISOString().replace(/\.\d+/, ""), "--db", server.database]);
		const page = await open(null);
		await signIn(page, "Förvaltningschef");	// of the technical committee, whose letter has enough to draw
		await page.goto(`${server.url}/manadsbrev`);
		await checkPage(page, "manadsbrev-lista");
		await page.locator("main table a").first().click();
		await page.waitForLoadState("networkidle");
		ok(await page.locator("img.nk-chart").evaluate((img) => img.complete && img.naturalWidth === 760), "the chart is drawn");
		await checkPage(page, "manadsbrev");
		await page.getByRole("button", { name: "Publicera brevet" }).click();
		await page.waitForLoadState();
		const path = await page.getByRole("link", { name: "Vad alla ser" }).getAttribute("href");
		for (const width of [PHONE, WIDE]) {
			const visitor = await open("/svarsbrev", { width });
			await checkPage(visitor, "svarsbrev-lista");
			await visitor.goto(server.url + path);
			await visitor.waitForLoadState("networkidle");
			ok((await visitor.locator("h1").innerText()).startsWith("Så svarade vi i"), "its title");
			await checkPage(visitor, "svarsbrev");
		}
		await page.getByRole("button", { name: "Dra tillbaka brevet" }).click();
		await page.waitForLoadState();
		ok((await page.locator("main").innerText()).includes("Säg i en mening"), "asks why");
		await page.getByLabel("Vad är fel i brevet?").fill("Talen gällde fel månad.");
		await page.getByRole("button", { name: "Dra tillbaka brevet" }).click();
		await page.waitForLoadState();
		await checkPage(page, "manadsbrev-tillbakadraget", { allow: ["422"] });
		const visitor = await open(path);
		ok((await visitor.locator("main").innerText()).includes("Talen gällde fel månad."), "says why to everyone");
		await checkPage(visitor, "svarsbrev-tillbakadraget", { allow: ["410"] });
	});
}, { args: ["--contacts", "1500"] });
