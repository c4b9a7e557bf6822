/* The perceptron. Takes inputs and labels, yields answers and gradients. Hidden units are rectified, outputs a softmax
 * under cross entropy; the arithmetic is that of any textbook (Goodfellow et al., Deep Learning, 2016, section 6.5).
 * Inputs of zero are skipped, since most pixels are. */
#include "tools/perceptron.h"

#include "core/base/rng.h"

#include <math.h>
#include <string.h>

perceptron *perceptron_new(const uint32_t size[PERCEPTRON_LAYERS + 1], uint64_t seed, hmn_arena *a)
{
    perceptron *p = ARENA_NEW(a, perceptron, 1);
    for (uint32_t l = 0; l <= PERCEPTRON_LAYERS; l++) {
        p->size[l] = size[l];
        p->z[l] = ARENA_NEW(a, double, size[l]);
        p->delta[l] = ARENA_NEW(a, double, size[l]);
    }
    for (uint32_t l = 0; l < PERCEPTRON_LAYERS; l++)
        p->parameters += (size[l] + 1) * size[l + 1];
    p->w[0] = ARENA_NEW(a, double, p->parameters);
    p->gradient = ARENA_NEW(a, double, p->parameters);
    for (uint32_t l = 0; l < PERCEPTRON_LAYERS; l++) {
        uint32_t n = size[l] * size[l + 1];
        for (uint32_t i = 0; i < n; i++) /* uniform of variance 2 / inputs */
            p->w[l][i] = (2 * rng_unit(seed, RNG_TASK, 100 + l, i, 0) - 1) * sqrt(6.0 / size[l]);
        if (l + 1 < PERCEPTRON_LAYERS)
            p->w[l + 1] = p->w[l] + n + size[l + 1];
    }
    perceptron_mask(p, 0, 1);
    return p;
}

void perceptron_mask(perceptron *p, uint32_t k, uint32_t n)
{
    for (uint32_t l = 0; l <= PERCEPTRON_LAYERS; l++) {
        bool hidden = l > 0 && l < PERCEPTRON_LAYERS;
        p->first[l] = hidden ? k * (p->size[l] / n) : 0;
        p->last[l] = hidden ? (k + 1) * (p->size[l] / n) : p->size[l];
    }
}

static void layer_forward(perceptron *p, uint32_t l)
{
    uint32_t n = p->size[l + 1], first = p->first[l + 1], last = p->last[l + 1];
    const double *bias = p->w[l] + (size_t)p->size[l] * n, *in = p->z[l];
    double *out = p->z[l + 1];
    memcpy(out + first, bias + first, (last - first) * sizeof *out);
    for (uint32_t i = p->first[l]; i < p->last[l]; i++) {
        const double *row = p->w[l] + (size_t)i * n;
        if (in[i] != 0)
            for (uint32_t j = first; j < last; j++)
                out[j] += row[j] * in[i];
    }
    for (uint32_t j = first; l + 1 < PERCEPTRON_LAYERS && j < last; j++)
        out[j] = out[j] > 0 ? out[j] : 0;
}

static void forward(perceptron *p, const double *x)
{
    memcpy(p->z[0], x, p->size[0] * sizeof *x);
    for (uint32_t l = 0; l < PERCEPTRON_LAYERS; l++)
        layer_forward(p, l);
}

uint32_t perceptron_answer(perceptron *p, const double *x)
{
    forward(p, x);
    const double *out = p->z[PERCEPTRON_LAYERS];
    uint32_t best = 0;
    for (uint32_t j = 1; j < p->size[PERCEPTRON_LAYERS]; j++)
        best = out[j] > out[best] ? j : best;
    return best;
}

/* delta of the outputs: softmax less the label; returns the cross entropy. */
static double output_error(perceptron *p, uint32_t label)
{
    uint32_t n = p->size[PERCEPTRON_LAYERS];
    const double *out = p->z[PERCEPTRON_LAYERS];
    double *delta = p->delta[PERCEPTRON_LAYERS], most = out[0], sum = 0;
    for (uint32_t j = 1; j < n; j++)
        most = out[j] > most ? out[j] : most;
    for (uint32_t j = 0; j < n; j++)
        sum += exp(out[j] - most);
    for (uint32_t j = 0; j < n; j++)
        delta[j] = exp(out[j] - most) / sum - (j == label);
    return log(sum) - (out[label] - most);
}

/* Of n products; eight sums side by side, so that one addition need not wait for the last. */
static double inner(const double *a, const double *b, uint32_t n)
{
    double sum[8] = {0};
    uint32_t k = 0;
    for (; k + 8 <= n; k += 8)
        for (uint32_t i = 0; i < 8; i++)
            sum[i] += a[k + i] * b[k + i];
    for (; k < n; k++)
        sum[0] += a[k] * b[k];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

static void layer_backward(perceptron *p, uint32_t l)
{
    uint32_t n = p->size[l + 1], first = p->first[l + 1], last = p->last[l + 1];
    const double *in = p->z[l], *delta = p->delta[l + 1];
    double *gradient = p->gradient + (p->w[l] - p->w[0]), *bias = gradient + (size_t)p->size[l] * n;
    for (uint32_t j = first; j < last; j++)
        bias[j] += delta[j];
    for (uint32_t i = p->first[l]; i < p->last[l]; i++) {
        p->delta[l][i] = 0;
        if (in[i] == 0) /* no input, or a unit at rest: no gradient through it */
            continue;
        const double *row = p->w[l] + (size_t)i * n;
        double *own = gradient + (size_t)i * n;
        for (uint32_t j = first; j < last; j++)
            own[j] += delta[j] * in[i];
        if (l > 0)
            p->delta[l][i] = inner(delta + first, row + first, last - first);
    }
}

double perceptron_learn(perceptron *p, const double *x, uint32_t label)
{
    forward(p, x);
    double loss = output_error(p, label);
    for (uint32_t l = PERCEPTRON_LAYERS; l-- > 0;)
        layer_backward(p, l);
    return loss;
}

void perceptron_clear(perceptron *p) { memset(p->gradient, 0, p->parameters * sizeof *p->gradient); }
