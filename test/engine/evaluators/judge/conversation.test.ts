import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { goalSuccess } from '../../../../src/engine/evaluators/judge/trajectory/goalSuccess.ts';
import { trajectorySummary } from '../../../../src/engine/evaluators/judge/trajectory/trajectorySummary.ts';
import type { JsonObject } from '../../../../src/engine/model/json.ts';
import { emptyOutput, type Step } from '../../../../src/engine/model/output.ts';
import { type Bench, startBench, verdict } from './bench.ts';

const YES = { verdict: 'yes' };
const NO = { verdict: 'no', reason: 'it speaks of the weather' };

/** Fields of the answer that the provider is told to require. */
function requiredIn(bench: Bench) {
  const form = bench.server.requests[0]?.body.response_format as AskedForm | undefined;
  return form?.json_schema.schema['required'];
}

interface AskedForm {
  json_schema: { schema: JsonObject };
}

describe('conversation-relevance', () => {
  const benches: Bench[] = [];
  afterEach(async () => {
    for (const bench of benches.splice(0)) await bench.close();
  });

  async function open(answers: JsonObject[]): Promise<Bench> {
    const made = await startBench(answers.map(verdict));
    benches.push(made);
    return made;
  }

  it("judges each answer of a case's messages with those before it, the output being the last", async () => {
    const bench = await open([YES, NO]);
    const messages = [
      { role: 'system' as const, content: 'Be kind.' },
      { role: 'user' as const, content: 'Hello?' },
      { role: 'assistant' as const, content: 'Hi!' },
      { role: 'user' as const, content: 'A price,' },
      { role: 'user' as const, content: 'please.' },
    ];
    const score = await bench.judge('conversation-relevance', { threshold: 0.6 })({
      case: { messages },
      text: 'It rains.',
    });
    assert.ok(score.status === 'scored');
    assert.deepEqual([score.score, score.pass, score.calls, score.usage?.inputTokens], [0.5, false, 2, 200]);
    assert.equal(score.reason, '1 of 2 answers are relevant; answer 2: it speaks of the weather');
    const shown = (index: number) =>
      /<data-[0-9a-f]+ name="messages">\n([\s\S]*?)\n<\/data/.exec(bench.sent(index))?.[1];
    assert.deepEqual(JSON.parse(shown(0) ?? ''), [
      { role: 'user', content: 'Hello?' },
      { role: 'assistant', content: 'Hi!' },
    ]);
    assert.deepEqual(JSON.parse(shown(1) ?? '').slice(2), [
      { role: 'user', content: 'A price,\n\nplease.' },
      { role: 'assistant', content: 'It rains.' },
    ]);
  });

  it('names what is wrong in the order of the answers, and asks the judge for a reason', async () => {
    const bench = await open([NO, YES, { verdict: 'no' }]);
    const _conversation = [1, 2, 3].map((turn) => ({ input: `q${turn}`, output: 'a' }));
    const score = await bench.judge('conversation-relevance', {})({ case: { input: { _conversation } } });
    assert.equal(
      score.reason,
      '1 of 3 answers are relevant; answer 1: it speaks of the weather; answer 3: it is not relevant',
    );
    assert.deepEqual(requiredIn(bench), ['verdict', 'reason']);
  });

  it('shows no more exchanges than the window holds', async () => {
    const bench = await open([YES, YES, YES]);
    const _conversation = [1, 2, 3].map((turn) => ({ input: `question ${turn}`, output: { turn } }));
    const judge = bench.judge('conversation-relevance', { windowSize: 2 });
    const score = await judge({ case: { input: { _conversation } } });
    assert.ok(score.status === 'scored' && score.score === 1 && score.pass);
    const last = bench.sent(2).split('name="messages"')[1] ?? '';
    assert.ok(!last.includes('question 1') && last.includes('question 2') && last.includes('question 3'));
  });

  it('says nothing of a case that asks nothing, and keeps the cost of what failed', async () => {
    const bench = await open([YES, { verdict: 'maybe' }, { verdict: 'maybe' }]);
    const judge = bench.judge('conversation-relevance', {});
    assert.equal((await judge({ case: { input: '' } })).status, 'error');
    assert.equal(bench.server.requests.length, 0);
    const _conversation = [1, 2].map((turn) => ({ input: `q${turn}`, output: 'a' }));
    const score = await judge({ case: { input: { _conversation } } });
    assert.ok(score.status === 'error' && score.calls === 3 && score.usage?.inputTokens === 300);
  });
});

