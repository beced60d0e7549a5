// What the comparison's statistics promise, by simulation: coverage of intervals, false verdicts where there is no
// difference, power against the predicted, and false alarms when a sequential comparison is looked at all the time.
import { compareCases } from '../../src/engine/compare/compareCases.ts';
import { compareMetric } from '../../src/engine/compare/metric.ts';
import type { CaseComparison, CaseSide } from '../../src/engine/model/comparison.ts';
import { BettingTest } from '../../src/engine/statistics/betting.ts';
import { holm } from '../../src/engine/statistics/holm.ts';
import { exactMcNemar } from '../../src/engine/statistics/mcnemar.ts';
import { smallestEffect } from '../../src/engine/statistics/power.ts';
import { Xoshiro128 } from '../../src/engine/statistics/prng.ts';

const ROUNDS = Number(process.env.ROUNDS ?? 1000);
const MARGIN = 0.1;

/** A world of agents: how many cases, in clusters of which size, and how much better the candidate truly is. */
interface World {
  clusters: number;
  perCluster: number;
  /** How much of a case's difficulty, and of the change to it, its source decides: 0–1. */
  shared: number;
  /** True mean difference of the score. */
  effect: number;
}

const random = Xoshiro128.seeded(20261123);

/** Standard normal, by Box & Muller 1958. */
function normal(): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

const clamp = (value: number): number => Math.min(1, Math.max(0, value));

function side(target: string, score: number): CaseSide {
  const passed = score >= 0.5 ? 1 : 0;
  const nothing = { costUsd: null, tokens: null, latencyMs: null, reason: '', trial: 0, traceId: '' };
  const whole = { errored: 0, unmeasured: 0, unscored: 0 };
  return { target, trials: 1, passed, ...whole, passShare: passed, score, ...nothing };
}

/** Scores pile up at 0 and 1, as those of evaluators do; half of the cases do not change at all. */
function draw({ clusters, perCluster, shared, effect }: World): CaseComparison[] {
  const cases: CaseComparison[] = [];
  for (let cluster = 0; cluster < clusters; cluster += 1) {
    const [difficulty, turn] = [normal(), normal()];
    const common = random.next() < 0.5;
    for (let at = 0; at < perCluster; at += 1) {
      const own = 1 - shared;
      const level = 0.6 + 0.4 * (Math.sqrt(shared) * difficulty + Math.sqrt(own) * normal());
      const moves = random.next() < shared ? common : random.next() < 0.5;
      const change = 0.35 * (Math.sqrt(shared) * turn + Math.sqrt(own) * normal());
      // Exchangeable sides: each takes half of the change, in opposite directions.
      const [before, after] = [
        clamp(level - (moves ? change / 2 : 0)),
        clamp(level + (moves ? change / 2 : 0)),
      ];
      const [baseline, candidate] = [side('before', before), side('after', clamp(after + effect))];
      cases.push({
        caseId: `${cluster}-${at}`,
        caseIndex: cases.length,
        cluster: `${cluster}`,
        tags: [],
        baseline,
        candidate,
        passDifference: (candidate.passShare ?? 0) - (baseline.passShare ?? 0),
        scoreDifference: (candidate.score ?? 0) - (baseline.score ?? 0),
        change: 'neutral',
        sameOutput: false,
      });
    }
  }
  return cases;
}

interface Truth {
  pass: number;
  score: number;
  /** Standard deviation of the mean score difference over whole datasets. */
  scoreError: number;
}

/** The world's true differences, from a very large sample. */
function truthOf(world: World): Truth {
  const means = Array.from({ length: 4000 }, () => {
    const cases = draw(world);
    const mean = (key: 'passDifference' | 'scoreDifference') =>
      cases.reduce((sum, entry) => sum + (entry[key] ?? 0), 0) / cases.length;
    return { pass: mean('passDifference'), score: mean('scoreDifference') };
  });
  const average = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const score = average(means.map((entry) => entry.score));
  return {
    score,
    pass: average(means.map((entry) => entry.pass)),
    scoreError: Math.sqrt(average(means.map((entry) => (entry.score - score) ** 2))),
  };
}

