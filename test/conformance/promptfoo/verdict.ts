/** What a program said of one case. */
export interface Verdict {
  /** The description of its test; with a number where a test has several cases. */
  name: string;
  pass: boolean;
  /** 0–1; null where nothing was measured. */
  score: number | null;
}

export interface Recorded {
  promptfooVersion: string;
  verdicts: Verdict[];
  /** Assertions about a trajectory, judged one by one. */
  trajectories: Verdict[];
}

/** Numbers the verdicts whose tests have the same description, in their order. */
export function withUniqueNames(verdicts: readonly Verdict[]): Verdict[] {
  const seen = new Map<string, number>();
  return verdicts.map((verdict) => {
    const count = (seen.get(verdict.name) ?? 0) + 1;
    seen.set(verdict.name, count);
    return count === 1 ? verdict : { ...verdict, name: `${verdict.name} (${count})` };
  });
}
