/* cmd/interrupt.c: a flag that a signal sets */
#include "cmd/interrupt.h"

static volatile sig_atomic_t asked;

static void
on_signal(int number)
{
	(void)number;
	asked = 1;
}

void
interrupt_catch(int signal_number, int flags)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = flags };

	(void)sigaction(signal_number, &action, NULL);
}

void
interrupt_let_go(int signal_number)
{
	(void)signal(signal_number, SIG_DFL);
}

bool
interrupted(void)
{
	return asked != 0;
}
