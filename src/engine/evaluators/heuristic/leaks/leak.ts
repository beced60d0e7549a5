/** Something in an output that should not be there. */
export interface Leak {
  kind: string;
  value: string;
}

const SHOWN = 3;

/** `2 email (ja…, su…)`: kinds with counts and the first two characters, so that reports do not leak them. */
export function summarize(leaks: readonly Leak[]): string {
  const kinds = Map.groupBy(leaks, (leak) => leak.kind);
  return [...kinds]
    .map(([kind, found]) => {
      const shown = found.slice(0, SHOWN).map(({ value }) => `${value.slice(0, 2)}…`);
      return `${found.length} ${kind} (${shown.join(', ')}${found.length > SHOWN ? ', …' : ''})`;
    })
    .join(', ');
}
