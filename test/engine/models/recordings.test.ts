import assert from 'node:assert/strict';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, it } from 'mocha';
import { FileError } from '../../../src/engine/errors.ts';
import type { JsonValue } from '../../../src/engine/model/json.ts';
import { wholeClient } from '../../../src/engine/models/clientForms.ts';
import {
  type ModelClient,
  ModelError,
  type ModelReply,
  type ModelRequest,
} from '../../../src/engine/models/modelClient.ts';
import { recordingCatalog, replayCatalog } from '../../../src/engine/models/recordings/recordingClient.ts';
import { Recordings } from '../../../src/engine/models/recordings/recordings.ts';
import { noSpan } from '../../../src/engine/ports.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { countingRandom } from './manualClock.ts';

const random = countingRandom();
const ports = { random, clock: { now: () => Date.UTC(2026, 10, 3) } };
const identity = { provider: 'p', model: 'm', endpoint: 'http://127.0.0.1:1/v1' };
const options = { signal: new AbortController().signal, span: noSpan, timeoutMs: 1000 };
const hello = (more: Partial<ModelRequest> = {}): ModelRequest => ({
  messages: [{ role: 'user', content: 'hello' }],
  parameters: {},
  ...more,
});

/** A model that says which call it answers. */
function counting(change: (reply: ModelReply) => ModelReply = (reply) => reply): ModelClient {
  let calls = 0;
  return wholeClient(identity, async () =>
    change({
      status: 'complete',
      text: `reply ${calls++}`,
      toolCalls: [],
      usage: { inputTokens: 1, outputTokens: 2 },
      costUsd: 0.5,
      model: 'm-1',
      responseId: 'r',
      latencyMs: 12.5,
      firstTokenMs: 3,
      finishReason: 'stop',
    }),
  );
}

describe('recordings of models', () => {
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
  });

  const record = (client: ModelClient, redact = (text: string) => text) =>
    recordingCatalog({ client: () => client }, Recordings.toRecord(folder, ports, redact)).client('p/m');
  const replay = () => replayCatalog(() => identity, Recordings.toReplay(folder, ports)).client('p/m');
  const files = () => globSync('**/*.json', { cwd: folder }).sort();

  it('give back every reply as it was', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 30 });
    const reply = fc.record({
      text,
      toolCalls: fc.array(
        fc.record({ id: text, name: text, arguments: fc.jsonValue() as fc.Arbitrary<JsonValue> }),
        { maxLength: 2 },
      ),
      usage: fc.option(
        fc.record({ inputTokens: fc.nat(), outputTokens: fc.nat(), cachedInputTokens: fc.nat() }),
      ),
      costUsd: fc.option(fc.double({ min: 0, max: 10, noNaN: true })),
      model: text,
      responseId: fc.option(text),
      latencyMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
      firstTokenMs: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true })),
    });
    const ending = fc.oneof(
      fc.record({ status: fc.constant('complete' as const), finishReason: text }),
      fc.record({ status: fc.constant('refused' as const), finishReason: fc.option(text) }),
      fc.record({
        status: fc.constant('incomplete' as const),
        finishReason: fc.constant(null),
        reason: text,
      }),
    );
    await fc.assert(
      fc.asyncProperty(reply, ending, async (base, end) => {
        const whole = JSON.parse(JSON.stringify({ ...base, ...end }).replaceAll('-0', '0')) as ModelReply;
        await record(counting(() => whole)).complete(hello(), options);
        assert.deepEqual(await replay().complete(hello(), options), { ...whole, replayed: true });
      }),
      { numRuns: 60 },
    );
  });

  it('are numbered by trial, and the last one of a trial stands', async () => {
    const client = record(counting());
    for (const trial of [1, 0, 1]) await client.complete(hello(), { ...options, trial });
    const texts = await Promise.all([0, 1].map((trial) => replay().complete(hello(), { ...options, trial })));
    assert.deepEqual(
      texts.map(({ text }) => text),
      ['reply 1', 'reply 2'],
    );
    assert.equal(files().length, 2);
  });

  it('are found by what was asked, whatever the order of its keys', async () => {
    const client = record(counting());
    await client.complete(hello({ parameters: { temperature: 0, topP: 1 } }), options);
    assert.equal(
      (await replay().complete(hello({ parameters: { topP: 1, temperature: 0 }, tools: [] }), options)).text,
      'reply 0',
    );
    for (const other of [
      hello({ parameters: { temperature: 0.1, topP: 1 } }),
      hello({ parameters: { temperature: 0, topP: 1 }, responseFormat: { type: 'json_object' } }),
      hello({ parameters: { temperature: 0, topP: 1 }, tools: [{ name: 't' }] }),
      { messages: [], parameters: { temperature: 0, topP: 1 } },
    ]) {
      await assert.rejects(
        replay().complete(other, options),
        (error) =>
          error instanceof ModelError && error.code === 'not-recorded' && /--record DIR/.test(error.message),
      );
    }
  });

  it('do not depend on what a server makes the caller leave out', async () => {
    const asked = hello({
      parameters: { temperature: 0, seed: 5 },
      responseFormat: { type: 'json_object' },
      negotiable: ['seed', 'temperature', 'responseFormat'],
    });
    await record(counting()).complete({ ...asked, parameters: {} }, options);
    assert.equal((await replay().complete(asked, options)).text, 'reply 0');
    const firm = hello({ parameters: { temperature: 0 } });
    await assert.rejects(replay().complete({ ...firm, responseFormat: { type: 'json_object' } }, options));
  });

  it('hold no key, and the run goes on without it as well', async () => {
    const redact = (text: string) => text.replaceAll('sk-1', '[key]');
    const leaking = counting((reply) => ({ ...reply, text: 'your key is sk-1' }));
    const live = await record(leaking, redact).complete(
      hello({ messages: [{ role: 'user', content: 'sk-1' }] }),
      options,
    );
    assert.equal(live.text, 'your key is [key]');
    assert.ok(files().every((file) => !readFileSync(path.join(folder, file), 'utf8').includes('sk-1')));
    const again = await replay().complete(hello({ messages: [{ role: 'user', content: 'sk-1' }] }), options);
    assert.equal(again.text, live.text);
  });

  it('leave nothing half written behind', async () => {
    await record(counting()).complete(hello(), options);
    assert.deepEqual(
      globSync('**/*', { cwd: folder, withFileTypes: true }).filter(
        (entry) => entry.isFile() && !/^[0-9a-f]{64}-0\.json$/.test(entry.name),
      ),
      [],
    );
    assert.equal(globSync('**/.*.tmp', { cwd: folder }).length, 0);
  });

  it('say where they are damaged', async () => {
    await record(counting()).complete(hello(), options);
    const [file = ''] = files();
    const place = path.join(folder, file);
    const good = readFileSync(place, 'utf8');
    for (const bad of [
      good.slice(0, 40),
      '[]',
      good.replace('"version": 1', '"version": 2'),
      good.replace('"cost_usd": 0.5', '"cost_usd": -1'),
      good.replace('"status": "complete"', '"status": "splendid"'),
    ]) {
      writeFileSync(place, bad);
      await assert.rejects(
        replay().complete(hello(), options),
        (error) => error instanceof FileError && error.describe().includes(file.split(path.sep).join('/')),
      );
    }
  });
});
