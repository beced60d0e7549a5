import assert from 'node:assert/strict';
import { assertSet } from '../../../src/engine/evaluators/assertSet.ts';
import type { Evaluator } from '../../../src/engine/evaluators/evaluator.ts';
import type { Score } from '../../../src/engine/model/evaluation.ts';
import { ModelError } from '../../../src/engine/models/modelClient.ts';
import { noSpan } from '../../../src/engine/ports.ts';
import { Rejected } from '../../../src/engine/resilience/policy.ts';
import { assertClose, depsWith, evaluatorOf, inputWith, scoredOf, scoreOf, specOf } from './evaluating.ts';

const yes = { type: 'contains', value: 'yes' };
const no = { type: 'contains', value: 'no' };

const REPLY = {
  status: 'complete' as const,
  finishReason: 'stop',
  toolCalls: [],
  usage: null,
  costUsd: null,
  model: 'm',
  responseId: null,
  latencyMs: 1,
  firstTokenMs: null,
};

describe('assert-set', () => {
  it('passes when every member passes, and scores their weighted mean', () => {
    const both = scoredOf({ type: 'assert-set', assert: [yes, no] }, 'yes or no');
    assert.equal(both.pass, true);
    const one = scoredOf({ type: 'assert-set', assert: [{ ...yes, weight: 3 }, no] }, 'yes');
    assert.equal(one.pass, false);
    assertClose(one.score, 0.75);
  });
  it('passes from its threshold on, whatever single members say', () => {
    const set = { type: 'assert-set', threshold: 0.5, assert: [yes, no] };
    assert.equal(scoredOf(set, 'yes').pass, true);
    assert.equal(scoredOf(set, 'neither').pass, false);
  });
  it('says what each member said', () => {
    const { detail } = scoredOf(
      { type: 'assert-set', assert: [yes, { ...yes, type: 'not-contains' }] },
      'yes',
    );
    assert.ok(Array.isArray(detail));
    assert.deepEqual(
      detail.map((entry) => Object(entry).name),
      ['contains', 'not-contains'],
    );
  });
  it('is an error when a member measured nothing, even within the threshold', () => {
    const set = { type: 'assert-set', threshold: 0.1, assert: [yes, { type: 'cost', threshold: 1 }] };
    assert.equal(scoreOf(set, 'yes').status, 'error');
  });
  it('leaves members without weight out', () => {
    const score = scoredOf({ type: 'assert-set', assert: [yes, { ...no, weight: 0 }] }, 'yes');
    assert.deepEqual([score.pass, score.score], [true, 1]);
  });
  it('gives each member its own bulkhead, and those that name none that of the set', async () => {
    const pools: unknown[] = [];
    const client = {
      provider: 'p',
      model: 'm',
      stream: () => assert.fail(),
      complete: async (_request: unknown, { pool }: { pool?: string }) => {
        pools.push(pool);
        return { ...REPLY, text: '{"reason": "fine", "score": 1, "pass": true}' };
      },
    };
    const deps = depsWith({ models: { client: () => client }, judgeModel: 'p/m' });
    const judge = { type: 'llm-rubric', value: 'polite' };
    const set = { type: 'assert-set', assert: [{ ...judge, bulkhead: 'slow' }, judge] };
    const [spec] = [specOf({ ...set, bulkhead: 'fast' })];
    assert.equal(spec.bulkhead, 'fast');
    const { signal } = new AbortController();
    const evaluator = evaluatorOf(set, deps);
    for (const pool of ['fast', undefined])
      await evaluator.evaluate(inputWith('yes'), { signal, span: noSpan, ...(pool ? { pool } : {}) });
    assert.deepEqual(pools, ['slow', 'fast', 'slow', 'judge']);
  });
  it('refuses sets within sets, and empty ones', () => {
    assert.throws(() => specOf({ type: 'assert-set', assert: [] }), /list of assertions/);
    assert.throws(
      () => specOf({ type: 'assert-set', assert: [{ type: 'assert-set', assert: [yes] }] }),
      /not other sets/,
    );
  });
});

