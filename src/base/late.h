/* base/late.h: libraries that are loaded when they are first used
 *
 * `narkontakt mail` starts once for every mail. The dynamic linker's work for what it never calls (libcurl, libpq and
 * libmicrohttpd with their TLS and Kerberos, 60 libraries) took 12 ms of it, more than all the rest. So these are not linked
 * but opened by their names at first use, and their functions called through a table.
 *
 * A header lists the functions, LATE_DECLARE makes the table of them, and a #define for each lets the code that calls them
 * look as it always did; LATE_DEFINE stands in one file. NAME_load() is called before anything else of the library, from any
 * thread, as often as one likes. */
#ifndef BASE_LATE_H
#define BASE_LATE_H
#include <stdbool.h>
#include <stddef.h>

struct err;

#define LATE_MEMBER(function) __typeof__(function) *function;
#define LATE_NAME(function) #function,
#define LATE_DECLARE(name, LIST) \
	struct name { LIST(LATE_MEMBER) }; \
	extern struct name name; \
	bool name##_load(struct err *err)
#define LATE_DEFINE(name, LIST, soname) \
	struct name name; \
	bool name##_load(struct err *err) \
	{ \
		static const char *const names[] = { LIST(LATE_NAME) }; \
		_Static_assert(sizeof(struct name) == sizeof(names), "one pointer a function"); \
		return late_load(soname, names, sizeof(names) / sizeof(names[0]), &name, err); \
	} \
	_Static_assert(true, "")

/* The same for a library without one place where it begins: NAME_ready() loads it at the first call and gives the table; a library
 * that is not there ends the process (EX_TEMPFAIL: a mail is kept by who sent it). */
#define LATE_DECLARE_READY(name, LIST) \
	LATE_DECLARE(name, LIST); \
	void name##_open(void); \
	extern _Atomic bool name##_is_open; \
	static inline struct name *name##_ready(void) \
	{ \
		if (__builtin_expect(!name##_is_open, 0)) \
			name##_open(); \
		return &name; \
	} \
	_Static_assert(true, "")
#define LATE_DEFINE_READY(name, LIST, soname) \
	LATE_DEFINE(name, LIST, soname); \
	_Atomic bool name##_is_open; \
	void name##_open(void) \
	{ \
		late_must(name##_load); \
		name##_is_open = true; \
	} \
	_Static_assert(true, "")

void late_must(bool (*load)(struct err *err));

/* Fills `table`, an array of function pointers in the order of `names`. ERR_BUG: the library or a function is not there. */
bool late_load(const char *soname, const char *const *names, size_t n, void *table, struct err *err);
#endif
