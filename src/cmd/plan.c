#include "cmd/cmd.h"
int
cmd_plan(int argc, char **argv)
{
	(void)argc;
	return cmd_usage(argv[0], "not built yet");
}
