/* Families of test vectors that learn, or draw. Each reader turns one case into a network and hooks that replay its
 * draws, set its third factors and compare traces, weights, delays and tags. */
#ifndef HMN_TOOLS_VECTOR_LEARN_H
#define HMN_TOOLS_VECTOR_LEARN_H

#include "tools/vector_read.h"

enum { VECTOR_LEARN_GROUPS = 16 }; /* plastic groups of a network, at most */

/* One number of [0, 1] in units of 2^-32, as hmn_draws gives it. */
int64_t vector_draw_of(double uniform);

/* Rule texts as Lava parses them, in the network language's form; the products are compared when they are given. */
const vector_rule *vector_read_rule(vector_reader *r, const json_t *rule, const json_t *products, uint32_t epoch);

/* n x m synapses of a matrix [post][pre] of stored weights, from source or neuron pre_first + i to neuron
 * post_first + j. */
vector_group *vector_add_matrix(vector_reader *r, bool recurrent, uint32_t pre_first, uint32_t npre,
                                uint32_t post_first, uint32_t npost, const json_t *w);

/* Makes neurons 0..n-1 fire when the case says so: three sources each, from `first_source` on, whose weights together
 * exceed the threshold that is set here; every register decays at once. Adds a group. */
enum { VECTOR_FORCE = 3 * 255 * 8192 };
void vector_force(vector_reader *r, uint32_t first_source, bool brian);
/* Neuron i fires in step t. */
void vector_force_spike(vector_reader *r, uint32_t first_source, uint32_t neuron, uint32_t step);

/* Adds an input spike; sorts them all. */
void vector_add_input(vector_reader *r, uint32_t step, uint32_t source, int32_t payload);
void vector_sort_inputs(vector_reader *r, bool graded);

void vector_read_inputs(vector_reader *r, const json_t *inputs);

void vector_read_noise(vector_reader *r, const json_t *j);
void vector_read_learn_lava(vector_reader *r, const json_t *j);
void vector_read_netlearn(vector_reader *r, const json_t *j);
void vector_read_pes(vector_reader *r, const json_t *j);
/* PES as a sum of products: minus the error in y1 where that is positive, the error in y2. Weights change every `learn`
 * steps. */
const vector_rule *vector_pes_rule(vector_reader *r, const json_t *learning, uint32_t learn);
/* PES in a network whose groups are read. */
void vector_read_netpes(vector_reader *r, const json_t *j);
void vector_read_statistic(vector_reader *r, const json_t *j);
void vector_read_learn_brian(vector_reader *r, const json_t *j);

#endif
