import assert from 'node:assert/strict';
import path from 'node:path';
import { readTape } from '../../../src/engine/simulate/readTape.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const { signal } = new AbortController();

async function read(text: string) {
  const folder = temporaryFolder({ 'tape.jsonl': text });
  return await readTape(path.join(folder, 'tape.jsonl'), { shownAs: 'tape.jsonl', signal });
}

describe('tape from a file', () => {
  it('joins the attempts of a call, in order, and counts time from the first request', async () => {
    const tape = await read(
      [
        '{"at_ms": 1700, "provider": "a", "call": 7, "duration_ms": 300, "status": 200, "input_tokens": 9, "output_tokens": 0, "cost_usd": 0.5}',
        '{"at_ms": 1000, "provider": "a", "call": 7, "duration_ms": 20, "status": 429, "retry_after_ms": 500}',
        '{"at_ms": 1200, "provider": "b", "duration_ms": 60, "status": "timeout", "bulkhead": "judge", "caller": "r1"}',
      ].join('\n'),
    );

    assert.equal(tape.arrivals, 'as-recorded');
    assert.deepEqual(tape.calls, [
      {
        provider: 'a',
        pool: 'target',
        caller: 'tape',
        atMs: 0,
        attempts: [
          { atMs: 0, durationMs: 20, outcome: 429, retryAfterMs: 500 },
          { atMs: 700, durationMs: 300, outcome: 200 },
        ],
        inputTokens: 9,
        outputTokens: 0,
        costUsd: 0.5,
      },
      {
        provider: 'b',
        pool: 'judge',
        caller: 'r1',
        atMs: 200,
        attempts: [{ atMs: 200, durationMs: 60, outcome: 'timeout' }],
        inputTokens: null,
        outputTokens: null,
        costUsd: null,
      },
    ]);
  });

  for (const [what, text, where] of [
    [
      'a status that there is not',
      '\n{"at_ms": 0, "provider": "a", "duration_ms": 1, "status": 42}',
      [2, 59],
    ],
    ['a negative time', '{"at_ms": -1, "provider": "a", "duration_ms": 1, "status": 200}', [1, 11]],
    ['an unknown key', '{"at_ms": 0, "provider": "a", "duration_ms": 1, "status": 200, "x": 1}', [1, 64]],
    [
      'a time that no clock reaches',
      '{"at_ms": 1e300, "provider": "a", "duration_ms": 1, "status": 200}',
      [1, 11],
    ],
    ['what is no JSON', '{"at_ms": 0', [1, 12]],
    ['no request', '\n\n', undefined],
  ] as const) {
    it(`refuses ${what}, and says where`, async () => {
      await assert.rejects(read(text), (error: unknown) => {
        const at = (error as { where: { path: string; line?: number; column?: number } }).where;
        assert.equal(at.path, 'tape.jsonl');
        if (where) assert.deepEqual([at.line, at.column], where);
        return true;
      });
    });
  }

  for (const [line, message] of [
    ['[1]', 'a line of a tape must be an object'],
    ['{"at_ms": 0, "provider": "a", "status": 200}', 'a request needs duration_ms'],
    [
      '{"at_ms": "0", "provider": "a", "duration_ms": 1, "status": 200}',
      'at_ms: expected milliseconds, from 0 to one year',
    ],
    [
      '{"at_ms": 0, "provider": "a", "duration_ms": 1, "status": "200"}',
      'status: expected an HTTP status from 100 to 599, "network", "timeout" or "cut"',
    ],
    [
      '{"at_ms": 0, "provider": "a", "duration_ms": 1, "status": 200, "input_tokens": 1.5}',
      'input_tokens: expected a whole number, 0 or more',
    ],
    ['{"at_ms": 0, "provider": "", "duration_ms": 1, "status": 200}', 'provider: expected a name'],
    [
      '{"at_ms": 0, "provider": "a", "duration_ms": 1, "status": 200, "model": "m"}',
      "'model' is not a field of a request",
    ],
  ] as const) {
    it(`says in plain words what is wrong: ${message}`, async () => {
      await assert.rejects(read(line), (error: Error) => error.message.endsWith(message));
    });
  }
});
