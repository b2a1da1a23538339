/* tests/peers.h: real mail servers for service tests, started by tests/service/postfix-start and dovecot-start
 *
 * A test that needs one skips when it cannot run here (not root, not installed). The scripts are found from $NK_ROOT, else
 * the working directory. */
#ifndef TESTS_PEERS_H
#define TESTS_PEERS_H
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct peer {
	char dir[64];
	char port[16], tls_port[16], maildir[256], log[256], sasl_socket[256];
	bool running;
};

static inline const char *
peer_root(void)
{
	const char *root = getenv("NK_ROOT");

	return root != NULL ? root : ".";
}

/* `more`: what stands after DIR on the command line. */
static inline bool
peer_start(struct peer *p, const char *script, const char *sasl_socket, const char *more)
{
	static const char *const names[] = { "SMTP_PORT", "IMAP_PORT", "IMAPS_PORT", "MAILDIR", "LOG", "SASL_SOCKET" };
	char *const values[] = { p->port, p->port, p->tls_port, p->maildir, p->log, p->sasl_socket };
	const size_t sizes[] = { sizeof(p->port), sizeof(p->port), sizeof(p->tls_port), sizeof(p->maildir), sizeof(p->log),
		sizeof(p->sasl_socket) };
	char command[1024], line[512];
	FILE *f;

	(void)snprintf(p->dir, sizeof(p->dir), "/tmp/nk-peer.XXXXXX");
	if (mkdtemp(p->dir) == NULL)
		return false;
	(void)snprintf(command, sizeof(command), "SASL_SOCKET=%s %s/tests/service/%s %s %s", sasl_socket, peer_root(), script,
	    p->dir, more);
	if ((f = popen(command, "r")) == NULL)
		return false;
	while (fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			size_t n = strlen(names[i]);

			if (strncmp(line, names[i], n) == 0 && line[n] == '=')
				(void)snprintf(values[i], sizes[i], "%s", line + n + 1);
		}
	}
	p->running = pclose(f) == 0;
	return p->running;
}

static inline int
peer_remove(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* Stops and removes its folder. Only what lies under /tmp/nk-peer is ever removed. */
static inline void
peer_stop(struct peer *p, const char *script)
{
	char command[512];

	(void)snprintf(command, sizeof(command), "%s/tests/service/%s %s", peer_root(), script, p->dir);
	if (p->running && system(command) != 0)
		(void)fprintf(stderr, "# %s did not stop\n", p->dir);
	p->running = false;
	if (strncmp(p->dir, "/tmp/nk-peer.", 13) == 0)
		(void)nftw(p->dir, peer_remove, 20, FTW_DEPTH | FTW_PHYS);
}
#endif
