import { appendFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import { makeFolders } from '../../files/makeFolders.ts';
import { readText } from '../../files/readText.ts';
import type { Sample } from './sample.ts';

/** A golden case that was asked of a version: what came of it, or nothing yet. */
export interface GoldenAnswer {
  key: string;
  caseId: string;
  version: string;
  atMs: number;
  sample?: Sample;
  /** US dollars of the answer and its judges; null where unknown. */
  costUsd?: number | null;
}

/** Golden cases that were asked, line by line in a private file: what was asked before a process ended is not paid again. */
export class GoldenLog {
  readonly #file: string;
  readonly #answers = new Map<string, GoldenAnswer>();

  constructor(root: string, deployment: string) {
    this.#file = path.join(root, '.touchstone', 'deployments', `${deployment}.golden.jsonl`);
    if (!existsSync(this.#file)) return;
    for (const line of readText(this.#file).split('\n')) {
      const answer = parsed(line);
      if (answer) this.#answers.set(answer.key, answer);
    }
  }

  get answers(): readonly GoldenAnswer[] {
    return [...this.#answers.values()];
  }

  /** Durable before the case is asked, and again with its answer. */
  put(answer: GoldenAnswer): void {
    this.#answers.set(answer.key, answer);
    makeFolders(path.dirname(this.#file));
    appendFileSync(this.#file, `${JSON.stringify(answer)}\n`, { mode: 0o600, flush: true });
  }
}

/** A line that was cut off, or is not one, is left out. */
function parsed(line: string): GoldenAnswer | undefined {
  try {
    const answer = JSON.parse(line) as Partial<GoldenAnswer> | null;
    const { key, caseId, version, atMs } = answer ?? {};
    if (typeof key !== 'string' || typeof caseId !== 'string' || typeof version !== 'string')
      return undefined;
    return typeof atMs === 'number' ? { ...answer, key, caseId, version, atMs } : undefined;
  } catch {
    return undefined;
  }
}
