import assert from 'node:assert/strict';
import { callJudge } from '../../../../src/engine/evaluators/judge/judgeCall.ts';
import { PaidReplies, redactedReply } from '../../../../src/engine/evaluators/judge/paidReplies.ts';
import { Redactor } from '../../../../src/engine/http/redactor.ts';
import { wholeClient } from '../../../../src/engine/models/clientForms.ts';
import type { ModelReply } from '../../../../src/engine/models/modelClient.ts';
import { context, identity, judge, whole } from './scriptedJudge.ts';

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

  it('gives its answers to one question in their order, and keeps what was not asked for', async () => {
    const ask = (paid: PaidReplies, content: string, answer = 'new') =>
      callJudge(judge(answer).client, { messages: [{ role: 'user', content }] }, { ...context, paid });
    const first = new PaidReplies();
    for (const answer of ['a', 'b']) await ask(first, 'Is it so?', answer);
    await ask(first, 'Is it polite?', 'c');

    const second = new PaidReplies(first.all);
    await ask(second, 'Is it so?');
    const texts = second.all.map(({ reply }) => (JSON.parse(reply) as ModelReply).text);
    assert.deepEqual(texts, ['a', 'b', 'c']);

    const third = new PaidReplies(second.all);
    for (const expected of ['a', 'b', 'new']) {
      const called = await ask(third, 'Is it so?');
      assert.equal(called.status === 'replied' && called.reply.text, expected);
    }
  });

  it('is kept with what it cost and a digest of the question, and without keys', async () => {
    const paid = new PaidReplies();
    await callJudge(judge('a').client, request, { ...context, paid });
    const [kept] = paid.all;
    assert.ok(kept);
    assert.equal(kept.costUsd, whole.costUsd);
    assert.match(kept.question, /^[0-9a-f]{64}$/);

    const redactor = new Redactor(['a-key-which-is-secret']);
    const told = { ...kept, reply: JSON.stringify({ ...whole, text: 'It is a-key-which-is-secret.' }) };
    const redacted = redactedReply(told, redactor);
    assert.deepEqual({ ...redacted, reply: '' }, { ...told, reply: '' });
    assert.doesNotMatch(redacted.reply, /secret/);
    assert.equal((JSON.parse(redacted.reply) as ModelReply).costUsd, whole.costUsd);
  });
});
