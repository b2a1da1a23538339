/* registry/uploads.h: files of a form into the database */
#ifndef REGISTRY_UPLOADS_H
#define REGISTRY_UPLOADS_H
#include "http/http.h"
#include "registry/document.h"

/* Reads and stores what was uploaded, in a write of its own (the bytes are kept once, whatever comes of the form). */
bool uploads_store(struct request *rq, const struct document_file **out, size_t *n, struct err *err);
#endif
