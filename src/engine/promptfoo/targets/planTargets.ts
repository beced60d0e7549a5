import type { TargetConfig } from '../../suites/targetConfig.ts';
import type { PromptfooPrompt, PromptfooProvider } from '../plan.ts';

/** Which prompts and providers take part; all where absent. */
interface Choice {
  prompts?: string[];
  providers?: string[];
}

type PromptfooTargetConfig = Extract<TargetConfig, { kind: 'promptfoo' }>;

/** Every provider with every prompt that it is used with, under names that tell them apart. */
export function planTargets(
  prompts: readonly PromptfooPrompt[],
  providers: readonly PromptfooProvider[],
  choice: Choice = {},
): PromptfooTargetConfig[] {
  const pairs = providers
    .filter((provider) => !choice.providers || choice.providers.some((name) => isProvider(name, provider)))
    .flatMap((provider) =>
      prompts
        .filter((prompt) => isAllowed(prompt, provider.prompts) && isAllowed(prompt, choice.prompts))
        .map((prompt) => ({ provider, prompt })),
    );
  const taken = new Set<string>();
  return pairs.map(({ provider, prompt }) => {
    const base = allowed(provider.label ?? provider.id) || 'target';
    const name = freeName(prompts.length === 1 ? base : `${base}-${allowed(prompt.name)}`, taken);
    return { kind: 'promptfoo', name, location: provider.location, template: prompt, provider };
  });
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
