import assert from 'node:assert/strict';
import { renderPrompt } from '../../../src/engine/prompts/renderPrompt.ts';
import { needsUserInput, withUserInput } from '../../../src/engine/prompts/withUserInput.ts';
import { parse, readFixture } from './readPrompt.ts';

describe('a case’s text', () => {
  it('becomes the user’s message where the prompt has no place for it', () => {
    const prompt = readFixture('plain.txt');
    assert.ok(needsUserInput(prompt));
    const rendered = renderPrompt(prompt, {});
    assert.deepEqual(withUserInput(rendered, 'Hi {{ x }}').messages, [
      { role: 'system', content: 'You are a helpful assistant.' },
      { role: 'user', content: 'Hi {{ x }}' },
    ]);
    assert.equal(rendered.messages.length, 1);
  });

  it('is asked for by skills and by VS Code prompts without inputs, not by prompts with variables or a user', () => {
    assert.ok(needsUserInput(readFixture('refunds/SKILL.md')));
    assert.ok(needsUserInput(parse('a.prompt.md', 'Explain.')));
    assert.ok(!needsUserInput(readFixture('review.prompt.md')));
    assert.ok(!needsUserInput(parse('a.prompty', 'user:\nSay hello.')));
    assert.ok(!needsUserInput(parse('a.prompty', 'system:\nAnswer {{ question }}')));
  });
});
