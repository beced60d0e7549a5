import assert from 'node:assert/strict';
import { askForText, type TextProblem } from '../../../../src/engine/evaluators/judge/askText.ts';
import type { ModelReply } from '../../../../src/engine/models/modelClient.ts';
import { countingRandom } from '../../models/manualClock.ts';
import { context, failure, judge, whole } from './scriptedJudge.ts';

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
