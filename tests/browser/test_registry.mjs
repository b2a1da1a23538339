// tests/browser/test_registry.mjs: matters, documents, secrecy marks, the log of readings and the classification table
import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import { suite, PHONE, WIDE } from "./rig.mjs";

const program = join(resolve(process.env.B || "build"), "narkontakt");

await suite("the registry", async ({ test, open, signIn, ok, equal, checkPage, server }) => {
	const list = (thing) => execFileSync(program, ["list", thing, "--db", server.database, "--json"], { maxBuffer: 1 << 28 })
		.toString().trim().split("\n").filter(Boolean).map((line) => JSON.parse(line));
	let swing = "", layout = "";
	const both = async (title, path, name, role = "Registrator") => {
		for (const width of [PHONE, WIDE])
			await test(`${title} at ${width}`, async () => {
				const page = await open(null, { width });
				await signIn(page, role);
				await page.goto(server.url + (typeof path === "function" ? path() : path));
				for (const summary of await page.locator("main details > summary").all())
					await summary.click();		// what is folded away is looked at too
				await checkPage(page, name);
			});
	};

	let matter = "", letter = "", draft = "", copy = "";
	await test("the registrar opens a matter, and a handler has it", async () => {
		const page = await open(null);
		await signIn(page, "Registrator");
		await page.goto(`${server.url}/arenden`);
		await page.keyboard.press("n");
		await page.waitForURL(/\/arenden\/ny/);
		await checkPage(page, "arende-nytt");
		await page.getByRole("button", { name: "Registrera" }).click();
		ok((await page.locator("main").innerText()).includes("Välj en myndighet"), "says what is missing");
		await checkPage(page, "arende-nytt-fel", { allow: ["422"] });
		await page.locator("#f-title").fill("Prov: ny gångväg vid skolan");
		await page.locator("#f-authority").selectOption({ label: "Kommunstyrelsen" });
		await page.locator("#f-unit").selectOption("");
		await page.getByLabel("Förvaltningsbesvär").check();
		await page.getByRole("button", { name: "Registrera" }).click();
		await page.waitForURL(/\/arenden\/\d+/);
		matter = new URL(page.url()).pathname;
		const text = await page.locator("main").innerText();
		ok(text.includes("12 §"), "a merits matter has its six months");
		equal(list("matters").at(-1).state, "registered", "in the database");
		await page.getByText("Enhet och handläggare").click();
		await page.locator("#f-owner").selectOption({ index: 1 });
		await page.locator("details[open]").getByRole("button", { name: "Spara" }).click();
		await page.locator(".nk-badge", { hasText: "Tilldelad" }).waitFor();
		equal(list("matters").at(-1).state, "assigned", "somebody has it");
		await page.locator("#f-state").selectOption("in_preparation");
		await page.getByRole("button", { name: "Ändra status" }).click();
		await page.locator(".nk-badge", { hasText: "Under beredning" }).waitFor();
		equal(list("matters").at(-1).state, "in_preparation", "and prepares it");
	});

	await test("a letter is registered with the legal day of its receipt", async () => {
		const page = await open(null);
		await signIn(page, "Registrator");
		await page.goto(server.url + matter);
		await page.getByRole("link", { name: "Lägg till en handling" }).click();
		await checkPage(page, "handling-ny");
		await page.locator("#f-title").fill("Yttrande från granne");
		await page.locator("#f-text").fill("Grannen Prov Provsson är sjuk och kan inte gå långt.");
		await page.locator("#f-sender").fill("Prov Provsson");
		await page.locator("input[type=file]").setInputFiles({ name: "karta.svg", mimeType: "image/svg+xml",
			buffer: Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>") });
		await page.getByRole("button", { name: "Spara" }).click();
		await page.waitForURL(/\/arenden\/\d+\?/);
		await page.getByRole("link", { name: "Yttrande från granne" }).click();
		letter = new URL(page.url()).pathname;
		ok((await page.locator("main").innerText()).includes("arbetsdagen före ankomsten"), "and says by which rule");
		const answer = await page.request.get(`${server.url}${letter}/fil/1`);
		equal(answer.headers()["content-type"], "application/octet-stream", "a picture with a script in it is not shown as one");
		ok(answer.headers()["content-security-policy"].includes("sandbox"), "and could not run");
	});

	await test("a draft has no number until it is completed", async () => {
		const page = await open(null);
		await signIn(page, "Registrator");
		await page.goto(`${server.url}${matter}/dokument/ny`);
		await page.getByLabel("Upprättad", { exact: true }).check();
		await page.locator("#f-title").fill("Tjänsteskrivelse");
		await page.locator("#f-text").fill("Förvaltningen föreslår att gångvägen byggs.");
		await page.getByLabel("Det är ett utkast").check();
		await page.getByRole("button", { name: "Spara" }).click();
		await page.waitForURL(/\/dokument\/\d+/);
		draft = new URL(page.url()).pathname;
		await checkPage(page, "handling-utkast");
		await page.getByRole("button", { name: "Gör färdig" }).click();
		await page.getByText("handling 2").waitFor();
	});

	await test("a masked copy hides what is secret, and the original is marked", async () => {
		const page = await open(null);
		await signIn(page, "Registrator");
		await page.goto(server.url + letter);
		await page.getByText("Gör en maskerad kopia").first().click();
		await page.locator("#f-mask_title").fill("Yttrande, maskerat");
		await page.locator("#f-passages").fill("Prov Provsson är sjuk");
		await page.locator("#f-mask_section").fill("21:1");
		await page.getByRole("button", { name: "Gör kopian" }).click();
		await page.getByRole("heading", { name: "Yttrande, maskerat" }).waitFor();
		const text = await page.locator("main").innerText();
		ok(text.includes("Grannen [maskerat, OSL 21:1] och kan inte gå långt."), text);
		copy = new URL(page.url()).pathname;
		await page.goto(server.url + letter);
		await page.locator("summary", { hasText: "Sätt en sekretessmarkering" }).click();
		await page.locator("#f-section").fill("21 kap. 1 §");
		await page.getByRole("button", { name: "Sätt markeringen" }).click();
		await page.getByText("OSL 21:1, ").waitFor();	// the mark says its section
	});

	await both("a copy that waits, as its maker sees it", () => copy, "handling-maskerad");
	await both("the copy as another may approve it", () => copy, "handling-maskerad-godkann", "Direktör");

	await test("a mail with its own layout", async () => {
		const mail = ["From: Demo Britta <demo.britta@example.org>", "To: kontakt@lillan.example", "Subject: Trasig gunga i parken",
			"Message-ID: <gunga@example.org>", "MIME-Version: 1.0", "Content-Type: text/html; charset=utf-8", "",
			"<h1>Trasig gunga</h1><p>Gungan i <b>Norra parken</b> är trasig. Se <a href='https://example.org/karta'>kartan</a>.</p>" +
			"<ul><li>Kedjan är av</li></ul><table><tbody><tr><th>Plats</th><td>Norra parken</td></tr></tbody></table><img src='https://example.org/x.gif'>"];
		const said = execFileSync(program, ["mail", "--db", server.database], { input: mail.join("\r\n") }).toString();
		swing = said.trim().split(" ")[1];
		const page = await open(null);
		await signIn(page, "Registrator");
		await page.goto(`${server.url}/kontakter/${swing}`);
		layout = await page.getByRole("link", { name: /formg/ }).first().getAttribute("href");
		ok(layout.includes("/utseende/"), layout);
	});
	await both("the mail as it was laid out", () => layout, "mejl-utseende");
	await both("what everybody may read", () => `/kontakter/${swing}/offentligt`, "kontakt-offentligt");

	await both("the list of matters", "/arenden", "arenden");
	await both("the matter", matter, "arende");
	await both("the document", letter, "handling");
	await both("the completed draft", draft, "handling-fardig");
	await both("a new document", `${matter}/dokument/ny`, "handling-ny");
	await both("the log of readings", "/lasningar", "lasningar", "Direktör");
	await test("the log says who has read, and nothing of what was read", async () => {
		const page = await open(null);
		await signIn(page, "Direktör");
		await page.goto(`${server.url}/lasningar`);
		const text = await page.locator("main").innerText();
		ok(text.includes("Diana Registrator") && text.includes("KS 20"), text);
		ok(!text.includes("Yttrande"), "no title");
	});

	await test("a contact is made a matter with one key, and marked", async () => {
		const page = await open(null);
		await signIn(page, "handläggare");
		const before = list("matters").length;
		await page.goto(`${server.url}/arbetslista?lista=enhet`);
		await page.keyboard.press("j");
		await page.keyboard.press("o");
		await page.waitForURL(/\/kontakter\/K-/);
		for (const summary of await page.locator("main details > summary").all())
			await summary.click();
		await checkPage(page, "kontakt-arende");
		await page.locator("h1").click();
		await page.keyboard.press("m");
		await page.waitForLoadState();
		await page.waitForURL(/klart=/);
		equal(list("matters").length, before + 1, "one more matter");
	});

	for (const width of [PHONE, WIDE])
		await test(`the classification table at ${width}`, async () => {
			const page = await open(null, { width });
			await signIn(page, "Systemförvaltare");
			await page.goto(`${server.url}/admin/klassificering`);
			await page.locator("input[type=file]").setInputFiles({ name: "klassa.csv", mimeType: "text/csv",
				buffer: Buffer.from("kod;rubrik\n1;Leda\n1.1;Styra\n;Utan kod\n3.6.1;Väghållning\n") });
			await page.getByRole("button", { name: "Läs in" }).click();
			await page.getByRole("heading", { name: "Filen är läst" }).waitFor();
			ok((await page.locator("main").innerText()).includes("Rad 4: Det finns ingen kod."), "the bad line by its number");
			await checkPage(page, "admin-klassificering-inlast");
		});

	await test("all of it holds", async () => {
		execFileSync(program, ["verify", "--db", server.database]);
	});
});
