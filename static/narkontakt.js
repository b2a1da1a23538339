/* narkontakt.js: makes pages quicker; every page works without it
 *
 * Nothing here knows a page. What it does is asked for in the HTML:
 *
 *   data-list, data-row, data-open     a list walked by j and k; o or Enter opens the row's data-open link; x ticks its box
 *   data-key="a"                       pressing a clicks this; in a row, only in the chosen row. F2 to F9 work while writing too
 *   dialog#nk-keys                     shown by ?
 *   input[type=search]                 / goes to the first one
 *   form[data-draft=ID]                what is written is kept in this browser until it has been sent
 *   form[data-draft-url=URL]           and posted there now and then; [data-draft-status] says when, [data-draft-says] what the
 *                                      answer's "says" says of the words
 *   form[data-confirm=TEXT]            asked before it is sent
 *   input[data-suggest-url=URL]        GET URL?q=... answers [{ "text", "href" or "value", "meta" }]
 *   form [data-preview-url=URL]        shows what GET URL?FIELDS says of the form as it is written; [data-preview-fields=NAMES]:
 *                                      only of these
 *   [data-advice-url=URL] textarea     GET URL?q=... answers { "choose", "chosen", "insert": [{ "title", "text" }] }: the select
 *                                      #data-advice-choose gets that choice until she chooses, and the [data-advice] part after it
 *                                      buttons that put the text into #data-advice-into; the first has the key data-advice-key
 *   [data-since=SECONDS]               how long it has been since that instant (UTC), counted
 *   [data-max=N] with #ID-count        characters left
 *   [data-until=SECONDS]               counts down to that instant (UTC), then hides its data-while element
 *   body[data-events=URL]              server-sent events: "change" fetches the page anew and replaces its [data-live] parts
 *   [data-fades=SECONDS]               what it says is true until that instant (UTC): then the page's live parts are fetched anew
 *   body[data-pace=SECONDS]            so long at least between two fetches of its own, however much happens
 *   [data-stale-after=SECONDS]         shown when nothing has been fetched for so long
 *   [data-presence=URL]                told there now and then that she is still here, and when she leaves ("borta=1")
 *   .nk-nav                            a menu of more than three entries is folded behind a button on a phone
 *   [data-focus]                       gets the focus when the page has loaded; [data-focus=ID] gives it to that
 *
 * No inline scripts or styles anywhere: the content security policy forbids them. */
