/* base/heap.h: how the C library's heap behaves in a program that lives long
 *
 * As it comes, the library gives memory back to the kernel as soon as 128 kB at the end of a heap are free, and takes it again at the
 * next request, a page fault for every 4 kB. With a heap that keeps what it had, mails from a Maildir are taken in 1.5 times as
 * fast (docs/performance.md). Blocks over 4 MB still come and go by themselves, so one large mail fattens nothing for long. */
#ifndef BASE_HEAP_H
#define BASE_HEAP_H
#include <malloc.h>

enum { HEAP_KEEP_BYTES = 16 * 1024 * 1024, HEAP_BLOCK_BYTES = 4 * 1024 * 1024 };

/* Before the first thread starts. */
static inline void
heap_keep(void)
{
	(void)mallopt(M_TRIM_THRESHOLD, HEAP_KEEP_BYTES);
	(void)mallopt(M_MMAP_THRESHOLD, HEAP_BLOCK_BYTES);
}
#endif
