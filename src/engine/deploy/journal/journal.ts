import type { JsonObject } from '../../model/json.ts';

/**
 * What happened in a deployment, in order. Written before its effects; the state is what the entries come to. Anybody may append a wish; only
 * who holds the lease appends the rest.
 */
export interface Journal {
  /** Deployments of which there are entries, the newest attempt of each. */
  list(signal: AbortSignal): Promise<string[]>;
  /** Of the newest attempt; empty where there is none. */
  read(deployment: string, signal: AbortSignal): Promise<JournalEntry[]>;
  /** Rejects with JournalConflict where there is an entry after `after` already, or the lease is another's. */
  append(deployment: string, entry: EntryDraft, after: number, signal: AbortSignal): Promise<JournalEntry>;
  /** Takes, renews or learns who has the right to control a deployment. */
  hold(deployment: string, holder: string, leaseMs: number, signal: AbortSignal): Promise<Hold>;
  release(deployment: string, holder: string, signal: AbortSignal): Promise<void>;
}

export type Hold = { isHeld: true } | { isHeld: false; by: string; untilMs: number };

export interface EntryDraft {
  /** `wish`: of a person, not yet taken. `transition`: with the state after it. `effect`: one was verified. `note`: changes nothing. */
  kind: 'wish' | 'transition' | 'effect' | 'note';
  atMs: number;
  /** Who wrote it: a person, or a controller on a host. */
  by: string;
  /** In a sentence. */
  text: string;
  data: JsonObject;
}

export interface JournalEntry extends EntryDraft {
  /** From 1, rising. Numbers are left out only where a journal has summed up notes and wishes that were answered. */
  seq: number;
}
