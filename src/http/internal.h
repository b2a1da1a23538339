/* http/internal.h: what the files of http/ share; nobody else includes it */
#ifndef HTTP_INTERNAL_H
#define HTTP_INTERNAL_H
#include <pthread.h>
#include <stdatomic.h>

#include "http/form.h"
#include "http/http.h"
#include "http/late_mhd.h"
#include "http/network.h"
#include "http/router.h"

enum { LISTENERS_MAX = 8, TEAM_MAX = 64, RETIRED_MAX = 64, TRUSTED_MAX = 64, BUCKETS = 9, METRICS_MORE_MAX = 16 };

struct header { const char *name, *value; struct header *next; };

struct response_private {
	struct header *header, **last;
	int fd;				/* of a file, or -1 */
	const char *topic;		/* of an event stream */
	bool is_file;
};

enum stage { STAGE_NEW, STAGE_BODY, STAGE_RUNNING, STAGE_READY };

struct request_private {
	struct request rq;		/* first: a request is one of these */
	struct response rs;
	struct response_private rp;
	struct http_server *server;
	struct MHD_Connection *connection;
	struct arena *arena;
	struct route_match match;
	struct MHD_PostProcessor *post;
	struct field_list fields, query;
	bool query_parsed;
	const char *raw_uri;
	char *body;			/* urlencoded or raw */
	size_t body_len, body_cap, total, limit;
	struct upload *upload;
	size_t n_uploads, cap_uploads;
	int upload_fd;
	const char *part_name;		/* the multipart part under way, and its value so far */
	char *part;
	size_t part_len, part_cap;
	bool too_large, bad_form, no_room, saw_part, set_visitor;
	slow_fn *slow_work;		/* of a GET: waits for a worker */
	slow_done_fn *slow_done;
	void *slow_arg;
	const char *visitor;
	enum stage stage;
	int64_t began_us, body_began_us;
	struct request_private *next;	/* in the queue of the workers */
	bool on_worker;
};

struct worker_queue {
	pthread_mutex_t lock;
	pthread_cond_t filled;
	struct request_private *first, *last;
	bool stopping;
	pthread_t *thread;
	int n_threads;
};

struct metrics {
	_Atomic int64_t requests[6], bytes, seconds_us, bucket[BUCKETS], open_streams;
	struct { http_metrics_fn *fn; void *arg; } more[METRICS_MORE_MAX];
	_Atomic int n_more;
};

/* The threads that answer, a core each: every one has its own connections. */
struct team { struct MHD_Daemon *member[TEAM_MAX]; int n; unsigned next; };

struct http_server {
	struct http_config config;
	struct database *database;
	struct router *router;
	struct team team[LISTENERS_MAX];	/* of each listener; replaced under door_lock */
	int listener[LISTENERS_MAX];
	int n_listeners;
	pthread_t door;			/* the thread that accepts */
	pthread_mutex_t door_lock;
	int door_wake;			/* eventfd: it ends */
	bool door_open;
	struct team retired[RETIRED_MAX];	/* older certificates, until their connections have ended */
	int n_retired;
	struct network trusted[TRUSTED_MAX];
	int n_trusted;
	char *base_url, *temporary;
	bool tls;
	struct worker_queue queue;
	struct event_hub *hub;
	struct metrics metrics;
	_Atomic int64_t next_id, under_way;
	_Atomic bool stopping;
	struct asset_store *assets;
	struct guard *guard;
	pthread_mutex_t pool_lock;
	struct arena *pool[64];
	int n_pool;
};

/* A request is the first member of what is private to it. */
static inline struct request_private *
private_of(struct request *rq)
{
	return (struct request_private *)rq;
}

/* response.c: queues rs on the connection; MHD_NO drops the connection. */
enum MHD_Result response_queue(struct request_private *p);
/* Headers that stand on every answer. */
void response_common(struct request_private *p, struct MHD_Response *r);
/* As respond_err, with a status of the caller's. */
void response_failed(struct request *rq, struct response *rs, int status, const struct err *err);
/* guard.c: ends connections that take too long over a header, a body or reading an answer */
struct guard *guard_open(int timeout_s);
void guard_close(struct guard *g);
void guard_notify(void *arg, struct MHD_Connection *c, void **context, enum MHD_ConnectionNotificationCode what);
/* From now: the time-out, and a second more for every 1,000 of `bytes`; -1 is without end. */
void guard_allow(struct MHD_Connection *c, int64_t bytes, struct http_server *s);
/* The same from the instant `since_us`. */
void guard_allow_since(struct MHD_Connection *c, int64_t since_us, int64_t bytes, struct http_server *s);
int64_t guard_connections(struct guard *g);
/* csrf.c */
const char *csrf_token(struct request_private *p);
bool csrf_check(struct request_private *p, struct err *err);
/* events.c */
struct event_hub *event_hub_open(struct http_server *s);
void event_hub_close(struct event_hub *hub);
struct MHD_Response *event_stream(struct event_hub *hub, struct MHD_Connection *c, const char *topic);
/* asset_store.c: static files with ETag, compressed once */
struct asset_store *asset_store_open(const struct asset *assets, bool secure);
void asset_store_close(struct asset_store *s);
bool asset_answer(struct request_private *p, enum MHD_Result *result);
/* metrics.c */
void metrics_count(struct http_server *s, int status, int64_t took_us, size_t bytes);
void metrics_page(struct request_private *p);
#endif
