// tests/browser/test_desk.mjs: the desk of those who answer: filters, who is present, words that are never lost, letters, search
import { execFileSync, spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { suite, PHONE, WIDE } from "./rig.mjs";

const program = join(resolve(process.env.B || "build"), "narkontakt");

await suite("the desk", async ({ test, open, signIn, ok, equal, checkPage, server }) => {
	const list = (thing, ...more) => execFileSync(program, ["list", thing, "--db", server.database, "--json", ...more],
		{ maxBuffer: 1 << 28 }).toString().trim().split("\n").filter(Boolean).map((line) => JSON.parse(line));
	const openOnes = () => list("contacts").filter((c) => ["new", "assigned"].includes(c.state));

	for (const [width, scripts] of [[PHONE, true], [WIDE, true], [WIDE, false]])
		await test(`filters narrow the list, get a name and are removed, at ${width}${scripts ? "" : " without scripts"}`, async () => {
			const page = await open(null, { width, scripts });
			await signIn(page, "vägledare");
			await page.goto(`${server.url}/arbetslista?lista=alla`);
			await page.locator("summary", { hasText: "Filter" }).click();
			await page.locator("#f-kanal").selectOption("email");
			await page.locator("#f-lage").selectOption("new");
			await page.getByRole("button", { name: "Visa", exact: true }).click();
			await page.waitForLoadState();
			const wanted = openOnes().filter((c) => c.channel === "email" && c.state === "new").map((c) => c.number);
			const shown = await page.locator("a[data-open]").allInnerTexts();
			ok(shown.length > 0 && shown.every((number) => wanted.includes(number)), `only those: ${shown.length} of ${wanted.length}`);
			await page.locator("#f-name").fill("Mejl hos någon");
			await page.getByRole("button", { name: "Spara filtret" }).click();
			await page.waitForLoadState();
			await page.goto(`${server.url}/arbetslista`);
			await page.getByRole("link", { name: "Mejl hos någon" }).click();
			await page.waitForLoadState();
			equal((await page.locator("a[data-open]").allInnerTexts()).join(), shown.join(), "the same list by its name");
			await checkPage(page, `filter${scripts ? "" : "-utan"}`);
			await page.getByRole("button", { name: "Ta bort Mejl hos någon" }).click();
			await page.waitForLoadState();
			equal(await page.getByRole("link", { name: "Mejl hos någon" }).count(), 0, "removed");
		});

	await test("two see each other, live, in the list and on the page", async () => {
		const anna = await open(null, { width: WIDE }), bo = await open(null, { width: WIDE });
		await signIn(anna, "vägledare");
		await signIn(bo, "Registrator");
		await anna.goto(`${server.url}/arbetslista?lista=alla`);
		const name = (await anna.locator("header .nk-account a").first().innerText()).trim();
		await bo.goto(`${server.url}/arbetslista?lista=alla`);
		const both = (await anna.locator("a[data-open]").allInnerTexts()).filter((n) => n);
		const seen = await bo.locator("a[data-open]").allInnerTexts();
		const number = both.find((n) => seen.includes(n));
		ok(number, "a contact both may read");
		await anna.goto(`${server.url}/kontakter/${number}`);
		const row = bo.locator("tr", { hasText: number });
		await row.locator(".nk-present", { hasText: `${name} har den öppen` }).waitFor();
		await bo.goto(`${server.url}/kontakter/${number}`);
		await bo.locator("#narvaro", { hasText: `${name} har den öppen` }).waitFor();
		await checkPage(bo, "narvaro");
		await anna.locator("#f-text").fill("Jag skriver på svaret.");
		await bo.locator("#narvaro", { hasText: `${name} skriver` }).waitFor({ timeout: 15000 });
		await anna.goto(`${server.url}/arbetslista`);
		await bo.locator("#narvaro .nk-present").waitFor({ state: "detached", timeout: 15000 });
	});

	await test("without scripts it is said who has it open", async () => {
		const anna = await open(null, { scripts: false }), bo = await open(null, { scripts: false });
		await signIn(anna, "vägledare");
		await signIn(bo, "Registrator");
		await bo.goto(`${server.url}/arbetslista?lista=alla`);
		const number = (await bo.locator("a[data-open]").allInnerTexts()).at(-1);
		await anna.goto(`${server.url}/kontakter/${number}`);
		await bo.goto(`${server.url}/kontakter/${number}`);
		ok((await bo.locator("#narvaro").innerText()).includes("har den öppen"), "on the page");
		await bo.goto(`${server.url}/arbetslista?lista=alla`);
		equal(await bo.locator("tr", { hasText: number }).locator(".nk-present").count(), 1, "in the list");
	});

	for (const scripts of [false, true])
		await test(`a resident's half-written form is there after a reload${scripts ? "" : ", without scripts"}`, async () => {
			const page = await open("/kontakt", { width: PHONE, scripts });
			await page.locator("#f-text").fill("Halvskrivet om bryggan vid ån.");
			await page.locator("#f-place").fill("Badplatsen");
			await page.locator("input[name=reply_by][value=none]").check();
			await page.getByRole("button", { name: "Spara och fortsätt senare" }).click();
			await page.waitForLoadState();
			ok((await page.locator("main").innerText()).includes("Det är inte skickat än"), "it is said");
			await checkPage(page, `utkast${scripts ? "" : "-utan"}`);
			await page.goto(`${server.url}/`);
			await page.goto(`${server.url}/kontakt`);
			equal(await page.locator("#f-text").inputValue(), "Halvskrivet om bryggan vid ån.", "her words");
			equal(await page.locator("#f-place").inputValue(), "Badplatsen", "the place");
			await page.getByRole("button", { name: "Skicka", exact: true }).click();
			await page.waitForURL(/\/k\//);
			await page.goto(`${server.url}/kontakt`);
			equal(await page.locator("#f-text").inputValue(), "", "sent is gone");
			equal(list("contacts").at(-1).text, "Halvskrivet om bryggan vid ån.", "in the database");
		});

	await test("a form whose session has expired keeps its words and is sent the second time, without scripts", async () => {
		const page = await open("/kontakt", { width: PHONE, scripts: false });
		await page.locator("#f-text").fill("Jag gick och åt innan jag skickade.");
		await page.locator("input[name=reply_by][value=none]").check();
		await page.context().clearCookies();
		await page.getByRole("button", { name: "Skicka", exact: true }).click();
		await page.waitForLoadState();
		ok((await page.locator("main").innerText()).includes("Sidan hade varit öppen för länge"), "it is said");
		equal(await page.locator("#f-text").inputValue(), "Jag gick och åt innan jag skickade.", "her words");
		ok(await page.locator("input[name=reply_by][value=none]").isChecked(), "her choice");
		await page.getByRole("button", { name: "Skicka", exact: true }).click();
		await page.waitForURL(/\/k\//);
		equal(list("contacts").at(-1).text, "Jag gick och åt innan jag skickade.", "in the database");
		equal(list("contacts").at(-1).kind, "contact", "not taken for a machine");
	});

	const sql = (text) => execFileSync("sqlite3", [server.database, ".timeout 5000", text]).toString().trim();
	await test("an answer sent after the session rested too long lands on its form, without scripts", async () => {
		const page = await open(null, { scripts: false });
		await signIn(page, "vägledare");
		await page.goto(`${server.url}/arbetslista?lista=alla`);
		await page.locator("a[data-open]").first().click();
		await page.waitForLoadState();
		const address = page.url();
		await page.locator("#f-text").fill("Ett långt svar som tog hela lunchen.");
		await page.getByLabel("Besvarad, inte gjord").check();
		await page.locator("#f-ending_why").fill("Marken är frusen.");
		sql("UPDATE session SET seen_at = seen_at - 10000");
		await page.waitForTimeout(3500);
		await page.getByRole("button", { name: "Skicka svaret" }).click();
		await page.waitForLoadState();
		await checkPage(page, "utloggad", { allow: ["403"] });
		await page.locator("main").getByRole("link", { name: "Logga in" }).click();
		await page.waitForLoadState();
		await page.getByRole("listitem").filter({ hasText: "vägledare" }).getByRole("button").first().click();
		await page.waitForLoadState();
		equal(page.url(), address, "on the form");
		equal(await page.locator("#f-text").inputValue(), "Ett långt svar som tog hela lunchen.", "the words");
		ok(await page.getByLabel("Besvarad, inte gjord").isChecked(), "how it ends");
		equal(await page.locator("#f-ending_why").inputValue(), "Marken är frusen.", "and why");
		await page.getByLabel("Per telefon").check();
		await page.getByRole("button", { name: "Skicka svaret" }).click();
		await page.waitForLoadState();
		equal(sql("SELECT count(*) FROM form_draft"), "0", "nothing is held longer than needed");
		equal(list("contacts").find((c) => address.endsWith(c.number)).ending, "not_done", "answered");
	});

	await test("what an official wrote is shown to nobody else", async () => {
		const page = await open(null, { scripts: false });
		await signIn(page, "vägledare");
		await page.goto(`${server.url}/kontakter/ny`);
		await page.locator("#f-text").fill("Hemligt samtal.");
		sql("UPDATE session SET seen_at = seen_at - 10000");
		await page.waitForTimeout(3500);
		await page.getByRole("button", { name: "Registrera" }).click();
		await page.waitForLoadState();
		await page.locator("main").getByRole("link", { name: "Logga in" }).click();
		await page.getByRole("listitem").filter({ hasText: "Registrator" }).getByRole("button").first().click();
		await page.waitForLoadState();
		ok(page.url().endsWith("/kontakter/ny"), `on the form: ${page.url()}`);
		equal(await page.locator("#f-text").inputValue(), "", "another's words");
	});

	await test("an answer by letter is a PDF to print, kept in the contact", async () => {
		const page = await open(null);
		await signIn(page, "vägledare");
		await page.goto(`${server.url}/kontakter/ny`);
		await page.getByLabel("Brev med posten").check();
		await page.locator("#f-text").fill("Jag undrar när bron öppnar.");
		await page.locator("#f-name").fill("Demo Åsa Öberg");
		await page.locator("#f-address").fill("Demogatan 1\n123 45 LILLÅN");
		await page.getByRole("button", { name: "Registrera" }).click();
		await page.waitForURL(/\/kontakter\/K-/);
		await page.locator("#f-text").fill("Bron öppnar den 1 mars.\n\nDu kan gå över redan nu.");
		await page.locator("input[name=way][value=letter]").check();
		await page.getByLabel("Besvarad och gjord").check();
		await page.getByRole("button", { name: "Skicka svaret" }).click();
		await page.waitForLoadState();
		await checkPage(page, "brev");
		const link = page.getByRole("link", { name: /^brev-K-.*\.pdf$/ });
		const answer = await page.request.get(server.url + await link.getAttribute("href"));
		equal(answer.headers()["content-type"], "application/pdf", "its type");
		equal((await answer.body()).subarray(0, 5).toString(), "%PDF-", "its bytes");
	});

	for (const width of [PHONE, WIDE])
		await test(`search as it is typed, by keyboard, at ${width}`, async () => {
			const page = await open(null, { width });
			await signIn(page, "vägledare");
			await page.goto(`${server.url}/kontakter/ny`);
			await page.locator("#f-phone").fill("070-174 99 88");
			await page.locator("#f-text").fill("Ringer om en xylofon som ligger i diket.");
			await page.getByRole("button", { name: "Registrera" }).click();
			await page.waitForURL(/\/kontakter\/K-/);
			const address = page.url(), number = address.match(/K-\d+-(\d+)/);
			await page.goto(`${server.url}/arbetslista`);
			const box = page.getByRole("combobox", { name: "Sök" });
			const options = page.locator(".nk-suggestions:not([hidden]) [role=option]");
			for (const typed of ["xy", "xylofoner", "070-174 99", "+46701749988", String(Number(number[1])), number[0]]) {
				await box.fill("");
				await box.pressSequentially(typed);
				await options.filter({ hasText: number[0] }).first().waitFor();
			}
			await box.fill("");
			await box.pressSequentially("xylofon");
			await options.first().waitFor();
			equal(await box.getAttribute("aria-expanded"), "true", "told to who cannot see it");
			await checkPage(page, "sok-forslag");
			await page.keyboard.press("ArrowDown");
			equal(await box.getAttribute("aria-activedescendant"), await options.first().getAttribute("id"), "the chosen one");
			await page.keyboard.press("Escape");
			equal(await options.count(), 0, "Escape closes it");
			await page.keyboard.press("Enter");
			await page.waitForURL(/\/sok\?q=xylofon/);
			ok(await page.getByRole("link", { name: /xylofon/ }).count() > 0, "the plain form finds it too");
			await checkPage(page, "sok");
			await box.fill("");
			await box.pressSequentially("xylofon");
			await options.first().waitFor();
			await page.keyboard.press("ArrowDown");
			await page.keyboard.press("Enter");
			await page.waitForURL(/\/kontakter\/K-/);
		});

	await test("search without scripts, and only what she may read", async () => {
		const page = await open(null, { scripts: false });
		await signIn(page, "vägledare");
		await page.goto(`${server.url}/`);
		await page.locator("#site-search").fill("xylofon");
		await page.getByRole("button", { name: "Sök" }).click();
		await page.waitForLoadState();
		ok(await page.getByRole("link", { name: /xylofon/ }).count() > 0, "the plain form");
		const visitor = await open("/");
		const answer = await visitor.request.get(`${server.url}/sok/forslag?q=xylofon`, { maxRedirects: 0 });
		ok(answer.status() === 403 && !(await answer.text()).includes("xylofon"), `nobody else: ${answer.status()}`);
	});

	for (const [width, scripts] of [[PHONE, true], [WIDE, true], [WIDE, false]])
		await test(`a number format is previewed at ${width}${scripts ? "" : " without scripts"}`, async () => {
			const page = await open(null, { width, scripts });
			await signIn(page, "Systemförvaltare");
			await page.goto(`${server.url}/admin/myndigheter`);
			await page.locator("main table a").first().click();
			await page.waitForLoadState();
			const year = new Date().getFullYear(), preview = page.locator("[data-preview-url]");
			await page.locator("#f-number_template").fill("Dnr {code}-{yy}:{n:03}");
			const code = await page.locator("#f-code").inputValue();
			if (!scripts) {
				await page.getByRole("button", { name: "Förhandsgranska" }).click();
				await page.waitForLoadState();
				equal(await page.locator("#f-number_template").inputValue(), "Dnr {code}-{yy}:{n:03}", "the words are kept");
			}
			await preview.filter({ hasText: `Dnr ${code}-${year % 100}:001, Dnr ${code}-${year % 100}:1234` }).waitFor();
			await checkPage(page, `nummer${scripts ? "" : "-utan"}`);
			await page.locator("#f-number_template").fill("{code} {n:5}");
			await page.getByRole("button", { name: scripts ? "Spara" : "Förhandsgranska" }).click();
			await page.waitForLoadState();
			ok((await page.locator("main").innerText()).includes("Numret behöver {yyyy} och {n}"), "a bad one is said to be");
			equal(sql("SELECT count(*) FROM authority WHERE number_template LIKE '%Dnr%' OR number_template = '{code} {n:5}'"), "0",
				"nothing was saved");
		});

	await test("a logo is uploaded, shown, refused when it is no picture, and taken away", async () => {
		const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGNgYPgPRgz/AQAO/gL/AAAAAElFTkSuQmCC", "base64");
		const page = await open(null);
		await signIn(page, "Systemförvaltare");
		await page.goto(`${server.url}/admin/utseende`);
		await page.locator("#f-logo").setInputFiles({ name: "logo.png", mimeType: "image/png", buffer: png });
		await page.getByRole("button", { name: "Spara" }).click();
		await page.waitForLoadState();
		const address = await page.locator(".nk-brand img").getAttribute("src");
		const answer = await page.request.get(server.url + address);
		equal(answer.headers()["content-type"], "image/png", "its type");
		ok(png.equals(await answer.body()), "the same bytes");
		await checkPage(page, "logotyp");
		await page.locator("#f-logo").setInputFiles({ name: "logo.png", mimeType: "image/png", buffer: Buffer.from("<svg onload=alert(1)>") });
		await page.getByRole("button", { name: "Spara" }).click();
		await page.waitForLoadState();
		ok((await page.locator("main").innerText()).includes("PNG eller JPEG"), "refused");
		equal(await page.locator(".nk-brand img").count(), 1, "the old one stays");
		await page.locator("#f-no_logo").check();
		await page.getByRole("button", { name: "Spara" }).click();
		await page.waitForLoadState();
		equal(await page.locator(".nk-brand img").count(), 0, "taken away");
	});

	await test("a colleague is asked and answers", async () => {
		const asker = await open(null), asked = await open(null);
		await signIn(asker, "vägledare");
		await signIn(asked, "Registrator");
		await asked.goto(`${server.url}/`);
		const name = (await asked.locator("header .nk-account a").first().innerText()).trim();
		await asker.goto(`${server.url}/arbetslista?lista=alla`);
		const numbers = await asker.locator("a[data-open]").allInnerTexts();
		let number = null;
		for (const one of numbers) {	// one whose authority both work for
			await asker.goto(`${server.url}/kontakter/${one}`);
			if (await asker.locator("select[name=of] option", { hasText: name }).count() > 0) {
				number = one;
				break;
			}
		}
		ok(number !== null, `a contact where ${name} can be asked`);
		await asker.locator("summary", { hasText: "Fråga en kollega" }).click();
		await asker.locator("select[name=of]").selectOption({ label: name });
		await asker.locator("#f-ask_text").fill("Vet du något om lampan?");
		await asker.getByRole("button", { name: "Fråga", exact: true }).click();
		await asker.waitForLoadState();
		await checkPage(asker, "fraga");
		ok(list("outbox").some((m) => m.contact === number && !JSON.stringify(m).includes("lampan?")), "she is told, without the words");
		await asked.goto(`${server.url}/kontakter/${number}`);
		await asked.getByLabel("Ditt svar till en kollega").fill("Den byts på tisdag.");
		await asked.getByRole("button", { name: "Svara din kollega" }).click();
		await asked.waitForLoadState();
		await asker.reload();
		ok((await asker.locator("main").innerText()).includes("Den byts på tisdag."), "the answer is there");
	});

	for (const [width, scripts] of [[PHONE, false], [WIDE, true]])
		await test(`a colleague of another unit sees only the question, at ${width}`, async () => {
			const asker = await open("/", { width, scripts }), asked = await open("/", { width, scripts });
			await signIn(asker, "handläggare");
			await signIn(asked, "Vera");
			await asker.goto(`${server.url}/arbetslista?lista=enhet`);
			const number = (await asker.locator("a[data-open]").allInnerTexts())[width === PHONE ? 0 : 1];
			await asker.goto(`${server.url}/kontakter/${number}`);
			const subject = await asker.locator("h1").innerText();
			equal((await asked.request.get(`${server.url}/kontakter/${number}`)).status(), 404, "nothing before she is asked");
			await asker.locator("summary", { hasText: "Fråga en kollega" }).click();
			await asker.locator("select[name=of]").selectOption({ label: "Demo Vera Vatten" });
			await asker.locator("#f-ask_text").fill(`Har ni en ledning där? (${width})`);
			await asker.getByRole("button", { name: "Fråga", exact: true }).click();
			await asker.waitForLoadState();
			await asked.goto(`${server.url}/kontakter/${number}`);
			const text = await asked.locator("main").innerText();
			ok(text.includes(`Har ni en ledning där? (${width})`) && !text.includes(subject), "the question and nothing of the contact");
			await asked.getByRole("button", { name: "Svara din kollega" }).click();
			await asked.waitForLoadState();
			ok((await asked.locator("main").innerText()).includes("Skriv ditt svar"), "an empty answer is said to be");
			await checkPage(asked, `tillfragad${scripts ? "" : "-utan"}`, { allow: ["422"] });
			await asked.getByLabel("Ditt svar till en kollega").last().fill(`Nej, ingen där. (${width})`);
			await asked.getByRole("button", { name: "Svara din kollega" }).click();
			await asked.waitForLoadState();
			await asker.reload();
			ok((await asker.locator("main").innerText()).includes(`Nej, ingen där. (${width})`), "the answer stands on the contact");
		});

	await test("several are given at once, all or none, by keyboard at 360 without a mouse", async () => {
		const page = await open(null, { width: PHONE, fresh: true });
		await signIn(page, "Registrator");
		/* she has not heard yet of what happens below: else the row and its tick are gone before she sends */
		await page.addInitScript(() => { globalThis.EventSource = class extends EventTarget { close() {} }; });
		await page.goto(`${server.url}/arbetslista?lista=alla`);
		const [first, second] = (await page.locator("a[data-open]").allInnerTexts()).slice(0, 2);
		const owner = (n) => sql(`SELECT owner_id FROM contact WHERE number = '${n}'`);
		const before = owner(first);
		for (const number of [first, second]) {
			await page.locator(`input[value="${number}"]`).focus();
			await page.keyboard.press("Space");
		}
		sql(`UPDATE contact SET closed_at = 1, version = version + 1 WHERE number = '${second}'`);
		await page.locator("#f-owner").selectOption({ index: 1 });
		await page.getByRole("button", { name: "Tilldela" }).focus();
		await page.keyboard.press("Enter");
		await page.getByText("Ingen av de valda har lämnats över").first().waitFor();
		const text = await page.locator("main").innerText();
		ok(text.includes(second) && text.includes("Ingen av de valda har lämnats över"), "which one, and that none was given");
		equal(owner(first), before, "not half of them");
		ok(await page.locator(`input[value="${first}"]`).isChecked(), "the ticks are kept");
		await checkPage(page, "tilldela-fel", { allow: ["422"] });
		/* if it was to be called back, the clock may have noted meanwhile who closed it */
		sql(`UPDATE contact SET closed_at = NULL WHERE number = '${second}';
			UPDATE callback SET closed_at = NULL, closed_why = NULL WHERE closed_why = 'by_hand' AND contact_id = (SELECT id FROM contact WHERE number = '${second}')`);
		await page.goto(`${server.url}/arbetslista?lista=alla`);
		for (const number of [first, second])
			await page.locator(`input[value="${number}"]`).check();
		await page.locator("#f-owner").selectOption({ index: 1 });
		await page.getByRole("button", { name: "Tilldela" }).click();
		await page.waitForLoadState();
		equal(owner(first), owner(second), "both were given");
	});

	await test("contacts are merged and split; a wrong number keeps what was written", async () => {
		const page = await open(null);
		await signIn(page, "Registrator");
		const taken = async (phone, words) => {
			await page.goto(`${server.url}/kontakter/ny`);
			await page.locator("#f-phone").fill(phone);
			await page.locator("#f-text").fill(words);
			await page.getByRole("button", { name: "Registrera" }).click();
			await page.waitForURL(/\/kontakter\/K-/);
			return page.url().match(/K-\d+-\d+/)[0];
		};
		const into = await taken("070-174 77 01", "Lampan vid badet lyser inte.");
		const anothers = await taken("070-174 77 02", "Lampan vid badet är trasig.");
		const from = await taken("070-174 77 01", "Ringer igen om lampan vid badet.");
		await page.locator("summary", { hasText: "Slå ihop eller dela" }).click();
		await page.locator("#f-into").fill("K-1999-000001");
		await page.getByRole("button", { name: "Slå ihop", exact: true }).click();
		await page.waitForLoadState();
		equal(await page.locator("#f-into").inputValue(), "K-1999-000001", "what was written");
		await checkPage(page, "samman-fel", { allow: ["422"] });
		await page.locator("#f-into").fill(anothers);
		await page.getByRole("button", { name: "Slå ihop", exact: true }).click();
		await page.waitForLoadState();
		ok((await page.locator("main").innerText()).includes("båda ska få svar"), "two people are never answered in one");
		await page.locator("#f-split_subject").fill("En annan sak");
		await page.locator("#f-split_text").fill("Dessutom är bänken trasig.");
		await page.getByRole("button", { name: "Dela", exact: true }).click();
		await page.waitForLoadState();
		const part = list("contacts").at(-1);
		equal(part.subject, "En annan sak", "a contact of its own");
		equal(part.received_date, list("contacts").find((c) => c.number === from).received_date, "with the first one's arrival");
		await page.locator("summary", { hasText: "Slå ihop eller dela" }).click();
		await page.locator("#f-into").fill(into);
		await page.getByRole("button", { name: "Slå ihop", exact: true }).click();
		await page.waitForLoadState();
		equal(list("contacts").find((c) => c.number === from).state, "merged", "it went on in the other");
		await checkPage(page, "samman", { allow: ["422"] });	// of the two people above
		await page.goto(`${server.url}/kontakter/${into}`);
		ok((await page.locator("main").innerText()).includes("Ringer igen om lampan vid badet."), "its words stand where it goes on");
		await checkPage(page, "samman-med");
		const checked = spawnSync(program, ["verify", "--db", server.database], { encoding: "utf8" });
		equal(checked.status, 0, `verify: ${checked.stdout}${checked.stderr}`);
	});
});
