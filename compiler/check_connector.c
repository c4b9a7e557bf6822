/* Connectors: which pairs of neurons a projection joins. Takes the mapping, fills net_connector and holds it against
 * the sizes and shapes of both populations: what cannot be built is said here, with the numbers, not when synapses are
 * drawn. */
#include "compiler/check.h"
#include "compiler/table.h"

#include <math.h>
#include <string.h>

static const net_population *population(checker *c, net_ref r)
{
    const net_population *p = r.i == NET_NONE ? NULL : &c->net->population[r.i];
    return p && p->size && p->model != MODEL_COUNT ? p : NULL;
}

/* ---- lists and files ---- */

typedef struct {
    uint32_t *pre, *post;
    double *weight, *delay;
    uint32_t columns;
} rows;

static rows make_rows(checker *c, uint32_t count, uint32_t columns)
{
    rows r = {ARENA_NEW(c->arena, uint32_t, count), ARENA_NEW(c->arena, uint32_t, count), NULL, NULL, columns};
    if (columns > 2)
        r.weight = ARENA_NEW(c->arena, double, count);
    if (columns > 3)
        r.delay = ARENA_NEW(c->arena, double, count);
    return r;
}

static bool set_index(checker *c, hmn_span at, const char *end, double v, const net_population *p, uint32_t *out)
{
    double limit = p ? p->size : 4294967294.0;
    if (v >= 0 && v < limit && v == floor(v)) {
        *out = (uint32_t)v;
        return true;
    }
    diag_report(c->diag, DIAG_NET_CONNECT, at, "%s neuron %.10g does not exist: '%s' has %.0f neurons", end, v,
                p ? p->name.s : "it", limit);
    diag_cure(c->diag, "neurons count from 0 to %.0f", limit - 1);
    return false;
}

static bool set_delay(checker *c, hmn_span at, double ms, double *steps)
{
    *steps = round(ms / c->unit.dt);
    if (*steps >= 1 && *steps <= 1e9)
        return true;
    diag_report(c->diag, DIAG_VALUE_RANGE, at, "a delay of %g ms is not a step (%g ms) or more", ms, c->unit.dt);
    diag_cure(c->diag, "delays are at least one step");
    return false;
}

static bool list_row(checker *c, const doc_node *row, uint32_t i, rows *r, const net_population *pre,
                     const net_population *post)
{
    double v[4];
    const char *what[] = {"pre", "post", "weight", "delay"};
    net_dim dim[] = {NET_INTEGER, NET_INTEGER, c->weight_dim, NET_MS};
    if (row->kind != DOC_LIST || row->count != r->columns) {
        diag_report(c->diag, DIAG_VALUE_LENGTH, row->at, "a row of the list has %u values, the first row has %u",
                    row->kind == DOC_LIST ? row->count : 1, r->columns);
        diag_cure(c->diag, "rows are [pre, post], [pre, post, weight] or [pre, post, weight, delay], all alike");
        return false;
    }
    for (uint32_t k = 0; k < r->columns; k++)
        if (!check_number(c, row->item[k], what[k], dim[k], &v[k]))
            return false;
    bool ok = set_index(c, row->item[0]->at, "presynaptic", v[0], pre, &r->pre[i]);
    ok = set_index(c, row->item[1]->at, "postsynaptic", v[1], post, &r->post[i]) && ok;
    if (r->weight)
        r->weight[i] = v[2];
    return (!r->delay || set_delay(c, row->item[3]->at, v[3], &r->delay[i])) && ok;
}

static void keep_rows(net_connector *k, const rows *r, uint32_t count)
{
    k->pre = r->pre;
    k->post = r->post;
    k->weight = r->weight;
    k->delay = r->delay;
    k->nrows = count;
}