/** The effect at which `which` truly differs by `wanted`, by bisection. */
function effectFor(world: World, which: 'pass' | 'score', wanted: number): number {
  let [low, high] = [-0.5, 0.5];
  for (let step = 0; step < 9; step += 1) {
    const middle = (low + high) / 2;
    if (truthOf({ ...world, effect: middle })[which] < wanted) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

const rows: string[][] = [];
let broken = 0;

/** `allowed` takes the Monte Carlo error of three standard deviations into account. */
function report(
  what: string,
  world: string,
  hits: number,
  rounds: number,
  bound: { least?: number; most?: number },
): void {
  const share = hits / rounds;
  const expected = bound.most ?? bound.least ?? share;
  const slack = 3 * Math.sqrt((expected * (1 - expected)) / rounds);
  const fine = share <= (bound.most ?? 1) + slack && share >= (bound.least ?? 0) - slack;
  if (!fine) broken += 1;
  const asked = bound.most === undefined ? `≥ ${percent(bound.least ?? 0)}` : `≤ ${percent(bound.most)}`;
  rows.push([what, world, percent(share), asked, fine ? 'holds' : 'BROKEN']);
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

function coverage(name: string, world: World): void {
  const truth = truthOf(world);
  let [pass, score] = [0, 0];
  for (let round = 0; round < ROUNDS; round += 1) {
    const cases = draw(world);
    const options = { margin: MARGIN, seed: round, filling: 'measured' as const };
    const [first, second] = [compareMetric(cases, 'pass', options), compareMetric(cases, 'score', options)];
    if (first?.interval && first.interval.low <= truth.pass && truth.pass <= first.interval.high) pass += 1;
    if (second?.interval && second.interval.low <= truth.score && truth.score <= second.interval.high)
      score += 1;
  }
  report('95 % interval of the pass rate covers', name, pass, ROUNDS, { least: 0.95 });
  // Bootstrap intervals are known to fall short by a point or so at such sizes.
  report('95 % interval of the score covers', name, score, ROUNDS, { least: 0.935 });
}

function verdicts(world: World): { [word: string]: number } {
  const counts: { [word: string]: number } = {};
  for (let round = 0; round < ROUNDS; round += 1) {
    const { verdict } = compareCases(draw(world), {
      margin: MARGIN,
      seed: round,
      sequential: false,
      same: false,
    });
    counts[verdict.word] = (counts[verdict.word] ?? 0) + 1;
  }
  return counts;
}

function falseVerdicts(name: string, world: World): void {
  const none = verdicts({ ...world, effect: 0 });
  report('no difference, called better', name, none['better'] ?? 0, ROUNDS, { most: 0.05 });
  report(
    'no difference, called better or worse',
    name,
    (none['better'] ?? 0) + (none['worse'] ?? 0),
    ROUNDS,
    {
      most: 0.05,
    },
  );
  const effect = effectFor(world, 'pass', -MARGIN);
  const bad = verdicts({ ...world, effect });
  report(
    'worse by the margin, called equivalent or better',
    name,
    (bad['equivalent'] ?? 0) + (bad['better'] ?? 0),
    ROUNDS,
    {
      most: 0.05,
    },
  );
}

function power(name: string, world: World): void {
  const promised = smallestEffect(truthOf({ ...world, effect: 0 }).scoreError, world.clusters);
  const effect = effectFor(world, 'score', promised);
  let found = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const metric = compareMetric(draw({ ...world, effect }), 'score', {
      margin: MARGIN,
      seed: round,
      filling: 'measured',
    });
    if (metric?.p !== null && metric !== null && metric.p <= 0.05 && metric.difference > 0) found += 1;
  }
  report('smallest effect (80 % power predicted), found', name, found, ROUNDS, { least: 0.72 });
}

/** A look after every case, up to `clusters` of them: does it ever call one side better? */
function sequential(world: World): void {
  let [anytime, naive, used] = [0, 0, 0];
  const rounds = Math.ceil(ROUNDS / 2);
  for (let round = 0; round < rounds; round += 1) {
    const cases = draw(world);
    const [passes, scores] = [new BettingTest(), new BettingTest()];
    let [up, down, alarm, peeked] = [0, 0, false, false];
    for (const entry of cases) {
      passes.add(entry.passDifference ?? 0);
      scores.add(entry.scoreDifference ?? 0);
      if ((entry.passDifference ?? 0) > 0) up += 1;
      if ((entry.passDifference ?? 0) < 0) down += 1;
      const ps = [passes, scores].map((test) => {
        const { atMost, atLeast } = test.pValues(0);
        return Math.min(1, 2 * Math.min(atMost, atLeast));
      });
      alarm ||= holm(ps).some((p) => p <= 0.05);
      peeked ||= exactMcNemar(up, down) <= 0.05;
    }
    if (alarm) anytime += 1;
    if (peeked) naive += 1;
    used += 1;
  }
  const name = `${world.clusters} cases, a look after each`;
  report('sequential mode: false alarm', name, anytime, used, { most: 0.05 });
  rows.push(['(McNemar looked at as often: false alarm)', name, percent(naive / used), '', 'for comparison']);
}

const single: World = { clusters: 80, perCluster: 1, shared: 0, effect: 0 };
const clustered: World = { clusters: 30, perCluster: 3, shared: 0.6, effect: 0 };
const small: World = { clusters: 20, perCluster: 1, shared: 0, effect: 0 };

for (const [name, world] of [
  ['80 cases', single],
  ['90 cases in 30 clusters', clustered],
  ['20 cases', small],
] as const) {
  coverage(name, { ...world, effect: 0.05 });
  falseVerdicts(name, world);
}
power('80 cases', single);
power('90 cases in 30 clusters', clustered);
sequential({ ...single, clusters: 300 });

const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
for (const row of rows) console.log(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
console.log(`${ROUNDS} rounds each; bounds allow for three standard errors of the simulation`);
if (broken > 0) process.exitCode = 1;
