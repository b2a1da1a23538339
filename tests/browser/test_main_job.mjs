// tests/browser/test_main_job.mjs: the main job as resident, handler and manager; without scripts; at both widths
import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import { suite, PHONE, WIDE } from "./rig.mjs";

const program = join(resolve(process.env.B || "build"), "narkontakt");

await suite("the main job", async ({ test, open, signIn, ok, equal, checkPage, server }) => {
	const list = (thing, ...more) => execFileSync(program, ["list", thing, "--db", server.database, "--json", ...more],
		{ maxBuffer: 1 << 28 }).toString().trim().split("\n").filter(Boolean).map((line) => JSON.parse(line));
	for (const width of [PHONE, WIDE])
		await test(`the public pages at ${width}`, async () => {
			for (const [path, name] of [["/", "start"], ["/kontakt", "kontakt"], ["/logga-in", "logga-in"]])
				await checkPage(await open(path, { width }), name);
			await checkPage(await open("/kontakt", { width, dark: true }), "kontakt-mork");
			await checkPage(await open("/kontakt", { width, lang: "en-GB" }), "kontakt-english");
		});

	let link = "", number = "";
	await test("a resident writes without scripts, on a phone, and sees number and date", async () => {
		const page = await open("/kontakt", { width: PHONE, scripts: false });
		await page.locator("#f-text").fill("Provlampan vid skolan lyser inte.");
		await page.locator("#f-email").fill("demo.resident@example.org");
		await page.waitForTimeout(3100);	// faster than a person reads is taken for a machine
		await page.getByRole("button", { name: "Skicka" }).click();
		ok(page.url().includes("/k/"), `on her own page: ${page.url()}`);
		const text = await page.locator("main").innerText();
		number = text.match(/K-\d{4}-\d{6}/)[0];
		ok(/Du får svar senast/.test(text), "a date is promised");
		link = page.url().replace(/\?.*/, "");
	});

	await test("an empty form says what to do, and what was written stays", async () => {
		const page = await open("/kontakt", { width: PHONE });
		await page.locator("#f-name").fill("Demo Någon");
		await page.getByRole("button", { name: "Skicka" }).click();
		ok((await page.locator("main").innerText()).includes("Skriv vad du vill berätta"), "the sentence");
		equal(await page.locator("#f-name").inputValue(), "Demo Någon", "her words are kept");
		await checkPage(page, "kontakt-fel", { allow: ["422"] });
		await page.locator("#f-text").fill("Ring mig om lampan.");
		await page.locator("input[name=reply_by][value=phone]").check();
		await page.locator("#f-phone").fill("ring mig");
		await page.getByRole("button", { name: "Skicka" }).click();
		await page.waitForLoadState();
		ok((await page.locator("main").innerText()).includes("telefonnummer som vi kan ringa"), "no number, no promise to call");
		await page.locator("#f-phone").fill("070-174 06 04");
		await page.locator("#f-category").evaluate((select) => { select.options[1].value = "999999"; });
		await page.locator("#f-category").selectOption("999999");
		await page.getByRole("button", { name: "Skicka" }).click();
		await page.waitForLoadState();
		ok((await page.locator("main").innerText()).includes("Välj ett av alternativen"), "an area that is not there");
		equal(await page.locator("#f-text").inputValue(), "Ring mig om lampan.", "nothing is lost");
	});

	await test("the handler finds it in the worklist, takes it, and answers", async () => {
		const page = await open(null, { width: WIDE });
		await signIn(page, "vägledare");
		await page.goto(`${server.url}/arbetslista?lista=alla`);
		await checkPage(page, "arbetslista");
		await page.goto(`${server.url}/sok?q=provlampan`);
		await page.getByRole("link", { name: /Provlampan/ }).click();
		await checkPage(page, "kontakten", { guide: "kontakt" });
		await page.getByRole("button", { name: "Ta den" }).click();
		await page.locator("#f-text").fill("Lampan byts i morgon förmiddag. Tack för att du hörde av dig.");
		await page.getByLabel("Besvarad och gjord").check();
		await page.getByRole("button", { name: "Skicka svaret" }).click();
		await page.waitForLoadState();
		await checkPage(page, "kontakten-besvarad");
		await page.getByRole("button", { name: "Ta tillbaka svaret" }).click();
		await page.waitForLoadState();
		equal(list("contacts").find((c) => c.number === number).state, "assigned", "taken back within its minute");
		await page.locator("#f-text").fill("Talade med henne i dag: lampan byts i morgon förmiddag.");
		await page.getByLabel("Per telefon").check();
		await page.getByLabel("Besvarad och gjord").check();
		await page.getByRole("button", { name: "Skicka svaret" }).click();
		await page.waitForLoadState();
		const one = list("contacts").find((c) => c.number === number);
		equal(one.state, "answered", "in the database");
		equal(one.ending, "done", "in the database");
		const mails = list("outbox").filter((m) => m.contact === number);
		equal(mails.map((m) => m.state).join(" "), "waiting withdrawn", "the receipt goes, the answer taken back does not");
	});

	for (const width of [PHONE, WIDE])
		await test(`the resident's page at ${width}`, async () => {
			const page = await open(null, { width });
			await page.goto(link);
			await checkPage(page, "min-kontakt", { guide: "min-kontakt", guideWidth: PHONE });
		});

	await test("she says it did not help, and it is somebody's task again", async () => {
		const page = await open(null, { width: PHONE, scripts: false });
		await page.goto(link);
		await page.getByLabel("Nej, det är inte gjort, eller inte besvarat").check();
		await page.locator("#f-why").fill("Den lyser fortfarande inte.");
		await page.getByRole("button", { name: "Berätta" }).click();
		await page.waitForLoadState();
		const one = list("contacts").find((c) => c.number === number);
		equal(one.state, "assigned", "open again");
		equal(one.ending, null, "no ending");
	});

	await test("one of each role signs in with a button, and lands on a page that has nothing to complain of", async () => {
		const page = await open("/logga-in"), complaints = [];
		page.on("console", (message) => { if (["error", "warning"].includes(message.type())) complaints.push(message.text()); });
		page.on("pageerror", (error) => complaints.push(String(error)));
		const forms = page.locator("form[action='/logga-in/demo']"), buttons = forms.locator("button");
		const roles = (await forms.locator(".nk-meta").allInnerTexts()).map((text) => text.replace(/,.*/, "").trim());
		const first = roles.map((role, i) => i).filter((i) => roles.indexOf(roles[i]) === i);
		ok(first.length >= 9, `${first.length} roles`);
		for (const i of first) {
			const name = await buttons.nth(i).innerText();
			const landed = page.waitForResponse((answer) => answer.request().isNavigationRequest() && answer.status() !== 303);
			await buttons.nth(i).click();
			equal((await landed).status(), 200, `${name} lands`);
			await page.waitForLoadState();
			ok((await page.locator("header .nk-account").innerText()).includes(name), `${name} is signed in: ${page.url()}`);
			ok(complaints.length === 0, `${name}: ${complaints.splice(0).join("; ")}`);
			await page.context().clearCookies();
			await page.goto(`${server.url}/logga-in`);
		}
	});

	await test("by keyboard alone: j chooses, o opens", async () => {
		const page = await open(null);
		await signIn(page, "vägledare");
		await page.goto(`${server.url}/arbetslista?lista=alla`);
		await page.keyboard.press("j");
		await page.keyboard.press("o");
		await page.waitForURL(/\/kontakter\/K-/);
	});

	await test("a call is taken down and registered", async () => {
		const page = await open(null);
		await signIn(page, "vägledare");
		await page.goto(`${server.url}/kontakter/ny`);
		await checkPage(page, "ny-kontakt");
		await page.locator("#f-phone").fill("070-174 06 05");
		await page.locator("#f-text").fill("Ringer om sopkärlet som inte tömdes.");
		await page.getByRole("button", { name: "Registrera" }).click();
		await page.waitForURL(/\/kontakter\/K-/);
		const one = list("contacts").at(-1);
		equal(one.channel, "phone", "in the database");
		equal(one.sender_phone, "+46701740605", "findable whatever way it is written");
	});

	await test("nobody may see the worklist without an account, and a forged link opens nothing", async () => {
		const page = await open("/arbetslista");
		ok(page.url().includes("/logga-in"), "sent to sign in");
		const answer = await page.request.get(`${link.slice(0, -3)}AAA`);
		equal(answer.status(), 404, "a forged link");
		equal((await page.request.post(`${link}/ord`, { form: { text: "x" } })).status(), 404, "no token, no change");
	});

	for (const width of [PHONE, WIDE])
		await test(`the administration pages at ${width}`, async () => {
			const page = await open(null, { width });
			await signIn(page, "Systemförvaltare");
			await page.goto(`${server.url}/admin`);
			await checkPage(page, "admin");
			const paths = await page.locator("main a[href^='/admin/']").evaluateAll((links) =>
				[...new Set(links.map((link) => link.getAttribute("href")))]);
			ok(paths.length >= 8, `it leads to them: ${paths.join(" ")}`);
			for (const path of paths) {
				await page.goto(server.url + path);
				await checkPage(page, `admin${path.slice(6).replaceAll("/", "-")}`);
			}
		});

	for (const width of [360, 1440])
		await test(`how we answer, in figures, at ${width}`, async () => {
			const page = await open(null, { width });
			await signIn(page, "nhetschef");
			const long = await page.request.get(`${server.url}/siffror?fran=2000-01-01`);
			ok(long.status() === 422, "a too long period is refused");
			ok((await long.text()).includes("högst tre år"), "and said in words");
			await page.goto(`${server.url}/siffror`);
			await checkPage(page, `siffror-${width}`);
			const text = await page.locator("main").innerText();
			ok(text.includes("arbetstimmar"), "the median is there");
			for (const img of await page.locator("main img").all())
				ok(await img.evaluate((i) => i.complete && i.naturalWidth > 0), "the chart is drawn");
			const data = await (await page.request.get(`${server.url}/siffror.json`)).json();
			ok(data.contacts > 0 && data.within_promise.of > 0 && data.curve.length > 0, "the same as data");
			ok((await (await page.request.get(`${server.url}/siffror/veckor.csv`)).text()).startsWith("week_of,"), "the weeks as CSV");
		});

	await test("the manager's proof that nobody is forgotten", async () => {
		const page = await open(null);
		await signIn(page, "nhetschef");
		await page.goto(`${server.url}/bevis`);
		await checkPage(page, "bevis");
		ok((await page.locator("main").innerText()).includes("Inget saknas"), "nothing is missing");
		execFileSync(program, ["verify", "--db", server.database]);
	});
});
