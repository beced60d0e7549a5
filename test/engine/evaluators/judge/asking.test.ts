import assert from 'node:assert/strict';
import { z } from 'zod';
import { askJudge, unanswered } from '../../../../src/engine/evaluators/judge/askJudge.ts';
import { brokenOff, callJudge } from '../../../../src/engine/evaluators/judge/judgeCall.ts';
import { ModelError } from '../../../../src/engine/models/modelClient.ts';
import { Rejected } from '../../../../src/engine/resilience/policy.ts';
import { context, failure, judge, whole } from './scriptedJudge.ts';

describe('one call of a judge', () => {
  const request = { messages: [{ role: 'user' as const, content: 'Is it so?' }] };

  it('has two minutes, and the trial that it belongs to', async () => {
    const { client, asked } = judge('a', 'b');
    const called = await callJudge(client, request, context);
    await callJudge(client, request, { ...context, trial: 2 });
    assert.deepEqual(
      asked.map(({ options }) => options),
      [
        { pool: 'judge', ...context, timeoutMs: 120_000 },
        { pool: 'judge', ...context, timeoutMs: 120_000, trial: 2 },
      ],
    );
    const reply = { ...whole, text: 'a' };
    assert.deepEqual(called, { status: 'replied', reply, calls: [reply] });
  });

  it('fails in words, and costs nothing where a status turned it away', async () => {
    const failed = { status: 'failed', reason: 'the call to the judge failed: it broke' };
    assert.deepEqual(await callJudge(judge(failure('network')).client, request, context), {
      ...failed,
      calls: [{ usage: null, costUsd: null }],
    });
    const turnedAway = await callJudge(judge(failure('server', 503)).client, request, context);
    assert.deepEqual(turnedAway, { ...failed, calls: [] });
  });

  it('throws on what is no failure of the model', async () => {
    const refused = new ModelError('network', 'refused', {
      transient: true,
      cause: new Rejected('breaker', 'refused'),
    });
    for (const error of [failure('not-recorded'), refused, new TypeError('a bug')])
      await assert.rejects(callJudge(judge(error).client, request, context), error);
  });
});

describe('a reply that is no answer', () => {
  it('says why', () => {
    const { finishReason: _, ...rest } = whole;
    const ended = (finishReason: string) => brokenOff({ ...whole, finishReason });
    const notWhole = (reason: string) => `the judge's answer is incomplete: finish reason ${reason}`;
    const rows: [string | undefined, string | undefined][] = [
      [
        brokenOff({ ...rest, status: 'incomplete', finishReason: null, reason: 'it broke' }),
        "the judge's answer was cut off: it broke",
      ],
      [brokenOff({ ...whole, status: 'empty', reason: 'no output' }), 'the judge did not answer: no output'],
      [brokenOff({ ...whole, status: 'refused', text: 'No.' }), 'the judge refused: No.'],
      [
        brokenOff({ ...whole, toolCalls: [{ name: 'grade', arguments: {} }] }),
        'the judge called a tool instead of giving a verdict',
      ],
      [ended('length'), "the judge's answer reached its token limit"],
      [ended('safety'), "the provider's content filter stopped the judge"],
      [ended('error'), notWhole('error')],
      [ended('tool_calls'), notWhole('tool_calls')],
      [ended('stop'), undefined],
      [ended('whatever'), undefined],
    ];
    for (const [found, expected] of rows) assert.equal(found, expected);
  });

  it('is quoted up to 300 characters', () => {
    const refused = (text: string) => brokenOff({ ...whole, status: 'refused', text });
    assert.equal(refused('a'.repeat(300)), `the judge refused: ${'a'.repeat(300)}`);
    assert.equal(refused(`${'a'.repeat(300)}b`), `the judge refused: ${'a'.repeat(300)}…`);
  });
});

