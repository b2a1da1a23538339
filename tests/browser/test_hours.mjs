// tests/browser/test_hours.mjs: does somebody answer now? Opening hours for everybody, and for whoever keeps them
import { suite, PHONE, WIDE } from "./rig.mjs";

await suite("opening hours", async ({ test, open, signIn, checkPage, ok, equal, server }) => {
	for (const width of [PHONE, WIDE])
		for (const dark of [false, true])
			await test(`what everybody sees at ${width}${dark ? ", dark" : ""}`, async () => {
				const page = await open("/", { width, dark });
				const text = await page.locator("main").innerText();
				ok(/Vi svarar i telefon nu, till|Telefonen är stängd nu/.test(text), text.slice(0, 400));
				ok(text.includes("0123-45 67 00") && text.includes("Kommunhuset"), "number and address");
				await checkPage(page, "start");
				await page.getByRole("link", { name: "Alla öppettider" }).click();
				await page.waitForLoadState();
				ok((await page.locator("main").innerText()).includes("utbildning på morgonen"), "the training day is said");
				await checkPage(page, "oppettider");
				await page.goto(`${server.url}/kontakt`);
				ok((await page.locator("main").innerText()).includes("Vill du hellre ringa?"), "the form says whether to call");
			});

	await test("in English, without scripts", async () => {
		const page = await open("/oppettider", { scripts: false, lang: "en-GB" });
		const text = await page.locator("main").innerText();
		ok(/We answer the phone now, until|Nobody answers the phone now/.test(text) && text.includes("Monday to Thursday"), text.slice(0, 400));
		const other = await (await page.request.get(`${server.url}/oppettider.json`)).json();
		ok(other.places.length >= 4 && other.places[0].days.length === 14, "the same as JSON");
		equal(other.places.find((p) => p.name === "Vatten och avlopp").phone.open, true, "water, round the clock");
	});

	for (const width of [PHONE, WIDE])
		await test(`kept by the administrator at ${width}`, async () => {
			const page = await open(null, { width });
			await signIn(page, "Systemförvaltare");
			await page.goto(`${server.url}/admin/oppettider`);
			await checkPage(page, "admin-oppettider");
			await page.getByRole("link", { name: "Lägg till tider" }).click();
			await page.waitForLoadState();
			await page.locator("#f-place").selectOption({ label: "KS: Registratur och arkiv" });
			await page.locator("#f-kind").selectOption("visit");
			await page.locator("#f-first_weekday").selectOption("2");
			await page.locator("#f-last_weekday").selectOption("2");
			await page.locator("#f-opens").fill("tio");
			await page.locator("#f-closes").fill("12");
			await page.getByRole("button", { name: "Spara", exact: true }).click();
			await page.waitForLoadState();
			equal(await page.locator("#f-opens").inputValue(), "tio", "the words are kept");
			await checkPage(page, "admin-oppettider-fel", { allow: ["422"] });
			await page.locator("#f-opens").fill("10");
			await page.getByRole("button", { name: "Spara", exact: true }).click();
			await page.waitForLoadState();
			ok((await page.locator("main").innerText()).includes("Tisdag 10.00–12.00"), "it is there");
			await page.goto(`${server.url}/admin/avvikelser`);
			await checkPage(page, "admin-avvikelser");
			await page.getByRole("link", { name: "Lägg till dagar" }).click();
			await page.waitForLoadState();
			await checkPage(page, "admin-avvikelser-ny");
		});

	for (const width of [PHONE, WIDE])
		await test(`when nobody answered, at ${width}`, async () => {
			const page = await open(null, { width });
			await signIn(page, "Dag Direktör");
			await page.goto(`${server.url}/luckor?veckor=8`);
			ok((await page.locator("main").innerText()).includes("gick förlorade"), "lost calls are counted");
			ok(await page.locator("img.nk-chart").evaluate((img) => img.complete && img.naturalWidth > 0), "the chart is drawn");
			await checkPage(page, "luckor", { guide: "luckor" });
		});

	await test("a unit's manager: her own units alone", async () => {
		const page = await open(null);
		await signIn(page, "Enok Enhetschef");
		await page.goto(`${server.url}/admin/oppettider/ny`);
		const places = await page.locator("#f-place option").allInnerTexts();
		ok(places.includes("TN: Gata och park") && !places.some((p) => p.startsWith("KS")), places.join(", "));
	});
});
