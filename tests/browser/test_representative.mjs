// tests/browser/test_representative.mjs: who represents me; not satisfied; the representative's desk on a phone
import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import { suite, PHONE, WIDE } from "./rig.mjs";

await suite("the representative", async ({ test, open, signIn, checkPage, ok, equal, server }) => {
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
		const page = await open(null);
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
		const page = await open(null, { width: PHONE });
		await signIn(page, /Fanny|örtroendevald/);
		await page.goto(`${server.url}/mitt-uppdrag`);
		await checkPage(page, "mitt-uppdrag");
		await page.locator("#f-answers").fill("Snö, vägar och lampor.");
		await page.getByRole("button", { name: "Spara", exact: true }).click();
		await page.waitForLoadState();
		equal(await page.locator("#f-answers").inputValue(), "Snö, vägar och lampor.", "saved");
		await page.locator("#f-picture").setInputFiles({ name: "jag.png", mimeType: "image/png", buffer: Buffer.from(
			"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==", "base64") });
		await page.getByRole("button", { name: "Spara bilden" }).click();
		await page.waitForLoadState();
		await page.getByRole("link", { name: "Din sida", exact: true }).click();
		await page.waitForLoadState();
		ok(await page.locator("img.nk-portrait").evaluate((img) => img.complete && img.naturalWidth === 1), "her picture is shown");
		await checkPage(page, "fortroendevald-bild");
	});

	// Not satisfied: Anna writes, asks Fanny, Fanny asks the head, answers and raises it.
	let link = "", number = "";
	await test("a resident who is not satisfied turns to a representative, without scripts", async () => {
		const page = await open("/kontakt", { width: PHONE, scripts: false });
		await page.locator("#f-text").fill("Skolvägen är inte plogad. Hälsar Demo Anna, 070-174 06 05");
		await page.locator("#f-name").fill("Demo Anna");
		await page.locator("#f-email").fill("demo.anna@example.org");
		await page.locator("#f-category").selectOption({ label: "Snö och halka" }).catch(() => {});
		await page.waitForTimeout(3100);	// faster than a person reads is taken for a machine
		await page.getByRole("button", { name: "Skicka" }).click();
		link = page.url().replace(/\?.*/, "");
		number = (await page.locator("main").innerText()).match(/K-\d{4}-\d{6}/)[0];
		await page.getByRole("link", { name: /Vänd dig till chefen/ }).click();
		await page.getByRole("button", { name: "Skicka" }).click();
		ok((await page.locator("main").innerText()).includes("Skriv vad du inte är nöjd med"), "it says what is missing");
		await page.locator("#f-words").fill("Ingen har hört av sig till mig, Anna.");
		await page.getByLabel("En förtroendevald som du väljer").check();
		const fanny = await page.locator("#f-representative option", { hasText: "Demo Fanny" }).getAttribute("value");
		await page.locator("#f-representative").selectOption(fanny);
		await page.getByRole("button", { name: "Skicka" }).click();
		const text = await page.locator("main").innerText();
		ok(text.includes("Demo Fanny") && text.includes("Väntar på svar"), text.slice(0, 400));
	});

	for (const width of [PHONE, WIDE])
		await test(`her page of whom she turned to at ${width}`, async () => {
			const page = await open(null, { width });
			await page.goto(`${link}/vidare`);
			await checkPage(page, "vidare");
		});

	await test("the representative's desk on a phone: brief, question, answer, initiative", async () => {
		const page = await open(null, { width: PHONE });
		await signIn(page, /Fanny|örtroendevald/);
		await page.goto(`${server.url}/skrivbord`);
		await checkPage(page, "skrivbord");
		await page.getByRole("listitem").filter({ hasText: number }).getByRole("link").click();
		await page.waitForLoadState();
		const text = await page.locator("main").innerText();
		ok(!text.includes("Anna") && !text.includes("070"), "the matter without the person");
		ok(text.includes("inte plogad"), "what was asked");
		await checkPage(page, "skrivbord-ett", { guide: "skrivbord", guideWidth: PHONE });
		await page.locator("#f-question").fill("Varför plogas inte skolvägen?");
		await page.getByRole("button", { name: "Fråga", exact: true }).click();
		await page.waitForLoadState();
		await page.locator("#f-note").fill("Ring i kväll");
		await page.getByRole("button", { name: "Spara anteckningen" }).click();
		await page.waitForLoadState();
		await page.locator("#f-text").fill("Jag tar upp det i nämnden.");
		await page.getByRole("button", { name: "Skicka svaret" }).click();
		await page.waitForLoadState();
		await page.locator("#f-title").fill("Plogklass för skolvägen");
		await page.locator("#f-initiative").fill("Jag vill att nämnden prövar plogklassen.");
		await page.getByRole("button", { name: "Väck ärendet" }).click();
		await page.waitForLoadState();
		ok((await page.locator("main").innerText()).includes("Väckt i Tekniska nämnden som TN "), "a number");
		await checkPage(page, "skrivbord-klart");
		const answer = await page.request.get(`${server.url}/kontakter/${number}`);
		ok(answer.status() >= 400, "the contact itself is not hers");
	});

	for (const width of [PHONE, WIDE])
		await test(`the head answers, the chair sees what is late, at ${width}`, async () => {
			const page = await open(null, { width });
			await signIn(page, /Freja|Förvaltningschef/);
			await page.goto(`${server.url}/fragor`);
			await checkPage(page, "fragor");
			if (width === WIDE) {
				await page.getByLabel("Ditt svar").first().fill("Vägen har låg plogklass.");
				await page.getByRole("button", { name: "Svara", exact: true }).first().click();
				await page.waitForLoadState();
				await checkPage(page, "fragor-besvarad");
			}
			await page.goto(`${server.url}/sent`);
			await checkPage(page, "sent");
		});

	await test("a guide takes it down by phone", async () => {
		const page = await open(null);
		await signIn(page, "vägledare");
		await page.goto(`${server.url}/kontakter/${number}`);
		await page.getByRole("link", { name: "Invånaren är inte nöjd" }).click();
		await page.waitForLoadState();
		await checkPage(page, "vidare-telefon");
		await page.locator("#f-words").fill("Ringer och är inte nöjd.");
		await page.getByRole("button", { name: "Skicka" }).click();
		await page.waitForLoadState();
		equal((await page.locator(".nk-talk > li").count()), 2, "both are listed");
	});

	await test("against a decision: a registrar classifies it, with the appeal's last day", async () => {
		const page = await open(null, { width: PHONE, scripts: false });
		await page.goto(`${link}/vidare`);
		await page.locator("#f-words").fill("Jag vill att beslutet ändras.");
		await page.getByLabel("Ett beslut, som jag vill få ändrat").check();
		await page.locator("#f-decision_date").fill("2026-03-13");
		await page.getByLabel(/Nämndens ordförande/).check();
		await page.getByRole("button", { name: "Skicka" }).click();
		ok((await page.locator("main").innerText()).includes("Registratorn tittar på det"), "it is looked at first");
		const registrar = await open(null);
		await signIn(registrar, "Tore Teknikregistrator");
		await registrar.goto(`${server.url}/skrivbord`);
		await checkPage(registrar, "skrivbord-registrator");
		await registrar.locator("main .nk-talk a").first().click();
		await registrar.waitForLoadState();
		ok((await registrar.locator("main").innerText()).includes("Sista dag att överklaga: tisdag 7 april 2026"), "the last day, past Easter");
		await checkPage(registrar, "skrivbord-klassa");
		await registrar.getByLabel(/Ett klagomål/).check();
		await registrar.getByRole("button", { name: "Spara", exact: true }).click();
		await registrar.waitForLoadState();
		ok(registrar.url().includes("/skrivbord?"), "back at the desk");
	});

	await test("asked afterwards: what is set, the questions, the figures", async () => {
		const program = join(resolve(process.env.B || "build"), "narkontakt");
		const owner = await open(null);
		await signIn(owner, "Systemförvaltare");
		await owner.goto(`${server.url}/nojdhet`);
		await checkPage(owner, "nojdhet-installning");
		await owner.locator("#f-share").fill("100");
		await owner.locator("#f-together").fill("4");
		await owner.getByRole("button", { name: "Spara", exact: true }).click();
		await owner.waitForLoadState();
		ok((await owner.locator("main").innerText()).includes("Skriv ett tal från 5 till 1000."), "five at the least");
		equal(await owner.locator("#f-together").inputValue(), "4", "what was written is kept");
		await checkPage(owner, "nojdhet-fel", { allow: ["422"] });
		await owner.locator("#f-together").fill("5");
		await owner.getByRole("button", { name: "Spara", exact: true }).click();
		await owner.waitForLoadState();
		equal(await owner.locator("#f-share").inputValue(), "100", "saved");
		await owner.goto(`${server.url}/uppdrag`);
		await owner.locator("#f-forward").fill("vidare@lillan.example");
		await owner.locator("#f-representative_days").fill("3");
		await owner.getByRole("button", { name: "Spara", exact: true }).last().click();
		await owner.waitForLoadState();
		equal(await owner.locator("#f-forward").inputValue(), "vidare@lillan.example", "the address is saved");
		await checkPage(owner, "uppdrag-installning");
		const guide = await open(null);
		await signIn(guide, "vägledare");
		await guide.goto(`${server.url}/kontakter/${number}`);
		await guide.locator("#f-text").fill("Vägen är plogad nu. Tack för att du hörde av dig.");
		await guide.getByLabel("Per telefon").check();
		await guide.getByLabel("Besvarad och gjord").check();
		await guide.getByRole("button", { name: "Skicka svaret" }).click();
		await guide.waitForLoadState();
		await guide.goto(`${server.url}/nojdhet/samtal`);
		await checkPage(guide, "nojdhet-samtal");
		/* four others who wait to be asked in her unit */
		execFileSync("sqlite3", [server.database, `INSERT INTO ask_wait SELECT c.id, 'annan ' || c.id, a.authority_id, a.unit_id, 'written',
			${Math.floor(Date.now() / 1000)} FROM contact c, contact a WHERE a.number = '${number}' AND c.id <> a.id AND c.state = 'answered'
			AND c.kind = 'contact' AND c.ending = 'done' AND c.sender_email IS NOT NULL AND c.anonymous = 0 AND c.restricted = 0 LIMIT 4`]);
		execFileSync(program, ["tick", "--db", server.database, "--now", new Date(Date.now() + 7200e3).toISOString().replace(/\.\d+/, "")]);
		const mail = execFileSync("sqlite3", [server.database,
			"SELECT text FROM outbox WHERE recipient = 'demo.anna@example.org' AND text LIKE '%/efterat/%'"]).toString();
		const path = mail.match(/\/efterat\/[\w-]+/)[0];
		for (const width of [PHONE, WIDE]) {
			const page = await open(path, { width });
			await checkPage(page, "efterat");
		}
		const page = await open(path, { width: PHONE, scripts: false });
		await page.getByRole("button", { name: "Skicka" }).click();
		ok((await page.locator("main").innerText()).includes("Välj ett betyg"), "it says what is missing");
		await page.locator("input[name=ease][value='4']").check();
		await page.locator("input[name=second][value='5']").check();
		await page.getByRole("button", { name: "Skicka" }).click();
		ok((await page.locator("main").innerText()).includes("utan något som säger vem du är"), "thanked");
		equal((await page.request.get(server.url + path)).status(), 404, "once");
		const head = await open(null);
		await signIn(head, /Freja|Förvaltningschef/);
		await head.goto(`${server.url}/nojdhet`);
		ok((await head.locator("main").innerText()).includes("för få"), "one answer is not shown");
		await checkPage(head, "nojdhet");
	});
});
