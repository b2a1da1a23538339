// tests/browser/test_channels.mjs: a letter with its photograph, an answer by text message, and what is set up for other systems
import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import { suite, PHONE, WIDE } from "./rig.mjs";

const program = join(resolve(process.env.B || "build"), "narkontakt");
// one red pixel
const picture = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==", "base64");

await suite("letters, text messages, other systems", async ({ test, open, signIn, ok, equal, checkPage, server }) => {
	const contacts = () => execFileSync(program, ["list", "contacts", "--db", server.database, "--json"], { maxBuffer: 1 << 28 })
		.toString().trim().split("\n").filter(Boolean).map((line) => JSON.parse(line));
	for (const width of [PHONE, WIDE])
		await test(`a letter from the letterbox with its photograph at ${width}`, async () => {
			const page = await open(null, { width });
			await signIn(page, "vägledare");
			await page.goto(`${server.url}/kontakter/ny`);
			await page.getByLabel("I vår brevlåda, dagens första tömning").check();
			await page.getByLabel("Dagen då det nådde oss").fill("2025-12-29");
			await page.getByText("Ej arbetsdagar däremellan").waitFor();		// told while she writes
			const said = await page.locator("[data-preview-url]").innerText();
			ok(said.includes("tisdag 23 december 2025") && said.includes("(julafton)"), said);
			await page.getByLabel("Namn").fill("Beata Demosson");
			await page.getByLabel("Vad som sades eller stod").fill("Gatlampan vid Kvarnvägen 3 är trasig. Foto bifogas.");
			await page.locator("input[type=file]").setInputFiles([{ name: "brev.png", mimeType: "image/png", buffer: picture },
				{ name: "kuvert.png", mimeType: "image/png", buffer: Buffer.concat([picture, Buffer.from("x")]) }]);
			await checkPage(page, "kontakt-brev");
			await page.getByRole("button", { name: "Registrera" }).click();
			await page.waitForURL(/\/kontakter\/K-/);
			const text = await page.locator("main").innerText();
			ok(text.includes("tisdag 23 december 2025") && text.includes("brevlådan, arbetsdagen före"), "the day and its rule");
			await checkPage(page, "kontakt-brev-sparat");
			const answer = await page.request.get(server.url + await page.getByRole("link", { name: "brev.png" }).getAttribute("href"));
			equal(answer.headers()["content-type"], "image/png", "the picture is shown as one");
			const last = contacts().at(-1);
			equal(last.received_date, "2025-12-23", "the date in the database");
			equal(last.attachments?.length, 2, "both pictures");
		});

	await test("without scripts the rules stand at the field", async () => {
		const page = await open(null, { scripts: false });
		await signIn(page, "vägledare");
		await page.goto(`${server.url}/kontakter/ny`);
		ok((await page.locator("main").innerText()).includes("Det är inkommet den dag det når oss"), "the first choice's rule");
		await page.getByLabel("Brev med posten").check();
		await page.getByLabel("Dagen då det nådde oss").fill("2999-01-01");
		await page.getByLabel("Vad som sades eller stod").fill("Ett brev.");
		await page.getByRole("button", { name: "Registrera" }).click();
		const text = await page.locator("main").innerText();
		ok(text.includes("Den dagen har inte kommit än") && text.includes("Ett brev med posten räknas"), text);
		equal(await page.getByLabel("Vad som sades eller stod").inputValue(), "Ett brev.", "the words are kept");
	});

	let number = "";
	for (const width of [PHONE, WIDE])
		await test(`text messages and keys are set up at ${width}`, async () => {
			const page = await open(null, { width });
			await signIn(page, "Systemförvaltare");
			await page.goto(`${server.url}/admin/sms`);
			await checkPage(page, "admin-sms");
			await page.getByLabel("Sms skickas").check();
			await page.getByLabel("Sms-tjänstens adress").fill("http://127.0.0.1:9/");
			await page.getByLabel("Avsändare", { exact: true }).fill("Lillan");
			await page.getByRole("button", { name: "Spara" }).click();
			await page.waitForURL(/klart=/);
			await page.getByRole("button", { name: "Gör en ny nyckel" }).click();
			ok((await page.locator("code").last().innerText()).length >= 40, "the token is shown");
			await checkPage(page, "admin-sms-nyckel");
			await page.goto(`${server.url}/admin/open311`);
			await page.getByLabel("Vems nyckel är det?").fill("Lampappen");
			await page.getByRole("button", { name: "Gör en nyckel" }).click();
			await page.getByRole("heading", { name: "Den nya nyckeln" }).waitFor();
			await checkPage(page, "admin-open311");
			const key = await page.locator("main code").last().innerText();
			const answer = await page.request.post(`${server.url}/open311/v2/requests.json`, { form: { api_key: key, service_code: "1",
				address_string: "Kvarnvägen 3", description: "Trasig lampa", phone: "0701740605" } });
			equal(answer.status(), 200, "a report with the new key");
			await page.goto(`${server.url}/admin/open311/fragor/ny`);
			await page.getByLabel("Fråga", { exact: true }).fill("Vilken färg?");
			await page.getByRole("button", { name: "Spara" }).click();
			ok((await page.locator("main").innerText()).includes("Välj en kategori"), "says what is missing");
			await checkPage(page, "admin-open311-fraga", { allow: ["422"] });
			await page.locator("#f-category_id").selectOption({ index: 1 });
			await page.getByLabel("Kod").fill(`FARG${width}`);
			await page.locator("#f-datatype").selectOption("singlevaluelist");
			await page.getByLabel("Alternativ").fill("bla=Blå\nrod=Röd");
			await page.getByRole("button", { name: "Spara" }).click();
			await page.waitForURL(/fragor\?/);
			await checkPage(page, "admin-open311-fragor");
		});

	for (const width of [PHONE, WIDE])
		await test(`an answer by text message is counted while it is written at ${width}`, async () => {
			const page = await open(null, { width });
			await signIn(page, "vägledare");
			await page.goto(`${server.url}/kontakter/ny`);
			await page.getByLabel("Telefonnummer").fill("070-174 06 05");
			await page.getByLabel("Vad som sades eller stod").fill("När öppnar biblioteket?");
			await page.getByRole("button", { name: "Registrera" }).click();
			await page.waitForURL(/\/kontakter\/K-/);
			number = new URL(page.url()).pathname.split("/").at(-1);
			await page.getByLabel("Ditt svar").fill("Biblioteket öppnar klockan tio – välkommen!");
			await page.getByText("inga emojier").waitFor();
			await page.getByLabel("Ditt svar").fill("Biblioteket öppnar klockan tio.");
			await page.getByText(/\d sms med länken/).waitFor();
			await page.getByLabel("Med sms", { exact: true }).check();
			await page.getByLabel("Besvarad och gjord").check();
			await checkPage(page, "svar-sms");
			await page.getByRole("button", { name: "Skicka svaret" }).click();
			await page.waitForURL(/klart=/);
			equal(contacts().find((c) => c.number === number).state, "answered", "in the database");
		});
});
