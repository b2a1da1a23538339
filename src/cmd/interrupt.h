/* cmd/interrupt.h: Ctrl-C (and SIGTERM) ask long work to end where it is well, with what is done kept */
#ifndef CMD_INTERRUPT_H
#define CMD_INTERRUPT_H
#include <signal.h>
#include <stdbool.h>

/* From now on the signal is remembered instead of ending the program. `flags` as sigaction's: SA_RESETHAND lets a second one
 * end it, SA_RESTART lets no read be interrupted. */
void interrupt_catch(int signal_number, int flags);
void interrupt_let_go(int signal_number);	/* it ends the program again */
bool interrupted(void);
#endif
