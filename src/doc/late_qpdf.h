/* doc/late_qpdf.h: qpdf's C interface, opened with the first PDF (base/late.h) */
#ifndef DOC_LATE_QPDF_H
#define DOC_LATE_QPDF_H
#include <qpdf/qpdf-c.h>

#include "base/late.h"

#define LATE_QPDF(X) \
	X(qpdf_cleanup) X(qpdf_get_buffer) X(qpdf_get_buffer_length) X(qpdf_get_root) X(qpdf_init) \
	X(qpdf_init_write_memory) X(qpdf_oh_new_bool) X(qpdf_oh_new_dictionary) X(qpdf_oh_new_unicode_string) \
	X(qpdf_oh_replace_key) X(qpdf_read_memory) X(qpdf_set_deterministic_ID) X(qpdf_silence_errors) \
	X(qpdf_write) X(qpdf_oh_is_array) X(qpdf_oh_get_array_n_items) X(qpdf_oh_get_array_item) X(qpdf_oh_is_dictionary) \
	X(qpdf_oh_has_key) X(qpdf_oh_get_key) X(qpdf_oh_is_name_and_equals)
LATE_DECLARE(late_qpdf, LATE_QPDF);

#define qpdf_cleanup late_qpdf.qpdf_cleanup
#define qpdf_get_buffer late_qpdf.qpdf_get_buffer
#define qpdf_get_buffer_length late_qpdf.qpdf_get_buffer_length
#define qpdf_get_root late_qpdf.qpdf_get_root
#define qpdf_init late_qpdf.qpdf_init
#define qpdf_init_write_memory late_qpdf.qpdf_init_write_memory
#define qpdf_oh_new_bool late_qpdf.qpdf_oh_new_bool
#define qpdf_oh_new_dictionary late_qpdf.qpdf_oh_new_dictionary
#define qpdf_oh_new_unicode_string late_qpdf.qpdf_oh_new_unicode_string
#define qpdf_oh_replace_key late_qpdf.qpdf_oh_replace_key
#define qpdf_read_memory late_qpdf.qpdf_read_memory
#define qpdf_set_deterministic_ID late_qpdf.qpdf_set_deterministic_ID
#define qpdf_silence_errors late_qpdf.qpdf_silence_errors
#define qpdf_write late_qpdf.qpdf_write
#define qpdf_oh_is_array late_qpdf.qpdf_oh_is_array
#define qpdf_oh_get_array_n_items late_qpdf.qpdf_oh_get_array_n_items
#define qpdf_oh_get_array_item late_qpdf.qpdf_oh_get_array_item
#define qpdf_oh_is_dictionary late_qpdf.qpdf_oh_is_dictionary
#define qpdf_oh_has_key late_qpdf.qpdf_oh_has_key
#define qpdf_oh_get_key late_qpdf.qpdf_oh_get_key
#define qpdf_oh_is_name_and_equals late_qpdf.qpdf_oh_is_name_and_equals
#endif
