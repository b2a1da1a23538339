/* tests/unit/test_http_network.c: who is in which network */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "http/network.h"

static void
test_in_and_out(void **state)
{
	static const struct { const char *network, *address; bool in; const char *why; } row[] = {
		{ "127.0.0.1", "127.0.0.1", true, "itself" },
		{ "127.0.0.1", "127.0.0.2", false, "its neighbour" },
		{ "10.0.0.0/8", "10.255.255.255", true, "the last" },
		{ "10.0.0.0/8", "11.0.0.0", false, "one more" },
		{ "192.168.4.0/22", "192.168.7.255", true, "in the middle of a byte" },
		{ "192.168.4.0/22", "192.168.8.0", false, "and after it" },
		{ "0.0.0.0/0", "203.0.113.9", true, "everybody" },
		{ "0.0.0.0/0", "2001:db8::1", false, "of that family" },
		{ "10.0.0.0/8", "::ffff:10.1.2.3", true, "IPv4 written as IPv6" },
		{ "::1", "::1", true, "IPv6" },
		{ "fd00::/8", "fdff::1", true, "a local network" },
		{ "fd00::/8", "fe00::1", false, "not that one" },
		{ "2001:db8:0:8000::/49", "2001:db8:0:ffff::1", true, "an odd prefix" },
		{ "2001:db8:0:8000::/49", "2001:db8:0:7fff::1", false, "beside it" },
		{ "::/0", "2001:db8::1", true, "all of IPv6" },
		{ "10.0.0.0/8", "10.0.0", false, "no address" },
		{ "10.0.0.0/8", "", false, "nothing" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct network n;

		if (!network_parse(row[i].network, &n))
			fail_msg("%s is not read", row[i].network);
		if (network_has(&n, row[i].address) != row[i].in)
			fail_msg("%s: %s in %s", row[i].why, row[i].address, row[i].network);
	}
}

static void
test_what_is_no_network(void **state)
{
	static const char *const row[] = { "", "/8", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0.0/8x", "10.0.0.1/8",
		"10.0.0/8", "host", "fd00::1/8", "10.0.0.0/ 8",
		"1111:2222:3333:4444:5555:6666:7777:8888:1111:2222:3333:4444:5555:6666:7777:8888" };

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct network n;

		if (network_parse(row[i], &n))
			fail_msg("%s was read", row[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_and_out),
		cmocka_unit_test(test_what_is_no_network),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
