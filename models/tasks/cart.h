/* A pole on a cart: its motion, and the box of its state. */
#ifndef HMN_MODELS_TASKS_CART_H
#define HMN_MODELS_TASKS_CART_H

#include <stdbool.h>
#include <stdint.h>

/* In m, m/s, rad from upright, rad/s. */
typedef struct {
    double x, v, angle, spin;
} cart;

enum { CART_BOXES = 162 };

void cart_push(cart *c, bool right); /* 20 ms of 10 N */
bool cart_failed(const cart *c);     /* beyond 12 degrees or 2.4 m */
uint32_t cart_box(const cart *c);    /* 0 .. CART_BOXES - 1 */

#endif
