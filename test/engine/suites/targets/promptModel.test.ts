import assert from 'node:assert/strict';
import { ConfigError } from '../../../../src/engine/errors.ts';
import type { ProviderConfig } from '../../../../src/engine/models/modelProvider.ts';
import { fixedEnvironment } from '../../../../src/engine/ports.ts';
import { parsePrompt } from '../../../../src/engine/prompts/parsePrompt.ts';
import { promptModel } from '../../../../src/engine/suites/targets/promptModel.ts';

const defined = { path: 'touchstone.yaml', line: 1, column: 1 };
const openai: ProviderConfig = { baseUrl: 'https://api.openai.com/v1' };
const local: ProviderConfig = { baseUrl: 'http://localhost:1/v1', location: defined };

function modelOf(settings: string, providers: Record<string, ProviderConfig>): string {
  const text = `---\nname: A\n${settings}\n---\nuser:\nHello\n`;
  const scope = { root: import.meta.dirname, environment: fixedEnvironment({}) };
  return promptModel(parsePrompt({ path: 'a.prompty', text }, scope), providers);
}

describe('promptModel', () => {
  it('takes the provider that the prompt names', () => {
    assert.equal(modelOf('model: { id: local/llama3 }', { openai, local }), 'local/llama3');
    assert.equal(modelOf('model: { id: m, provider: openai }', { openai, local }), 'openai/m');
  });

  it('gives a bare name to the only provider that is defined, else to the built-in one', () => {
    assert.equal(modelOf('model: { id: llama3 }', { openai, local }), 'local/llama3');
    assert.equal(modelOf('model: { id: gpt-5-mini }', { openai }), 'openai/gpt-5-mini');
  });

  it('refuses what is open', () => {
    const refused = (settings: string, providers: Record<string, ProviderConfig>, words: RegExp) =>
      assert.throws(
        () => modelOf(settings, providers),
        (error) => error instanceof ConfigError && words.test(error.describe()),
      );
    refused('description: none', { openai }, /names no model/);
    refused('model: { id: other/m }', { openai }, /"other", which is not configured/);
    refused('model: { id: m, provider: azure }', { openai }, /"azure", which is not configured/);
    refused('model: { id: m }', { openai, local, far: local }, /local\/m or far\/m/);
  });
});
