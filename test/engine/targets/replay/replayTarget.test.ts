import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, it } from 'mocha';
import { FileError } from '../../../../src/engine/errors.ts';
import { noSpan } from '../../../../src/engine/ports.ts';
import { createReplayTarget } from '../../../../src/engine/targets/replay/replayTarget.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

describe('replay target', () => {
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
  });

  function target(lines: (object | string)[]) {
    const absolute = path.join(folder, 'out.jsonl');
    const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
    writeFileSync(absolute, text);
    return createReplayTarget({ name: 'old', path: 'out.jsonl', absolute });
  }
  const call = (from: ReturnType<typeof target>, id: string, trial = 0) =>
    from.call(
      { case: { id }, trial, seed: 1 },
      { signal: new AbortController().signal, span: noSpan, timeoutMs: 1 },
    );

  it('gives the output of a case, and of a trial where the file has one for it', async () => {
    const from = target([
      { case_id: 'a', output: 'for every trial' },
      '',
      { case_id: 'a', trial: 1, output: { answer: 42 }, latency_ms: 12, cost_usd: 0.5, model: 'x' },
    ]);
    const [first, second, third] = await Promise.all([0, 1, 2].map((trial) => call(from, 'a', trial)));
    assert.deepEqual([first?.text, third?.text], ['for every trial', 'for every trial']);
    assert.equal(first?.costUsd, null);
    assert.ok(second?.status === 'complete');
    assert.deepEqual(
      [second.json, second.latencyMs, second.costUsd, second.model],
      [{ answer: 42 }, 12, 0.5, 'x'],
    );
  });

  it('passes on steps, tool calls and errors as an agent reports them', async () => {
    const from = target([
      { case_id: 'a', output: 'x', tool_calls: [{ name: 'find', arguments: { q: 1 } }] },
      { case_id: 'b', error: { message: 'it broke', code: 'agent' } },
    ]);
    const tools = await call(from, 'a');
    assert.deepEqual(tools.toolCalls, [{ name: 'find', arguments: { q: 1 } }]);
    const broken = await call(from, 'b');
    assert.ok(broken.status === 'error' && broken.error.message === 'it broke');
  });

  it('has no output for a case that the file does not hold', async () => {
    const missing = await call(target([{ case_id: 'a', output: 'x' }]), 'b');
    assert.ok(missing.status === 'error');
    assert.equal(missing.error.code, 'not-recorded');
    assert.match(missing.error.message, /out\.jsonl has no output of the case "b"/);
    const trial = await call(target([{ case_id: 'a', trial: 0, output: 'x' }]), 'a', 1);
    assert.equal(trial.status, 'error');
  });

  it('is another target when its file changes', () => {
    const hashes = ['x', 'y', 'x'].map((output) => target([{ case_id: 'a', output }]).hash);
    assert.equal(hashes[0], hashes[2]);
    assert.notEqual(hashes[0], hashes[1]);
  });

  it('names the line of whatever cannot be used', () => {
    const good = { case_id: 'a', output: 'x' };
    for (const [lines, message] of [
      [[good, '{'], /out\.jsonl:2:/],
      [[good, '[]'], /out\.jsonl:2:1: a line must be an object/],
      [[good, { output: 'x' }], /out\.jsonl:2:1: the "case_id" is missing/],
      [[good, { case_id: 'b' }], /out\.jsonl:2:1: there is no "output"/],
      [[good, { ...good, trial: -1 }], /out\.jsonl:2:1: "trial"/],
      [[good, { ...good, trial: 1, latency_ms: 'slow' }], /out\.jsonl:2:1: "latency_ms"/],
      [[good, '', good], /out\.jsonl:3:1: this output has the same case and trial as the one in line 1/],
    ] as const) {
      assert.throws(
        () => target([...lines]),
        (error) => {
          assert.ok(error instanceof FileError);
          assert.match(error.describe(), message);
          return true;
        },
      );
    }
  });
});
