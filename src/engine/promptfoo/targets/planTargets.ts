import { createRedactor } from '../../http/redactor.ts';
import type { TargetConfig } from '../../suites/targets/targetConfig.ts';
import type { PromptfooPrompt } from '../prompts/promptfooPrompt.ts';
import type { PromptfooProvider } from '../providers/promptfooProvider.ts';
import { createFromPromptfoo, type PromptfooPair } from './createFromPromptfoo.ts';
import { describedCapabilities } from './describedTarget.ts';

/** Which prompts and providers take part; all where absent. */
interface Choice {
  /** Names under which their tests store outputs for later ones. */
  stored?: readonly string[];
  prompts?: string[];
  providers?: string[];
}

/** Every provider with every prompt that it is used with, under names that tell them apart. */
export function planTargets(
  prompts: readonly PromptfooPrompt[],
  providers: readonly PromptfooProvider[],
  choice: Choice = {},
): TargetConfig[] {
  const pairs = providers
    .filter((provider) => !choice.providers || choice.providers.some((name) => isProvider(name, provider)))
    .flatMap((provider) =>
      prompts
        .filter((prompt) => isAllowed(prompt, provider.prompts) && isAllowed(prompt, choice.prompts))
        .map((prompt) => ({ provider, prompt })),
    );

  const taken = new Set<string>();
  return pairs.map(({ provider, prompt }) => {
    const capabilities = describedCapabilities(prompt, provider, provider.location);
    // An address may carry a key, and names are seen everywhere.
    const shown = createRedactor(capabilities.secrets.written);
    const base = allowed(shown(provider.label ?? provider.id)) || 'target';
    const name = freeName(prompts.length === 1 ? base : `${base}-${allowed(prompt.name)}`, taken);
    const readsEarlier = prompt.conversation === true || (choice.stored ?? []).length > 0;
    return targetOf({ name, prompt, provider, capabilities, readsEarlier }, shown(provider.id));
  });
}

function targetOf(pair: PromptfooPair, calls: string): TargetConfig {
  const { name, provider, capabilities } = pair;
  return {
    kind: 'foreign',
    name,
    location: provider.location,
    described: { kind: 'promptfoo', calls, names: [name], capabilities },
    create: (ports) => createFromPromptfoo(pair, ports),
  };
}

/** By label or id; `group` and `group:*` also mean every prompt whose label begins with `group:`. */
export function isAllowed(
  { label, longLabel, id }: PromptfooPrompt,
  names: readonly string[] | undefined,
): boolean {
  if (!names) return true;
  return names.some((name) =>
    [label, longLabel, id].some((own) => {
      if (own === undefined) return false;
      const begins = name.endsWith('*') && own.startsWith(name.slice(0, -1));
      return own === name || begins || own.startsWith(`${name}:`);
    }),
  );
}

export function isProvider(name: string, { label, id }: PromptfooProvider): boolean {
  return [label, id].some(
    (own) =>
      own !== undefined &&
      (own === name ||
        own.startsWith(`${name}:`) ||
        (name.endsWith('*') && own.startsWith(name.slice(0, -1)))),
  );
}

function freeName(base: string, taken: Set<string>): string {
  let name = base;
  for (let count = 2; taken.has(name); count++) name = `${base}-${count}`;
  taken.add(name);
  return name;
}

/** Only what the name of a target may hold. */
function allowed(text: string): string {
  return text
    .slice(0, 1000)
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+|-+$/g, '')
    .slice(0, 60);
}
