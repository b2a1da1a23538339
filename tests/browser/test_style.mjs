// tests/browser/test_style.mjs: every part of forms and lists, at every width, light and dark, with and without scripts
import { PHONE, WIDE, suite } from "./rig.mjs";

await suite("the style guide", async ({ test, open, problems, checkPage, ok, equal, url }) => {
	await test("the rig sees what is wrong", async () => {
		const page = await open(null, { width: PHONE });
		await page.route("**/wrong", (route) => route.fulfill({ contentType: "text/html; charset=utf-8", body:
			`<!DOCTYPE html><html lang="sv"><head><title>Fel</title><style>p { color: #bbb; background: #fff; width: 500px; }</style>
			</head><body><main><h1>Fel</h1><p>Blek</p><input type="text" name="a"><div><p id="x">ett<p id="x">två</div></main>
			<script>console.error("oj"); fetch("https://example.org/");</script></body></html>` }));
		await page.goto(new URL("/wrong", url).href);
		const found = (await problems(page)).join("\n");
		for (const sign of ["axe color-contrast", "axe label", "html no-dup-id", "stick out to the right", "console: oj",
			"a request to another host"])
			ok(found.includes(sign), `${sign} is not among:\n${found}`);
	});


	for (const width of [PHONE, WIDE])
		for (const dark of [false, true])
			await test(`the style guide at ${width} px${dark ? ", dark" : ""}`, async () => {
				await checkPage(await open("/stilguide", { width, dark }), "stilguide");
			});

	await test("without scripts nothing is missing", async () => {
		const page = await open("/stilguide", { width: PHONE, scripts: false });
		await checkPage(page, "stilguide-utan-skript");
		equal(await page.locator("dialog[open], .nk-suggestions").count(), 0, "what scripts add");
		ok(await page.getByText("Du kan skriva högst 4 000 tecken.").isVisible(), "the limit is said");
	});

	await test("a form with errors: a summary that leads to the fields", async () => {
		const page = await open("/stilguide?fel=1", { width: PHONE });
		await checkPage(page, "stilguide-fel");
		ok((await page.title()).startsWith("Fel:"), "the title says it");
		ok(await page.locator(".nk-error-summary").evaluate((e) => e === document.activeElement), "the summary has the focus");
		await page.getByRole("link", { name: "Skriv vad det gäller." }).click();
		equal(await page.evaluate(() => document.activeElement.id), "f-subject", "the link leads to the field");
		const described = await page.locator("#f-subject").getAttribute("aria-describedby");
		equal(described, "f-subject-hint f-subject-error", "the field is tied to hint and error");
		equal(await page.locator("#f-subject").getAttribute("aria-invalid"), "true", "and marked as wrong");
		await page.getByRole("link", { name: "Välj hur du vill ha svar." }).click();
		equal(await page.evaluate(() => document.activeElement.id), "f-how", "the link leads to the first radio");
	});

	await test("the first Tab is the skip link, and it leads to the content", async () => {
		const page = await open("/stilguide");
		await page.keyboard.press("Tab");
		equal(await page.evaluate(() => document.activeElement.textContent), "Hoppa till innehållet", "first stop");
		ok(await page.locator(".nk-skip").isVisible(), "it is seen");
		await page.keyboard.press("Enter");
		equal(await page.evaluate(() => document.activeElement.id), "main", "where it leads");
	});

	await test("characters are counted, and too many said", async () => {
		const page = await open("/stilguide");
		await page.locator("#f-text").fill("å".repeat(3990));
		equal(await page.locator("#f-text-count").textContent(), "10 tecken kvar", "below the limit");
		await page.locator("#f-text").fill("å".repeat(4003));
		equal(await page.locator("#f-text-count").textContent(), "3 tecken för mycket", "over it");
	});

	await test("keys: ? shows the list, j and k walk, o opens", async () => {
		const page = await open("/stilguide");
		await page.keyboard.press("?");
		ok(await page.getByRole("dialog", { name: "Tangenter på den här sidan" }).isVisible(), "the dialog is open");
		await page.keyboard.press("Escape");
		await page.keyboard.press("j");
		await page.keyboard.press("j");
		equal(await page.locator("[data-row][data-selected] [data-open]").textContent(), "Gatlyktor i centrum", "the second row");
		await page.keyboard.press("k");
		await page.keyboard.press("o");
		await page.waitForURL("**#k1");
		await page.locator("#f-text").focus();
		await page.keyboard.type("jk?");
		equal(await page.locator("dialog[open]").count(), 0, "letters in a text are letters");
	});

	await test("suggestions while typing, taken by keyboard", async () => {
		const page = await open("/stilguide");
		const input = page.locator("#f-subject");
		await input.fill("");
		await input.pressSequentially("gat");
		const list = page.getByRole("listbox", { name: "Förslag" });
		await list.waitFor();
		equal(await input.getAttribute("aria-expanded"), "true", "the input says that there are some");
		await checkPage(page, "stilguide-forslag");
		await input.press("ArrowDown");
		await input.press("ArrowDown");
		const active = await input.getAttribute("aria-activedescendant");
		equal(await page.locator(`#${active}`).textContent(), "Gatunamn", "the second is marked");
		await input.press("Enter");
		equal(await input.inputValue(), "Gatunamn", "and taken");
		ok(!await list.isVisible(), "the list is gone");
		await input.fill("");
		await input.pressSequentially("gat");
		await list.waitFor();
		await input.press("Escape");
		ok(!await list.isVisible(), "Escape closes it");
	});

	for (const colour of ["ffd100", "8a1538", "004b23"])
		for (const dark of [false, true])
			await test(`the municipality's own colour, #${colour}${dark ? ", dark" : ""}: all can be read`, async () => {
				await checkPage(await open(`/stilguide?farg=${colour}`, { dark }), `stilguide-farg-${colour}`);
			});

	await test("a page that is looked at follows what others do, but not under the fingers", async () => {
		const reader = await open("/stilguide"), writer = await open("/stilguide"), other = await open("/stilguide");
		const shown = (page) => page.locator("#live-count p").textContent();
		const before = Number((await shown(reader)).match(/\d+/)[0]);
		await writer.locator("#live-words").pressSequentially("mitt i ett ord");
		const theirs = await shown(writer);
		await other.getByRole("button", { name: "Ändra" }).click();
		await reader.getByText(`Knappen har tryckts ${before + 1} gång`).waitFor();
		equal(await writer.locator("#live-words").inputValue(), "mitt i ett ord", "words being written stand");
		equal(await shown(writer), theirs, "and so does the part they stand in");
	});

	await test("a draft survives a reload and goes when it has been sent", async () => {
		const page = await open("/stilguide");
		await page.locator("#f-note").fill("Ring tillbaka på måndag.");
		await page.reload();
		equal(await page.locator("#f-note").inputValue(), "Ring tillbaka på måndag.", "after a reload");
		await page.getByRole("button", { name: "Spara anteckningen" }).click();
		await page.waitForLoadState();
		equal(await page.locator("#f-note").inputValue(), "", "after sending");
		await page.reload();
		equal(await page.locator("#f-note").inputValue(), "", "and later");
	});

	await test("the other appearance, the other language", async () => {
		const page = await open("/stilguide");
		await page.getByRole("link", { name: "Mörkt utseende" }).click();
		equal(await page.locator("html").getAttribute("data-color-scheme"), "dark", "chosen");
		ok(page.url().endsWith("/stilguide"), "and back on the page");
		await page.getByRole("link", { name: "English" }).click();
		equal(await page.locator("html").getAttribute("lang"), "en", "chosen");
		await checkPage(page, "stilguide-english");
	});
});