static void from_list(checker *c, const doc_node *n, net_projection *p)
{
    if (!check_type(c, n, DOC_LIST, "list"))
        return;
    uint32_t columns = n->count && n->item[0]->kind == DOC_LIST ? n->item[0]->count : 0;
    if (columns < 2 || columns > 4) {
        diag_report(c->diag, DIAG_VALUE_LENGTH, n->count ? n->item[0]->at : n->at,
                    n->count ? "the first row of the list has %u values" : "the list is empty", columns);
        diag_cure(c->diag, "rows are [pre, post], [pre, post, weight] or [pre, post, weight, delay]");
        return;
    }
    rows r = make_rows(c, n->count, columns);
    for (uint32_t i = 0; i < n->count; i++)
        list_row(c, n->item[i], i, &r, population(c, p->pre), population(c, p->post));
    keep_rows(&p->connector, &r, n->count);
}

static bool read_table(checker *c, const doc_node *n, const char *what, uint32_t least, uint32_t most, table *t)
{
    const char *path = check_file_path(c, n, what), *problem = NULL;
    if (!path)
        return false;
    table_status status = table_read(c->arena, path, t, &problem);
    if (status != TABLE_OK) {
        bool unreadable = status == TABLE_UNREADABLE;
        diag_report(c->diag, unreadable ? DIAG_FILE_READ : DIAG_FILE_FORMAT, n->at,
                    unreadable ? "cannot read '%s': %s" : "'%s' cannot be used: %s", path, problem);
        diag_cure(c->diag,
                  unreadable ? "paths are relative to the YAML file" : "write text of numbers or a 2-D .npy file");
        return false;
    }
    if (t->rows > 0 && t->columns >= least && t->columns <= most)
        return true;
    diag_report(c->diag, DIAG_FILE_FORMAT, n->at, "'%s' has %u rows of %u columns", path, t->rows, t->columns);
    diag_cure(c->diag, least == most ? "%u columns are needed" : "%u to %u columns are needed", least, most);
    return false;
}

bool check_table(checker *c, const doc_node *n, const char *what, uint32_t least, uint32_t most, const double **v,
                 uint32_t *count, uint32_t *columns)
{
    table t;
    if (!read_table(c, n, what, least, most, &t))
        return false;
    *v = t.v;
    *count = t.rows;
    *columns = t.columns;
    return true;
}

static void from_file(checker *c, const doc_node *n, net_projection *p)
{
    table t;
    if (!read_table(c, n, "file", 2, 4, &t))
        return;
    rows r = make_rows(c, t.rows, t.columns);
    const net_population *pre = population(c, p->pre), *post = population(c, p->post);
    for (uint32_t i = 0; i < t.rows; i++) {
        const double *v = t.v + (size_t)i * t.columns;
        if (!set_index(c, n->at, "presynaptic", v[0], pre, &r.pre[i]) ||
            !set_index(c, n->at, "postsynaptic", v[1], post, &r.post[i]) ||
            (r.delay && !set_delay(c, n->at, v[3], &r.delay[i])))
            return;
        bool whole = c->weight_dim != NET_INTEGER || (r.weight && v[2] == floor(v[2]));
        if (r.weight && (!isfinite(v[2]) || !whole)) {
            diag_report(c->diag, DIAG_VALUE_TYPE, n->at, "row %u of the file has the weight %g, not %s", i + 1, v[2],
                        units_dimension(c->weight_dim));
            return;
        }
        if (r.weight)
            r.weight[i] = v[2];
    }
    keep_rows(&p->connector, &r, t.rows);
}

/* ---- distance ---- */

static uint32_t only_d(void *context, const char *name)
{
    (void)context;
    return strcmp(name, "d") == 0 ? 0 : NET_NONE;
}

