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
  });

  it('asks the model of its own, in promptfoo’s writing too, before that of the suite', async () => {
    for (const model of ['local/tiny', 'local:embedding:tiny']) {
      const bench = await open();
      await bench.judge('similar', { value: 'east', model })({ text: 'east' });
      assert.equal(bench.server.requests[0]?.body.model, 'tiny');
    }
  });

  it('needs a model, and says where and how to name it', async () => {
    const bench = await open();
    const location = { path: 'touchstone.yaml', line: 4, column: 7 };
    assert.throws(
      () => bench.judge('similar', { value: 'east' }, { embeddingsModel: undefined }, location),
      (error) =>
        error instanceof ConfigError &&
        /touchstone\.yaml:4:7[\s\S]*embeddings: provider\/model/.test(error.describe()),
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
