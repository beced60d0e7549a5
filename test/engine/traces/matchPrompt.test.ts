import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { SpanMessage } from '../../../src/engine/model/agentSpan.ts';
import type { MessageTemplate } from '../../../src/engine/model/prompt.ts';
import { matchPrompt } from '../../../src/engine/traces/matchPrompt.ts';

const template = (role: MessageTemplate['role'], text: string, line: number): MessageTemplate => ({
  role,
  template: text,
  range: { path: 'p', line, column: 1, endLine: line, endColumn: 1 },
});
const said = (role: string, text: string): SpanMessage => ({ role, parts: [{ type: 'text', text }] });

describe('the prompt of a call', () => {
  const messages = [
    template(
      'system',
      'You are a support agent of {{ shop }}.\n{% if formal %}Use formal words.{% endif %}',
      3,
    ),
    template('user', '{{question}}', 5),
  ];

  it('is found by its fixed text, whatever was filled in and however lines were broken', () => {
    const match = matchPrompt({ messages }, [
      said('system', 'You are a support agent  of ACME.\n\nUse formal words.'),
      said('user', 'Where is my order?'),
    ]);
    assert.deepEqual(match, { line: 3, share: 1 });
  });

  it('is found where a condition left a part of it out', () => {
    const match = matchPrompt({ messages }, [said('developer', 'You are a support agent of ACME.')]);
    assert.ok(match && match.share > 0.6 && match.share < 1);
  });

  it('is not another one, nor one without text of its own', () => {
    assert.equal(matchPrompt({ messages }, [said('system', 'You are a pirate. Speak like one.')]), null);
    assert.equal(matchPrompt({ messages }, [said('user', 'You are a support agent of ACME.')]), null);
    assert.equal(
      matchPrompt({ messages: [template('user', '{{question}}', 1)] }, [said('user', 'Hi')]),
      null,
    );
  });
});
