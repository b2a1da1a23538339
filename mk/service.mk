# Service tests that are scripts (they print TAP) run beside those in C.
SERVICE += $(call rel,tests/service/test_*.sh)
