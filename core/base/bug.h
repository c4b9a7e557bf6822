/* Our own failures: an invariant that does not hold. Never for bad input (see diag.h). */
#ifndef HMN_BASE_BUG_H
#define HMN_BASE_BUG_H

/* Prints "file:line: internal error: ..." to standard error and exits with status 70. Does not return. */
_Noreturn void hmn_bug(const char *file, int line, const char *format, ...) __attribute__((format(printf, 3, 4)));

#define HMN_BUG(...) hmn_bug(__FILE__, __LINE__, __VA_ARGS__)
#define HMN_ASSERT(cond) ((cond) ? (void)0 : HMN_BUG("assertion failed: %s", #cond))

#endif