describe('trajectory:goal-success', () => {
  const benches: Bench[] = [];
  afterEach(async () => {
    for (const bench of benches.splice(0)) await bench.close();
  });

  async function judgeOnce(answers: JsonObject[], options: JsonObject, names: string[]) {
    const bench = await startBench(answers.map(verdict));
    benches.push(bench);
    const toolCalls = names.map((name, index) => ({ id: `${index}`, name, arguments: { secret: index } }));
    const score = await bench.judge('trajectory:goal-success', options)({ toolCalls });
    return { bench, score };
  }

  it('tells the judge the goal and what was done, equal steps as one', async () => {
    const reply = { reason: 'done', pass: true, score: 0.8 };
    const { bench, score } = await judgeOnce([reply], { goal: 'Sell {{ input }}' }, ['find', 'find', 'pay']);
    assert.ok(score.status === 'scored' && score.pass && score.score === 0.8);
    assert.deepEqual(requiredIn(bench), ['reason', 'pass', 'score']);
    assert.match(bench.sent(0), /Sell <data-[0-9a-f]+ name="input">\nWhat does it cost\?/);
    const [, told = ''] = /name="trajectory">\n([\s\S]*?)\n<\/data/.exec(bench.sent(0)) ?? [];
    assert.deepEqual(JSON.parse(told), {
      stepCount: 3,
      compactedStepCount: 2,
      steps: [
        { index: 1, type: 'tool', name: 'find', collapsedCount: 2 },
        { index: 3, type: 'tool', name: 'pay' },
      ],
    });
  });

  it('tells the first and the last of many steps', async () => {
    const names = Array.from({ length: 100 }, (_, index) => `tool${index}`);
    const { bench } = await judgeOnce([{ pass: true }], { goal: 'g' }, names);
    const [, told = ''] = /name="trajectory">\n([\s\S]*?)\n<\/data/.exec(bench.sent(0)) ?? [];
    const { steps } = JSON.parse(told) as { steps: JsonObject[] };
    assert.equal(steps.length, 25);
    assert.deepEqual(
      [steps[11]?.['name'], steps[12], steps[13]?.['name']],
      ['tool11', { omittedCount: 76 }, 'tool88'],
    );
  });

  it('tells steps rather than calls, and what they are of where they have no name', async () => {
    const step = (type: Step['type'], name?: string): Step => ({
      type,
      ...(name === undefined ? {} : { name }),
    });
    const told = (steps: Step[]) =>
      JSON.parse(
        trajectorySummary({
          ...emptyOutput(),
          status: 'complete',
          steps,
          toolCalls: [{ name: 'call', arguments: {} }],
        }),
      ).steps;
    assert.deepEqual(
      told([
        step('tool', 'find'),
        step('tool', 'find'),
        step('tool', 'find'),
        step('model', 'find'),
        step('message'),
      ]),
      [
        { index: 1, type: 'tool', name: 'find', collapsedCount: 3 },
        { index: 4, type: 'model', name: 'find' },
        { index: 5, type: 'message', name: 'message' },
      ],
    );
    assert.deepEqual(told([step('tool', 'find'), step('tool', 'pay'), step('tool', 'pay')]), [
      { index: 1, type: 'tool', name: 'find' },
      { index: 2, type: 'tool', name: 'pay', collapsedCount: 2 },
    ]);
    assert.deepEqual(told([step('tool', 'only')]), [{ index: 1, type: 'tool', name: 'only' }]);
    assert.deepEqual(told([]), [{ index: 1, type: 'tool', name: 'call' }]);
    const many = (count: number) => told(Array.from({ length: count }, (_, at) => step('tool', `t${at}`)));
    assert.equal(many(24).length, 24);
    assert.ok(!JSON.stringify(many(24)).includes('omitted'));
    assert.deepEqual(many(25)[12], { omittedCount: 1 });
  });

  for (const [reply, options, score, pass, reason] of [
    [{ pass: true }, {}, 1, true, 'the goal was reached'],
    [{ pass: false }, {}, 0, false, 'the goal was not reached'],
    [{ pass: false, score: 0 }, {}, 0, false, 'the goal was not reached'],
    [{ pass: true, score: 0.1 }, {}, 0.1, true, 'the goal was reached'],
    [{ pass: true, score: 0.6 }, { threshold: 0.7 }, 0.6, false, 'the goal was reached'],
    [{ pass: true, score: 0.7 }, { threshold: 0.7 }, 0.7, true, 'the goal was reached'],
    [{ pass: false, score: 0.8, reason: 'so' }, { threshold: 0.5 }, 0.8, false, 'so'],
  ] as const)
    it(`takes ${JSON.stringify(reply)} for what it says, with ${JSON.stringify(options)}`, async () => {
      const { score: found } = await judgeOnce([reply], { goal: 'g', ...options }, ['a']);
      assert.ok(found.status === 'scored', found.reason);
      assert.deepEqual([found.score, found.pass, found.reason], [score, pass, reason]);
    });

  it('reads the goal of an assertion as text or by its name', () => {
    const read = goalSuccess.fromAssertion;
    assert.deepEqual(read?.({ value: 'sell' }), { goal: 'sell' });
    assert.deepEqual(read?.({ value: { goal: 'sell' }, threshold: 0.5 }), { goal: 'sell', threshold: 0.5 });
    assert.deepEqual(read?.({}), {});
    assert.deepEqual(read?.({ value: {} }), {});
  });

  it('never takes silence for a pass', async () => {
    const without = { reason: 'so', score: 0.9 };
    assert.equal((await judgeOnce([without, without], { goal: 'g' }, ['a'])).score.status, 'error');
    for (const reply of [
      { pass: true, score: 0 },
      { pass: false, score: 1 },
      { pass: true, score: 2 },
      { pass: false, score: -1 },
    ])
      assert.equal((await judgeOnce([reply], { goal: 'g' }, ['a'])).score.status, 'error');
    const { bench, score } = await judgeOnce([], { goal: 'g' }, []);
    assert.match(score.reason, /reported no steps/);
    assert.equal(bench.server.requests.length, 0);
  });
});
