/* people/site_store.c: settings and keys in the database */
#include "people/site.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/late_sodium.h"
#include "base/random.h"
#include "base/sb.h"
#include "db/db.h"
#include "db/kept.h"
#include "law/number.h"
#include "people/rows.h"
#include "timeline/event.h"

static const char GET[] = "SELECT value FROM setting WHERE name = $1";
static const char SET[] =
    "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
static const char ADD[] = "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";

/* All settings but the picture and the keys. */
struct texts { size_t n; struct { const char *name, *value; } *item; };

static const void *
read_texts(struct db *db, struct arena *a, int64_t key, struct err *err)
{
	static const char sql[] = "SELECT name, value FROM setting WHERE name <> 'site.logo' AND name NOT LIKE 'secret.%'";
	struct texts *t = arena_alloc(a, sizeof(*t));
	struct stmt *st = db_stmt(db, sql, err);
	enum db_step step;
	size_t cap = 0;

	(void)key;
	while ((step = db_next(st, err)) == DB_ROW) {
		t->item = rows_room(a, t->item, t->n, &cap, sizeof(*t->item));
		t->item[t->n].name = col_text(st, a, 0);
		t->item[t->n++].value = col_text(st, a, 1);
	}
	db_done(st);
	return step == DB_FAIL ? (err_add(err, "settings"), NULL) : t;
}

static const void *
read_site(struct db *db, struct arena *a, int64_t key, struct err *err)
{
	const struct texts *t = kept_get(db, a, read_texts, 0, err);
	struct site *s = arena_alloc(a, sizeof(*s));
	const struct { const char *name; const char **value; } to[] = {
		{ "site.name", &s->name }, { "site.colour", &s->colour }, { "site.mail_from", &s->mail_from },
		{ "site.contact_number", &s->contact_number }, { "site.contact_number_before", &s->numbers_before },
		{ "site.accessibility", &s->accessibility },
		{ "site.help", &s->help }, { "site.logo_version", &s->logo_version },
	};

	(void)key;
	*s = (struct site){ .name = "Närkontakt", .contact_number = NUMBER_CONTACT_DEFAULT, .numbers_before = "" };
	for (size_t i = 0; t != NULL && i < t->n; i++) {
		for (size_t k = 0; k < ARRAY_LEN(to); k++)
			if (strcmp(to[k].name, t->item[i].name) == 0)
				*to[k].value = t->item[i].value;
	}
	return t == NULL ? NULL : s;
}

bool
site_load(struct db *db, struct arena *a, struct site *out, struct err *err)
{
	const struct site *s = kept_get(db, a, read_site, 0, err);

	if (s != NULL)
		*out = *s;
	return s != NULL;
}

bool
site_get(struct db *db, struct arena *a, const char *name, const char **value, struct err *err)
{
	struct stmt *st = db_stmt(db, GET, err);
	const char *found = NULL;
	enum db_step step;

	bind_text(st, 1, name);
	step = db_next(st, err);
	if (step == DB_ROW)
		found = col_text(st, a, 0);
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "setting %s", name);
	*value = found;
	return true;
}

bool
site_kept(struct db *db, struct arena *a, const char *name, const char **value, struct err *err)
{
	const struct texts *t = kept_get(db, a, read_texts, 0, err);

	*value = NULL;
	for (size_t i = 0; t != NULL && i < t->n && *value == NULL; i++) {
		if (strcmp(t->item[i].name, name) == 0)
			*value = t->item[i].value;
	}
	return t != NULL;
}

bool
site_colour_valid(const char *text)
{
	return text[0] == '#' && strlen(text) == 7 && strspn(text + 1, "0123456789abcdefABCDEF") == 6;
}

bool
site_address_valid(const char *text)
{
	const char *at = strchr(text, '@');

	return at != NULL && at != text && at[1] != '\0' && strchr(at + 1, '@') == NULL &&
	    strpbrk(text, " \t\r\n<>,;\"") == NULL && at[1] != '.' && strstr(at, "..") == NULL;
}

static bool
site_check(const char *name, const char *value, struct err *err)
{
	if (strlen(value) > SITE_VALUE_MAX)
		return err_input(err, "value", N_("Write at most 1,000 characters"));
	if (strcmp(name, "site.colour") == 0 && !site_colour_valid(value))
		return err_input(err, "colour", N_("Write the colour as # and six digits, like #0b5c8a"));
	if (strcmp(name, "site.mail_from") == 0 && !site_address_valid(value))
		return err_input(err, "mail_from", N_("Write an e-mail address, like kontakt@example.org"));
	if (strcmp(name, "site.contact_number") == 0 && !number_contact_template_valid(value))
		return err_input(err, "contact_number", N_("The number begins with a capital letter, has {yyyy} and {n:06} with something"
		    " between them, and else only capital letters A to Z, digits and hyphens, like K-{yyyy}-{n:06}"));
	return true;
}

