import type { Pointer } from '../../files/formats/document.ts';
import { type ConfigReader, reportAt } from '../config/configReader.ts';
import { describeTarget } from './describeTarget.ts';
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

/** The first of its names that is free; then the plain one with a number. */
function freeName(target: TargetConfig, taken: ReadonlySet<string>): string {
  const { names } = describeTarget(target);
  const [base] = names;
  for (const name of names) if (!taken.has(name)) return name;
  for (let count = 2; ; count++) if (!taken.has(`${base}-${count}`)) return `${base}-${count}`;
}
