/* System calls between ring3.c, the kernel, and ring3_app.c, the application. */
#ifndef RING3_H
#define RING3_H

enum { CALL_WRITE, CALL_ADD, CALL_EXIT };

#endif
