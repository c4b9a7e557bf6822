/* The pole on a cart of Barto, Sutton and Anderson (1983), in the form of Gym's CartPole-v0: a cart of 1 kg on a track
 * without friction, a pole of 0.1 kg whose half length is l = 0.5 m, pushed by F = 10 N to the left or right.
 *
 *   p       = (F + 0.05 spin^2 sin a) / 1.1
 *   a''     = (9.8 sin a - p cos a) / (l (4/3 - 0.1 cos^2 a / 1.1))
 *   x''     = p - 0.05 a'' cos a / 1.1
 *
 * Euler steps of 20 ms, places by the speeds before the step. Boxes are those of the paper, too: 3 of x by 3 of v by 6
 * of the angle by 3 of the spin. */
#include "models/tasks/cart.h"

#include <math.h>

static const double degree = 3.14159265358979323846 / 180;

void cart_push(cart *c, bool right)
{
    const double cart_mass = 1, pole_mass = 0.1, half = 0.5, gravity = 9.8, step = 0.02;
    double mass = cart_mass + pole_mass, force = right ? 10 : -10, up = cos(c->angle), aside = sin(c->angle);
    double push = (force + pole_mass * half * c->spin * c->spin * aside) / mass;
    double turn = (gravity * aside - up * push) / (half * (4.0 / 3 - pole_mass * up * up / mass));
    double drive = push - pole_mass * half * turn * up / mass;
    *c = (cart){c->x + step * c->v, c->v + step * drive, c->angle + step * c->spin, c->spin + step * turn};
}

bool cart_failed(const cart *c) { return fabs(c->x) > 2.4 || fabs(c->angle) > 12 * degree; }

/* How many of the bounds lie below. */
static uint32_t cell(double value, const double *bound, uint32_t n)
{
    uint32_t k = 0;
    while (k < n && value > bound[k])
        k++;
    return k;
}

uint32_t cart_box(const cart *c)
{
    static const double x[] = {-0.8, 0.8}, v[] = {-0.5, 0.5}, angle[] = {-6, -1, 0, 1, 6}, spin[] = {-50, 50};
    uint32_t box = cell(c->x, x, 2);
    box = 3 * box + cell(c->v, v, 2);
    box = 6 * box + cell(c->angle / degree, angle, 5);
    return 3 * box + cell(c->spin / degree, spin, 2);
}