static bool
set_noted(struct db *tx, int64_t account_id, const char *name, const char *value, int64_t now, struct err *err)
{
	struct arena *a = arena_open();
	struct sb data;
	bool ok;

	sb_init(&data, a, 300);
	sb_add(&data, "{\"name\":");
	sb_json(&data, name);
	sb_add(&data, "}");
	ok = (value == NULL || value[0] == '\0' ?
	    db_run(tx, "DELETE FROM setting WHERE name = $1", NULL, err, "t", name) :
	    db_run(tx, SET, NULL, err, "tt", name, value)) &&
	    event_note(tx, now, account_id, "setting.changed", "setting", 0, 0, 0, 0, 0, sb_str(&data), err);
	arena_close(a);
	kept_forget_after(tx);
	return ok || err_add(err, "set %s", name);
}

struct set { int64_t account_id, now; const char *name, *value; };

/* A template that goes is kept among those before: numbers printed by it stand in people's mails. */
static bool
keep_template(struct db *tx, const struct set *s, struct err *err)
{
	struct arena *a = arena_open();
	const char *value = s->value == NULL || *s->value == '\0' ? NUMBER_CONTACT_DEFAULT : s->value;
	const char *before, *known, *at;
	bool ok = site_get(tx, a, "site.contact_number", &before, err) &&
	    site_get(tx, a, "site.contact_number_before", &known, err);

	if (ok && before != NULL && strcmp(before, value) != 0) {
		at = known == NULL ? NULL : strstr(known, before);
		if (at == NULL || (at[strlen(before)] != ' ' && at[strlen(before)] != '\0') || (at > known && at[-1] != ' '))
			ok = set_noted(tx, s->account_id, "site.contact_number_before",
			    arena_printf(a, "%s%s%s", known == NULL ? "" : known, known == NULL ? "" : " ", before), s->now, err);
	}
	arena_close(a);
	return ok;
}

static bool
set_write(struct db *tx, void *arg, struct err *err)
{
	const struct set *s = arg;

	if (strcmp(s->name, "site.contact_number") == 0 && !keep_template(tx, s, err))
		return false;
	return set_noted(tx, s->account_id, s->name, s->value, s->now, err);
}

bool
site_set(struct db *db, int64_t account_id, const char *name, const char *value, int64_t now, struct err *err)
{
	struct set s = { account_id, now, name, value };

	if (value != NULL && value[0] != '\0' && !site_check(name, value, err))
		return false;
	return db_write(db, set_write, &s, err);
}

bool
site_contact_number(struct db *db, struct arena *a, int year, int64_t serial, const char **number, struct err *err)
{
	struct site site;

	if (!site_load(db, a, &site, err))
		return false;
	*number = number_print(a, site.contact_number, "", year, serial);
	return *number != NULL || err_set(err, ERR_BUG, "site.contact_number is no template");
}

bool
site_contact_templates(struct db *db, struct arena *a, const char *const **out, struct err *err)
{
	struct site site;
	const char **list;
	size_t n = 0;

	if (!site_load(db, a, &site, err))
		return false;
	list = arena_array(a, strlen(site.numbers_before) / 2 + 4, sizeof(*list));
	list[n++] = site.contact_number;
	for (const char *p = site.numbers_before; *p != '\0';) {
		size_t length = strcspn(p, " ");

		if (length > 0)
			list[n++] = arena_strndup(a, p, length);
		p += length + (p[length] == ' ');
	}
	list[n++] = NUMBER_CONTACT_DEFAULT;
	list[n] = NULL;
	*out = list;
	return true;
}

/* What the bytes say they are; browsers are told the same and sniff nothing. */
static const char *
picture_type(const unsigned char *p, size_t n)
{
	static const unsigned char png[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };
	static const unsigned char jpeg[] = { 0xff, 0xd8, 0xff };

	if (n > sizeof(png) && memcmp(p, png, sizeof(png)) == 0)
		return "image/png";
	if (n > sizeof(jpeg) && memcmp(p, jpeg, sizeof(jpeg)) == 0)
		return "image/jpeg";
	return NULL;
}

struct logo { int64_t account_id, now; const char *text, *version; };

