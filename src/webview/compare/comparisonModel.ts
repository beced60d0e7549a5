import { type CaseEntry, type ChangeCounts, type ComparisonEntry, keyOf, type PairEntry } from './entries.ts';
import { type CaseAction, type PageAction, type ToPage, toPage } from './messages.ts';

export type LoadedPair = { state: 'loaded'; pair: PairEntry } | { state: 'missing'; message: string };

/** How far it is: without a verdict until both sides are whole. */
export type Stage =
  | { stage: 'waiting' }
  | { stage: 'running'; done: number; trials: number; counts: ChangeCounts }
  | { stage: 'stopped'; message: string }
  | { stage: 'finished'; comparison: ComparisonEntry };

/** What the host has sent. */
export class ComparisonModel {
  caseActions: readonly CaseAction[] = [];
  pageActions: readonly PageAction[] = [];
  head = { suite: '', baseline: '', candidate: '', outlook: '', live: false };
  stage: Stage = { stage: 'waiting' };
  files: readonly { path: string; status: 'added' | 'removed' | 'changed' }[] = [];
  readonly intended = new Map<string, string>();
  readonly pairs = new Map<string, LoadedPair>();
  /** Grows with every change of the cases. */
  version = 0;
  #cases: CaseEntry[] = [];

  get cases(): readonly CaseEntry[] {
    return this.#cases;
  }

  find(key: string): CaseEntry | undefined {
    return this.#cases.find((one) => keyOf(one) === key);
  }

  /** Throws when the message is not of the contract. */
  receive(data: unknown): ToPage {
    const message = toPage.parse(data);
    this.#take(message);
    return message;
  }

  #take(message: ToPage): void {
    switch (message.type) {
      case 'actions':
        this.caseActions = message.cases;
        this.pageActions = message.page;
        return;
      case 'begin':
        this.#begin(message);
        return;
      case 'progress':
        this.#cases.push(...message.cases);
        this.version += 1;
        this.stage = { stage: 'running', ...message };
        return;
      case 'comparison':
        this.#finish(message);
        return;
      case 'stopped':
        this.stage = { stage: 'stopped', message: message.message };
        return;
      case 'files':
        this.files = message.files;
        return;
      case 'intended':
        this.intended.set(message.case_id, message.reason);
        this.version += 1;
        return;
      case 'pair':
        this.pairs.set(`${message.key.target}\n${message.key.case_id}`, {
          state: 'loaded',
          pair: message.pair,
        });
        return;
      case 'pair-missing':
        this.pairs.set(`${message.key.target}\n${message.key.case_id}`, {
          state: 'missing',
          message: message.message,
        });
    }
  }

  #begin({ suite, baseline, candidate, outlook, live }: ToPage & { type: 'begin' }): void {
    this.head = { suite, baseline, candidate, outlook, live };
    this.stage = { stage: 'waiting' };
    this.files = [];
    this.intended.clear();
    this.pairs.clear();
    this.#cases = [];
    this.version += 1;
  }

  #finish({ comparison, intended }: ToPage & { type: 'comparison' }): void {
    const { suite, baseline, candidate } = comparison;
    this.head = { ...this.head, suite, baseline: baseline.label, candidate: candidate.label };
    this.stage = { stage: 'finished', comparison };
    this.#cases = comparison.cases;
    for (const [id, reason] of Object.entries(intended)) this.intended.set(id, reason);
    this.version += 1;
  }
}
