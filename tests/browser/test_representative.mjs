// tests/browser/test_representative.mjs: who represents me; not satisfied; the representative's desk on a phone
import { suite, PHONE, WIDE } from "./rig.mjs";

await suite("the representative", async ({ test, open, checkPage, ok, equal, server }) => {
	const signIn = async (page, who) => {
		await page.goto(`${server.url}/logga-in`);
		await page.getByRole("button", { name: new RegExp(who) }).first().click();
		await page.waitForLoadState();
	};

	for (const width of [PHONE, WIDE])
		await test(`the directory at ${width}`, async () => {
			const page = await open("/fortroendevalda", { width });
			ok((await page.locator("main").innerText()).includes("Demo Fanny"), "Fanny is there");
			await checkPage(page, "fortroendevalda");
			await page.getByLabel("Nämnd").selectOption({ index: 1 });
			await page.getByRole("button", { name: "Visa" }).click();
			await page.waitForLoadState();
			await page.goto(`${server.url}/fortroendevalda?namn=fanny`);
			await page.getByRole("link", { name: /Demo Fanny/ }).click();
			await page.waitForLoadState();
			ok((await page.locator("main").innerText()).includes("Vägar, snö"), "what she answers");
			await checkPage(page, "fortroendevald");
		});

	await test("the secretary keeps the list; a file with a bad line says which", async () => {
		const page = await open("/");
		await signIn(page, "ämndsekreterare");
		await page.goto(`${server.url}/uppdrag`);
		await checkPage(page, "uppdrag");
		await page.locator("#f-file").setInputFiles({ name: "lista.csv", mimeType: "text/csv", buffer: Buffer.from(
			"id;namn;nämnd;uppdrag;från\nx1;Demo Lista;TN;ledamot;2026-01-01\nx2;Demo Fel;XX;ledamot;2026-01-01\n") });
		await page.getByRole("button", { name: "Läs in", exact: true }).click();
		await page.waitForLoadState();
		const text = await page.locator("main").innerText();
		ok(text.includes("Nya uppdrag: 1") && text.includes("Rad 3") && text.includes("XX"), text.slice(0, 300));
		await checkPage(page, "uppdrag-inlast");
		await page.getByRole("link", { name: "Demo Lista" }).click();
		await page.waitForLoadState();
		await checkPage(page, "uppdrag-en");
	});

	await test("a representative presents herself", async () => {
		const page = await open("/", { width: PHONE });
		await signIn(page, "Fanny|örtroendevald");
		await page.goto(`${server.url}/mitt-uppdrag`);
		await checkPage(page, "mitt-uppdrag");
		await page.locator("#f-answers").fill("Snö, vägar och lampor.");
		await page.getByRole("button", { name: "Spara", exact: true }).click();
		await page.waitForLoadState();
		equal(await page.locator("#f-answers").inputValue(), "Snö, vägar och lampor.", "saved");
	});
});