static bool
logo_write(struct db *tx, void *arg, struct err *err)
{
	const struct logo *l = arg;

	return set_noted(tx, l->account_id, "site.logo", l->text, l->now, err) &&
	    set_noted(tx, l->account_id, "site.logo_version", l->version, l->now, err);
}

bool
site_logo_set(struct db *db, int64_t account_id, const void *bytes, size_t n, int64_t now, struct err *err)
{
	struct logo l = { account_id, now, NULL, NULL };
	struct arena *a;
	bool ok;

	if (n > SITE_LOGO_MAX)
		return err_input(err, "logo", N_("Choose a picture of at most 300 kB"));
	if (n > 0 && picture_type(bytes, n) == NULL)
		return err_input(err, "logo", N_("Choose a picture that is PNG or JPEG"));
	a = arena_open();
	if (n > 0) {
		size_t room = sodium_base64_encoded_len(n, sodium_base64_VARIANT_ORIGINAL);

		l.text = sodium_bin2base64(arena_alloc(a, room), room, bytes, n, sodium_base64_VARIANT_ORIGINAL);
		l.version = arena_strndup(a, hash_hex(hash_bytes(bytes, n)).s, 12);
	}
	ok = db_write(db, logo_write, &l, err);
	arena_close(a);
	return ok || err_add(err, "logo");
}

bool
site_logo(struct db *db, struct arena *a, const char **type, const void **bytes, size_t *n, struct err *err)
{
	const char *text;
	unsigned char *raw;
	size_t room, len = 0;

	if (!site_get(db, a, "site.logo", &text, err))
		return false;
	if (text == NULL)
		return err_set(err, ERR_NOT_FOUND, "no logo");
	room = strlen(text);
	raw = arena_alloc(a, room);
	if (sodium_base642bin(raw, room, text, strlen(text), NULL, &len, NULL, sodium_base64_VARIANT_ORIGINAL) != 0 ||
	    picture_type(raw, len) == NULL)
		return err_set(err, ERR_BUG, "the stored logo is no picture");
	*type = picture_type(raw, len);
	*bytes = raw;
	*n = len;
	return true;
}

static const struct { const char *name; size_t offset; } key_names[] = {
	{ "secret.link", offsetof(struct site_keys, link) },
	{ "secret.csrf", offsetof(struct site_keys, csrf) },
	{ "secret.throttle", offsetof(struct site_keys, throttle) },
	{ "secret.sign_in", offsetof(struct site_keys, sign_in) },
};

struct keys { struct site_keys key; bool complete; };

/* All keys that are there; `complete` tells whether none is missing. */
static const void *
read_keys(struct db *db, struct arena *a, int64_t of, struct err *err)
{
	struct keys *k = arena_alloc(a, sizeof(*k));

	(void)of;
	k->complete = true;
	for (size_t i = 0; i < ARRAY_LEN(key_names); i++) {
		const char *text;
		size_t len = 0;

		if (!site_get(db, a, key_names[i].name, &text, err))
			return NULL;
		if (text == NULL) {
			k->complete = false;
		} else if (sodium_base642bin((unsigned char *)&k->key + key_names[i].offset, 32, text, strlen(text), NULL,
		    &len, NULL, sodium_base64_VARIANT_ORIGINAL) != 0 || len != 32) {
			(void)err_set(err, ERR_BUG, "%s is not a key", key_names[i].name);
			return NULL;
		}
	}
	return k;
}

static bool
keys_make(struct db *tx, void *arg, struct err *err)
{
	(void)arg;
	kept_forget_after(tx);
	for (size_t i = 0; i < ARRAY_LEN(key_names); i++) {
		unsigned char key[32];
		char text[64];

		random_bytes(key, sizeof(key));
		(void)sodium_bin2base64(text, sizeof(text), key, sizeof(key), sodium_base64_VARIANT_ORIGINAL);
		if (!db_run(tx, ADD, NULL, err, "tt", key_names[i].name, text))
			return err_add(err, "key %s", key_names[i].name);
	}
	return true;
}

bool
site_keys(struct db *db, struct site_keys *out, struct err *err)
{
	struct keys keys;

	if (!kept_copy(db, read_keys, 0, &keys, sizeof(keys), err))
		return false;
	if (!keys.complete && (!db_write(db, keys_make, NULL, err) || !kept_copy(db, read_keys, 0, &keys, sizeof(keys), err)))
		return err_add(err, "site keys");
	if (!keys.complete)
		return err_set(err, ERR_BUG, "site keys are missing after they were made");
	*out = keys.key;
	return true;
}
