/* The plot of a sweep: a circle a point that fits, a cross for each that does not, a line between neighbours. */
#include "tools/sweep_plot.h"

#include "tests/suite.h"

#include <string.h>

static int count(const char *text, const char *what)
{
    int n = 0;
    for (const char *p = text; (p = strstr(p, what)); p++)
        n++;
    return n;
}

START_TEST(points_are_drawn_where_they_are)
{
    const char *v[6][2] = {{"1", "a"}, {"1", "<b"}, {"2", "a"}, {"2", "<b"}, {"3", "a"}, {"3", "<b"}};
    const char *names[] = {"n", "k"};
    sweep_point p[6];
    for (int i = 0; i < 6; i++)
        p[i] = (sweep_point){v[i], i, i != 3, i + 1, 10 * i, 1};
    char *text;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    sweep_plot(names, 2, p, 6, f);
    fclose(f);
    ck_assert_int_eq(count(text, "<circle"), 2 * 5);
    ck_assert_int_eq(count(text, "&#215;"), 2);
    ck_assert_int_eq(count(text, "k &lt;b"), 1);
    /* line a: two segments a panel; line b: none, its middle point is missing; and 5 grid lines a panel */
    ck_assert_int_eq(count(text, "<line"), 2 * (2 + 5));
    free(text);
}
END_TEST

SUITE("sweep_plot", points_are_drawn_where_they_are)
