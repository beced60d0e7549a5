import path from 'node:path';
import { isJsonObject, type JsonValue } from '../model/json.ts';
import type { ForeignFormat } from '../suites/foreignFormat.ts';

/** What only a configuration of promptfoo's has at its top. */
const OWN_KEYS = ['prompts', 'tests', 'defaultTest', 'targets', 'scenarios'];

/** promptfoo's configurations. What reads them is loaded with the first: most workspaces have none. */
export const promptfooFormat: ForeignFormat = {
  usualNames: ['promptfooconfig.yaml', 'promptfooconfig.yml', 'promptfooconfig.json'],
  programNames: ['js', 'cjs', 'mjs', 'ts', 'cts', 'mts'].map((ending) => `promptfooconfig.${ending}`),
  isNamed: (name) => /^promptfooconfig.*\.(?:ya?ml|json)$/.test(name),
  isConfig,
  async read(source, environment) {
    const { readPromptfoo } = await import('./config/readPromptfoo.ts');
    return readPromptfoo(source, environment);
  },
};

function isConfig(file: string, value: JsonValue): boolean {
  if (/^promptfooconfig/.test(path.basename(file))) return true;
  if (!isJsonObject(value) || 'suites' in value) return false;
  return OWN_KEYS.some((key) => key in value);
}
