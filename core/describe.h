/* Machines other than the standard one: a chip with some limits and costs changed. The changes stand in the network
 * (target.machine, target.costs), travel in the image (host table `machine`) and are applied wherever an image is
 * used, so that a run of the image needs nothing else. */
#ifndef HMN_DESCRIBE_H
#define HMN_DESCRIBE_H

#include "core/chip.h"

/* A change: a limit of limits.def by name; "NAME.ps" or "NAME.fj" of a cost, "setting.NAME" of a setting, "barrier.TILES"
 * [ps], which together take the place of all rows of the barrier; or "profile.NAME" (value 1), which chooses the profile
 * that the others change. Costs and settings that none of the chip's profiles lists are not the chip's. */
typedef struct {
    const char *key;
    uint64_t value;
} describe_change;

typedef enum { DESCRIBE_OK, DESCRIBE_UNKNOWN, DESCRIBE_FIXED, DESCRIBE_TOO_MUCH, DESCRIBE_TOO_LITTLE } describe_verdict;

/* Whether the chip takes the change. most: the greatest value it takes. */
describe_verdict describe_check(const hmn_chip *chip, const describe_change *c, uint64_t *most);

/* A copy of the chip with all changes, in the arena. Changes that describe_check refuses must not be among them. */
const hmn_chip *describe_chip(const hmn_chip *chip, const describe_change *change, uint32_t count, hmn_arena *a);

/* The chip as the image describes it: itself when it changes nothing. NULL after a report. */
const hmn_chip *describe_of_image(const hmn_chip *chip, const hmn_image *image, hmn_arena *a, hmn_diag *d);

#endif
