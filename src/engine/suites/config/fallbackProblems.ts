import { nearest } from '../../evaluators/options/optionCheck.ts';
import type { Pointer } from '../../files/formats/document.ts';
import type { FallbackStep } from '../../models/fallbacks/config.ts';
import type { CachesFile } from './cacheConfig.ts';
import { type ConfigReader, reportAt, reportKey } from './configReader.ts';
import { type FallbacksFile, toStep } from './fallbackConfig.ts';
import { checkModelReference } from './modelReference.ts';

/** What fallbacks may name beyond themselves. */
interface Known {
  providers: readonly string[];
  /** Of all suites; whether each asks a model, is an agent, or asks nobody, so that nothing answers in its place. */
  targets: ReadonlyMap<string, 'model' | 'agent' | 'nobody'>;
  /** Models that targets and judges ask; undefined where only the prompt files say. */
  asked: ReadonlySet<string> | undefined;
  caches: CachesFile;
}

/** Steps of an entry with the place of each. */
type Placed = { step: FallbackStep; at: Pointer }[];

/**
 * Reports entries that stand in for nothing, and steps that cannot answer. Two models may be each other's fallback, because what
 * stands in for a model has no fallback itself.
 */
export function checkFallbacks(reader: ConfigReader, file: FallbacksFile, known: Known): void {
  for (const [name, chain] of Object.entries(file)) {
    checkName(reader, name, known);
    checkSteps(reader, name, placedSteps(name, chain), known);
  }
}

function placedSteps(name: string, chain: FallbacksFile[string]): Placed {
  const at: Pointer = Array.isArray(chain) ? ['fallbacks', name] : ['fallbacks', name, 'steps'];
  const steps = Array.isArray(chain) ? chain : chain.steps;
  return steps.map((step, index) => ({ step: toStep(step), at: [...at, index] }));
}

function checkName(reader: ConfigReader, name: string, { providers, targets, asked }: Known): void {
  const at: Pointer = ['fallbacks', name];
  const isProvider = providers.includes(name);
  if (isProvider && targets.has(name)) {
    reportKey(reader, at, {
      code: 'ambiguous-fallback',
      message: `"${name}" is the name of a provider and of a target`,
      remedy: 'Rename the target, or write the fallbacks for its model (provider/model).',
    });

    return;
  }

  if (targets.get(name) === 'nobody') warnOfNobody(reader, name, at);
  if (isProvider || targets.has(name)) return;
  if (name.includes('/')) {
    checkModelReference(reader, name, at, providers, reportKey);
    if (asked && !asked.has(name) && providers.includes(providerOf(name)))
      warnOfUnasked(reader, name, at, asked);
    return;
  }

  const names = [...targets.keys(), ...providers];
  const guess = nearest(name, names)[0];
  reportKey(reader, at, {
    code: 'unknown-fallback',
    message: `there is no target and no provider "${name}"`,
    remedy: guess
      ? `Did you mean "${guess}"?`
      : `Name a target, a provider (${providers.join(', ')}) or a model (provider/model).`,
    meant: guess,
  });
}

/** What stands in for a model has no fallback itself, so a step does not ask for it either. */
function warnOfUnasked(reader: ConfigReader, name: string, at: Pointer, asked: ReadonlySet<string>): void {
  const guess = nearest(name, [...asked])[0];
  reportKey(reader, at, {
    severity: 'warning',
    code: 'no-effect',
    message: `no target and no judge asks the model "${name}"`,
    remedy: guess ? `Did you mean "${guess}"?` : 'Correct the model, or remove the entry.',
    meant: guess,
  });
}

function warnOfNobody(reader: ConfigReader, name: string, at: Pointer): void {
  reportKey(reader, at, {
    severity: 'warning',
    code: 'no-effect',
    message: `fallbacks have no effect for "${name}", because it asks nobody`,
    remedy: 'Remove the entry, or write it for a prompt, http or command target.',
  });
}

function checkSteps(reader: ConfigReader, name: string, steps: Placed, known: Known): void {
  const seen = new Map<string, Pointer>();
  let fixed: Pointer | undefined;

  for (const { step, at } of steps) {
    const key = JSON.stringify(step);
    const first = seen.get(key);
    if (fixed) reportUnreachable(reader, at, fixed);
    else if (first) reportTwice(reader, at, first);
    else checkStep(reader, name, step, at, known);

    seen.set(key, at);
    if (step.kind === 'fixed') fixed ??= at;
  }
}

function checkStep(
  reader: ConfigReader,
  name: string,
  step: FallbackStep,
  at: Pointer,
  { providers, caches, targets }: Known,
): void {
  if (step.kind === 'similar' && targets.get(name) === 'agent') {
    warnOfSimilar(reader, name, at);
  } else if (step.kind === 'model') {
    if (step.reference === name || providerOf(step.reference) === name) reportItself(reader, name, step, at);
    else checkModelReference(reader, step.reference, at, providers);
  } else if (step.kind === 'cache' && !caches.exact) {
    reportNoCache(reader, at, 'cache', 'exact');
  } else if (step.kind === 'similar' && !caches.similar) {
    reportNoCache(reader, at, 'similar', 'similar');
  }
}

function warnOfSimilar(reader: ConfigReader, name: string, at: Pointer): void {
  reportAt(reader, at, {
    severity: 'warning',
    code: 'no-effect',
    message: `the step "similar" has no effect for "${name}": only questions to models are compared`,
    remedy: 'Remove the step, or use "cache".',
  });
}

function providerOf(reference: string): string {
  return reference.slice(0, Math.max(0, reference.indexOf('/')));
}

function reportItself(
  reader: ConfigReader,
  name: string,
  { reference }: Extract<FallbackStep, { kind: 'model' }>,
  at: Pointer,
): void {
  const isSame = reference === name;
  reportAt(reader, at, {
    code: 'fallback-to-itself',
    message: isSame
      ? `"${name}" cannot be its own fallback`
      : `"${reference}" cannot stand in for "${name}", because it is a model of that provider`,
    remedy: isSame ? 'Name another model.' : 'Name a model of another provider.',
  });
}

function reportNoCache(reader: ConfigReader, at: Pointer, step: string, cache: string): void {
  reportAt(reader, at, {
    code: 'missing-cache',
    message: `the fallback "${step}" needs a cache, and caches.${cache} is not switched on`,
    remedy: `Add caches: { ${cache}: true }, or remove this step.`,
  });
}

function reportUnreachable(reader: ConfigReader, at: Pointer, fixed: Pointer): void {
  reportAt(reader, at, {
    code: 'unreachable-fallback',
    message: 'this step is never reached, because a fixed answer comes before it',
    remedy: 'Put the fixed answer last.',
    related: [{ message: 'the fixed answer', pointer: fixed }],
  });
}

function reportTwice(reader: ConfigReader, at: Pointer, first: Pointer): void {
  reportAt(reader, at, {
    code: 'duplicate-fallback',
    message: 'this step is listed twice',
    remedy: 'Remove one of them.',
    related: [{ message: 'first listed here', pointer: first }],
  });
}
