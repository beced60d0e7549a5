import assert from 'node:assert/strict';
import { noSpan } from '../../../src/engine/ports.ts';
import { createEchoTarget, type EchoTargetOptions } from '../../../src/engine/targets/echoTarget.ts';

const context = { signal: new AbortController().signal, span: noSpan, timeoutMs: 1000 };
const echo = (input: string | { [name: string]: string }, render?: EchoTargetOptions['render']) =>
  createEchoTarget({ name: 'echo', ...(render ? { render } : {}) }).call(
    { case: { id: 'a', input }, trial: 0, seed: 0 },
    context,
  );

describe('echo target', () => {
  it('says back a text as it stands and variables as JSON', async () => {
    assert.equal((await echo('hello')).text, 'hello');
    assert.equal((await echo({ name: 'Ada' })).text, '{"name":"Ada"}');
    assert.equal((await echo('hello')).costUsd, 0);
  });

  it('says back what a prompt makes of the case', async () => {
    const render = { text: (request: { case: { id: string } }) => `Case ${request.case.id}`, hash: 'h1' };
    assert.equal((await echo('hello', render)).text, 'Case a');
    assert.notEqual(
      createEchoTarget({ name: 'echo', render }).hash,
      createEchoTarget({ name: 'echo', render: { ...render, hash: 'h2' } }).hash,
    );
  });
});