"use strict";
(() => {
	const all = (selector, root = document) => [...root.querySelectorAll(selector)];
	const lang = document.documentElement.lang;
	const say = (sv, en) => (lang === "sv" ? sv : en);
	const typing = (element) => element.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

	/* A region that tells screen readers what happened without moving the focus. */
	const live = document.createElement("p");
	live.className = "ds-sr-only";
	live.setAttribute("role", "status");
	document.body.append(live);

	/* Lists and keys */
	let row = null;
	function choose(next) {
		if (!next)
			return;
		if (row)
			row.removeAttribute("data-selected");
		row = next;
		row.setAttribute("data-selected", "");
		(row.querySelector("[data-open]") || row).focus({ preventScroll: true });
		row.scrollIntoView({ block: "nearest" });
	}
	function step(by) {
		const rows = all("[data-list] [data-row]");
		choose(rows[Math.max(0, Math.min(rows.length - 1, rows.indexOf(row) + by))]);
	}
	const keys = {
		j: () => step(1),
		k: () => step(-1),
		o: () => row && row.querySelector("[data-open]")?.click(),
		x: () => row && row.querySelector("input[type=checkbox]")?.click(),
		"?": () => document.getElementById("nk-keys")?.showModal(),
		"/": () => document.querySelector("input[type=search]")?.focus(),
	};
	const functionKey = (key) => /^F[0-9]+$/.test(key);
	document.addEventListener("keydown", (event) => {
		if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]"))
			return;
		if (typing(event.target) && !functionKey(event.key)) {
			if (event.key === "Escape" && document.getElementById("nk-keys"))
				event.target.blur();
			return;
		}
		const asked = all("[data-key]").filter((e) => e.dataset.key === event.key && e.checkVisibility())
			.find((e) => functionKey(event.key) || !e.closest("[data-row]") || e.closest("[data-row]") === row);
		const act = asked ? () => asked.click() : Object.hasOwn(keys, event.key) ? keys[event.key] : null;
		if (!act)
			return;
		event.preventDefault();
		act();
	});
	document.addEventListener("focusin", (event) => {
		const own = event.target.closest("[data-list] [data-row]");
		if (own && own !== row) {
			row?.removeAttribute("data-selected");
			row = own;
			row.setAttribute("data-selected", "");
		}
	});

	/* A long main menu is folded on a phone. */
	const nav = document.querySelector(".nk-nav");
	if (nav && nav.querySelectorAll("li").length > 3) {
		const narrow = matchMedia("(max-width: 40rem)"), button = document.createElement("button");
		const fold = (folded) => {
			nav.toggleAttribute("data-folded", folded);
			button.setAttribute("aria-expanded", String(!folded));
		};
		const fit = () => { button.hidden = !narrow.matches; fold(narrow.matches); };
		nav.firstElementChild.id = "nk-menu";
		button.type = "button";
		button.className = "ds-button nk-fold";
		button.dataset.variant = "tertiary";
		button.textContent = say("Meny", "Menu");
		button.setAttribute("aria-controls", "nk-menu");
		button.addEventListener("click", () => fold(!nav.hasAttribute("data-folded")));
		nav.prepend(button);
		narrow.addEventListener("change", fit);
		fit();
	}

	/* Characters left. Told at once to the eye, and to the ear when the writer pauses. */
	for (const input of all("[data-max]")) {
		const count = document.getElementById(input.id + "-count");
		if (!count)
			continue;
		const show = () => {
			const left = Number(input.dataset.max) - [...input.value.replace(/\r\n/g, "\n")].length;
			count.textContent = (left < 0 ? count.dataset.over : count.dataset.left).replace("%d", Math.abs(left));
			count.dataset.state = left < 0 ? "over" : "";
		};
		let pause;
		input.addEventListener("input", () => {
			show();
			clearTimeout(pause);
			pause = setTimeout(() => { live.textContent = count.textContent; }, 1500);
		});
		if (input.value)
			show();
	}

	/* What was sent has arrived, unless the page that came is the form with an error, or a sign-in or error page
	 * (data-keep-drafts): then its draft has done its duty. */
	try {
		for (const name of Object.keys(sessionStorage).filter((n) => n.startsWith("sent:"))) {
			if (!document.querySelector(".nk-error-summary, [data-keep-drafts]"))
				localStorage.removeItem(name.slice(5));
			sessionStorage.removeItem(name);
		}
	} catch { /* a browser that keeps nothing */ }

	/* Drafts. Passwords, files, boxes that agree to something and hidden fields are never kept. */
	const kept = (form) => [...form.elements].filter((e) => e.name && e.matches("textarea, select, input:not([type=hidden])" +
		":not([type=password]):not([type=file]):not([type=submit])") && e.autocomplete !== "off" && e.autocomplete !== "one-time-code");
	const plain = (e) => e.type !== "radio" && e.type !== "checkbox";
	for (const form of all("form[data-draft]")) {
		const key = "draft:" + form.dataset.draft;
		try {
			const words = JSON.parse(localStorage.getItem(key) || "null");
			/* What stands in it already is newer; of a form with places to write in, only those tell. */
			const told = form.querySelector("textarea") ? "textarea" : "input, textarea";
			if (words && !kept(form).some((e) => plain(e) && e.matches(told) && e.value)) {
				for (const e of kept(form)) {
					const was = words[e.name];
					if (was === undefined)
						continue;
					if (plain(e))
						e.value = was;
					else
						e.checked = was.includes(e.value);
				}
				form.dispatchEvent(new Event("input", { bubbles: true }));
				all("[data-max]", form).forEach((e) => e.dispatchEvent(new Event("input")));
			}
			form.addEventListener("input", () => {
				const now = {};
				for (const e of kept(form)) {
					if (plain(e))
						now[e.name] = e.value;
					else
						now[e.name] = (now[e.name] || []).concat(e.checked ? [e.value] : []);
				}
				localStorage.setItem(key, JSON.stringify(now));
			});
			form.addEventListener("submit", () => sessionStorage.setItem("sent:" + key, "1"));
		} catch { /* a browser that keeps nothing: the form works as without scripts */ }
	}
	for (const form of all("form[data-draft-url]")) {
		const status = form.querySelector("[data-draft-status]"), says = form.querySelector("[data-draft-says]");
		let wait, sent = false;
		const save = async () => {
			const body = new URLSearchParams();
			for (const [name, value] of new FormData(form))
				if (typeof value === "string")
					body.append(name, value);
			try {
				const answer = await fetch(form.dataset.draftUrl, { method: "POST", body, credentials: "same-origin" });
				if (says && answer.ok && !sent) {
					const told = (await answer.clone().json()).says;
					if (told)
						says.textContent = told;
				}
				if (status && !sent)
					status.textContent = answer.ok ? say("Utkastet sparades kl. ", "Draft saved at ") +
						new Date().toLocaleTimeString(lang, { hour: "2-digit", minute: "2-digit" })
						: say("Utkastet är inte sparat.", "The draft is not saved.");
			} catch {
				if (status)
					status.textContent = say("Ingen kontakt med servern. Orden finns kvar här.",
						"No contact with the server. The words are still here.");
			}
		};
		form.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(save, 2000); });
		form.addEventListener("submit", () => { sent = true; clearTimeout(wait); });
	}

	for (const form of all("form[data-confirm]"))
		form.addEventListener("submit", (event) => { if (!confirm(form.dataset.confirm)) event.preventDefault(); });

	/* A form is sent once, however often the button is pressed. */
	document.addEventListener("submit", (event) => {
		if (event.defaultPrevented || event.target.method !== "post")
			return;
		if (event.target.dataset.sent) {
			event.preventDefault();
			return;
		}
		event.target.dataset.sent = "1";
		setTimeout(() => { delete event.target.dataset.sent; }, 5000);
	});

	/* Suggestions: the ARIA combobox pattern with a list box. */
	all("input[data-suggest-url]").forEach((input, number) => {
		const list = document.createElement("ul");
		let options = [], at = -1, wait, asked = 0;
		list.id = "nk-suggestions-" + number;
		list.className = "nk-suggestions";
		list.hidden = true;
		list.setAttribute("role", "listbox");
		list.setAttribute("aria-label", say("Förslag", "Suggestions"));
		input.parentElement.classList.add("nk-suggesting");
		input.after(list);
		for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"],
			["aria-controls", list.id], ["autocomplete", "off"]])
			input.setAttribute(name, value);

		const close = () => {
			list.hidden = true;
			at = -1;
			input.setAttribute("aria-expanded", "false");
			input.removeAttribute("aria-activedescendant");
		};
		const mark = (i) => {
			at = i;
			[...list.children].forEach((li, k) => li.setAttribute("aria-selected", String(k === i)));
			if (i >= 0) {
				input.setAttribute("aria-activedescendant", list.children[i].id);
				list.children[i].scrollIntoView({ block: "nearest" });
			} else {
				input.removeAttribute("aria-activedescendant");
			}
		};
		const take = (option) => {
			close();
			if (option.href) {
				location.assign(option.href);
				return;
			}
			input.value = option.value ?? option.text;
			input.dispatchEvent(new Event("input", { bubbles: true }));
			close();
		};
		const show = () => {
			list.replaceChildren(...options.map((option, i) => {
				const li = document.createElement("li");
				li.id = list.id + "-" + i;
				li.setAttribute("role", "option");
				li.setAttribute("aria-selected", "false");
				li.textContent = option.text;
				if (option.meta) {
					const meta = document.createElement("small");
					meta.textContent = option.meta;
					li.append(meta);
				}
				li.addEventListener("mousedown", (event) => { event.preventDefault(); take(option); });
				return li;
			}));
			list.hidden = options.length === 0;
			at = -1;
			input.setAttribute("aria-expanded", String(options.length > 0));
			live.textContent = options.length === 0 ? "" : options.length + say(" förslag", " suggestions");
		};
		const ask = async () => {
			const words = input.value.trim(), mine = ++asked;
			if (words.length < 2) {
				close();
				return;
			}
			try {
				const url = input.dataset.suggestUrl;
				const answer = await fetch(url + (url.includes("?") ? "&" : "?") + "q=" + encodeURIComponent(words),
					{ credentials: "same-origin", headers: { Accept: "application/json" } });
				if (mine !== asked || !answer.ok || document.activeElement !== input)
					return;
				options = (await answer.json()).slice(0, 10);
				show();
			} catch { close(); }
		};
		input.addEventListener("input", (event) => {
			if (!event.isTrusted)
				return;
			clearTimeout(wait);
			wait = setTimeout(ask, 150);
		});
		input.addEventListener("blur", close);
		input.addEventListener("keydown", (event) => {
			if (list.hidden)
				return;
			if (event.key === "ArrowDown" || event.key === "ArrowUp") {
				const n = options.length + 1;
				mark((at + 1 + (event.key === "ArrowDown" ? 1 : n - 1)) % n - 1);
			} else if (event.key === "Enter" && at >= 0) {
				take(options[at]);
			} else if (event.key === "Escape") {
				close();
			} else {
				return;
			}
			event.preventDefault();
		});
	});

	/* What the words would give. */
	for (const part of all("form [data-preview-url]")) {
		const form = part.closest("form");
		const only = part.dataset.previewFields?.split(" ");
		let wait, asked = 0;
		form.addEventListener("input", (event) => {
			if (only && !only.includes(event.target.name))
				return;
			clearTimeout(wait);
			wait = setTimeout(async () => {
				const mine = ++asked, words = new URLSearchParams();
				for (const e of form.elements)
					if (e.name && (only ? only.includes(e.name) && (e.type !== "radio" || e.checked) : e.matches("input[type=text], select")))
						words.append(e.name, e.value);
				try {
					const answer = await fetch(part.dataset.previewUrl + "?" + words, { credentials: "same-origin" });
					if (answer.ok && mine === asked)
						part.textContent = await answer.text();
				} catch { /* the button still works */ }
			}, 200);
		});
	}

	/* Advice while one writes: an area is chosen, answers can be put in. */
	for (const part of all("[data-advice-url]")) {
		const area = part.querySelector("textarea"), list = all("[data-advice]", part.closest("form"))[0];
		const choice = document.getElementById(part.dataset.adviceChoose), into = document.getElementById(part.dataset.adviceInto);
		let wait, asked = 0, own = choice?.value !== "", shown = "";
		choice?.addEventListener("change", () => { own = true; });
		const ask = async () => {
			const mine = ++asked;
			try {
				const answer = await fetch(part.dataset.adviceUrl + "?q=" + encodeURIComponent(area.value.slice(0, 600)),
					{ credentials: "same-origin", headers: { Accept: "application/json" } });
				if (mine !== asked || !answer.ok)
					return;
				const advice = await answer.json();
				if (!own && choice && [...choice.options].some((o) => o.value === advice.choose) && choice.value !== advice.choose) {
					choice.value = advice.choose;
					live.textContent = say("Område: ", "Area: ") + advice.chosen;
				}
				list.replaceChildren(...advice.insert.map((one, i) => {
					const button = document.createElement("button");
					button.type = "button";
					button.className = "ds-button";
					button.dataset.variant = "tertiary";
					button.dataset.size = "sm";
					button.textContent = one.title + (i === 0 ? " (" + part.dataset.adviceKey + ")" : "");
					if (i === 0)
						button.dataset.key = part.dataset.adviceKey;
					button.addEventListener("click", () => {
						into.value = into.value && into.value !== shown ? into.value + "\n\n" + one.text : one.text;
						shown = into.value;
						into.dispatchEvent(new Event("input", { bubbles: true }));
						live.textContent = say("Svaret är infogat: ", "The answer is put in: ") + one.title;
					});
					return button;
				}));
				list.hidden = advice.insert.length === 0;
			} catch { /* she writes on without */ }
		};
		area.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(ask, 200); });
		if (area.value)
			ask();
	}

	/* Counting up: how long somebody has waited. */
	const waited = () => {
		for (const e of all("[data-since]")) {
			const s = Math.max(0, Math.floor(Date.now() / 1000) - Number(e.dataset.since));
			e.textContent = Math.floor(s / 60) + ":" + String(s % 60).padStart(2, "0");
		}
	};
	if (document.querySelector("[data-live], [data-since]"))
		setInterval(waited, 1000);
	waited();

	/* Counting down: "undo within a minute". */
	for (const clock of all("[data-until]")) {
		const until = Number(clock.dataset.until) * 1000;
		const tick = () => {
			const left = Math.ceil((until - Date.now()) / 1000);
			clock.textContent = left > 0 ? left + " s" : "";
			if (left > 0)
				setTimeout(tick, 1000);
			else
				clock.closest("[data-while]")?.setAttribute("hidden", "");
		};
		tick();
	}

	/* Live parts. While somebody writes, nothing under her fingers is replaced. */
	if (document.body.dataset.events && "EventSource" in window) {
		let source, busy = false, again = false, soon = 0, fading = 0, fetched = Date.now();
		const pace = () => Number(document.body.dataset.pace || 0) * 1000;
		const stale = () => {
			for (const e of all("[data-stale-after]"))
				e.hidden = Date.now() - fetched < Number(e.dataset.staleAfter) * 1000;
		};
		const fade = () => {
			clearTimeout(fading);
			const first = Math.min(...all("[data-fades]").map((e) => Number(e.dataset.fades) * 1000));
			if (Number.isFinite(first))
				fading = setTimeout(refresh, Math.max(5000, first - Date.now() + 500));
		};
		const refresh = async () => {
			if (busy) {
				again = true;
				return;
			}
			busy = true;
			try {
				const answer = await fetch(location.href, { credentials: "same-origin", headers: { "X-Refresh": "1" },
					signal: AbortSignal.timeout(20000) });
				const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
				if (answer.ok)
					fetched = Date.now();
				for (const part of answer.ok ? all("[data-live][id]") : []) {
					const next = fresh.getElementById(part.id);
					if (!next || part.contains(document.activeElement) && typing(document.activeElement))
						continue;
					const open = row && part.contains(row) ? row.querySelector("[data-open]")?.getAttribute("href") : null;
					const ticked = all("input:checked", part).map((e) => e.name + "=" + e.value);
					part.replaceChildren(...next.childNodes);
					for (const e of all("input[type=checkbox]", part))
						e.checked = ticked.includes(e.name + "=" + e.value);
					if (open)
						choose(all("[data-row]", part).find((r) => r.querySelector("[data-open]")?.getAttribute("href") === open));
				}
			} catch { /* the next event tries again */ }
			busy = false;
			stale();
			fade();
			if (again) {
				again = false;
				hear();
			}
		};
		/* What happened before the stream was there is not told again: after a lost connection the page looks by itself, and
		 * one that must miss nothing ([data-live=sure]) also when it has just loaded. */
		let opened = Boolean(document.querySelector("[data-live=sure]"));
		/* Everybody hears at once; they do not all ask at once. What is heard while one waits is asked for with it. */
		const hear = () => {
			soon ||= setTimeout(() => { soon = 0; refresh(); }, Math.max(100 + Math.random() * 400, fetched + pace() - Date.now()));
		};
		/* A browser gives up on a stream that was refused once (a server that starts again behind its proxy): we do not. */
		const listen = () => {
			source = new EventSource(document.body.dataset.events);
			source.addEventListener("change", hear);
			source.addEventListener("resync", hear);
			source.addEventListener("open", () => { if (opened) hear(); opened = true; });
			source.addEventListener("error", () => {
				if (source.readyState === EventSource.CLOSED)
					setTimeout(listen, 15000);
			});
		};
		listen();
		fade();
		window.addEventListener("pagehide", () => source.close());
	}

	/* Who has it open. */
	for (const part of all("[data-presence]")) {
		const url = part.dataset.presence, csrf = document.querySelector("input[name=csrf]")?.value || "";
		const tell = () => {
			if (!document.hidden)
				fetch(url, { method: "POST", body: new URLSearchParams({ csrf }), credentials: "same-origin" }).catch(() => {});
		};
		setInterval(tell, 30000);
		document.addEventListener("visibilitychange", tell);
		window.addEventListener("pagehide", () => navigator.sendBeacon(url, new URLSearchParams({ csrf, borta: "1" })));
		tell();
	}

	const first = document.querySelector("[data-focus]");
	(first?.dataset.focus ? document.getElementById(first.dataset.focus) : first)?.focus();
})();
