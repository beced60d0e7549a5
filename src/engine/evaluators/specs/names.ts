import type { EvaluatorSpec } from '../../model/evaluation.ts';

/** The specs with names that occur once: `contains`, `contains-2`. Names that are unique stay as they are. */
export function uniqueNames(specs: readonly EvaluatorSpec[]): EvaluatorSpec[] {
  const taken = new Set<string>();
  const written = new Set(specs.map((spec) => spec.name));

  return specs.map((spec) => {
    let name = spec.name;
    for (let count = 2; taken.has(name); count++) {
      const next = `${spec.name}-${count}`;
      name = written.has(next) ? name : next;
    }
    taken.add(name);
    return name === spec.name ? spec : { ...spec, name };
  });
}
