import type { ProviderConfig } from '../../models/modelProvider.ts';
import type { Environment } from '../../ports.ts';

export const BUILT_IN_PROVIDER = 'openai';

/**
 * The provider that is there without configuration: the person's own OPENAI_BASE_URL (OpenAI's API where it
 * is not set) with OPENAI_API_KEY, where that is set. A file that defines `openai` replaces it.
 */
export function builtInProvider(environment: Environment): ProviderConfig {
  const hasKey = Boolean(environment.get('OPENAI_API_KEY'));
  const baseUrl = environment.get('OPENAI_BASE_URL') || 'https://api.openai.com/v1';
  // Without a key, only a server of the person's own choice can be meant to work without one.
  const needsKey = hasKey || !environment.get('OPENAI_BASE_URL');
  return { baseUrl, ...(needsKey ? { apiKey: '${env:OPENAI_API_KEY}' } : {}) };
}
