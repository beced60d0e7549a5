"""Computes the reference values of the statistics with NumPy, SciPy and statsmodels.

Reads the inputs (test/fixtures/statistics/inputs.json) from standard input, writes a JSON object of values to
standard output. Nothing here is taken from the project: each value comes from a library's own function, or,
where it has none, from the definition written out.
"""
import itertools
import json
import sys

import numpy as np
import scipy
import statsmodels
from scipy import integrate, optimize, stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.inter_rater import cohens_kappa, to_table
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import DescrStatsW

given = json.load(sys.stdin)
out = {}


def put(name, value):
    out[name] = float(value)


def bounded(values, sizes, worst):
    """P(sum of w_i values_i + w_0 worst <= 0), w ~ Dirichlet(1, ..., 1): by Gil-Pelaez' inversion of the characteristic
    function of the sum with exponential weights, along the real axis."""
    values = np.append(values, worst * max(sizes))
    values = values[values != 0] / np.abs(values).max()

    def integrand(u):
        return (np.exp(-np.log(1 - 1j * u * values).sum())).imag / u

    ends = [0, 0.5, 1, 2, 4, 8, 16, 64, 256, 4096, np.inf]
    parts = [integrate.quad(integrand, a, b, epsabs=1e-14, epsrel=1e-13, limit=500)[0] for a, b in zip(ends, ends[1:])]
    return 0.5 - sum(parts) / np.pi


for b, c in given["discordant"]:
    put(f"mcnemar {b} {c}", mcnemar([[10, b], [c, 10]], exact=True).pvalue)
    if b + c > 0:
        ci = stats.binomtest(b, b + c).proportion_ci(0.95, "exact")
        put(f"odds low {b} {c}", ci.low / (1 - ci.low))
        if ci.high < 1:
            put(f"odds high {b} {c}", ci.high / (1 - ci.high))

for index, sums in enumerate(given["clusterSums"]):
    total, hits = abs(sum(sums)), 0
    for signs in itertools.product((-1, 1), repeat=len(sums)):
        hits += abs(sum(s * v for s, v in zip(signs, sums))) >= total
    put(f"sign flip {index}", hits / 2 ** len(sums))

for index, d in enumerate(given["differences"]):
    d = np.array(d)
    nz = d[d != 0]
    if len(nz) > 50:
        put(f"wilcoxon {index}", stats.wilcoxon(d, correction=True, mode="approx").pvalue)
    elif len(set(np.abs(nz))) == len(nz):
        put(f"wilcoxon {index}", stats.wilcoxon(nz, mode="exact").pvalue)
    else:
        ranks = stats.rankdata(np.abs(nz))
        half, t = ranks.sum() / 2, abs(ranks[nz > 0].sum() - ranks.sum() / 2)
        hits = sum(
            abs((np.array(s) * ranks).sum() - half) >= t - 1e-9 for s in itertools.product((0, 1), repeat=len(nz))
        )
        put(f"wilcoxon {index}", hits / 2 ** len(nz))
    put(f"d_z {index}", d.mean() / d.std(ddof=1))
    for margin in given["margins"]:
        put(f"not worse by {margin} {index}", bounded(d + margin, np.ones(len(d)), -(1 - margin)))
        put(f"not better by {margin} {index}", bounded(margin - d, np.ones(len(d)), -(1 - margin)))
    put(f"not up {index}", bounded(d, np.ones(len(d)), -1))
    for end, sign in (("low", 1), ("high", -1)) if len(d) < 50 else ():
        root = optimize.brentq(
            lambda at: bounded(sign * (d - at), np.ones(len(d)), -1 - sign * at) - 0.025, -0.9, 0.9, xtol=1e-11
        )
        put(f"bounded {end} {index}", root)
    put(f"t-test {index}", stats.ttest_1samp(d, 0).pvalue)
    put(f"t interval low {index}", DescrStatsW(d).tconfint_mean(alpha=0.05)[0])
    n = len(d)
    t = stats.t.ppf(0.975, n - 1) * np.sqrt(n / (n - 1))
    level = 1 - 2 * stats.norm.cdf(-t)
    boot = stats.bootstrap(
        (d,), np.mean, confidence_level=level, method="BCa", n_resamples=100000, random_state=1
    )
    put(f"bootstrap low {index}", boot.confidence_interval.low)
    put(f"bootstrap high {index}", boot.confidence_interval.high)
    put(f"bootstrap error {index}", boot.standard_error)

for index, p in enumerate(given["pValues"]):
    for at, value in enumerate(multipletests(p, method="holm")[1]):
        put(f"holm {index} {at}", value)

ratings = np.array(given["ratings"])
table = to_table(ratings, bins=5)[0]
put("kappa", cohens_kappa(table).kappa)
put("kappa linear", cohens_kappa(table, wt="linear").kappa)
put("kappa quadratic", cohens_kappa(table, wt="quadratic").kappa)


