// What the statistics promise, by simulation, in worlds that are small, skewed, clustered, flaky or hardly labelled: coverage of
// every interval that is shown, false verdicts, power against the promised, and false alarms of a sequential comparison.
// ROUNDS=200 for a quick look.
import { wordSoFar } from '../../src/engine/compare/pairs/compareCases.ts';
import { compareConsistency } from '../../src/engine/compare/pairs/consistency.ts';
import { compareMetric } from '../../src/engine/compare/pairs/metric.ts';
import { smallestPassChange } from '../../src/engine/compare/pairs/outlook.ts';
import { compareResources } from '../../src/engine/compare/sides/resources.ts';
import type { CaseComparison, MetricComparison } from '../../src/engine/model/comparison.ts';
import { BettingTest } from '../../src/engine/statistics/betting.ts';
import { exactShareInterval } from '../../src/engine/statistics/exactShare.ts';
import { holm } from '../../src/engine/statistics/holm.ts';
import type { Interval } from '../../src/engine/statistics/interval.ts';
import { judgeErrors } from '../../src/engine/statistics/judgeErrors.ts';
import { exactMcNemar } from '../../src/engine/statistics/mcnemar.ts';
import { passHatK } from '../../src/engine/statistics/passHatK.ts';
import { PassRateEstimate } from '../../src/engine/statistics/passRate.ts';
import { unitsToFind, unitsToShowEquivalence } from '../../src/engine/statistics/power.ts';
import { predictionPoweredRate } from '../../src/engine/statistics/predictionPowered.ts';
import { Chance } from '../support/simulation/chance.ts';
import {
  type ComparisonWorld,
  drawCases,
  effectFor,
  largeGainSmallLose,
  longTailed,
  noisyScores,
  passPairs,
  piledUp,
  rareChanges,
  severalTrials,
  skewed,
  truthOf,
  wavering,
  wholeClusters,
  withErrors,
} from '../support/simulation/comparisons.ts';
import { leastCoverage } from '../support/simulation/exactCoverage.ts';
import { drawJudged, type JudgeWorld, nameOf, trueKappa } from '../support/simulation/judges.ts';

const ROUNDS = Number(process.env.ROUNDS ?? 1000);
const MARGIN = 0.05;
const SEED = 20261123;

const rows: string[][] = [];
let broken = 0;

