import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { ConfigError } from '../../../../src/engine/errors.ts';
import type { Score } from '../../../../src/engine/model/evaluation.ts';
import type { JsonObject } from '../../../../src/engine/model/json.ts';
import { emptyOutput } from '../../../../src/engine/model/output.ts';
import { noSpan } from '../../../../src/engine/ports.ts';
import type { RecordedRequest, Script } from '../../../support/openaiServer.ts';
import { evaluatorOf } from '../evaluating.ts';
import { type Bench, type Judged, startBench } from './bench.ts';

/** The vector of each text; texts that are not listed get the server's own. */
const VECTORS: { [text: string]: number[] } = {
  east: [1, 0],
  north: [0, 1],
  northeast: [1, 1],
  west: [-1, 0],
  far: [3, 4],
  nothing: [0, 0],
  long: [1, 0, 0],
  thirds: [0.1, 0.6, 0.3],
};

function vectors({ body }: RecordedRequest): Script {
  const data = (body['input'] as string[]).map((text, index) => ({ index, embedding: VECTORS[text] }));
  // Servers may answer in any order.
  const usage = { prompt_tokens: 10 * data.length, total_tokens: 0 };
  return { raw: JSON.stringify({ data: data.reverse(), usage }), contentType: 'application/json' };
}

