import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Figure, Sample } from '../../../../src/engine/deploy/evidence/sample.ts';
import { judgeStep } from '../../../../src/engine/deploy/judge/judgeStep.ts';
import type { GatePolicy } from '../../../../src/engine/model/gatePolicy.ts';
import type { DeploymentConfig } from '../../../../src/engine/suites/deploying/deploymentConfig.ts';
import { EQUAL, WORSE } from '../../../support/deploy/deployedWorlds.ts';
import { deploymentWith, STEP_MS, sample, samples } from '../../../support/deploy/judgedSamples.ts';
import { deployOnce } from '../../../support/deploy/judgedWorlds.ts';
import { Chance } from '../../../support/simulation/chance.ts';

const QUALITY: GatePolicy = {
  undecided: 'fail',
  minPassRate: { overall: 0.8, tags: {} },
  nonInferiorityMargin: 0.1,
};
/** The step at 50 %. */
const HALF = 3;

interface Look {
  gate?: GatePolicy;
  config?: DeploymentConfig;
  nowMs?: number;
  index?: number;
  hasBlue?: boolean;
  figures?: Figure[];
  problems?: string[];
}

function look(given: readonly Sample[], options: Look = {}) {
  const { gate, config = deploymentWith(), nowMs = STEP_MS, index = HALF, hasBlue = true } = options;
  const { figures = [], problems = [] } = options;
  const step = { index, sinceMs: 0, untilMs: STEP_MS, hasBlue };
  return judgeStep(config, gate, step, { samples: given, figures, problems }, nowMs);
}

const both = (
  n: number,
  green: (at: number) => Partial<Sample>,
  blue: (at: number) => Partial<Sample> = () => ({}),
) => [...samples('green', n, green), ...samples('blue', n, blue)];
const error = (): Partial<Sample> => ({ isError: true, latencyMs: null, costUsd: null });
const passing = (rate: number) => (at: number) => {
  const passed = (at % 100) / 100 < rate;
  return { quality: { passed, score: passed ? 0.9 : 0.2 } };
};
const cost = (usd: number) => () => ({ costUsd: usd });
const costs: GatePolicy = { undecided: 'fail', maxCostIncrease: 0.2 };
const unjudged = deploymentWith({}, { share: 0 });
const latency = deploymentWith({}, { maxLatencyIncrease: 0.25 });

