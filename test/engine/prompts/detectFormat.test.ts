import assert from 'node:assert/strict';
import { detectFormat, nameFromPath } from '../../../src/engine/prompts/detectFormat.ts';

describe('detectFormat', () => {
  const known: [path: string, format: string][] = [
    ['prompts/answer.prompty', 'prompty'],
    ['prompts/greet.prompt', 'dotprompt'],
    ['triage.prompt.yml', 'github-prompt'],
    ['triage.prompt.yaml', 'github-prompt'],
    ['.github/prompts/review.prompt.md', 'copilot-prompt'],
    ['skills/refunds/SKILL.md', 'skill'],
    ['refunds.SKILL.md', 'skill'],
    ['.github/agents/planner.agent.md', 'agent'],
    ['.github/instructions/css.instructions.md', 'instructions'],
    ['AGENTS.md', 'instructions'],
    ['packages/a/CLAUDE.md', 'instructions'],
    ['prompts\\windows.prompty', 'prompty'],
  ];
  for (const [path, format] of known)
    it(`${path} is ${format}`, () => assert.equal(detectFormat(path), format));

  it('takes plain files only where a suite names them', () => {
    for (const path of ['README.md', 'notes.txt', 'package.json'])
      assert.equal(detectFormat(path), undefined);
    assert.equal(detectFormat('a.md', { plain: true }), 'text');
    assert.equal(detectFormat('a.txt', { plain: true }), 'text');
    assert.equal(detectFormat('a.json', { plain: true }), 'chat-json');
    assert.equal(detectFormat('a.prompt.md', { plain: true }), 'copilot-prompt');
  });

  it('knows no other file', () => {
    for (const path of ['a.yaml', 'constructor', 'prompty', 'a.prompt.txt'])
      assert.equal(detectFormat(path), undefined);
  });

  it('names a prompt after its file, or after its folder where all files are called the same', () => {
    assert.equal(nameFromPath('prompts/answer.prompty'), 'answer');
    assert.equal(nameFromPath('a/triage.prompt.yml'), 'triage');
    assert.equal(nameFromPath('skills/refunds/SKILL.md'), 'refunds');
    assert.equal(nameFromPath('AGENTS.md'), 'AGENTS');
  });
});