describe('a question for a verdict', () => {
  const ask = <Answer>(answer: z.ZodType<Answer>, texts: (string | Error)[], form?: z.ZodType) => {
    const { client, asked } = judge(...texts);
    const question = {
      name: 'verdict',
      messages: [{ role: 'user' as const, content: 'Is it so?' }],
      data: [],
      answer,
    };
    const result = askJudge(client, { ...question, ...(form ? { form } : {}) }, context);
    return result.then((found) => ({ found, asked }));
  };
  const shape = z.object({ reason: z.string(), score: z.number() });
  const GOOD = '{"reason":"It is so.","score":1}';

  it('is asked once where the answer can be read, in the form that is given', async () => {
    const { found, asked } = await ask(shape, [GOOD], z.object({ score: z.number() }));
    assert.deepEqual(found, {
      status: 'answered',
      answer: { reason: 'It is so.', score: 1 },
      calls: [{ ...whole, text: GOOD }],
    });
    assert.equal(asked.length, 1);
    const format = JSON.stringify(asked[0]?.request.responseFormat);
    assert.match(format, /"name":"verdict"/);
    assert.match(format, /"required":\["score"\]/);
    assert.doesNotMatch(format, /\$schema/);
    const plain = await ask(shape, [GOOD]);
    assert.match(JSON.stringify(plain.asked[0]?.request.responseFormat), /"required":\["reason","score"\]/);
  });

  it('is asked once more, with what is wrong, and both calls are counted', async () => {
    const problems: [z.ZodType, string, RegExp][] = [
      [shape, 'Yes.', /cannot be read: it holds no JSON object\. Give/],
      [shape, '{"reason":"It is so."}', /cannot be read: "score": [^";]+\. Give/],
      [shape, 'It goes on about this one: {"reason":"It is so."}', /cannot be read: "score": /],
      [shape, `It goes on about this one: ${GOOD}`, /cannot be read: the words before it leave open/],
      [
        z.object({ a: z.object({ b: z.number() }) }),
        '{"a":{"b":"x"}}',
        /cannot be read: "a\.b": [^";]+\. Give/,
      ],
      [shape.refine(() => false, 'not so'), GOOD, /cannot be read: not so\. Give/],
      [
        z.object({ a: z.number(), b: z.number(), c: z.number(), d: z.number() }),
        '{"e":"x"}',
        /cannot be read: "a": [^";]+; "b": [^";]+; "c": [^";]+\. Give/,
      ],
    ];
    for (const [answer, text, expected] of problems) {
      const { found, asked } = await ask(answer, [
        text,
        new ModelError('network', 'it broke', { transient: true }),
      ]);
      assert.deepEqual(
        asked[1]?.request.messages.map(({ role }) => role),
        ['user', 'assistant', 'user'],
      );
      assert.equal(asked[1]?.request.messages[1]?.content, text);
      assert.match(String(asked[1]?.request.messages[2]?.content), expected);
      assert.deepEqual(
        [found.status, found.calls],
        [
          'failed',
          [
            { ...whole, text },
            { usage: null, costUsd: null },
          ],
        ],
      );
    }
    const mended = await ask(shape, ['Yes.', GOOD]);
    assert.deepEqual([mended.found.status, mended.found.calls.length], ['answered', 2]);
  });

  it('fails after two answers that cannot be read, and after one that is none', async () => {
    const twice = await ask(shape, ['Yes.', '{"score":1}', GOOD]);
    assert.equal(twice.found.status, 'failed');
    assert.match(
      twice.found.status === 'failed' ? twice.found.reason : '',
      /^the judge's answer was unreadable twice: "reason": /,
    );
    assert.equal(twice.asked.length, 2);
    assert.deepEqual(unanswered({ reason: 'so', calls: [] }), { status: 'error', reason: 'so', calls: 0 });
    for (const [text, reason] of [
      [`${GOOD}${GOOD}`, 'the judge gave more than one verdict'],
      [`${GOOD} Wait.`, 'the judge goes on to speak of its verdict after it'],
    ] as const) {
      const { found, asked } = await ask(shape, [text, GOOD]);
      assert.deepEqual(found, { status: 'failed', reason, calls: [{ ...whole, text }] });
      assert.equal(asked.length, 1);
    }
  });

  it('fails at once where the reply is none, and knows the keys of its form', async () => {
    const { client, asked } = judge({ ...whole, text: GOOD, finishReason: 'length' }, GOOD);
    const question = { name: 'verdict', messages: [], data: [], answer: shape };
    const found = await askJudge(client, question, context);
    assert.deepEqual(
      [found.status, 'reason' in found && found.reason, asked.length],
      ['failed', "the judge's answer reached its token limit", 1],
    );
    const passing = z.object({ reason: z.string(), pass: z.boolean(), score: z.number() });
    const both = await ask(passing, ['{"reason":"It is so.","pass":false,"score":0.6}']);
    assert.equal(both.found.status, 'answered');
  });

  it('may have an answer without fixed keys, and goes by a full score of 1', async () => {
    const { found } = await ask(z.record(z.string(), z.number()), ['{"score":1}']);
    assert.equal(found.status, 'answered');
    const scaled = await ask(shape, ['{"reason":"It is so.","score":1,"max_score":1}']);
    assert.equal(scaled.found.status, 'answered');
  });
});