static void distance(checker *c, const doc_node *n, net_projection *p)
{
    const char *text = check_text(c, n, "expression");
    expr_error error;
    if (!text)
        return;
    p->connector.expression = expr_parse(c->arena, text, strlen(text), only_d, NULL, &error);
    if (p->connector.expression)
        return;
    hmn_span at = n->at;
    if (text == n->text && at.len == strlen(text) + 2 * n->quoted && error.at < strlen(text)) {
        at.col += (uint32_t)error.at + n->quoted;
        at.len = (uint32_t)error.length;
    }
    diag_report(c->diag, DIAG_EXPRESSION, at, "%s", error.text);
    diag_cure(c->diag, "%s", error.help ? error.help : "the variable is d, parameters are written ${name}");
}

/* ---- convolution ---- */

static void pair_of_sizes(checker *c, const doc_entry *e, const char *what, double low, uint32_t out[2])
{
    const doc_node *const *item;
    uint32_t count;
    double v;
    if (!e || !check_items(c, e->value, what, &item, &count))
        return;
    if (count != 1 && count != 2) {
        diag_report(c->diag, DIAG_VALUE_LENGTH, e->value->at, "%s has %u numbers", what, count);
        diag_cure(c->diag, "write n or [height, width]");
        return;
    }
    for (uint32_t i = 0; i < 2; i++) {
        const doc_node *n = item[i < count ? i : 0];
        if (check_number(c, n, what, NET_INTEGER, &v) && check_range(c, n->at, what, NET_INTEGER, v, low, 65536, false))
            out[i] = (uint32_t)v;
    }
}

static bool conv_shapes(checker *c, hmn_span at, net_projection *p)
{
    const net_population *pre = population(c, p->pre), *post = population(c, p->post);
    net_connector *k = &p->connector;
    uint32_t out[2];
    if (!pre || !post)
        return false;
    if (pre->ndim < 2) {
        diag_report(c->diag, DIAG_NET_CONNECT, at, "a convolution needs a shape: '%s' has the size %u", pre->name.s,
                    pre->size);
        diag_cure(c->diag, "write its size as [height, width] or [height, width, channels]");
        return false;
    }
    k->in_channels = pre->shape[2];
    if (k->out_channels == 0)
        k->out_channels = post->ndim == 3 ? post->shape[2] : 1;
    for (int i = 0; i < 2; i++) {
        uint64_t padded = (uint64_t)pre->shape[i] + 2ull * k->padding[i];
        if (padded < k->kernel[i]) {
            diag_report(c->diag, DIAG_NET_CONNECT, at, "the kernel (%u) is larger than the padded input (%llu)",
                        k->kernel[i], (unsigned long long)padded);
            return false;
        }
        out[i] = (uint32_t)((padded - k->kernel[i]) / k->stride[i]) + 1;
    }
    uint64_t total = (uint64_t)out[0] * out[1] * k->out_channels;
    bool fits =
        total == post->size &&
        (post->ndim < 2 || (post->shape[0] == out[0] && post->shape[1] == out[1] && post->shape[2] == k->out_channels));
    if (!fits) {
        diag_report(c->diag, DIAG_NET_CONNECT, at, "the convolution yields %u x %u x %u = %llu neurons, '%s' has %u",
                    out[0], out[1], k->out_channels, (unsigned long long)total, post->name.s, post->size);
        diag_cure(c->diag, "give '%s' the size [%u, %u, %u]", post->name.s, out[0], out[1], k->out_channels);
    }
    return fits;
}

static void conv_weights(checker *c, const doc_node *n, net_connector *k)
{
    double *v;
    uint32_t count;
    uint64_t need = (uint64_t)k->kernel[0] * k->kernel[1] * k->in_channels * k->out_channels;
    if (!check_numbers(c, n, "weights", c->weight_dim, 4, &v, &count))
        return;
    if (count != need) {
        diag_report(c->diag, DIAG_VALUE_LENGTH, n->at,
                    "weights has %u numbers, the kernel needs %u x %u x %u x %u = %llu", count, k->out_channels,
                    k->in_channels, k->kernel[0], k->kernel[1], (unsigned long long)need);
        diag_cure(c->diag, "list them as [out channel][in channel][row][column]");
        return;
    }
    k->kernel_weight = v;
}

