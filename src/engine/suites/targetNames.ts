import path from 'node:path';
import type { Pointer } from '../files/formats/document.ts';
import { nameFromPath } from '../prompts/detectFormat.ts';
import { type ConfigReader, reportAt } from './configReader.ts';
import type { TargetConfig } from './targetConfig.ts';

/**
 * Gives every target a name that is unique in its suite: its own, or one made from what it calls
 * (`answer` for prompts/answer.prompty). Reports own names that occur twice. `pointers` are those of the
 * targets.
 */
export function nameTargets(
  reader: ConfigReader,
  targets: readonly TargetConfig[],
  pointers: readonly Pointer[],
): TargetConfig[] {
  const first = new Map<string, Pointer>();
  for (const [index, { name }] of targets.entries()) {
    const pointer = [...(pointers[index] ?? []), 'name'];
    const earlier = first.get(name);
    if (name !== '' && earlier) reportDuplicate(reader, name, pointer, earlier);
    else first.set(name, pointer);
  }
  return uniqueTargetNames(targets);
}

/** Fills in the names of the targets that have none (an empty one), each unique in the suite. */
export function uniqueTargetNames(targets: readonly TargetConfig[]): TargetConfig[] {
  const taken = new Set(targets.map((target) => target.name));
  return targets.map((target) => {
    if (target.name !== '') return target;
    const name = freeName(target, taken);
    taken.add(name);
    return { ...target, name };
  });
}

function reportDuplicate(reader: ConfigReader, name: string, pointer: Pointer, earlier: Pointer): void {
  reportAt(reader, pointer, {
    code: 'duplicate-target',
    message: `the target name "${name}" is used twice`,
    remedy: 'Give each target of a suite a name of its own.',
    related: [{ message: 'first used here', pointer: earlier }],
  });
}

/** The plain name; where it is taken, with the model; then with a number. */
function freeName(target: TargetConfig, taken: ReadonlySet<string>): string {
  const base = plainName(target);
  const model = target.kind === 'prompt' ? target.model?.slice(target.model.indexOf('/') + 1) : undefined;
  const candidates = [base, ...(model === undefined ? [] : [`${base}-${allowed(model)}`])];
  for (const candidate of candidates) if (!taken.has(candidate)) return candidate;
  for (let count = 2; ; count++) if (!taken.has(`${base}-${count}`)) return `${base}-${count}`;
}

function plainName(target: TargetConfig): string {
  switch (target.kind) {
    case 'prompt':
      return allowed(nameFromPath(target.prompt.path));
    case 'http':
      return new URL(target.url).hostname;
    case 'command':
      return stemOf(
        target.command.find((word, at) => at > 0 && /[./]/.test(word)) ?? target.command[0] ?? '',
      );
    case 'replay':
      return stemOf(target.replay.path);
    case 'promptfoo':
      return allowed(target.provider.label ?? target.provider.id);
    case 'echo':
      return target.prompt ? allowed(nameFromPath(target.prompt.path)) : 'echo';
  }
}

/** `main` for `agent/main.mjs`. */
function stemOf(file: string): string {
  return allowed(path.posix.basename(file.replaceAll('\\', '/')).replace(/(.)\..*$/, '$1'));
}

/** Only what names may hold (name.ts). */
function allowed(text: string): string {
  return text.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '') || 'target';
}
