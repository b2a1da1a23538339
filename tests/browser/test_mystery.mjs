// tests/browser/test_mystery.mjs: the test leader's pages, and what municipalities compare each other by
import { suite, PHONE, WIDE } from "./rig.mjs";

await suite("test questions and measures", async ({ test, open, signIn, checkPage, ok, equal, server }) => {
	const save = async (page, name = "Spara") => {
		await page.locator("main").getByRole("button", { name, exact: true }).first().click();
		await page.waitForLoadState();
	};
	const day = (days) => new Date(Date.now() + days * 86400000).toISOString().slice(0, 10);

	await test("a question, a sender and a plan", async () => {
		const page = await open(null);
		await signIn(page, "estledare");
		await page.goto(`${server.url}/testfragor`);
		await checkPage(page, "testfragor-tom");
		await page.goto(`${server.url}/testfragor/fragor/ny`);
		await save(page);
		ok((await page.locator("main").innerText()).includes("Skriv vilken verksamhet"), "it says what is missing");
		await checkPage(page, "testfraga-fel", { allow: ["422"] });
		for (const area of ["Bygglov", "Skola"]) {
			await page.goto(`${server.url}/testfragor/fragor/ny`);
			await page.locator("#f-area").fill(area);
			await page.locator("#f-subject").fill(`En fråga om ${area.toLowerCase()}`);
			await page.locator("#f-question").fill("Hej! Vad kostar det och hur lång tid tar det?");
			await page.locator("#f-points").fill("Vad det kostar\nHur lång tid det tar");
			await checkPage(page, "testfraga");
			await save(page);
		}
		await checkPage(page, "testfragor-fragor");
		await page.goto(`${server.url}/testfragor/avsandare/ny`);
		await page.locator("#f-name").fill("Demo Testare");
		await page.locator("#f-address").fill("demo.testare@example.org");
		await page.locator("#f-phone").fill("070-174 06 05");
		await checkPage(page, "testavsandare");
		await save(page);
		await checkPage(page, "testavsandare-lista");
		await page.goto(`${server.url}/testfragor/ny`);
		await page.locator("#f-name").fill("Våren");
		await page.locator("#f-recipient").selectOption({ index: 1 });
		await page.locator("#f-phone").fill("0123-100 00");
		await page.locator("#f-from_date").fill(day(1));
		await page.locator("#f-to_date").fill(day(40));
		await page.locator("#f-calls").fill("3");
		await checkPage(page, "testomgang-ny");
		await save(page, "Gör planen");
		equal(await page.locator("tbody tr").count(), 8, "two mails and six calls");
		await checkPage(page, "testomgang-planerad");
		await save(page, "Starta omgången");
		await checkPage(page, "testomgang");
	});

	for (const width of [PHONE, WIDE])
		await test(`a call is taken down, and the round is looked at, at ${width}`, async () => {
			const page = await open(null, { width });
			await signIn(page, "estledare");
			await page.goto(`${server.url}/testfragor`);
			await checkPage(page, "testfragor");
			await page.getByRole("link", { name: "Våren" }).click();
			await page.waitForLoadState();
			await checkPage(page, "testomgang-pagar");
			await page.locator("tbody tr").filter({ hasText: "Telefon" }).getByRole("link").nth(width === PHONE ? 0 : 1).click();
			await page.waitForLoadState();
			await save(page);
			ok((await page.locator("main").innerText()).includes("Säg om frågan besvarades direkt"), "it says what is missing");
			await checkPage(page, "testsamtal-fel", { allow: ["422"] });
			await page.locator("input[name=direct][value='1']").check();
			for (const name of ["kindness", "interest", "clarity"])
				await page.locator(`input[name=${name}][value='4']`).check();
			await page.locator("input[name=point]").first().check();
			await checkPage(page, "testsamtal", { allow: ["422"] });
			await save(page);
		});

	await test("the rest is called, the round ends, and the measures are there", async () => {
		const page = await open(null);
		await signIn(page, "estledare");
		await page.goto(`${server.url}/testfragor`);
		await page.getByRole("link", { name: "Våren" }).click();
		await page.waitForLoadState();
		const round = page.url();
		const tests = await page.locator("tbody tr").filter({ hasText: "Telefon" }).getByRole("link").evaluateAll((links) =>
			links.map((link) => link.href));
		for (const [i, href] of tests.entries()) {
			await page.goto(href);
			await page.locator(`input[name=direct][value='${i < 4 ? 1 : 0}']`).check();
			for (const name of ["kindness", "interest", "clarity"])
				await page.locator(`input[name=${name}][value='${i < 2 ? 5 : 4}']`).check();
			await save(page);
		}
		await page.goto(round);
		await save(page, "Avsluta omgången och visa vad den var");
		ok((await page.locator("main").innerText()).includes("Avslutad"), "it is over");
		await checkPage(page, "testomgang-over");
		await page.goto(`${server.url}/kkik`);
		ok((await page.locator("main").innerText()).includes("för få"), "six calls are too few to show");
	});

	await test("the administrator loads Kolada's files and chooses indicators by their titles", async () => {
		const page = await open(null);
		await signIn(page, "ystemförvaltare");
		await page.goto(`${server.url}/nojdhet`);
		await page.locator("#f-minimum").fill("5");
		await save(page);
		await page.goto(`${server.url}/admin/kolada`);
		const load = async (name, text) => {
			await page.locator("#f-file").setInputFiles({ name, mimeType: "application/octet-stream", buffer: Buffer.from(text) });
			await save(page, "Läs in");
		};
		await load("kpi.json", JSON.stringify({ values: [{ id: "N1", title: "Andel som får ett direkt svar per telefon (%)",
			description: "" }, { id: "", title: "x", description: "" }] }));
		ok((await page.locator("main").innerText()).includes("Nummer 2 i listan"), "which one was not taken");
		await checkPage(page, "kolada-inlast");
		await load("municipality.json", JSON.stringify({ values: ["0301", "0302", "0303", "0304", "0305"].map((id) =>
			({ id, title: `Ort ${id}`, type: "K" })) }));
		await load("data.csv", "kpi,municipality_id,year,gender,value\n" + [30, 40, 50, 60, 80].map((v, i) => `N1,030${i + 1},2025,T,${v}`)
			.join("\n") + "\nN1,0306,2025,T,x\n");
		ok((await page.locator("main").innerText()).includes("Rad 7"), "which line was not taken");
		await page.locator("#titlar").fill("TELEFON svar");
		await page.locator("main").getByRole("button", { name: "Sök", exact: true }).click();
		await page.waitForLoadState();
		await page.locator("#f-phone_direct").selectOption("N1");
		await page.locator("#f-municipality").selectOption("0303");
		await checkPage(page, "kolada");
		await save(page);
	});

	for (const width of [PHONE, WIDE])
		await test(`the measures at ${width}`, async () => {
			const page = await open(null, { width });
			await signIn(page, "irektör");
			await page.goto(`${server.url}/kkik?ar=${new Date().getFullYear()}`);	// the round may reach into the next
			const text = await page.locator("main").innerText();
			ok(text.includes("66,7 %") && text.includes("Grön: högsta fjärdedelen"), text);
			await checkPage(page, "kkik");
		});
});
