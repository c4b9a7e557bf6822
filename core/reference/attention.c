/* Attention over the synapses onto a neuron, equations 10 and 11. Takes the spikes of a step, keeps
 *
 *   h_ik <- h_ik q_k + (1 - q_k) x_i,   c_jk <- c_jk q_k + (1 - q_k) z_j,   q_k = exp(-dt/tau_k)
 *
 * (the averages of the paper's section 10.1), and yields where an epoch ends
 *
 *   g_ij     = sum_k h_ik c_jk / sqrt(d)   (scaled_dot)   or   h_i c_j / (|h_i| |c_j|)   (cosine; 0 where one is 0)
 *   alpha_ij = exp(beta_a g_ij) / sum_l exp(beta_a g_lj)                                             (11)
 *
 * over the synapses l of the projection onto j; times their number with scale: unit_mean. */
#include "core/reference/state.h"

#include <math.h>
#include <string.h>

reference_attention *attention_new(const hmn_reference *r, const reference_projection *p, hmn_arena *a)
{
    const net_local_attention *t = &p->rule->local_attention;
    uint32_t pre = r->graph->population[p->g->pre].size, post = r->graph->population[p->g->post].size;
    reference_attention *m = ARENA_NEW(a, reference_attention, 1);
    double *keep = ARENA_NEW(a, double, t->ntau);
    for (uint32_t k = 0; k < t->ntau; k++)
        keep[k] = exp(-r->graph->dt / t->tau[k]);
    m->d = t->ntau;
    m->keep = keep;
    m->h = ARENA_NEW(a, double, (size_t)pre * m->d);
    m->c = ARENA_NEW(a, double, (size_t)post * m->d);
    m->alpha = ARENA_NEW(a, double, p->g->nsynapses);
    m->top = ARENA_NEW(a, double, post);
    m->sum = ARENA_NEW(a, double, post);
    m->fan_in = ARENA_NEW(a, uint32_t, post);
    for (uint64_t e = 0; e < p->g->nsynapses; e++)
        m->fan_in[p->g->target[e]]++;
    return m;
}

static void follow(double *average, const double *spike, uint32_t n, uint32_t d, const double *keep)
{
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < d; k++)
            average[i * d + k] = average[i * d + k] * keep[k] + (1 - keep[k]) * spike[i];
}

void attention_follow(const hmn_reference *r, reference_projection *p)
{
    const graph_population *pre = &r->graph->population[p->g->pre], *post = &r->graph->population[p->g->post];
    reference_attention *m = p->attention;
    double counts = astrocyte_presynaptic(r, p->rule);
    for (uint32_t i = 0; i < pre->size; i++) {
        double x = counts * r->x[pre->first + i];
        follow(m->h + (size_t)i * m->d, &x, 1, m->d, m->keep);
    }
    follow(m->c, r->z + post->first, post->size, m->d, m->keep);
}

/* g(h_i, c_j) */
static double similarity(const reference_projection *p, uint32_t i, uint32_t j)
{
    const reference_attention *m = p->attention;
    const double *h = m->h + (size_t)i * m->d, *c = m->c + (size_t)j * m->d;
    double dot = 0, hh = 0, cc = 0;
    for (uint32_t k = 0; k < m->d; k++) {
        dot += h[k] * c[k];
        hh += h[k] * h[k];
        cc += c[k] * c[k];
    }
    if (p->rule->local_attention.similarity == SIM_COSINE)
        return hh > 0 && cc > 0 ? dot / sqrt(hh * cc) : 0;
    return dot / sqrt(m->d);
}

void attention_share(const hmn_reference *r, reference_projection *p)
{
    const net_local_attention *t = &p->rule->local_attention;
    reference_attention *m = p->attention;
    uint32_t pre = r->graph->population[p->g->pre].size, post = r->graph->population[p->g->post].size;
    for (uint32_t j = 0; j < post; j++) {
        m->top[j] = -INFINITY;
        m->sum[j] = 0;
    }
    for (uint32_t i = 0; i < pre; i++)
        for (uint32_t e = p->g->row[i]; e < p->g->row[i + 1]; e++) {
            uint32_t j = p->g->target[e];
            m->alpha[e] = t->beta_a.v * similarity(p, i, j);
            m->top[j] = fmax(m->top[j], m->alpha[e]);
        }
    for (uint64_t e = 0; e < p->g->nsynapses; e++) {
        uint32_t j = p->g->target[e];
        m->sum[j] += m->alpha[e] = exp(m->alpha[e] - m->top[j]);
    }
    for (uint64_t e = 0; e < p->g->nsynapses; e++) {
        uint32_t j = p->g->target[e];
        m->alpha[e] *= (t->unit_mean ? m->fan_in[j] : 1) / m->sum[j];
    }
}