describe('similar', () => {
  const benches: Bench[] = [];
  afterEach(async () => {
    for (const bench of benches.splice(0)) await bench.close();
  });

  async function open(embed: (request: RecordedRequest) => Script | undefined = vectors): Promise<Bench> {
    const made = await startBench([], embed);
    benches.push(made);
    return made;
  }

  async function scoreOf(type: string, options: JsonObject, judged: Judged): Promise<Score> {
    return (await open()).judge(type, options)(judged);
  }

  const numbers = (score: Score) => (score.status === 'scored' ? [score.score, score.pass] : score.reason);

  it('is the cosine, with a threshold of 0.75 as in promptfoo', async () => {
    const halfRight = Math.SQRT1_2;
    for (const type of ['similar', 'similar:cosine']) {
      const near = await scoreOf(type, { value: 'northeast' }, { text: 'east' });
      assert.equal(near.status, 'scored');
      assert.ok(near.status === 'scored' && Math.abs(near.score - halfRight) < 1e-12 && !near.pass);
    }
    assert.deepEqual(numbers(await scoreOf('similar', { value: 'east' }, { text: 'east' })), [1, true]);
    const low = await scoreOf('similar', { value: 'northeast', threshold: 0.7 }, { text: 'east' });
    assert.ok(low.status === 'scored' && low.pass);
    assert.deepEqual(numbers(await scoreOf('similar', { value: 'west' }, { text: 'east' })), [0, false]);
  });

  it('knows the dot product and the distance', async () => {
    assert.deepEqual(
      numbers(await scoreOf('similar:dot', { value: 'far', threshold: 3 }, { text: 'east' })),
      [1, true],
    );
    const distance = await scoreOf('similar:euclidean', { value: 'far', threshold: 5 }, { text: 'east' });
    assert.ok(distance.status === 'scored' && distance.pass);
    assert.ok(Math.abs(distance.score - 1 / (1 + Math.sqrt(20))) < 1e-12);
    const tooFar = await scoreOf('similar:euclidean', { value: 'far', threshold: 4 }, { text: 'east' });
    assert.ok(tooFar.status === 'scored' && !tooFar.pass);
  });

  it('takes the best of several references, and the expected answer by default', async () => {
    const best = await scoreOf('similar', { value: ['west', 'east', 'north'] }, { text: 'east' });
    assert.deepEqual(numbers(best), [1, true]);
    const expected = { text: 'east', case: { expected_output: { answer: 'east' } } };
    assert.deepEqual(numbers(await scoreOf('similar', {}, expected)), [1, true]);
    assert.equal((await scoreOf('similar', {}, { text: 'east' })).status, 'skipped');
  });

  it('turned round, fails when one reference is close', async () => {
    const bench = await open();
    const not = (value: string[]) => {
      const definition = { 'not-similar': { value } };
      const evaluator = evaluatorOf(definition, bench.deps);
      return evaluator.evaluate(
        { case: { id: 'c' }, output: { ...emptyOutput(), status: 'complete', text: 'east' } },
        { signal: new AbortController().signal, span: noSpan },
      );
    };
    assert.deepEqual(numbers(await not(['west', 'east'])), [0, false]);
    assert.deepEqual(numbers(await not(['north'])), [1, true]);
    const close = await not(['west', 'east']);
    assert.equal(close.reason, 'cosine similarity 1.000, threshold 0.75 counts as too close');
  });

  it('asks the model of its own, in promptfoo’s writing too, before that of the suite', async () => {
    for (const model of ['local/tiny', 'local:embedding:tiny']) {
      const bench = await open();
      await bench.judge('similar', { value: 'east', model })({ text: 'east' });
      assert.equal(bench.server.requests[0]?.body.model, 'tiny');
    }
  });

  for (const [type, options, text, reason, pass] of [
    ['similar', { value: 'northeast' }, 'east', 'cosine similarity 0.707, threshold 0.75', false],
    [
      'similar',
      { value: 'northeast', threshold: 0.7072 },
      'east',
      'cosine similarity 0.707, threshold 0.7072',
      false,
    ],
    ['similar', { value: 'thirds', threshold: 1 }, 'thirds', 'cosine similarity 1.000, threshold 1', true],
    ['similar:dot', { value: 'far', threshold: 3 }, 'east', 'dot product 3.000, threshold 3', true],
    [
      'similar:euclidean',
      { value: 'far', threshold: 5 },
      'nothing',
      'distance 5.000, largest allowed 5',
      true,
    ],
    [
      'similar:euclidean',
      { value: 'far', threshold: 4.999 },
      'nothing',
      'distance 5.000, largest allowed 4.999',
      false,
    ],
  ] as const)
    it(`says what was measured: ${reason}`, async () => {
      const score = await scoreOf(type, options, { text });
      assert.ok(score.status === 'scored');
      assert.deepEqual([score.reason, score.pass], [reason, pass]);
      assert.deepEqual(score.detail, { model: 'local/small', metric: type.split(':')[1] ?? 'cosine' });
    });

  it('sends nothing that is blank', async () => {
    const bench = await open();
    for (const [text, value] of [
      [' \n', 'east'],
      ['east', ['north', ' ']],
    ] as const) {
      const score = await bench.judge('similar', { value: [value].flat() })({ text });
      assert.equal(score.reason, 'an empty string cannot be embedded');
      assert.equal(score.status, 'error');
    }
    assert.equal(bench.server.requests.length, 0);
  });

  it('is an error that costs what it cost, where one reference of several cannot be compared', async () => {
    const score = await scoreOf('similar', { value: ['east', 'long', 'nothing'] }, { text: 'east' });
    assert.ok(score.status === 'error' && Math.abs((score.costUsd ?? 0) - 30e-6) < 1e-12);
    assert.equal(score.reason, 'the embeddings have 2 and 3 dimensions');
    const zero = await scoreOf('similar', { value: ['east', 'nothing', 'long'] }, { text: 'east' });
    assert.match(zero.reason, /one of them is zero/);
  });

  it('needs a model, and says where and how to name it', async () => {
    const bench = await open();
    const location = { path: 'touchstone.yaml', line: 4, column: 7 };
    assert.throws(
      () => bench.judge('similar', { value: 'east' }, { embeddingsModel: undefined }, location),
      (error) =>
        error instanceof ConfigError &&
        /touchstone\.yaml:4:7[\s\S]*embeddings: provider\/model in the suite, or model in the options/.test(
          error.describe(),
        ),
    );
  });

  it('never passes what cannot be measured', async () => {
    for (const [options, text] of [
      [{ value: 'nothing' }, 'east'],
      [{ value: 'long' }, 'east'],
      [{ value: 'east' }, '  '],
      [{ value: 'unknown' }, 'east'],
    ] as const) {
      const score = await scoreOf('similar', options, { text }).catch((error: Error) => error);
      assert.ok(score instanceof Error || score.status === 'error', JSON.stringify([options, score]));
    }
  });

  it('shows what it used and cost, and pays for a text once', async () => {
    const bench = await open();
    const judge = bench.judge('similar', { value: 'north' });
    const first = await judge({ text: 'east' });
    const second = await judge({ text: 'east' });
    const third = await judge({ text: 'west' });
    const paid = [first, second, third].map((score) =>
      score.status === 'scored'
        ? [score.usage?.inputTokens, Math.round((score.costUsd ?? Number.NaN) * 1e6)]
        : score.reason,
    );
    assert.deepEqual(paid, [
      [20, 20],
      [0, 0],
      [10, 10],
    ]);
    assert.deepEqual(
      bench.server.requests.map(({ body }) => body['input']),
      [['east', 'north'], ['west']],
    );
  });
});
