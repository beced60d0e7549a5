import assert from 'node:assert/strict';
import { sendQuestion } from '../../../../src/engine/evaluators/judge/judgeRequest.ts';
import { wholeClient } from '../../../../src/engine/models/clientForms.ts';
import { ModelError, type ModelRequest } from '../../../../src/engine/models/modelClient.ts';
import type { RecordedRequest } from '../../../support/openaiServer.ts';
import { type Bench, startBench, verdict } from './bench.ts';
import { context, identity, whole } from './scriptedJudge.ts';

describe('how a judge is asked', () => {
  const benches: Bench[] = [];
  afterEach(async () => {
    await Promise.all(benches.splice(0).map((bench) => bench.close()));
  });

  async function bench(...args: Parameters<typeof startBench>): Promise<Bench> {
    const started = await startBench(...args);
    benches.push(started);
    return started;
  }

  const GOOD = verdict({ reason: 'ok', score: 1 });

  it('is at temperature 0, with a seed, for an answer of one shape', async () => {
    const judged = await bench([GOOD]);
    await judged.judge('rubric', { criteria: 'x' })({});
    const body = judged.server.requests[0]?.body;
    assert.deepEqual([body?.['temperature'], body?.['seed']], [0, 0]);
    assert.deepEqual(body?.response_format, {
      type: 'json_schema',
      json_schema: {
        name: 'grade',
        strict: true,
        schema: {
          type: 'object',
          properties: { reason: { type: 'string', minLength: 1 }, score: { type: 'number' } },
          required: ['reason', 'score'],
          additionalProperties: false,
        },
      },
    });
  });

  const wants = (request: RecordedRequest) => ({
    schema: request.body.response_format !== undefined,
    sampling: request.body['temperature'] !== undefined,
  });

  for (const param of ['response_format', 'response_format.json_schema', null]) {
    it(`falls back to plain JSON when the server refuses the schema (param: ${param}), and remembers`, async () => {
      const judged = await bench((request) => (wants(request).schema ? { status: 400, param } : GOOD));
      const judge = judged.judge('rubric', { criteria: 'x' });
      assert.equal((await judge({})).status, 'scored');
      assert.equal((await judge({})).status, 'scored');
      assert.equal((await judged.judge('rubric', { criteria: 'another' })({})).status, 'scored');
      assert.deepEqual(
        judged.server.requests.map((request) => wants(request).schema),
        [true, false, false, false],
      );
    });
  }

  for (const param of ['temperature', 'seed'])
    it(`goes without temperature and seed where a reasoning model refuses ${param}`, async () => {
      const judged = await bench((request) => (wants(request).sampling ? { status: 400, param } : GOOD));
      const judge = judged.judge('rubric', { criteria: 'x' });
      await judge({});
      await judge({});
      assert.deepEqual(judged.server.requests.map(wants), [
        { schema: true, sampling: true },
        { schema: true, sampling: false },
        { schema: true, sampling: false },
      ]);
    });

  it('asks a storm of bad requests at most three times, and learns nothing from it', async () => {
    const judged = await bench((_, index) => (index < 3 ? { status: 400 } : GOOD));
    const judge = judged.judge('rubric', { criteria: 'x' });
    assert.equal((await judge({})).status, 'error');
    assert.equal(judged.server.requests.length, 3);
    assert.equal((await judge({})).status, 'scored');
    assert.deepEqual(wants(judged.server.requests[3] ?? assert.fail()), { schema: true, sampling: true });
  });

  it('does not fall back once the server has taken the schema', async () => {
    const judged = await bench([GOOD, { status: 400 }]);
    const judge = judged.judge('rubric', { criteria: 'x' });
    await judge({});
    assert.equal((await judge({})).status, 'error');
    assert.equal(judged.server.requests.length, 2);
  });

  it('does not fall back for a parameter that is not its own', async () => {
    const judged = await bench([{ status: 400, param: 'messages' }]);
    assert.equal((await judged.judge('rubric', { criteria: 'x' })({})).status, 'error');
    assert.equal(judged.server.requests.length, 1);
  });

  it('remembers what was accepted first, whatever else was under way', async () => {
    const refused = new ModelError('bad-request', 'no schema here', { transient: false });
    const forms: boolean[] = [];
    const client = wholeClient(identity, async ({ responseFormat }) => {
      forms.push(responseFormat !== undefined);
      if (forms.length === 1) {
        await new Promise(setImmediate);
        throw refused;
      }
      return whole;
    });
    const question = { form: { name: 'x', schema: {} }, messages: [] };
    const options = { ...context, pool: 'judge' as const, timeoutMs: 1000 };
    await Promise.all([sendQuestion(client, question, options), sendQuestion(client, question, options)]);
    await sendQuestion(client, question, options);
    assert.deepEqual(forms, [true, true, false, true]);
  });

  it('learns nothing of schemas from a question in plain words', async () => {
    const asked: (string | undefined)[] = [];
    const client = wholeClient(identity, async ({ responseFormat }) => {
      asked.push(responseFormat?.type);
      return whole;
    });
    const options = { ...context, pool: 'judge' as const, timeoutMs: 1000 };
    await sendQuestion(client, { messages: [] }, options);
    await sendQuestion(client, { form: { name: 'x', schema: {} }, messages: [] }, options);
    await sendQuestion(client, { messages: [] }, options);
    assert.deepEqual(asked, [undefined, 'json_schema', undefined]);
  });

  it('may be asked by a fallback, or answered by a recording, that knows none of its settings', async () => {
    const asked: ModelRequest[] = [];
    const client = wholeClient(identity, async (request) => {
      asked.push(request);
      return whole;
    });
    const options = { ...context, pool: 'judge' as const, timeoutMs: 1000 };
    await sendQuestion(client, { messages: [] }, options);
    assert.deepEqual(asked[0]?.negotiable?.toSorted(), ['responseFormat', 'seed', 'temperature']);
  });
});
