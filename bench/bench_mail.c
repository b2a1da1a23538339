/* bench/bench_mail.c: mails read a second, on one core, beside GMime alone finding the parts
 *
 * The mails are made here: 2 kB of Swedish text, and the same with 200 kB of a file. Ours reads, decodes, names, hashes,
 * types and classifies; GMime alone only builds its tree. */
#include <gmime/gmime.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/monotonic.h"
#include "mail/classify.h"
#include "mail/compose.h"
#include "mail/message.h"

enum { FILE_BYTES = 200 * 1024, TEXT_BYTES = 1500 };

static void
read_ours(struct arena *a, const char *bytes, size_t n)
{
	struct mime_message m;
	struct mail_verdict v;
	struct err err = { 0 };

	if (mime_parse(a, bytes, n, &m, &err))
		mail_classify(a, &m, NULL, 0, &v);
	arena_reset(a);
}

static void
read_bare(struct arena *a, const char *bytes, size_t n)
{
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes, n);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);

	(void)a;
	if (message != NULL)
		g_object_unref(message);
	g_object_unref(parser);
	g_object_unref(stream);
}

static double
rate(void (*read_one)(struct arena *a, const char *bytes, size_t n), const char *bytes, size_t n)
{
	struct arena *a = arena_open();
	double from, took;
	long count = 0;

	read_one(a, bytes, n);		/* what is done once is done */
	from = monotonic_s();
	do {
		for (int i = 0; i < 20; i++, count++)
			read_one(a, bytes, n);
		took = monotonic_s() - from;
	} while (took < 0.7);
	arena_close(a);
	return (double)count / took;
}

static const char *
example(struct arena *a, size_t file_bytes, size_t *n)
{
	static const char sentence[] = "Lampan vid gångvägen har varit släckt i två veckor, och det är mörkt.\n";
	char *text = arena_alloc(a, TEXT_BYTES + 1), *file = arena_alloc(a, file_bytes + 16);
	struct mail_file one = { "bild.jpg", "image/jpeg", file, file_bytes };
	struct mail_outgoing in = {
		.from = "asa@example.org", .from_name = "Åsa Öberg", .to = "info@kommun.example", .subject = "Trasig lampa på Åvägen",
		.text = text, .message_id = "b@example.org", .date = 1799651520, .file = &one, .n_files = file_bytes > 0,
	};
	unsigned seed = 1;
	const char *bytes = "";
	struct err err = { 0 };

	for (size_t i = 0; i + sizeof(sentence) < TEXT_BYTES; i += sizeof(sentence) - 1)
		memcpy(text + i, sentence, sizeof(sentence) - 1);
	for (size_t i = 0; i < file_bytes; i++)
		file[i] = (char)((seed = seed * 1103515245u + 12345u) >> 16);
	memcpy(file, "\xff\xd8\xff\xe0\0\x10JFIF", 10);
	if (!mail_compose(a, &in, &bytes, n, &err))
		(void)fprintf(stderr, "bench_mail: %s\n", err.log);
	return bytes;
}

int
main(void)
{
	static const struct { const char *what; size_t file_bytes; } row[] = { { "2 kB", 0 }, { "200 kB attachment", FILE_BYTES } };
	struct arena *a = arena_open();

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		size_t n = 0;
		const char *bytes = example(a, row[i].file_bytes, &n);
		double ours = rate(read_ours, bytes, n), bare = rate(read_bare, bytes, n);

		(void)printf("mail read, %-18s (%6zu bytes) %9.0f/s   GMime's tree alone %9.0f/s\n", row[i].what, n, ours, bare);
	}
	arena_close(a);
	return 0;
}
