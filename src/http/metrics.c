/* http/metrics.c: figures for Prometheus (text format 0.0.4), for this machine and trusted proxies only */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/sb.h"
#include "db/db.h"
#include "http/internal.h"

static const int64_t bound_us[BUCKETS - 1] = { 1000, 2500, 5000, 10000, 25000, 100000, 500000, 2000000 };

void
metrics_count(struct http_server *s, int status, int64_t took_us, size_t bytes)
{
	int i = 0;

	while (i < BUCKETS - 1 && took_us > bound_us[i])
		i++;
	atomic_fetch_add_explicit(&s->metrics.bucket[i], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&s->metrics.seconds_us, took_us, memory_order_relaxed);
	atomic_fetch_add_explicit(&s->metrics.bytes, (int64_t)bytes, memory_order_relaxed);
	atomic_fetch_add_explicit(&s->metrics.requests[status / 100 < 6 ? status / 100 : 0], 1, memory_order_relaxed);
}

void
http_metrics_add(struct http_server *s, http_metrics_fn *fn, void *arg)
{
	(void)pthread_mutex_lock(&s->pool_lock);
	int n = atomic_load(&s->metrics.n_more);

	if (n < METRICS_MORE_MAX) {
		s->metrics.more[n].fn = fn;
		s->metrics.more[n].arg = arg;
		atomic_store(&s->metrics.n_more, n + 1);
	}
	(void)pthread_mutex_unlock(&s->pool_lock);
}

void
metrics_page(struct request_private *p)
{
	struct http_server *s = p->server;
	int64_t sum = 0;
	struct sb sb;

	sb_init(&sb, p->arena, 32 * 1024);
	sb_add(&sb, "# TYPE narkontakt_http_requests_total counter\n");
	for (int i = 1; i < 6; i++)
		sb_addf(&sb, "narkontakt_http_requests_total{class=\"%dxx\"} %" PRId64 "\n", i,
		    atomic_load(&s->metrics.requests[i]));
	sb_add(&sb, "# TYPE narkontakt_http_request_seconds histogram\n");
	for (int i = 0; i < BUCKETS; i++) {
		sum += atomic_load(&s->metrics.bucket[i]);
		if (i < BUCKETS - 1)
			sb_addf(&sb, "narkontakt_http_request_seconds_bucket{le=\"%g\"} %" PRId64 "\n",
			    (double)bound_us[i] / 1e6, sum);
	}
	sb_addf(&sb, "narkontakt_http_request_seconds_bucket{le=\"+Inf\"} %" PRId64 "\n", sum);
	sb_addf(&sb, "narkontakt_http_request_seconds_sum %g\nnarkontakt_http_request_seconds_count %" PRId64 "\n",
	    (double)atomic_load(&s->metrics.seconds_us) / 1e6, sum);
	sb_addf(&sb, "# TYPE narkontakt_http_response_bytes_total counter\nnarkontakt_http_response_bytes_total %" PRId64
	    "\n", atomic_load(&s->metrics.bytes));
	sb_addf(&sb, "# TYPE narkontakt_event_streams gauge\nnarkontakt_event_streams %" PRId64 "\n",
	    atomic_load(&s->metrics.open_streams));
	sb_addf(&sb, "# TYPE narkontakt_http_connections gauge\nnarkontakt_http_connections %" PRId64 "\n",
	    guard_connections(s->guard));
	for (int i = 0; i < atomic_load(&s->metrics.n_more); i++)
		s->metrics.more[i].fn(&sb, s->metrics.more[i].arg);
	if (s->database != NULL) {
		struct db_counters c = database_counters(s->database);

		sb_addf(&sb, "# TYPE narkontakt_db_commits_total counter\nnarkontakt_db_commits_total %" PRId64
		    "\n# TYPE narkontakt_db_writes_total counter\nnarkontakt_db_writes_total %" PRId64
		    "\n# TYPE narkontakt_db_failures_total counter\nnarkontakt_db_failures_total %" PRId64
		    "\n# TYPE narkontakt_db_statements_total counter\nnarkontakt_db_statements_total %" PRId64
		    "\n# TYPE narkontakt_db_longest_wait_seconds gauge\nnarkontakt_db_longest_wait_seconds %g\n",
		    c.commits, c.writes, c.failures, c.statements, (double)c.longest_wait_us / 1e6);
	}
	respond_text(&p->rs, 200, "text/plain; version=0.0.4; charset=utf-8", sb_str(&sb), sb.len);
}
