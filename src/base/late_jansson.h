/* base/late_jansson.h: jansson, opened by the first of its functions that is called (base/late.h) */
#ifndef BASE_LATE_JANSSON_H
#define BASE_LATE_JANSSON_H
#include <jansson.h>

#include "base/late.h"

#define LATE_JANSSON(X) \
	X(json_array) X(json_array_append_new) X(json_array_get) X(json_array_size) X(json_delete) X(json_dumps) \
	X(json_false) X(json_integer) X(json_integer_value) X(json_loadb) X(json_loads) X(json_null) X(json_number_value) \
	X(json_object) X(json_object_get) X(json_object_iter) X(json_object_iter_key) X(json_object_iter_next) \
	X(json_object_iter_value) X(json_object_key_to_iter) X(json_object_set_new) X(json_object_size) \
	X(json_object_update) X(json_pack) X(json_real) X(json_real_value) X(json_string) X(json_string_length) \
	X(json_string_value) X(json_true)
LATE_DECLARE_READY(late_jansson, LATE_JANSSON);

/* jansson's own is an inline function that calls json_delete by its name. */
static inline void
late_json_decref(json_t *json)
{
	if (json != NULL && json->refcount != (size_t)-1 && JSON_INTERNAL_DECREF(json) == 0)
		late_jansson_ready()->json_delete(json);
}
#define json_decref late_json_decref
#define json_array late_jansson_ready()->json_array
#define json_array_append_new late_jansson_ready()->json_array_append_new
#define json_array_get late_jansson_ready()->json_array_get
#define json_array_size late_jansson_ready()->json_array_size
#define json_delete late_jansson_ready()->json_delete
#define json_dumps late_jansson_ready()->json_dumps
#define json_false late_jansson_ready()->json_false
#define json_integer late_jansson_ready()->json_integer
#define json_integer_value late_jansson_ready()->json_integer_value
#define json_loadb late_jansson_ready()->json_loadb
#define json_loads late_jansson_ready()->json_loads
#define json_null late_jansson_ready()->json_null
#define json_number_value late_jansson_ready()->json_number_value
#define json_object late_jansson_ready()->json_object
#define json_object_get late_jansson_ready()->json_object_get
#define json_object_iter late_jansson_ready()->json_object_iter
#define json_object_iter_key late_jansson_ready()->json_object_iter_key
#define json_object_iter_next late_jansson_ready()->json_object_iter_next
#define json_object_iter_value late_jansson_ready()->json_object_iter_value
#define json_object_key_to_iter late_jansson_ready()->json_object_key_to_iter
#define json_object_set_new late_jansson_ready()->json_object_set_new
#define json_object_size late_jansson_ready()->json_object_size
#define json_object_update late_jansson_ready()->json_object_update
#define json_pack late_jansson_ready()->json_pack
#define json_real late_jansson_ready()->json_real
#define json_real_value late_jansson_ready()->json_real_value
#define json_string late_jansson_ready()->json_string
#define json_string_length late_jansson_ready()->json_string_length
#define json_string_value late_jansson_ready()->json_string_value
#define json_true late_jansson_ready()->json_true
#endif
