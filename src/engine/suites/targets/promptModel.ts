import { ConfigError } from '../../errors.ts';
import type { Prompt } from '../../model/prompt.ts';
import { EDITOR_PROVIDER } from '../../models/editorClient.ts';
import type { ProviderConfig } from '../../models/modelProvider.ts';

/**
 * The model, as `provider/model`, that a prompt's own settings name. A bare model name belongs to the
 * provider that the prompt names, else to the only provider that the configuration defines, else to the
 * built-in one. Throws ConfigError when the prompt names no model or its provider is not configured.
 */
export function promptModel(prompt: Prompt, providers: Readonly<Record<string, ProviderConfig>>): string {
  const { id, provider } = prompt.model;
  if (!id) {
    throw new ConfigError('the prompt names no model', {
      where: { path: prompt.path },
      remedy: 'Name one in the prompt, as "model" of the target, or with --model, e.g. openai/gpt-5-mini.',
    });
  }

  const named = id.includes('/') ? id.slice(0, id.indexOf('/')) : undefined;
  if (named !== undefined && (named === EDITOR_PROVIDER || Object.hasOwn(providers, named))) return id;
  if (provider !== undefined && Object.hasOwn(providers, provider)) return `${provider}/${id}`;
  if (named !== undefined || provider !== undefined)
    throw notConfigured(prompt, named ?? provider ?? '', providers);

  const names = Object.keys(providers);
  const defined = names.filter((name) => providers[name]?.location !== undefined);
  const [only, another] = defined.length > 0 ? defined : names;
  if (only !== undefined && another === undefined) return `${only}/${id}`;

  throw new ConfigError(`the prompt names the model "${id}" without a provider, and there are several`, {
    where: { path: prompt.path },
    remedy: `Write ${(another === undefined ? names : defined).map((name) => `${name}/${id}`).join(' or ')}.`,
  });
}

function notConfigured(
  prompt: Prompt,
  provider: string,
  providers: Readonly<Record<string, ProviderConfig>>,
): ConfigError {
  return new ConfigError(`the prompt names the provider "${provider}", which is not configured`, {
    where: { path: prompt.path },
    remedy: `Add it to "providers", or name another model with "model" or --model. Configured: ${Object.keys(providers).join(', ')}.`,
  });
}
