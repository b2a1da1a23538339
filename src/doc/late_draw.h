/* doc/late_draw.h: cairo and Pango, opened with the first drawing (base/late.h)
 *
 * A function that is not in these lists still works: it is then linked, and every start of the program pays for it. */
#ifndef DOC_LATE_DRAW_H
#define DOC_LATE_DRAW_H
#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <pango/pangocairo.h>

#include "base/late.h"

#define LATE_CAIRO(X) \
	X(cairo_arc) X(cairo_close_path) X(cairo_create) X(cairo_destroy) X(cairo_fill) \
	X(cairo_image_surface_create) X(cairo_surface_set_mime_data) X(cairo_image_surface_create_from_png_stream) X(cairo_image_surface_get_height) \
	X(cairo_image_surface_get_width) X(cairo_line_to) X(cairo_move_to) X(cairo_paint) \
	X(cairo_pdf_surface_create_for_stream) X(cairo_pdf_surface_set_metadata) X(cairo_rectangle) \
	X(cairo_restore) X(cairo_save) X(cairo_scale) X(cairo_set_dash) X(cairo_set_line_width) \
	X(cairo_set_source_rgb) X(cairo_set_source_rgba) X(cairo_set_source_surface) X(cairo_show_page) \
	X(cairo_status) X(cairo_status_to_string) X(cairo_stroke) X(cairo_surface_destroy) \
	X(cairo_surface_finish) X(cairo_surface_status) X(cairo_svg_surface_create_for_stream) \
	X(cairo_svg_surface_set_document_unit) X(cairo_tag_begin) X(cairo_tag_end) X(cairo_translate)
LATE_DECLARE(late_cairo, LATE_CAIRO);

#define cairo_arc late_cairo.cairo_arc
#define cairo_close_path late_cairo.cairo_close_path
#define cairo_create late_cairo.cairo_create
#define cairo_destroy late_cairo.cairo_destroy
#define cairo_fill late_cairo.cairo_fill
#define cairo_image_surface_create late_cairo.cairo_image_surface_create
#define cairo_surface_set_mime_data late_cairo.cairo_surface_set_mime_data
#define cairo_image_surface_create_from_png_stream late_cairo.cairo_image_surface_create_from_png_stream
#define cairo_image_surface_get_height late_cairo.cairo_image_surface_get_height
#define cairo_image_surface_get_width late_cairo.cairo_image_surface_get_width
#define cairo_line_to late_cairo.cairo_line_to
#define cairo_move_to late_cairo.cairo_move_to
#define cairo_paint late_cairo.cairo_paint
#define cairo_pdf_surface_create_for_stream late_cairo.cairo_pdf_surface_create_for_stream
#define cairo_pdf_surface_set_metadata late_cairo.cairo_pdf_surface_set_metadata
#define cairo_rectangle late_cairo.cairo_rectangle
#define cairo_restore late_cairo.cairo_restore
#define cairo_save late_cairo.cairo_save
#define cairo_scale late_cairo.cairo_scale
#define cairo_set_dash late_cairo.cairo_set_dash
#define cairo_set_line_width late_cairo.cairo_set_line_width
#define cairo_set_source_rgb late_cairo.cairo_set_source_rgb
#define cairo_set_source_rgba late_cairo.cairo_set_source_rgba
#define cairo_set_source_surface late_cairo.cairo_set_source_surface
#define cairo_show_page late_cairo.cairo_show_page
#define cairo_status late_cairo.cairo_status
#define cairo_status_to_string late_cairo.cairo_status_to_string
#define cairo_stroke late_cairo.cairo_stroke
#define cairo_surface_destroy late_cairo.cairo_surface_destroy
#define cairo_surface_finish late_cairo.cairo_surface_finish
#define cairo_surface_status late_cairo.cairo_surface_status
#define cairo_svg_surface_create_for_stream late_cairo.cairo_svg_surface_create_for_stream
#define cairo_svg_surface_set_document_unit late_cairo.cairo_svg_surface_set_document_unit
#define cairo_tag_begin late_cairo.cairo_tag_begin
#define cairo_tag_end late_cairo.cairo_tag_end
#define cairo_translate late_cairo.cairo_translate

#define LATE_PANGO(X) \
	X(g_object_unref) X(pango_font_description_free) X(pango_font_description_new) \
	X(pango_font_description_set_absolute_size) X(pango_font_description_set_family) \
	X(pango_font_description_set_weight) X(pango_layout_get_iter) X(pango_layout_get_pixel_size) \
	X(pango_layout_iter_free) X(pango_layout_iter_get_line_readonly) X(pango_layout_iter_next_line) \
	X(pango_layout_set_font_description) X(pango_layout_set_text) X(pango_layout_set_width) \
	X(pango_layout_set_wrap)
LATE_DECLARE(late_pango, LATE_PANGO);

#undef g_object_unref
#define g_object_unref late_pango.g_object_unref	/* GObject's, which Pango stands on */
#define pango_font_description_free late_pango.pango_font_description_free
#define pango_font_description_new late_pango.pango_font_description_new
#define pango_font_description_set_absolute_size late_pango.pango_font_description_set_absolute_size
#define pango_font_description_set_family late_pango.pango_font_description_set_family
#define pango_font_description_set_weight late_pango.pango_font_description_set_weight
#define pango_layout_get_iter late_pango.pango_layout_get_iter
#define pango_layout_get_pixel_size late_pango.pango_layout_get_pixel_size
#define pango_layout_iter_free late_pango.pango_layout_iter_free
#define pango_layout_iter_get_line_readonly late_pango.pango_layout_iter_get_line_readonly
#define pango_layout_iter_next_line late_pango.pango_layout_iter_next_line
#define pango_layout_set_font_description late_pango.pango_layout_set_font_description
#define pango_layout_set_text late_pango.pango_layout_set_text
#define pango_layout_set_width late_pango.pango_layout_set_width
#define pango_layout_set_wrap late_pango.pango_layout_set_wrap

#define LATE_PANGOCAIRO(X) \
	X(pango_cairo_create_layout) X(pango_cairo_show_layout) X(pango_cairo_show_layout_line)
LATE_DECLARE(late_pangocairo, LATE_PANGOCAIRO);

#define pango_cairo_create_layout late_pangocairo.pango_cairo_create_layout
#define pango_cairo_show_layout late_pangocairo.pango_cairo_show_layout
#define pango_cairo_show_layout_line late_pangocairo.pango_cairo_show_layout_line

/* All three. ERR_BUG: one is not installed. */
bool late_draw_load(struct err *err);
#endif
