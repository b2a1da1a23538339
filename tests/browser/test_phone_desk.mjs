// tests/browser/test_phone_desk.mjs: the telephone desk by the keyboard alone: from ring to registered, counted in keystrokes
//
// The time is computed, not measured: a keystroke-level model with 0.2 s a keystroke (an average skilled typist, Card, Moran and
// Newell 1980), words included. What is asserted is the number of keystrokes other than the words typed.
import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import { suite, PHONE, WIDE } from "./rig.mjs";

const build = resolve(process.env.B || "build"), program = join(build, "narkontakt");
const KEYSTROKE_S = 0.2, KEYS_MOST = 4;

await suite("the telephone desk", async ({ test, open, signIn, ok, equal, checkPage, server }) => {
	const run = (...args) => execFileSync(program, [...args, "--db", server.database], { maxBuffer: 1 << 28 }).toString();
	const list = (thing) => run("list", thing, "--json").trim().split("\n").filter(Boolean).map((line) => JSON.parse(line));
	const token = run("calls", "token", "VX1").trim();
	const tell = async (...events) => {
		const answer = await fetch(`${server.url}/api/calls`, { method: "POST", body: JSON.stringify(events),
			headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" } });
		equal(answer.status, 200, `the exchange is heard: ${await answer.text()}`);
	};
	const rang = {};	// when those who still ring began to
	const now = (ago = 0) => new Date(Date.now() - ago * 1000).toISOString().replace(/\.\d+Z/, "Z");
	const counter = (page) => {
		const c = { keys: 0, letters: 0 };
		c.press = async (key) => { c.keys++; await page.keyboard.press(key); };
		c.type = async (words) => { c.letters += words.length; await page.keyboard.type(words); };
		c.say = (what) => console.log(`# ${what}: ${c.keys} keys and ${c.letters} letters of words: ` +
			`${((c.keys + c.letters) * KEYSTROKE_S).toFixed(1)} s at ${KEYSTROKE_S} s a keystroke`);
		c.seconds = () => (c.keys + c.letters) * KEYSTROKE_S;
		return c;
	};
	const newest = () => list("contacts").at(-1);

	await test("from ring to registered with three keys and the words", async () => {
		const page = await open(null, { width: WIDE });
		await signIn(page, "vägledare");
		await page.goto(`${server.url}/telefon`);
		rang["+46701740611"] = now(20);
		await tell({ call_id: "ring-1", kind: "ringing", at: rang["+46701740611"], number: "070-174 06 11", queue: "0480-45 00 00" });
		await page.locator("#ringing", { hasText: "+46701740611" }).waitFor();
		const c = counter(page);
		await c.press("F8");
		await page.waitForURL(/samtal=/);
		equal(await page.evaluate(() => document.activeElement.id), "f-text", "the note has the focus");
		await c.type("När plogas vägen? Snöröjning, halka");
		await page.locator("[data-advice] button").first().waitFor();
		ok(await page.locator("#f-category").inputValue() !== "", "an area is suggested");
		await c.press("F9");
		ok((await page.locator("#f-answer").inputValue()).length > 10, "the standard answer is put in");
		await c.press("F2");
		await page.waitForURL(/skrivet=/);
		c.say("a simple question");
		ok(c.keys <= KEYS_MOST, `at most ${KEYS_MOST} keys, took ${c.keys}`);
		ok(c.seconds() < 20, `under 20 seconds by the model, ${c.seconds()}`);
		const contact = newest();
		equal(contact.channel, "phone", "a call");
		equal(contact.state, "answered", "answered at once");
		equal(contact.ending, "done", "and done");
		equal(contact.sender_phone, "+46701740611", "from the number that rang");
		await page.locator("a", { hasText: contact.number }).click();
		await page.waitForLoadState();
		ok(await page.getByText("När plogas vägen?").count() > 0, "the note is a document");
	});

	await test("a typed number finds earlier contacts; handed over with a promise it is a task with that instant", async () => {
		const page = await open(null, { width: WIDE });
		await signIn(page, "vägledare");
		await page.goto(`${server.url}/telefon`);
		equal(await page.evaluate(() => document.activeElement.id), "f-nummer", "the number has the focus");
		const c = counter(page);
		await c.type("0701740611");
		await c.press("Enter");
		await page.waitForURL(/nummer=/);
		ok(await page.locator(".nk-before a").count() > 0, "the earlier contact is there");
		await c.type("Gatlampa som inte lyser på Storgatan, belysning");
		await page.locator("#f-category:not([value=''])").waitFor();
		await page.waitForFunction(() => document.getElementById("f-category").value !== "");
		await c.press("F4");
		await page.waitForURL(/skrivet=/);
		c.say("handed over with a promise");
		ok(c.keys <= KEYS_MOST, `at most ${KEYS_MOST} keys, took ${c.keys}`);
		const contact = newest();
		ok(["new", "assigned"].includes(contact.state), `waits: ${contact.state}`);
		ok(/T12:00:00/.test(contact.answer_by), `by the promised instant: ${contact.answer_by}`);
		ok(contact.unit !== "Kontaktcenter", `in the unit's worklist: ${contact.unit}`);
	});

	await test("what is written stays over a reload, and ? shows the keys", async () => {
		const page = await open(null, { width: WIDE });
		await signIn(page, "vägledare");
		await page.goto(`${server.url}/telefon?nummer=0701740612`);
		await page.keyboard.type("Halvskriven anteckning");
		await page.reload();
		equal(await page.locator("#f-text").inputValue(), "Halvskriven anteckning", "the draft");
		await page.locator("#f-text").focus();
		await page.keyboard.press("Escape");
		await page.keyboard.press("?");
		await page.locator("#nk-keys[open]").waitFor();
		ok(await page.locator("#nk-keys", { hasText: "F8" }).count() === 1, "the keys are listed");
	});

	await test("who was not answered is to be called back, with her tries, and goes when she has been talked to", async () => {
		const page = await open(null, { width: WIDE });
		await signIn(page, "vägledare");
		await page.goto(`${server.url}/telefon`);
		await tell({ call_id: "lost-1", kind: "missed", at: now(300), number: "070-174 06 20" },
			{ call_id: "lost-2", kind: "abandoned", at: now(200), number: "+46701740620", wait: 30 });
		await page.locator("#callbacks li", { hasText: "+46701740620" }).locator("text=2 försök").waitFor();
		rang["+46701740621"] = now(75);
		rang["Dolt nummer"] = now(12);
		await tell({ call_id: "ring-2", kind: "ringing", at: rang["+46701740621"], number: "070-174 06 21" },
			{ call_id: "ring-3", kind: "ringing", at: rang["Dolt nummer"], number: "anonymous" });
		await page.locator("#ringing li", { hasText: "Dolt nummer" }).waitFor();
		const shown = await page.locator("#ringing li a").allInnerTexts();
		equal(shown.filter((who) => who in rang).join(), Object.keys(rang).filter((who) => shown.includes(who))
			.sort((a, b) => Date.parse(rang[a]) - Date.parse(rang[b])).join(), "who has waited longest is first");
		ok(shown.includes("+46701740621") && shown.includes("Dolt nummer"), `both ring: ${shown}`);
		await checkPage(page, "telefon");
		await page.locator("#callbacks a", { hasText: "+46701740620" }).focus();
		await page.keyboard.press("Enter");
		await page.waitForURL(/aterring=/);
		await page.keyboard.type("Ringde upp: frågan gällde sophämtningen, som görs i morgon.");
		await checkPage(page, "telefon-samtal", { guide: "telefon" });
		await page.keyboard.press("F2");
		await page.waitForURL(/skrivet=/);
		equal(await page.locator("#callbacks li", { hasText: "+46701740620" }).count(), 0, "nobody needs to call her");
		await tell({ call_id: "lost-3", kind: "missed", at: now(10), number: "070-174 06 22" });
		await page.locator("#callbacks li", { hasText: "+46701740622" }).waitFor();
		await tell({ call_id: "again", kind: "answered", at: now(0), number: "070-174 06 22" });
		await page.waitForFunction(() => !document.getElementById("callbacks").innerText.includes("46701740622"));
	});

	await test("at phone width", async () => {
		const page = await open(null, { width: PHONE });
		await signIn(page, "vägledare");
		await page.goto(`${server.url}/telefon?nummer=0701740611`);
		await checkPage(page, "telefon");
	});

	await test("without scripts: plain forms, the area as the words suggest", async () => {
		const page = await open(null, { width: WIDE, scripts: false });
		await signIn(page, "vägledare");
		await page.goto(`${server.url}/telefon`);
		await checkPage(page, "telefon-utan");
		await page.locator("#f-nummer").fill("070-174 06 30");
		await page.getByRole("button", { name: "Sök", exact: true }).last().click();
		await page.waitForLoadState();
		await page.getByRole("button", { name: /Besvarat/ }).click();
		await page.waitForLoadState();
		ok(await page.locator(".nk-error-summary").count() === 1, "nothing written is said so");
		await page.locator("#f-text").fill("Plogning på Ågatan");
		await page.locator("#f-promised_time").fill("25");
		await page.getByRole("button", { name: /Lämna över/ }).click();
		await page.waitForLoadState();
		ok(await page.locator(".nk-error-summary").count() === 1, "no such time");
		equal(await page.locator("#f-text").inputValue(), "Plogning på Ågatan", "the words are kept");
		await page.locator("#f-promised_time").fill("09.30");
		await page.getByRole("button", { name: /Lämna över/ }).click();
		await page.waitForURL(/skrivet=/);
		const contact = newest();
		equal(contact.sender_phone, "+46701740630", "the number");
		ok(/T09:30:00/.test(contact.answer_by), contact.answer_by);
		ok(contact.unit !== "Kontaktcenter", contact.unit);
	});

	await test("an exchange is administered; its token is shown once and can be revoked; a file is read", async () => {
		const page = await open(null, { width: WIDE });
		await signIn(page, "Systemförvaltare");
		await page.goto(`${server.url}/admin`);
		await page.getByRole("link", { name: "Telefonväxlar" }).click();
		await page.waitForLoadState();
		await checkPage(page, "vaxlar");
		await page.getByRole("link", { name: "Lägg till en växel" }).click();
		await page.waitForLoadState();
		await page.locator("#f-name").fill("Skolans växel");
		await page.locator("#f-code").fill("VX2");
		await page.locator("#f-unit_id").selectOption({ index: 2 });
		await page.getByRole("button", { name: "Spara" }).click();
		await page.waitForLoadState();
		await page.getByRole("button", { name: "Gör en ny nyckel" }).click();
		await page.waitForLoadState();
		const made = await page.locator(".nk-token code").innerText();
		ok(/^nkx_/.test(made), "the token");
		await checkPage(page, "vaxel");
		const send = () => fetch(`${server.url}/api/calls`, { method: "POST", headers: { Authorization: `Bearer ${made}` },
			body: JSON.stringify({ call_id: "x", kind: "ringing", at: now() }) });
		equal((await send()).status, 200, "it opens");
		await page.goto(page.url().replace(/\/nyckel$/, ""));
		equal(await page.locator(".nk-token").count(), 0, "never shown again");
		await page.locator("input[type=file]").setInputFiles({ name: "samtal.csv", mimeType: "text/csv",
			buffer: Buffer.from("call_id;kind;at;number\n1;missed;2026-01-02 08:00;070-174 06 40\n2;wrong;2026-01-02 08:00;1\n") });
		await page.getByRole("button", { name: "Läs in filen" }).click();
		await page.waitForLoadState();
		ok(await page.getByText("1 nya, 0 kända").count() === 1, "what was taken");
		ok(await page.getByText("Rad 3, kind:").count() === 1, "what was not, and why");
		await page.goto(page.url().replace(/\/fil$/, ""));
		await page.getByRole("button", { name: "Dra in nyckeln" }).click();
		await page.waitForLoadState();
		equal((await send()).status, 401, "revoked");
	});
});
