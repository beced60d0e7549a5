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
from scipy import optimize, stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.inter_rater import cohens_kappa, to_table
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.weightstats import ttost_paired, DescrStatsW

given = json.load(sys.stdin)
out = {}


def put(name, value):
    out[name] = float(value)


for b, c in given["discordant"]:
    put(f"mcnemar {b} {c}", mcnemar([[10, b], [c, 10]], exact=True).pvalue)
    if b + c > 0:
        ci = stats.binomtest(b, b + c).proportion_ci(0.95, "exact")
        put(f"odds low {b} {c}", ci.low / (1 - ci.low))
        if ci.high < 1:
            put(f"odds high {b} {c}", ci.high / (1 - ci.high))
    n = 1000
    up, down = (b + 1) / (n + 2), (c + 1) / (n + 2)
    half = stats.norm.ppf(0.975) * np.sqrt((up + down - (up - down) ** 2) / (n + 2))
    put(f"risk low {b} {c}", up - down - half)
    put(f"risk high {b} {c}", up - down + half)

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
        p, lower, upper = ttost_paired(d, np.zeros(len(d)), -margin, margin)
        put(f"tost {index} {margin}", p)
        put(f"non-inferiority {index} {margin}", lower[1])
        put(f"non-superiority {index} {margin}", upper[1])
    put(f"t-test {index}", stats.ttest_1samp(d, 0).pvalue)
    put(f"t interval low {index}", DescrStatsW(d).tconfint_mean(alpha=0.05)[0])
    low, high = DescrStatsW(d).tconfint_mean(alpha=0.10)
    put(f"interval 90 low {index}", low)
    put(f"interval 90 high {index}", high)
    se = d.std(ddof=1) / np.sqrt(len(d))
    power = NormalIndPower(ddof=0)
    # One sample: ratio 0. The effect is in standard deviations. Two-sided, without the chance of rejecting on
    # the wrong side, is one-sided at half the level.
    for name, level in (("smallest effect", 0.025), ("smallest effect one-sided", 0.05)):
        effect = optimize.brentq(
            lambda size: power.power(size, len(d), level, ratio=0, alternative="larger") - 0.8, 0, 5, xtol=1e-14
        )
        put(f"{name} {index}", effect * d.std(ddof=1))
    put(f"smallest effect t {index}", (stats.t.ppf(0.975, len(d) - 1) + stats.t.ppf(0.8, len(d) - 1)) * se)
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

labels = np.array([entry["label"] for entry in given["labelled"]])
judged = np.array([entry["judge"] for entry in given["labelled"]])
rest = np.array(given["unlabelled"])
mean = rest.mean() + (labels - judged).mean()
se = np.sqrt(rest.var() / len(rest) + (labels - judged).var() / len(labels))
put("prediction-powered mean", mean)
put("prediction-powered low", stats.norm.interval(0.95, mean, se)[0])
put("prediction-powered high", stats.norm.interval(0.95, mean, se)[1])

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