def alpha(units, delta):
    units = [[v for v in u if v is not None] for u in units]
    units = [u for u in units if len(u) >= 2]
    values = sorted({v for u in units for v in u})
    o = np.zeros((len(values), len(values)))
    for u in units:
        for i, j in itertools.permutations(range(len(u)), 2):
            o[values.index(u[i]), values.index(u[j])] += 1 / (len(u) - 1)
    n_c = o.sum(axis=1)
    n = n_c.sum()
    d = np.array([[delta(a, b) for b in values] for a in values])
    return 1 - (n - 1) * (o * d).sum() / (np.outer(n_c, n_c) * d).sum()


put("alpha nominal", alpha(given["reliability"], lambda a, b: float(a != b)))
put("alpha interval", alpha(given["reliability"], lambda a, b: (a - b) ** 2))

x, y = np.array(given["x"]), np.array(given["y"])
put("pearson", stats.pearsonr(x, y)[0])
put("spearman", stats.spearmanr(x, y)[0])

for index, clusters in enumerate(given["clusters"]):
    sums, sizes = np.array(clusters).T
    for at in (-0.2, 0, 0.3):
        put(f"clusters {index} at most {at}", bounded(sums - at * sizes, sizes, -1 - at))


def exact(hits, n):
    """Clopper and Pearson's interval; anything without observations."""
    return stats.binomtest(hits, n).proportion_ci(0.95, "exact") if n > 0 else (0, 1)


for index, ((pp, pf, fp, ff), (more_p, more_f)) in enumerate(given["judged"]):
    n, all_n = pp + pf + fp + ff, pp + pf + fp + ff + more_p + more_f
    judged = pp + pf + more_p
    p, a, b = judged / all_n, pp / (pp + pf) if pp + pf > 0 else 1, fp / (fp + ff) if fp + ff > 0 else 0
    mean = p * a + (1 - p) * b
    (p_low, p_high), (a_low, a_high), (b_low, b_high) = exact(judged, all_n), exact(pp, pp + pf), exact(fp, fp + ff)
    less, more = (p - p_low, p_high - p) if a >= b else (p_high - p, p - p_low)
    low = mean - np.sqrt((p * (a - a_low)) ** 2 + ((1 - p) * (b - b_low)) ** 2 + ((a - b) * less) ** 2)
    high = mean + np.sqrt((p * (a_high - a)) ** 2 + ((1 - p) * (b_high - b)) ** 2 + ((a - b) * more) ** 2)
    low, high = max(0, low), min(1, high)
    alone = exact(pp + fp, n)
    if alone[1] - alone[0] <= high - low:
        mean, low, high = (pp + fp) / n, alone[0], alone[1]
    put(f"corrected mean {index}", mean)
    put(f"corrected low {index}", low)
    put(f"corrected high {index}", high)
    if pf + ff > 0:

        def kappa_at(share, passes, fails):
            table = np.array([[share * (1 - fails), (1 - share) * passes], [share * fails, (1 - share) * (1 - passes)]])
            agreed, chance = np.trace(table), table.sum(axis=1) @ table.sum(axis=0)
            return (agreed - chance) / (1 - chance)

        at = ((pp + fp) / n, pf / (pf + ff), fp / (pp + fp))
        ends = (exact(pp + fp, n), exact(pf, pf + ff), exact(fp, pp + fp))
        center = kappa_at(*at)
        for end, which, sign in (("low", 1, 1), ("high", 0, -1)):
            off = [
                center - kappa_at(at[0], ends[1][which], at[2]),
                center - kappa_at(at[0], at[1], ends[2][which]),
                max(0, *(sign * (center - kappa_at(share, at[1], at[2])) for share in ends[0])),
            ]
            put(f"judge kappa {end} {index}", np.clip(center - sign * np.sqrt(np.square(off).sum()), -1, 1))
    put(f"judge kappa {index}", cohens_kappa(np.array([[pp, pf], [fp, ff]])).kappa if pf + ff > 0 else 0)
    put(f"false passes low {index}", exact(pf, pf + ff)[0])
    put(f"false passes high {index}", exact(pf, pf + ff)[1])
    put(f"false fails low {index}", exact(fp, pp + fp)[0])
    put(f"false fails high {index}", exact(fp, pp + fp)[1])

for n, discordant, effect, level in given["power"]:
    share = max(discordant, effect)
    total = 0
    for m in range(n + 1):
        x = np.arange(m // 2 + 1, m + 1)
        rejected = x[2 * stats.binom.sf(x - 1, m, 0.5) <= level]
        if len(rejected) > 0:
            total += stats.binom.pmf(m, n, share) * stats.binom.sf(min(rejected) - 1, m, (1 + effect / share) / 2)
    put(f"mcnemar power {n} {discordant} {effect}", total)

for hits, n in ((8, 10), (5, 10), (10, 10)):
    low, high = proportion_confint(hits, n, method="wilson")
    put(f"wilson low {hits} {n}", low)
    put(f"wilson high {hits} {n}", high)
    low, high = proportion_confint(hits, n, method="beta")
    put(f"exact low {hits} {n}", low)
    put(f"exact high {hits} {n}", high)

json.dump(
    {
        "source": f"SciPy {scipy.__version__}, statsmodels {statsmodels.__version__}, NumPy {np.__version__}: "
        "test/support/referenceStatistics.py",
        "values": out,
    },
    sys.stdout,
    indent=2,
)
sys.stdout.write("\n")
