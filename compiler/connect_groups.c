/* Groups of a connector. Takes a projection as written, yields pairs in CSR form by presynaptic neuron.
 *
 * Both populations are cut into equal stretches, and stretch g is connected to stretch g as if it were a projection
 * of its own: the blocks of a block-diagonal matrix. Draws of group g are keyed by the projection's key + g, so that
 * groups differ, and one group is what a projection without groups has. */
#include "compiler/connect_group.h"

#include "compiler/distribution.h"

static uint32_t groups_of(const connect_request *r)
{
    uint32_t n = r->projection->connector.groups;
    return n ? n : 1;
}

static net_population stretch(const net_population *p, uint32_t groups)
{
    net_population part = *p;
    part.size = p->size / groups;
    return part;
}

/* What one group asks for: the same of shorter populations. */
static connect_request request_of_group(const connect_request *r, net_population *pre, net_population *post)
{
    connect_request part = *r;
    *pre = stretch(r->pre, groups_of(r));
    *post = stretch(r->post, groups_of(r));
    part.pre = pre;
    part.post = post;
    return part;
}

static bool check_groups(const connect_request *r)
{
    const net_connector *c = &r->projection->connector;
    uint32_t n = groups_of(r);
    if (r->pre->size % n == 0 && r->post->size % n == 0)
        return true;
    const net_population *p = r->pre->size % n ? r->pre : r->post;
    diag_report(r->diag, DIAG_NET_CONNECT, c->at, "%u groups: %s has %u neurons, which are no multiple of it", n,
                p->name.s, p->size);
    diag_cure(r->diag, "give both populations sizes that are multiples of groups");
    return false;
}

bool connect_check(const connect_request *r)
{
    net_population pre, post;
    if (!check_groups(r))
        return false;
    const connect_request part = request_of_group(r, &pre, &post);
    return connect_check_group(&part);
}

double connect_estimate(const connect_request *r)
{
    net_population pre, post;
    const connect_request part = request_of_group(r, &pre, &post);
    return groups_of(r) * connect_estimate_group(&part);
}

/* Puts the rows of group g, whose populations are `size` neurons long, behind those of the groups before it. */
static bool join_group(const connect_request *r, const connect_pairs *part, uint32_t g, const uint32_t size[2],
                       size_t *cap, connect_pairs *out)
{
    if (out->count + part->count > UINT32_MAX)
        return false;
    out->target = arena_grow(r->arena, out->target, sizeof(uint32_t), out->count, out->count + part->count, cap);
    for (uint64_t k = 0; k < part->count; k++)
        out->target[out->count + k] = part->target[k] + g * size[1];
    for (uint32_t i = 0; i < size[0]; i++)
        out->row[g * size[0] + i + 1] = (uint32_t)out->count + part->row[i + 1];
    out->count += part->count;
    return true;
}

static bool build_groups(const connect_request *r, uint64_t key, connect_pairs *out)
{
    net_population pre, post;
    const connect_request part = request_of_group(r, &pre, &post);
    const uint32_t size[2] = {pre.size, post.size};
    size_t cap = 0;
    *out = (connect_pairs){ARENA_NEW(r->arena, uint32_t, (size_t)r->pre->size + 1), NULL, NULL, 0};
    for (uint32_t g = 0; g < groups_of(r); g++) {
        connect_pairs group;
        if (!connect_build_group(&part, key + g, &group) || !join_group(r, &group, g, size, &cap, out))
            return false;
    }
    return true;
}

bool connect_build(const connect_request *r, connect_pairs *out)
{
    uint64_t key = distribution_seed(r->seed, "projection", r->projection->name.s);
    uint32_t errors = diag_errors(r->diag);
    if (groups_of(r) == 1 ? connect_build_group(r, key, out) : build_groups(r, key, out))
        return true;
    if (diag_errors(r->diag) == errors)
        diag_report(r->diag, DIAG_NET_SIZE, r->projection->name.at, "projection %s has more than 2^32 - 1 synapses",
                    r->projection->name.s);
    return false;
}