describe('an assert-set', () => {
  const { signal } = new AbortController();
  type Member = { score: Score | Promise<Score> | Error; weight?: number; metric?: string };

  /** A set of members that score as they are told. */
  function scoreSet(members: readonly Member[], threshold?: number, aborted = signal) {
    const evaluators = members.map(({ score, weight = 1, metric }, at): Evaluator => {
      const spec = { ...specOf(yes), name: `m${at}`, weight, ...(metric ? { metric } : {}) };
      const evaluate = () => {
        if (score instanceof Error) throw score;
        return score;
      };
      return { spec, stage: 'heuristic', evaluate };
    });
    const definition = assertSet(() => evaluators);
    const set = { assert: [{}], ...(threshold === undefined ? {} : { threshold }) };
    const evaluate = definition.create(specOf(yes), set, depsWith({}));
    return evaluate(inputWith('yes'), { signal: aborted, span: noSpan });
  }

  const scored = (score: number, more: Partial<Extract<Score, { status: 'scored' }>> = {}): Score => ({
    status: 'scored',
    score,
    pass: score >= 0.5,
    reason: `it is ${score}`,
    ...more,
  });
  const settled = (members: readonly Member[], threshold?: number) => {
    const score = scoreSet(members, threshold);
    assert.ok(!(score instanceof Promise));
    return score;
  };

  it('reaches a threshold that rounding alone would miss', () => {
    // (0.3 + 0.3) / 0.8 is 0.7499999999999999.
    const members = [0.3, 0.3, 0.2].map((weight, at) => ({ score: scored(at < 2 ? 1 : 0), weight }));
    const { status, ...rest } = settled(members, 0.75);
    assert.deepEqual([status, 'pass' in rest && rest.pass], ['scored', true]);
    assert.equal(rest.reason, 'score 0.75 of the set, at least 0.75 expected');
    const above = settled(members, 0.751);
    assert.equal('pass' in above && above.pass, false);
  });

  it('fails for the first member that does, and says what each said', () => {
    const found = settled([
      { score: scored(1), metric: 'tone', weight: 2 },
      { score: scored(0.2) },
      { score: scored(0.1) },
      { score: { status: 'skipped', reason: 'not here' } },
    ]);
    assert.deepEqual(found, {
      status: 'scored',
      score: (2 + 0.2 + 0.1) / 4,
      pass: false,
      reason: 'm1: it is 0.2',
      detail: [
        { name: 'm0', metric: 'tone', weight: 2, status: 'scored', score: 1, pass: true, reason: 'it is 1' },
        { name: 'm1', status: 'scored', score: 0.2, pass: false, reason: 'it is 0.2' },
        { name: 'm2', status: 'scored', score: 0.1, pass: false, reason: 'it is 0.1' },
        { name: 'm3', status: 'skipped', reason: 'not here' },
      ],
    });
    assert.equal(settled([{ score: scored(1) }]).reason, 'every assertion of the set passed');
  });

  it('is an error by the first member that could not measure, but for those without weight', () => {
    const error = (reason: string): Score => ({ status: 'error', reason });
    const members = [{ score: scored(0) }, { score: error('broken') }, { score: error('worse') }];
    assert.deepEqual(settled(members), { status: 'error', reason: 'm1: broken' });
    const light = [{ score: scored(1) }, { score: error('broken'), weight: 0 }];
    assert.equal(settled(light).status, 'scored');
    assert.deepEqual(settled([{ score: new TypeError('a bug') }]), { status: 'error', reason: 'm0: a bug' });
    assert.deepEqual(settled([{ score: { status: 'skipped', reason: 'x' } }]), {
      status: 'skipped',
      reason: 'no assertion of the set was scored',
    });
  });

  it('costs what its members cost together, and that is unknown as soon as one of them is', () => {
    const costOf = (...costs: (number | null | undefined)[]) => {
      const members = costs.map((costUsd) => ({
        score: scored(1, costUsd === undefined ? {} : { costUsd }),
      }));
      const found = settled(members);
      return 'costUsd' in found ? found.costUsd : 'none';
    };
    assert.equal(costOf(undefined, undefined), 'none');
    assert.equal(costOf(0.25, undefined, 0.5), 0.75);
    assert.equal(costOf(0.25, null), null);
    const error = { status: 'error', reason: 'x', costUsd: 0.5 } as const;
    const broken = settled([{ score: error }, { score: scored(1, { costUsd: 0.25 }) }]);
    assert.deepEqual(broken, { status: 'error', reason: 'm0: x', costUsd: 0.75 });
  });

  it('waits for every member though one was refused, and is refused then', async () => {
    const refused = new ModelError('network', 'refused', {
      transient: true,
      cause: new Rejected('breaker', 'refused'),
    });
    let last = false;
    const slow = new Promise<Score>((resolve) => setImmediate(resolve, scored(1))).finally(() => {
      last = true;
    });
    await assert.rejects(
      async () => scoreSet([{ score: Promise.reject(refused) }, { score: slow }]),
      refused,
    );
    assert.equal(last, true);
    assert.throws(() => scoreSet([{ score: refused }]), refused);
  });

  it('is an error where a promise fails, and none once the trial was stopped', async () => {
    const failing = () => ({ score: Promise.reject<Score>(new Error('it broke')) });
    const found = await scoreSet([failing(), { score: scored(1) }]);
    assert.deepEqual(found, { status: 'error', reason: 'm0: it broke' });
    const odd = await scoreSet([{ score: Promise.reject<Score>('no error at all') }]);
    assert.deepEqual(odd, { status: 'error', reason: 'm0: no error at all' });
    const reason = new Error('stopped');
    const aborted = AbortSignal.abort(reason);
    await assert.rejects(async () => scoreSet([failing()], undefined, aborted), reason);
  });
});
