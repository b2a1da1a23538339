/* registry/file_answer.h: a stored file as an answer that cannot run in our origin */
#ifndef REGISTRY_FILE_ANSWER_H
#define REGISTRY_FILE_ANSWER_H
#include "http/http.h"
#include "registry/document.h"

/* The file at `position` of `d`, with its type as libmagic saw it. Pictures and PDF may be shown; all else is saved. */
void file_answer(struct request *rq, struct response *rs, const struct document *d, int64_t position);
/* The mail that the document came by, byte for byte, to be saved and opened elsewhere. */
void file_answer_original(struct request *rq, struct response *rs, const struct document *d);
#endif