describe('the judge of a step', () => {
  const VERDICTS: [string, 'pass' | 'fail' | 'undecided', readonly Sample[], Look, RegExp?][] = [
    ['equal versions without errors', 'pass', both(50, () => ({})), {}],
    ['nothing at all', 'undecided', [], {}, /min_samples/],
    ['blue alone', 'undecided', samples('blue', 50), {}, /min_samples/],
    ['green alone', 'undecided', samples('green', 50), {}, /current version was measured/],
    ['fewer than min_samples', 'undecided', both(29, () => ({})), {}, /29 samples .* 30 required/],
    ['a hold that is not over', 'undecided', both(50, () => ({})), { nowMs: 1_000 }, /hold lasts/],
    ['green errs always, blue never', 'fail', both(8, error), { nowMs: 1_000 }, /max_error_increase/],
    ['green errs always, and nothing served before', 'fail', samples('green', 8, error), { hasBlue: false }],
    ['both err always', 'undecided', both(50, error, error), {}, /nothing was measured/],
    ['neither errs, and nothing served before', 'pass', samples('green', 60), { hasBlue: false }],
    ['quality is the same', 'pass', both(100, passing(0.9), passing(0.9)), { gate: QUALITY }],
    ['quality is lower', 'fail', both(100, passing(0.5), passing(0.9)), { gate: QUALITY }, /min_pass_rate/],
    [
      'nothing was evaluated',
      'undecided',
      both(100, () => ({})),
      { gate: QUALITY },
      /evaluated|no case was run/,
    ],
    [
      'a judge that is down',
      'undecided',
      both(100, () => ({ quality: null }), passing(0.9)),
      { gate: QUALITY },
    ],
    [
      'a judge that is down on both sides',
      'undecided',
      both(
        100,
        () => ({ quality: null }),
        () => ({ quality: null }),
      ),
      { gate: QUALITY },
    ],
    [
      'scores that are no numbers',
      'undecided',
      both(100, () => ({ quality: { passed: true, score: Number.NaN } }), passing(0.9)),
      { gate: QUALITY },
    ],
    [
      'traffic that is not divided as it should be',
      'undecided',
      [...samples('green', 100, passing(0.2)), ...samples('blue', 1_000, passing(0.9))],
      { gate: { undecided: 'fail', nonInferiorityMargin: 0.1 } },
      /sample_ratio/,
    ],
    [
      'one session with all the samples',
      'undecided',
      both(
        100,
        () => ({ cluster: 'a' }),
        () => ({ cluster: 'b' }),
      ),
      {},
    ],
    [
      'one session with all the errors',
      'undecided',
      [...both(40, () => ({})), ...samples('green', 40, () => ({ ...error(), cluster: 'a' }))],
      {},
    ],
    ['neither costs anything', 'pass', both(50, cost(0), cost(0)), { gate: costs, config: unjudged }],
    [
      'blue costs nothing, green does',
      'fail',
      both(50, cost(0.01), cost(0)),
      { gate: costs, config: unjudged },
      /max_cost_increase/,
    ],
    [
      'costs that are alike',
      'pass',
      both(50, cost(0.01), cost(0.01)),
      { gate: { ...costs, maxCostIncrease: 0 }, config: unjudged },
    ],
    [
      'costs that are twice as high',
      'fail',
      both(50, cost(0.02), cost(0.01)),
      { gate: costs, config: unjudged },
    ],
    [
      'a cost that is unknown',
      'undecided',
      both(50, (at) => ({ costUsd: at === 7 ? null : 0.01 })),
      { gate: costs, config: unjudged },
      /unknown/,
    ],
    [
      'a cost that is no number',
      'undecided',
      both(50, (at) => ({ costUsd: at === 7 ? Number.NaN : 0.01 })),
      { gate: costs, config: unjudged },
      /unknown/,
    ],
    [
      'costs of which only the spread is greater',
      'pass',
      both(100, (at) => ({ costUsd: at % 2 ? 0.019 : 0.001 }), cost(0.01)),
      { gate: costs, config: unjudged },
    ],
    [
      'latencies that are three times as long',
      'fail',
      both(200, () => ({ latencyMs: 300 })),
      { config: latency, nowMs: 1_000 },
      /p95/,
    ],
    ['latencies that are alike', 'pass', both(60, () => ({})), { config: latency }],
    [
      'latencies of which the middle alone is longer',
      'pass',
      both(
        100,
        (at) => ({ latencyMs: at % 10 ? 120 : 125 }),
        (at) => ({ latencyMs: at % 10 ? 50 : 125 }),
      ),
      { config: latency },
    ],
    [
      'evidence that could not be read',
      'undecided',
      both(50, () => ({})),
      { problems: ['traces.db cannot be read'] },
      /traces\.db/,
    ],
    [
      '`undecided: pass` of the gate',
      'undecided',
      both(100, () => ({})),
      { gate: { ...QUALITY, undecided: 'pass' } },
    ],
    [
      'a run limit of the gate',
      'pass',
      both(50, (at) => (at === 0 ? { costUsd: 9 } : {})),
      { gate: { undecided: 'fail', maxCostUsd: 1, maxErrors: 0 }, config: unjudged },
    ],
  ];
  for (const [name, status, given, options, reason] of VERDICTS)
    it(`${name}: ${status}`, () => {
      const report = look(given, options);
      assert.equal(report.status, status, report.reason ?? '');
      if (reason) assert.match(report.reason ?? '', reason);
      if (status !== 'pass') assert.ok(report.reason);
    });

  const LIMITED = deploymentWith(
    {},
    { prometheus: [{ name: 'load', url: 'http://127.0.0.1', query: 'q', max: 5 }] },
  );
  const FIGURES: [string, Figure[], 'pass' | 'fail' | 'undecided'][] = [
    ['within', [{ name: 'load', value: 5, reason: null }], 'pass'],
    ['beyond', [{ name: 'load', value: 5.1, reason: null }], 'fail'],
    ['NaN', [{ name: 'load', value: Number.NaN, reason: null }], 'undecided'],
    ['null', [{ name: 'load', value: null, reason: 'the query gave no value' }], 'undecided'],
    ['missing', [], 'undecided'],
  ];
  for (const [name, figures, status] of FIGURES)
    it(`a Prometheus figure that is ${name}: ${status}`, () =>
      assert.equal(
        look(
          both(50, () => ({})),
          { config: LIMITED, figures },
        ).status,
        status,
      ));

  it('counts a sample once, and none from before the step', () => {
    const one = sample('green');
    const old = samples('green', 40, () => ({ atMs: -5 }));
    assert.equal(look([one, { ...one }, ...old]).green.samples, 1);
  });

  it('compares with answers from before the step where the current version gets no traffic any more', () => {
    const given = [...samples('green', 60), ...samples('blue', 60, () => ({ atMs: -5 }))];
    const report = look(given, { index: 5 });
    assert.equal(report.status, 'pass', report.reason ?? '');
    assert.match(
      report.clauses.find(({ name }) => name === 'max_error_increase')?.reason ?? '',
      /before this step/,
    );
  });

  it('compares traffic with that from before where blue gets golden cases alone any more', () => {
    const golden = () => ({ source: 'golden' as const });
    const earlier = samples('blue', 500, () => ({ atMs: -1_000 }));
    const cases = both(30, golden, golden);
    const at100 = (errs: boolean) =>
      look([...samples('green', 500, errs ? error : () => ({})), ...earlier, ...cases], { index: 5 });
    assert.equal(at100(false).status, 'pass');
    assert.match(at100(true).reason ?? '', /max_error_increase: .*before this step/);
  });

  it('takes latencies that are unknown for the worst where it may pass, and the best where it may fail', () => {
    const slow = (unknown: number | null) => (at: number) => ({ latencyMs: at % 2 === 0 ? unknown : 50 });
    for (const unknown of [null, Number.NaN, Number.POSITIVE_INFINITY, -1]) {
      assert.equal(look(both(500, slow(unknown)), { config: latency }).status, 'undecided');
      assert.equal(
        look(
          both(500, () => ({}), slow(unknown)),
          { config: latency },
        ).status,
        'undecided',
      );
    }
    assert.equal(look(both(500, slow(40)), { config: latency }).status, 'pass');
  });

  it('does not find quality unchanged where a judge failed on what might show the change', () => {
    const gate: GatePolicy = { undecided: 'fail' };
    const good = () => ({ quality: { passed: true, score: 1 } });
    const unjudged = (every: number) => (at: number) => (at % every === 0 ? { quality: null } : good());
    const half = look(both(500, unjudged(2), good), { gate });
    assert.equal(half.status, 'undecided');
    assert.match(half.reason ?? '', /could not be evaluated/);
    assert.equal(look(both(500, unjudged(25), good), { gate }).status, 'pass');
  });

  it('fails by golden cases where there is traffic enough to decide, and asks no cost of an error', () => {
    const golden = both(
      60,
      () => ({ source: 'golden', isError: true }),
      () => ({ source: 'golden' }),
    );
    const traffic = both(500, () => ({}));
    assert.equal(look(traffic).status, 'pass');
    assert.equal(look([...traffic, ...golden]).status, 'fail');

    const few = (at: number) => (at % 100 === 0 ? error() : {});
    assert.equal(look(both(500, few, few), { gate: costs, config: unjudged }).status, 'pass');
  });

  it('counts an answer that never came as one that has not passed', () => {
    const good = () => ({ quality: { passed: true, score: 1 } });
    const half = (at: number) => (at % 2 === 0 ? { ...error(), quality: null } : good());
    const config = deploymentWith({}, { maxErrorIncrease: 1 });
    const { status, reason } = look(both(500, half, good), { gate: { undecided: 'fail' }, config });
    assert.equal(status, 'fail');
    assert.match(reason ?? '', /regression\[pass\]/);
  });

  it('shows no costs to be higher by a handful of requests', () => {
    const spread = (usd: number) => (at: number) => ({ costUsd: usd * (1 + (at % 2) / 1e6) });
    const tenfold = (n: number) => both(n, spread(0.1), spread(0.01));
    assert.equal(look(tenfold(19), { gate: costs, config: unjudged }).status, 'undecided');
    assert.equal(look(tenfold(20), { gate: costs, config: unjudged }).status, 'fail');
  });

  it('holds golden cases apart: they fill a step up, and are compared with golden cases alone', () => {
    const golden = (at: number) => ({ source: 'golden' as const, ...passing(0.6)(at) });
    const gate: GatePolicy = { undecided: 'fail', nonInferiorityMargin: 0.1 };
    const live = [...samples('green', 5, passing(1)), ...samples('blue', 5, passing(1))];
    const report = look([...live, ...samples('green', 100, golden), ...samples('blue', 100, golden)], {
      gate,
    });
    assert.equal(report.status, 'pass', report.reason ?? '');
    assert.deepEqual(report.green.bySource, { gateway: 5, golden: 100 });

    const alone = look([...live, ...samples('green', 100, golden)], { gate });
    assert.equal(alone.status, 'undecided', alone.reason ?? '');
  });

  it('takes quality from golden cases where no answer of live traffic can be evaluated, and errors from the traffic', () => {
    const golden = (rate: number) => (at: number) => ({ source: 'golden' as const, ...passing(rate)(at) });
    const cases = (rate: number) => [
      ...samples('green', 100, golden(rate)),
      ...samples('blue', 100, golden(0.9)),
    ];
    const live = both(200, () => ({}));
    assert.equal(look(live, { gate: QUALITY }).status, 'undecided');
    const good = look([...live, ...cases(0.9)], { gate: QUALITY });
    assert.equal(good.status, 'pass', good.reason ?? '');
    assert.equal(look([...live, ...cases(0.4)], { gate: QUALITY }).status, 'fail');
    const failing = [...samples('green', 200, error), ...samples('blue', 200)];
    assert.match(look([...failing, ...cases(0.9)], { gate: QUALITY }).reason ?? '', /max_error_increase/);
  });

  it('holds a tag of its own to what it was, however good the rest is', () => {
    const gate: GatePolicy = { undecided: 'fail', noRegression: ['critical'] };
    const tagged = (rate: number) => (at: number) => ({ tags: ['critical'], ...passing(rate)(at) });
    const rest = both(400, passing(1), passing(1));
    assert.match(
      look([...rest, ...both(100, tagged(0.3), tagged(0.95))], { gate }).reason ?? '',
      /no_regression\[critical\]: pass rate 30/,
    );
    assert.equal(look([...rest, ...both(100, tagged(0.3), tagged(0.95))], { gate }).status, 'fail');
    assert.equal(look(rest, { gate }).status, 'undecided');
    assert.equal(look([...rest, ...both(100, tagged(0.95), tagged(0.95))], { gate }).status, 'pass');
  });

  it('ends a step before its time only where bounds of every look allow it', () => {
    const config = deploymentWith({ earlyPassMs: 1_000 });
    assert.equal(
      look(
        both(50, () => ({})),
        { config, nowMs: 2_000 },
      ).status,
      'undecided',
    );
    assert.equal(
      look(
        both(800, () => ({})),
        { config, nowMs: 2_000 },
      ).status,
      'pass',
    );
    assert.equal(
      look(
        both(800, () => ({})),
        { config, nowMs: 500 },
      ).status,
      'undecided',
    );
  });

  it('tells what was seen of each side', () => {
    const { green } = look([
      ...samples('green', 18, () => ({ servedModel: 'm-1' })),
      sample('green', { ...error(), traceId: 'aa' }),
      sample('green', { quality: { passed: false, score: 0 }, traceId: 'bb', atMs: 2_000, latencyMs: 900 }),
    ]);
    assert.deepEqual([green.samples, green.errors, green.failedTraces], [20, 1, ['bb', 'aa']]);
    assert.deepEqual(green.servedModels, ['m-1']);
    assert.equal(green.errorRate?.value, 0.05);
    assert.equal(green.costUsd, null);
    assert.equal(green.p50Ms, 100);
  });

  it('ends few deployments wrongly: of equal versions, and of one that is worse by the margin', () => {
    const rounds = 60;
    const few = (name: string) => [...EQUAL, ...WORSE].find((world) => world.name === name);
    for (const [name, wrong] of [
      ['errors 3 %, few', 'rolled back'],
      ['errors +20 %, ten samples', 'promoted'],
    ] as const) {
      const world = few(name);
      assert.ok(world);
      const endings = Array.from({ length: rounds }, (_, round) => deployOnce(world, new Chance(round + 1)));
      // 5 % and three standard errors.
      assert.ok(endings.filter((ending) => ending === wrong).length <= 8, name);
    }
  });

  it('says how many more answers would decide what few do not', () => {
    const clause = (n: number) => {
      const { clauses } = look(both(n, () => ({})));
      return clauses.find(({ name }) => name === 'max_error_increase') ?? assert.fail();
    };
    const few = clause(4);
    assert.equal(few.status, 'undecided');
    const more = Number(
      /about (\d+) more answers? of the next version would decide it$/.exec(few.reason)?.[1],
    );
    assert.equal(clause(4 + more).status, 'pass');
    assert.equal(clause(4 + Math.floor(more / 2)).status, 'undecided');
  });
});
