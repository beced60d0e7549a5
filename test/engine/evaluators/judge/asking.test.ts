import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { z } from 'zod';
import { askJudge, unanswered } from '../../../../src/engine/evaluators/judge/askJudge.ts';
import { askForText, type TextProblem } from '../../../../src/engine/evaluators/judge/askText.ts';
import { brokenOff, callJudge } from '../../../../src/engine/evaluators/judge/judgeCall.ts';
import { PaidReplies } from '../../../../src/engine/evaluators/judge/paidReplies.ts';
import { wholeClient } from '../../../../src/engine/models/clientForms.ts';
import {
  type CallOptions,
  ModelError,
  type ModelReply,
  type ModelRequest,
} from '../../../../src/engine/models/modelClient.ts';
import { noSpan } from '../../../../src/engine/ports.ts';
import { Rejected } from '../../../../src/engine/resilience/policy.ts';
import { countingRandom } from '../../models/manualClock.ts';

const identity = { provider: 'p', model: 'm', endpoint: 'http://127.0.0.1:1/v1' };
const signal = new AbortController().signal;
const context = { signal, span: noSpan };

const whole: ModelReply = {
  status: 'complete',
  text: '',
  toolCalls: [],
  usage: { inputTokens: 1, outputTokens: 2 },
  costUsd: 0.5,
  model: 'm-1',
  responseId: 'r',
  latencyMs: 12.5,
  firstTokenMs: 3,
  finishReason: 'stop',
};

/** Answers one text or reply after the other, or fails. */
function judge(...answers: (string | ModelReply | Error)[]) {
  const asked: { request: ModelRequest; options: CallOptions }[] = [];
  const client = wholeClient(identity, async (request, options) => {
    const answer = answers[asked.length] ?? '';
    asked.push({ request, options });
    if (answer instanceof Error) throw answer;
    return typeof answer === 'string' ? { ...whole, text: answer } : answer;
  });
  return { client, asked };
}

const failure = (code: 'server' | 'network' | 'not-recorded', status?: number) =>
  new ModelError(code, 'it broke', { transient: false, ...(status === undefined ? {} : { status }) });

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

describe('a judge that was asked before the trial was interrupted', () => {
  const form = { name: 'grade', schema: {} };
  const request = { form, messages: [{ role: 'user' as const, content: 'Is it so?' }] };

  it('is not asked the same a second time, but whatever else', async () => {
    const first = new PaidReplies();
    await callJudge(judge('a').client, request, { ...context, paid: first });
    assert.equal(first.all.length, 1);

    const later = new PaidReplies(first.all);
    const { client, asked } = judge('b', 'c');
    const kept = await callJudge(client, request, { ...context, paid: later });
    assert.equal(kept.status === 'replied' && kept.reply.text, 'a');
    assert.deepEqual(asked, []);
    assert.equal(later.all.length, 1, 'it is kept for the next time as well');
    const again = await callJudge(client, request, { ...context, paid: later });
    assert.equal(again.status === 'replied' && again.reply.text, 'b');
  });

  it('is another one by its provider, model, endpoint, form or words', async () => {
    const first = new PaidReplies();
    await callJudge(judge('a').client, request, { ...context, paid: first });
    const same = { ...identity };
    const others = [
      { ...same, provider: 'q' },
      { ...same, model: 'n' },
      { ...same, endpoint: 'http://127.0.0.1:2/v1' },
      { provider: 'p', model: 'm' },
    ];
    for (const other of others) {
      const client = wholeClient(other, async () => ({ ...whole, text: 'new' }));
      const called = await callJudge(client, request, { ...context, paid: new PaidReplies(first.all) });
      assert.equal(called.status === 'replied' && called.reply.text, 'new', JSON.stringify(other));
    }
    for (const other of [
      { ...request, messages: [{ role: 'user' as const, content: 'Is it not so?' }] },
      { ...request, form: { ...form, name: 'rank' } },
    ]) {
      const called = await callJudge(judge('new').client, other, {
        ...context,
        paid: new PaidReplies(first.all),
      });
      assert.equal(called.status === 'replied' && called.reply.text, 'new');
    }
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

describe('a question for plain words', () => {
  const template = { system: 'You judge.', user: 'Is it so? {{ output }}', form: '' };
  const ask = async (
    answers: (string | ModelReply)[],
    read?: (answer: string) => object | TextProblem,
    material = new Map([['output', 'x']]),
  ) => {
    const { client, asked } = judge(...answers);
    const found = await askForText(client, { template, material, random: countingRandom() }, context, read);
    return { found, asked };
  };
  const status = ({ found }: Awaited<ReturnType<typeof ask>>) =>
    'missing' in found ? found.missing : found.status === 'failed' ? found.reason : `“${found.answer}”`;

  it('has the words without thoughts and the marks of their end', async () => {
    for (const end of ['<|im_end|>', '<|end▁of-x>', '</s>', '<end_of_turn>', '<|a|b|>', ' </s> \n'])
      assert.equal(status(await ask([` <think>so</think> a </s> b${end}`])), '“a </s> b”', end);
    assert.equal(status(await ask(['a<|>'])), '“a”');
    for (const text of ['a <|x>b|>', 'a <|x<b|>', 'a <|x b|>'])
      assert.equal(status(await ask([text])), `“${text}”`, text);
    const { found, asked } = await ask(['a']);
    assert.deepEqual(found, { status: 'answered', answer: 'a', calls: [{ ...whole, text: 'a' }] });
    assert.equal(asked.length, 1);
  });

  it('has none in a reply that is empty, too long, broken or all thoughts', async () => {
    const rows: [string | ModelReply, string][] = [
      [' \n', "the judge's answer is empty"],
      ['a'.repeat(200_001), "the judge's answer is longer than 200,000 characters"],
      [{ ...whole, text: 'a', finishReason: 'length' }, "the judge's answer reached its token limit"],
      ['<think>so</think> \n', "the judge's answer contains nothing but reasoning"],
      ['a <think>so', "the judge's answer contains nothing but reasoning"],
    ];
    for (const [answer, reason] of rows) assert.equal(status(await ask([answer])), reason);
    assert.equal(status(await ask(['a'.repeat(200_000)])).length, 200_002);
    assert.equal(status(await ask(['a'], undefined, new Map())), 'output');
  });

  it('is asked once more where the answer is misformed only', async () => {
    const again = await ask(['a', 'b'], () => ({ problem: 'it quotes nothing', misformed: true }));
    assert.equal(status(again), '“b”');
    assert.equal('calls' in again.found && again.found.calls.length, 2);
    assert.deepEqual(again.asked[1]?.request.messages.slice(-2), [
      { role: 'assistant', content: 'a' },
      {
        role: 'user',
        content:
          'That answer cannot be read: it quotes nothing. Give the same answer again in the form that was asked for, and nothing else.',
      },
    ]);
    assert.equal(again.asked[1]?.request.messages.length, (again.asked[0]?.request.messages.length ?? 0) + 2);
    for (const found of [{ problem: 'x' }, { misformed: true }, {}])
      assert.equal((await ask(['a', 'b'], () => found)).asked.length, 1);
    assert.equal((await ask(['', 'b'], () => ({ problem: 'x', misformed: true }))).asked.length, 1);
  });

  it('fails in words where the judge could not be asked', async () => {
    const { client } = judge(failure('network'));
    const found = await askForText(
      client,
      { template, material: new Map([['output', 'x']]), random: countingRandom() },
      context,
    );
    assert.deepEqual(found, {
      status: 'failed',
      reason: 'the call to the judge failed: it broke',
      calls: [{ usage: null, costUsd: null }],
    });
  });
});
