/** What an import or export did with fields that have no place in the other format, counted by case. */
export class ImportTally {
  /** Field → number of cases that keep it in their metadata. */
  readonly kept = new Map<string, number>();
  /** What was left out → how often. */
  readonly dropped = new Map<string, number>();
  /** Notes for the user → how often each applies. */
  readonly notes = new Map<string, number>();

  keep(field: string): void {
    count(this.kept, field);
  }

  drop(what: string): void {
    count(this.dropped, what);
  }

  note(what: string): void {
    count(this.notes, what);
  }
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
