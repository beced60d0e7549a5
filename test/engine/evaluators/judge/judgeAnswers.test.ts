import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Script } from '../../../support/openaiServer.ts';
import { type Bench, startBench, verdict } from './bench.ts';

/** Whatever a judge answers: what the rubric evaluator makes of it. The other judges share its reading. */
describe('a judge’s answer', () => {
  const benches: Bench[] = [];
  afterEach(async () => {
    await Promise.all(benches.splice(0).map((bench) => bench.close()));
  });

  async function scored(...script: Script[]) {
    const bench = await startBench(script);
    benches.push(bench);
    const score = await bench.judge('rubric', { criteria: 'is polite' })({});
    return { score, bench };
  }

  it('is a score with its reason, tokens and cost', async () => {
    const { score } = await scored(verdict({ reason: 'Polite enough.', score: 0.8 }));
    assert.deepEqual(score, {
      status: 'scored',
      score: 0.8,
      pass: true,
      reason: 'Polite enough.',
      detail: { judge: 'local/judge' },
      usage: { inputTokens: 100, outputTokens: 20, cachedInputTokens: 0, reasoningTokens: 0 },
      costUsd: 0.00012,
    });
  });

  it('may stand in a code fence or between words', async () => {
    for (const text of [
      '```json\n{"reason": "ok", "score": 1}\n```',
      'I looked at {it} closely. {"reason": "a } and a \\" in it", "score": 1} That is all.',
      '<think>hm, {maybe</think>{"reason": "ok", "score": 1}',
    ]) {
      const { score } = await scored({ text });
      assert.equal(score.status === 'scored' && score.score, 1, text);
    }
  });

  describe('is an error, and never a pass, when', () => {
    const twice = (script: Script) => [script, script];
    const bad: { [what: string]: { script: Script[]; reason: RegExp; calls: number } } = {
      'it is a refusal': { script: [{ refusal: 'No.' }], reason: /refused: No\./, calls: 1 },
      'the stream is cut': {
        script: [{ text: '{"reason": "fine", "score": 1}', cut: 'socket' }],
        reason: /was cut off/,
        calls: 1,
      },
      'the stream ends without a finish reason': {
        script: [{ text: '{"reason": "fine", "score": 1}', cut: 'end' }],
        reason: /was cut off/,
        calls: 1,
      },
      'it reaches the limit of tokens': {
        script: [{ text: '{"reason": "fine", "score": 1}', finishReason: 'length' }],
        reason: /token limit/,
        calls: 1,
      },
      'the content filter steps in': {
        script: [{ text: '{"reason": "fine", "score": 1}', finishReason: 'content_filter' }],
        reason: /content filter/,
        calls: 1,
      },
      'it holds two verdicts': {
        script: [{ text: '{"reason": "bad", "score": 0}\n{"reason": "good", "score": 1}' }],
        reason: /more than one verdict/,
        calls: 1,
      },
      'a second verdict hides behind a flood of braces, twice': {
        script: twice({
          text: `{"reason": "good", "score": 1}\n${'{'.repeat(300)}\n{"reason": "bad", "score": 0}`,
        }),
        reason: /was unreadable twice/,
        calls: 2,
      },
      'it says the score twice': {
        script: [{ text: '{"reason": "bad", "score": 0, "score": 1}' }],
        reason: /more than one verdict/,
        calls: 1,
      },
      'the score is above the scale': {
        script: [verdict({ reason: 'wow', score: 10 })],
        reason: /10 is not between 0 and 1/,
        calls: 1,
      },
      'the score is below the scale': {
        script: [verdict({ reason: 'ugh', score: -0.1 })],
        reason: /-0.1 is not between/,
        calls: 1,
      },
      'score and pass contradict each other': {
        script: [verdict({ reason: 'hm', score: 0, pass: true })],
        reason: /contradicts itself/,
        calls: 1,
      },
      'there is no reason, twice': { script: twice(verdict({ score: 1 })), reason: /"reason"/, calls: 2 },
      'the reason is blank, twice': {
        script: twice(verdict({ score: 1, reason: ' \n' })),
        reason: /"reason"/,
        calls: 2,
      },
      'the score is no number, twice': {
        script: twice(verdict({ reason: 'ok', score: '1' })),
        reason: /"score"/,
        calls: 2,
      },
      'the score is infinite, twice': {
        script: twice({ text: '{"reason": "ok", "score": 1e999}' }),
        reason: /"score"/,
        calls: 2,
      },
      'it is no JSON, twice': {
        script: twice({ text: 'I give it 10/10!' }),
        reason: /no JSON object/,
        calls: 2,
      },
      'it is empty, twice': { script: twice({ text: '' }), reason: /no JSON object/, calls: 2 },
      'it is a flood of braces, twice': {
        script: twice({ text: '{'.repeat(20_000) }),
        reason: /no JSON object/,
        calls: 2,
      },
      'the judge is down': { script: [{ status: 401 }], reason: /call to the judge failed: 401/, calls: 1 },
    };
    for (const [what, { script, reason, calls }] of Object.entries(bad)) {
      it(what, async () => {
        const { score, bench } = await scored(...script);
        assert.equal(score.status, 'error');
        assert.match(score.reason, reason);
        assert.equal(bench.server.requests.length, calls);
      });
    }
  });

  it('may be given once more when it cannot be read; both calls are paid', async () => {
    const { score, bench } = await scored(
      { text: 'Splendid!', usage: { input: 100, output: 20 } },
      verdict({ reason: 'Splendid.', score: 1 }),
    );
    assert.equal(score.status === 'scored' && score.pass, true);
    assert(score.status === 'scored');
    assert.deepEqual(score.usage, {
      inputTokens: 200,
      outputTokens: 40,
      cachedInputTokens: 0,
      reasoningTokens: 0,
    });
    assert.equal(score.costUsd, 0.00024);
    assert.equal(score.calls, 2);
    assert.deepEqual(bench.server.requests[1]?.body.messages.at(-2), {
      role: 'assistant',
      content: 'Splendid!',
    });
    assert.match(bench.sent(1), /cannot be read: it holds no JSON object/);
  });

  it('has an unknown cost when one of its calls has', async () => {
    const { score } = await scored({ text: 'What?', usage: null }, verdict({ reason: 'ok', score: 1 }));
    assert(score.status === 'scored');
    assert.equal(score.costUsd, null);
    assert.equal('usage' in score, false);
  });

  it('has an unknown cost when the call broke, and none when it was turned away', async () => {
    const broken = await scored({ raw: '<html>', contentType: 'text/html' });
    assert(broken.score.status === 'error');
    assert.equal(broken.score.costUsd, null);
    const refused = await scored({ status: 403 });
    assert(refused.score.status === 'error');
    assert.equal('costUsd' in refused.score, false);
    assert.equal(refused.score.calls, 0);
  });

  it('never passes by accident: any text that is not one valid verdict is an error', async () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc
        .array(fc.constantFrom('{', '}', '"', '\\', '"score":', '1', '"reason":', '"x"', ',', ' '))
        .map((all) => all.join('')),
    );
    const replies: string[] = [];
    const echo = await startBench(() => ({ text: replies.at(-1) ?? '' }));
    benches.push(echo);
    const judge = echo.judge('rubric', { criteria: 'is polite' });
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        replies.push(text);
        const score = await judge({});
        if (score.status === 'error') return;
        const parsed = JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1));
        assert(score.status === 'scored' && score.score === parsed.score && parsed.reason.trim() !== '');
      }),
      { numRuns: 60 },
    );
  });

  it('rejects with the reason of whoever cancels', async () => {
    const bench = await startBench([{ hang: true }]);
    benches.push(bench);
    const caller = new AbortController();
    const call = bench.judge('rubric', { criteria: 'x' })({ signal: caller.signal });
    await bench.server.received(1);
    caller.abort(new Error('stopped by hand'));
    await assert.rejects(call, /stopped by hand/);
  });
});
