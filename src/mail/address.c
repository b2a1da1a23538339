/* mail/address.c: GMime reads the fields; what it cannot, a plain search for an @ does */
#include "mail/address.h"

#include <ctype.h>
#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "mail/charset.h"
#include "mail/internal.h"

enum { FIELD_MAX = 64 * 1024, GROUP_DEPTH_MAX = 4, LOCAL_MAX = 64 };

static bool
is_local(unsigned char c)
{
	return isalnum(c) || c >= 0x80 || strchr("!#$%&'*+/=?^_`{|}~-.", c) != NULL;
}

static bool
is_domain(unsigned char c)
{
	return isalnum(c) || c >= 0x80 || c == '-' || c == '.';
}

bool
mail_address_valid(const char *address)
{
	const char *at = address == NULL ? NULL : strchr(address, '@');
	size_t n = address == NULL ? 0 : strlen(address);

	if (at == NULL || at == address || at[1] == '\0' || n > MAIL_ADDRESS_MAX || at - address > LOCAL_MAX ||
	    !utf8_valid(address))
		return false;
	for (const char *p = address; p < at; p++) {
		if (!is_local((unsigned char)*p) || *p == '\0')
			return false;
	}
	for (const char *p = at + 1; *p != '\0'; p++) {
		if (!is_domain((unsigned char)*p) || (*p == '.' && (p[1] == '.' || p[1] == '\0' || p == at + 1)))
			return false;
	}
	return address[0] != '-' && at[1] != '-';	/* no command line takes it for an option */
}

char *
mail_address_find(struct arena *a, const char *text, size_t n)
{
	for (size_t i = 1; i + 1 < n; i++) {
		size_t from = i, to = i + 1;
		char *found;

		if (text[i] != '@')
			continue;
		while (from > 0 && i - from <= LOCAL_MAX && text[from - 1] != '\0' && is_local((unsigned char)text[from - 1]))
			from--;
		while (to < n && to - i <= MAIL_ADDRESS_MAX && is_domain((unsigned char)text[to]))
			to++;
		while (to > i + 1 && (text[to - 1] == '.' || text[to - 1] == '-'))
			to--;		/* the full stop of the sentence */
		while (from < i && strchr("'`-.=", text[from]) != NULL)
			from++;
		found = arena_strndup(a, text + from, to - from);
		if (mail_address_valid(found)) {
			for (char *p = strchr(found, '@'); *p != '\0'; p++)
				*p = (char)tolower((unsigned char)*p);
			return found;
		}
	}
	return NULL;
}

static char *
normal_address(struct arena *a, const char *address)
{
	size_t n = address == NULL ? 0 : strlen(address);

	return n == 0 || n > FIELD_MAX ? NULL : mail_address_find(a, address, n);
}

static void
collect(struct arena *a, InternetAddressList *list, int depth, struct mail_addresses *out)
{
	int n = list == NULL ? 0 : internet_address_list_length(list);

	for (int i = 0; i < n && out->n < MAIL_ADDRESSES_MAX; i++) {
		InternetAddress *one = internet_address_list_get_address(list, i);
		const char *name = internet_address_get_name(one), *address = NULL, *found;

		if (INTERNET_ADDRESS_IS_GROUP(one)) {
			if (depth < GROUP_DEPTH_MAX)
				collect(a, internet_address_group_get_members(INTERNET_ADDRESS_GROUP(one)), depth + 1, out);
			continue;
		}
		address = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(one));
		found = normal_address(a, address);
		if (found == NULL)	/* people put the address where the name belongs */
			found = normal_address(a, name);
		if (found == NULL && (name == NULL || *name == '\0'))
			continue;
		out->item[out->n++] = (struct mail_address){
			.address = found == NULL ? "" : found,
			.name = name == NULL ? "" : charset_line(a, name, strlen(name)),
		};
	}
}

struct mail_addresses
mail_addresses_parse(struct arena *a, const char *raw, size_t n)
{
	struct mail_addresses out = { .item = arena_array(a, MAIL_ADDRESSES_MAX, sizeof(*out.item)) };
	const char *text = mail_header_line(a, raw, n < FIELD_MAX ? n : FIELD_MAX);
	InternetAddressList *list;
	char *found;

	mail_start();
	list = internet_address_list_parse(mail_parser_options(), text);
	collect(a, list, 0, &out);
	if (list != NULL)
		g_object_unref(list);
	if (out.n == 0 && (found = mail_address_find(a, text, strlen(text))) != NULL)
		out.item[out.n++] = (struct mail_address){ .address = found, .name = "" };
	return out;
}