/** A bound holds where the estimate is at most one standard error of the simulation beside it; the row shows both. */
function report(
  what: string,
  world: string,
  hits: number,
  rounds: number,
  bound: { least: number } | { most: number },
): void {
  const share = hits / rounds;
  const [least, most] = 'least' in bound ? [bound.least, 1] : [0, bound.most];
  const error = Math.sqrt((share * (1 - share)) / rounds);
  const fine = share <= most + error && share >= least - error;
  if (!fine) broken += 1;
  const asked = 'least' in bound ? `≥ ${percent(least)}` : `≤ ${percent(most)}`;
  rows.push([
    what,
    world,
    `${percent(share)} ± ${(error * 100).toFixed(1)}`,
    asked,
    fine ? 'holds' : 'BROKEN',
  ]);
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** Counts what holds for each of the rounds, each with chances of its own. */
function count(
  round: (chance: Chance, seed: number) => readonly (boolean | undefined)[],
  rounds = ROUNDS,
): number[] {
  const hits: number[] = [];
  for (let seed = 0; seed < rounds; seed += 1) {
    for (const [at, hit] of round(new Chance(SEED + seed), seed).entries())
      hits[at] = (hits[at] ?? 0) + Number(hit === true);
  }
  return hits;
}

function covers(interval: Interval | null | undefined, truth: number): boolean {
  return interval != null && interval.low <= truth + 1e-9 && truth - 1e-9 <= interval.high;
}

const truthSeed = () => new Chance(SEED);

function metricsOf(cases: readonly CaseComparison[]): MetricComparison[] {
  const options = { margin: MARGIN, filling: 'measured' } as const;
  return (['pass', 'score'] as const).flatMap((metric) => compareMetric(cases, metric, options) ?? []);
}

/** The interval holds 0, and that of the odds 1, exactly when p is above 5 %. */
function agrees({ p, interval, oddsRatio, metric }: MetricComparison): boolean {
  const significant = p !== null && p <= 0.05;
  const holds = covers(interval, 0);
  const odds = metric === 'score' || !oddsRatio || (oddsRatio.low <= 1 && (oddsRatio.high ?? 2) >= 1);
  return significant !== holds && (metric === 'score' || !oddsRatio || significant !== odds);
}

function coverage(world: ComparisonWorld, effect: number): void {
  const truth = truthOf(world, truthSeed(), effect);
  const [pass, score, contradicting] = count((chance) => {
    const metrics = metricsOf(drawCases(world, chance, effect));
    return [
      covers(metrics[0]?.interval, truth.pass),
      covers(metrics[1]?.interval, truth.score),
      !metrics.every(agrees),
    ];
  });
  report('95 % interval of the pass rate covers', world.name, pass ?? 0, ROUNDS, { least: 0.94 });
  report('95 % interval of the score covers', world.name, score ?? 0, ROUNDS, { least: 0.94 });
  report('interval contradicts its p', world.name, contradicting ?? 0, ROUNDS, { most: 0 });
}

function wordOf(world: ComparisonWorld, chance: Chance, effect: number, seed: number): string {
  const options = { margin: MARGIN, seed, sequential: false, same: false };
  return wordSoFar(drawCases(world, chance, effect), options);
}

function falseVerdicts(world: ComparisonWorld): void {
  const [different] = count((chance, seed) => [/better|worse/.test(wordOf(world, chance, 0, seed))]);
  report('no difference, called better or worse', world.name, different ?? 0, ROUNDS, { most: 0.05 });
  const effect = effectFor(world, truthSeed, 'score', -MARGIN);
  const [wrong] = count((chance, seed) => [/better|equivalent/.test(wordOf(world, chance, effect, seed))]);
  report('worse by the margin, called equivalent or better', world.name, wrong ?? 0, ROUNDS, { most: 0.05 });
}

/** Promised with 80 %; the numbers of cases are whole, and McNemar's test is coarse. */
function promises(): void {
  for (const cases of [20, 60, 200]) {
    const effect = smallestPassChange(Array<number>(cases).fill(1)) ?? 0;
    const world = passPairs(cases);
    const [found] = count((chance, seed) => [wordOf(world, chance, effect, seed) === 'better']);
    report(
      `smallest effect before a run (${(effect * 100).toFixed(1)} points), found`,
      world.name,
      found ?? 0,
      ROUNDS,
      { least: 0.8 },
    );
  }
  const means = { kind: 'means', deviation: 0.2, skewness: 0, largest: 1 } as const;
  const [shown, needed] = [unitsToShowEquivalence(means, MARGIN) ?? 0, unitsToFind(means, 0.1) ?? 0];
  const [equivalent] = count((chance, seed) => [
    wordOf(noisyScores(shown, 0.2), chance, 0, seed) === 'equivalent',
  ]);
  report(
    'promised number of cases, called equivalent',
    noisyScores(shown, 0.2).name,
    equivalent ?? 0,
    ROUNDS,
    { least: 0.8 },
  );
  const [better] = count((chance, seed) => [
    wordOf(noisyScores(needed, 0.2), chance, 0.1, seed) === 'better',
  ]);
  report('promised number of cases, +0.1 found', noisyScores(needed, 0.2).name, better ?? 0, ROUNDS, {
    least: 0.8,
  });
  const pairs = unitsToFind({ kind: 'pairs', discordant: 0.05 }, -0.05) ?? 0;
  const [worse] = count((chance, seed) => [wordOf(passPairs(pairs, 0.05), chance, -0.05, seed) === 'worse']);
  report('promised number of cases, −5 points found', `${pairs} cases`, worse ?? 0, ROUNDS, { least: 0.8 });
}

/** Single trials, without simulation: the least coverage over all pass rates, and numbers of cases from 1 to 200. */
function exactly(): void {
  let least = { coverage: 1, at: Number.NaN, n: 0 };
  for (let n = 1; n <= 200; n += 1) {
    const found = leastCoverage(n, (hits) => exactShareInterval(hits, n));
    if (found.coverage < least.coverage) least = { ...found, n };
  }
  const fine = least.coverage >= 0.95;
  if (!fine) broken += 1;
  rows.push([
    'exact 95 % interval of a proportion covers, by enumeration',
    `1 to 200 single trials, least: ${least.n} at ${percent(least.at)}`,
    percent(least.coverage),
    '≥ 95.0 %',
    fine ? 'holds' : 'BROKEN',
  ]);
}

/** Pass rate of one run: `spread` is how much the chances of cases differ. */
function passRates(cases: number, trials: number, perCluster: number, rate: number, spread: number): void {
  const name = `${cases} cases${trials > 1 ? ` of ${trials} trials` : ''}${perCluster > 1 ? ` in clusters of ${perCluster}` : ''}, rate ${percent(rate)}`;
  const [covered] = count((chance) => {
    const estimate = new PassRateEstimate();
    let own = rate;
    for (let at = 0; at < cases; at += 1) {
      if (at % perCluster === 0) own = chance.happens(spread) ? Number(chance.happens(rate)) : rate;
      estimate.add(
        chance.successes(trials, own) / trials,
        trials,
        perCluster > 1 ? `${Math.floor(at / perCluster)}` : undefined,
      );
    }
    return [covers(estimate.estimate()?.interval, rate)];
  });
  report('95 % interval of a run’s pass rate covers', name, covered ?? 0, ROUNDS, { least: 0.94 });
}

function judges(world: JudgeWorld): void {
  const [corrected, kappa, falsePasses, falseFails, unknown] = count((chance) => {
    const outputs = drawJudged(world, chance);
    const errors = judgeErrors(outputs);
    return [
      covers(predictionPoweredRate(outputs)?.interval, world.rate),
      errors === null || covers(errors.kappaInterval, trueKappa(world)),
      errors === null || covers(errors.falsePasses.interval, world.falsePass),
      errors === null || covers(errors.falseFails.interval, world.falseFail),
      errors === null,
    ];
  });
  const name = nameOf(world);
  report('corrected pass rate: 95 % interval covers', name, corrected ?? 0, ROUNDS, { least: 0.94 });
  // Labels that are all the same give no figures; they are not counted as covering.
  const known = ROUNDS - (unknown ?? 0);
  for (const [what, hits] of [
    ['kappa', kappa],
    ['false passes', falsePasses],
    ['false fails', falseFails],
  ] as const)
    report(`${what}: 95 % interval covers`, name, (hits ?? 0) - (unknown ?? 0), known, { least: 0.94 });
}

/** Skewed cost of two sides of which one is a fifth dearer, and pass^3. */
function others(): void {
  for (const cases of [20, 80]) {
    const [cost] = count((chance, seed) => {
      const draw = () => Math.exp(0.5 * chance.normal());
      const world = {
        ...passPairs(cases),
        cluster: () => [
          [
            { passed: 1, trials: 1, score: 1, costUsd: draw() },
            { passed: 1, trials: 1, score: 1, costUsd: 1.2 * draw() },
          ],
        ],
      } as ComparisonWorld;
      return [
        covers(compareResources(drawCases(world, chance, 0), seed)[0]?.interval, 0.2 * Math.exp(0.125)),
      ];
    });
    report('95 % interval of the cost covers', `${cases} cases, skewed`, cost ?? 0, ROUNDS, { least: 0.94 });
    const long = longTailed(cases);
    const [dear] = count((chance, seed) => [
      covers(compareResources(drawCases(long, chance, 0), seed)[0]?.interval, 0.2 * Math.exp(0.5)),
    ]);
    report('95 % interval of the cost covers', long.name, dear ?? 0, ROUNDS, { least: 0.94 });
  }
  const world = severalTrials(40, 3);
  const large = drawCases({ ...world, clusters: 200_000 }, truthSeed(), -0.1);
  const truth =
    large.reduce(
      (sum, { baseline, candidate }) =>
        sum + passHatK(candidate.passed, 3, 3) - passHatK(baseline.passed, 3, 3),
      0,
    ) / large.length;
  const [covered] = count((chance) => [
    covers(compareConsistency(drawCases(world, chance, -0.1))?.interval, truth),
  ]);
  report('95 % interval of pass^3 covers', world.name, covered ?? 0, ROUNDS, { least: 0.94 });
}

/** A look after every case: does it ever call one side better? */
function sequential(): void {
  const world = piledUp(300);
  const rounds = Math.ceil(ROUNDS / 2);
  const [anytime, naive] = count((chance) => {
    const [passes, scores] = [new BettingTest(), new BettingTest()];
    let [up, down, alarm, peeked] = [0, 0, false, false];
    for (const { passDifference, scoreDifference } of drawCases(world, chance, 0)) {
      passes.add(passDifference ?? 0);
      scores.add(scoreDifference ?? 0);
      if ((passDifference ?? 0) > 0) up += 1;
      if ((passDifference ?? 0) < 0) down += 1;
      const ps = [passes, scores].map((test) => 2 * Math.min(...Object.values(test.pValues(0))));
      alarm ||= holm(ps).some((p) => p <= 0.05);
      peeked ||= exactMcNemar(up, down) <= 0.05;
    }
    return [alarm, peeked];
  }, rounds);
  report('sequential mode: false alarm', `${world.name}, a look after each`, anytime ?? 0, rounds, {
    most: 0.05,
  });
  rows.push([
    '(McNemar looked at as often: false alarm)',
    world.name,
    percent((naive ?? 0) / rounds),
    '',
    'for comparison',
  ]);
}

const worlds = [
  piledUp(20),
  piledUp(80),
  piledUp(30, 3, 0.6),
  rareChanges(20),
  rareChanges(60),
  rareChanges(100),
  rareChanges(150),
  skewed(20),
  skewed(80),
  severalTrials(20, 5),
  severalTrials(60, 3),
  wavering(12, 10, 0.9),
  wavering(20, 5, 0.9),
  wavering(40, 5, 0.9),
  largeGainSmallLose(40),
  largeGainSmallLose(80),
  wholeClusters(12),
  wholeClusters(40),
  withErrors(piledUp(80)),
];
for (const world of worlds) {
  coverage(world, -MARGIN);
  falseVerdicts(world);
}
promises();
exactly();
for (const rate of [0.01, 0.99]) {
  for (const cases of [10, 50]) passRates(cases, 1, 1, rate, 0);
  passRates(20, 3, 1, rate, 0.5);
  passRates(60, 1, 4, rate, 0.5);
}
for (const rate of [0.5, 0.8, 0.9]) {
  passRates(60, 1, 1, rate, 0);
  for (const spread of [0, 0.5, 0.9]) {
    passRates(10, 10, 1, rate, spread);
    passRates(60, 3, 1, rate, spread);
    passRates(60, 1, 4, rate, spread);
  }
}
for (const [labelled, unlabelled, falsePass, falseFail, perCluster] of [
  [20, 480, 0.2, 0.02, 1],
  [20, 1980, 0.1, 0, 1],
  [20, 1980, 0, 0, 1],
  [50, 1950, 0, 0.03, 1],
  [100, 1900, 0.1, 0.1, 1],
  [60, 540, 0.1, 0.02, 3],
  [100, 900, 0.2, 0.2, 4],
] as const)
  for (const rate of [0.5, 0.8]) judges({ labelled, unlabelled, rate, falsePass, falseFail, perCluster });
others();
sequential();

const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
for (const row of rows) console.log(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
console.log(
  `${ROUNDS} rounds each; ± is one standard error of the simulation, by which a figure may miss its bound`,
);
if (broken > 0) process.exitCode = 1;
