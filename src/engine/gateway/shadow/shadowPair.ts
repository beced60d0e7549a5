import type { ComparisonWord } from '../../model/comparison.ts';
import type { JsonValue } from '../../model/json.ts';
import type { FinishedExchange } from '../exchange/finishedExchange.ts';

/** Both answers to one request. */
export interface ShadowPair {
  /** Of an agent's loop over tools: its first request with its last reply; time, usage and cost are those of all its calls. */
  primary: FinishedExchange;
  /** The last of its calls, where it asked for tools. */
  candidate: FinishedExchange;
  /** Calls of the candidate, in order: one, or more where recorded results of tools were given to it. */
  candidateCalls: readonly FinishedExchange[];
  /** Where the candidate first did something else than the primary; null where it did not. */
  divergence: ToolDivergence | null;
}

/** A tool call that the primary had not made, or not with these arguments: nobody can answer it. `at` counts calls from 0. */
export interface ToolDivergence {
  at: number;
  wanted: { name: string; arguments: JsonValue };
  /** What the primary called there; null where it called nothing more. */
  recorded: { name: string; arguments: JsonValue } | null;
}

/**
 * Evaluates pairs. Its verdict looks at them in the order in which their requests were begun, so that quick or lucky candidates do
 * not come first: each counts when it and all before it were offered or given up.
 */
export interface PairSink {
  /** A request of which a copy is to be made, as soon as that is known: a pair of this id is offered later, or given up. */
  begin(id: string): void;
  /** False where there is no room: the pair is dropped, and counted by who offered it. It is given up then. */
  offer(pair: ShadowPair): boolean;
  /** No pair comes of this request, e.g. because its copy was dropped. */
  giveUp(id: string): void;
  /** Of all pairs so far. */
  figures?(): PairFigures;
}

/** What has become of the pairs. */
interface PairFigures {
  /** The comparison that they are stored as; null before the first. */
  runId: string | null;
  verdict: ComparisonWord | null;
  /** US dollars of judges, which count against the shadow's money. */
  judgeCostUsd: number;
}
