/** How what was asked for together is worked on. */
export interface TurnWork<T, End> {
  /** Its turn has come. Never rejects. */
  run(item: T): Promise<End>;
  /** Its turn will not come. Never rejects. */
  leave(item: T): Promise<End>;
  /** Whether the next one may begin after one that ended so. */
  goesOn(end: End): boolean;
}

/** One after the other, in order; once one ends so that the others must not begin, or the signal aborts, they are left. */
export async function inTurn<T, End>(
  items: readonly T[],
  { run, leave, goesOn }: TurnWork<T, End>,
  signal: AbortSignal,
): Promise<End[]> {
  const ends: End[] = [];
  let open = true;
  for (const item of items) {
    open &&= !signal.aborted;
    const end = await (open ? run(item) : leave(item));
    open &&= goesOn(end);
    ends.push(end);
  }
  return ends;
}
