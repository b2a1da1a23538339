/* http/late_mhd.h: libmicrohttpd, opened when the server starts (base/late.h) */
#ifndef HTTP_LATE_MHD_H
#define HTTP_LATE_MHD_H
#include <microhttpd.h>

#include "base/late.h"

#define LATE_MHD(X) \
	X(MHD_add_response_header) X(MHD_create_post_processor) X(MHD_create_response_from_buffer) \
	X(MHD_create_response_from_callback) X(MHD_create_response_from_fd64) X(MHD_destroy_post_processor) X(MHD_destroy_response) \
	X(MHD_get_connection_info) X(MHD_get_connection_values) X(MHD_get_daemon_info) \
	X(MHD_lookup_connection_value) X(MHD_post_process) X(MHD_queue_response) X(MHD_add_connection) \
	X(MHD_resume_connection) X(MHD_start_daemon) X(MHD_stop_daemon) X(MHD_suspend_connection)
LATE_DECLARE(late_mhd, LATE_MHD);

#define MHD_add_response_header late_mhd.MHD_add_response_header
#define MHD_create_post_processor late_mhd.MHD_create_post_processor
#define MHD_create_response_from_buffer late_mhd.MHD_create_response_from_buffer
#define MHD_create_response_from_fd64 late_mhd.MHD_create_response_from_fd64
#define MHD_create_response_from_callback late_mhd.MHD_create_response_from_callback
#define MHD_destroy_post_processor late_mhd.MHD_destroy_post_processor
#define MHD_destroy_response late_mhd.MHD_destroy_response
#define MHD_get_connection_info late_mhd.MHD_get_connection_info
#define MHD_get_connection_values late_mhd.MHD_get_connection_values
#define MHD_get_daemon_info late_mhd.MHD_get_daemon_info
#define MHD_lookup_connection_value late_mhd.MHD_lookup_connection_value
#define MHD_post_process late_mhd.MHD_post_process
#define MHD_queue_response late_mhd.MHD_queue_response
#define MHD_add_connection late_mhd.MHD_add_connection
#define MHD_resume_connection late_mhd.MHD_resume_connection
#define MHD_start_daemon late_mhd.MHD_start_daemon
#define MHD_stop_daemon late_mhd.MHD_stop_daemon
#define MHD_suspend_connection late_mhd.MHD_suspend_connection
#endif
