/* mail/late_curl.h: libcurl, opened with the first SMTP or IMAP connection (base/late.h) */
#ifndef MAIL_LATE_CURL_H
#define MAIL_LATE_CURL_H
#include <curl/curl.h>

#include "base/late.h"

#define LATE_CURL(X) \
	X(curl_easy_cleanup) X(curl_easy_getinfo) X(curl_easy_init) X(curl_easy_perform) X(curl_easy_recv) \
	X(curl_easy_send) X(curl_easy_setopt) X(curl_easy_strerror) X(curl_global_init) \
	X(curl_slist_append) X(curl_slist_free_all)
LATE_DECLARE(late_curl, LATE_CURL);

#define curl_easy_cleanup late_curl.curl_easy_cleanup
#undef curl_easy_getinfo
#define curl_easy_getinfo late_curl.curl_easy_getinfo
#define curl_easy_init late_curl.curl_easy_init
#define curl_easy_perform late_curl.curl_easy_perform
#define curl_easy_recv late_curl.curl_easy_recv
#define curl_easy_send late_curl.curl_easy_send
#undef curl_easy_setopt
#define curl_easy_setopt late_curl.curl_easy_setopt
#define curl_easy_strerror late_curl.curl_easy_strerror
#define curl_global_init late_curl.curl_global_init
#define curl_slist_append late_curl.curl_slist_append
#define curl_slist_free_all late_curl.curl_slist_free_all
#endif
