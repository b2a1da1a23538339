// tests/browser/test_channels.mjs: a letter with its photograph
import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import { suite, PHONE, WIDE } from "./rig.mjs";

const program = join(resolve(process.env.B || "build"), "narkontakt");
// one red pixel
const picture = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==", "base64");

await suite("letters", async ({ test, open, ok, equal, checkPage, server }) => {
	const contacts = () => execFileSync(program, ["list", "contacts", "--db", server.database, "--json"], { maxBuffer: 1 << 28 })
		.toString().trim().split("\n").filter(Boolean).map((line) => JSON.parse(line));
	const signIn = async (page, role) => {
		await page.goto(`${server.url}/logga-in`);
		await page.getByRole("listitem").filter({ hasText: role }).getByRole("button").first().click();
		await page.waitForLoadState();
	};

	for (const width of [PHONE, WIDE])
		await test(`a letter from the letterbox with its photograph at ${width}`, async () => {
			const page = await open("/", { width });
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
		const page = await open("/", { scripts: false });
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
});