static void convolution(checker *c, const doc_node *n, net_projection *p)
{
    net_connector *k = &p->connector;
    const doc_entry *weights = check_pick(&keys_connector, n, "weights");
    k->stride[0] = k->stride[1] = 1;
    pair_of_sizes(c, check_pick(&keys_connector, n, "kernel"), "kernel", 1, k->kernel);
    pair_of_sizes(c, check_pick(&keys_connector, n, "stride"), "stride", 1, k->stride);
    pair_of_sizes(c, check_pick(&keys_connector, n, "padding"), "padding", 0, k->padding);
    if (k->kernel[0] && k->kernel[1] && conv_shapes(c, k->at, p) && weights)
        conv_weights(c, weights->value, k);
}

/* ---- all ---- */

static void check_counts(checker *c, const net_projection *p)
{
    const net_population *pre = population(c, p->pre), *post = population(c, p->post);
    const net_connector *k = &p->connector;
    if (!pre || !post)
        return;
    if (k->type == CONN_ONE_TO_ONE && pre->size != post->size) {
        diag_report(c->diag, DIAG_NET_CONNECT, k->at,
                    "one_to_one joins populations of one size: '%s' has %u, '%s' has %u", pre->name.s, pre->size,
                    post->name.s, post->size);
        diag_cure(c->diag, "make the sizes equal or use another connector");
    }
    bool loops = p->pre.i == p->post.i && !k->self;
    uint32_t groups = k->groups ? k->groups : 1; /* some connectors have none */
    if (pre->size % groups || post->size % groups) {
        const net_population *odd = pre->size % groups ? pre : post;
        diag_report(c->diag, DIAG_NET_CONNECT, k->at, "%u groups: the %u neurons of '%s' are no multiple of it", groups,
                    odd->size, odd->name.s);
        diag_cure(c->diag, "give both populations sizes that are multiples of groups");
        return;
    }
    uint64_t all = (uint64_t)pre->size * post->size / groups, most = 0;
    if (k->type == CONN_FIXED_NUMBER_PRE)
        most = pre->size / groups - loops;
    else if (k->type == CONN_FIXED_NUMBER_POST)
        most = post->size / groups - loops;
    else if (k->type == CONN_FIXED_TOTAL_NUMBER)
        most = all - (loops ? pre->size : 0);
    else if (k->type == CONN_ALL_TO_ALL && all > UINT32_MAX) {
        diag_report(c->diag, DIAG_NET_SIZE, k->at, "all_to_all makes %llu synapses, the limit is 2^32",
                    (unsigned long long)all);
        return;
    } else
        return;
    if (k->n <= most || (k->multapses && most > 0))
        return;
    diag_report(c->diag, DIAG_NET_CONNECT, k->at, "n is %u, but only %llu different ones can be drawn", k->n,
                (unsigned long long)most);
    diag_cure(c->diag, "lower n%s", most ? " or add with_replacement: true" : "");
}

void check_connector(checker *c, const doc_node *n, check_path path, net_projection *p)
{
    const key_context *k = &keys_connector;
    const key_choice *type = n->kind == DOC_MAP ? check_variant(c, k, n) : NULL;
    uint32_t before = diag_errors(c->diag);
    p->connector.at = n->at;
    check_bind(c, k, type ? 1u << type->value : 0, n, n->at, path, &p->connector);
    if (!type || diag_errors(c->diag) != before)
        return;
    p->connector.type = (net_connector_type)type->value;
    if (type->value == CONN_FROM_LIST)
        from_list(c, check_pick(k, n, "list")->value, p);
    else if (type->value == CONN_FROM_FILE)
        from_file(c, check_pick(k, n, "file")->value, p);
    else if (type->value == CONN_DISTANCE)
        distance(c, check_pick(k, n, "expression")->value, p);
    else if (type->value == CONN_CONV2D)
        convolution(c, n, p);
    else
        check_counts(c, p);
}
