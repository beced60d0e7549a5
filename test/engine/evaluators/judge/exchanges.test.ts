import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { exchangesOf } from '../../../../src/engine/evaluators/judge/conversation/exchanges.ts';
import type { GoldenCase } from '../../../../src/engine/model/case.ts';
import type { JsonValue } from '../../../../src/engine/model/json.ts';
import { emptyOutput } from '../../../../src/engine/model/output.ts';

/** Of a target that was asked with the prompt `Asked` and answered `Answer`. */
const exchanges = (golden: Partial<GoldenCase>, prompt: string | null = 'Asked') =>
  exchangesOf({
    case: { id: 'c', ...golden },
    output: {
      ...emptyOutput(),
      status: 'complete',
      text: 'Answer',
      ...(prompt === null ? {} : { raw: { prompt } }),
    },
  });

const said = (user: string, assistant: string) => ({ user, assistant });

describe('the exchanges of a conversation', () => {
  it('are those of the variable _conversation, one or many, whatever their values are', () => {
    const given = (_conversation: JsonValue) => exchanges({ input: { _conversation, question: 'q' } });
    assert.deepEqual(given([{ input: 'q1', output: 'a1' }]), [said('q1', 'a1')]);
    assert.deepEqual(given([{ input: { n: 1 }, output: ['x'] }]), [said('{"n":1}', '["x"]')]);
    assert.deepEqual(given([{ input: 'q1' }, { output: 'a2' }, 'noise']), [
      said('q1', ''),
      said('', 'a2'),
      said('', ''),
    ]);
    for (const none of [[], 'text', null]) assert.deepEqual(given(none), [said('Asked', 'Answer')]);
  });

  it('are the messages of the case, those of one side in a row as one, with the output as the last', () => {
    const messages = [
      { role: 'system' as const, content: 'Be kind.' },
      { role: 'user' as const, content: 'Hello?' },
      { role: 'user' as const, content: 'Anybody?' },
      { role: 'assistant' as const, content: 'Yes.' },
      { role: 'assistant' as const, content: 'Me.' },
      { role: 'user' as const, content: 'A price?' },
      { role: 'assistant' as const, content: 'Wait.' },
    ];
    assert.deepEqual(exchanges({ messages }), [
      said('Hello?\n\nAnybody?', 'Yes.\n\nMe.'),
      said('A price?', 'Wait.\n\nAnswer'),
    ]);
    assert.deepEqual(exchanges({ messages: messages.slice(1, 2) }), [said('Hello?', 'Answer')]);
  });

  it('are what was sent, or else the input, where the case has no messages', () => {
    assert.deepEqual(exchanges({ messages: [], input: 'In' }), [said('Asked', 'Answer')]);
    assert.deepEqual(exchanges({ input: 'In' }), [said('Asked', 'Answer')]);
    assert.deepEqual(exchanges({ input: 'In' }, null), [said('In', 'Answer')]);
    assert.equal(exchanges({ input: '' }, null), undefined);
    assert.equal(exchanges({}, null), undefined);
  });
});
