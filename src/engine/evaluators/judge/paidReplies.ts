import { hash } from 'node:crypto';
import type { Redactor } from '../../http/redactor.ts';
import type { JsonValue } from '../../model/json.ts';
import type { PaidReply } from '../../model/result.ts';
import type { ModelReply } from '../../models/modelClient.ts';
import { withoutNonces } from './fence.ts';

/**
 * What judges have answered to questions about one trial. A trial whose last judge is refused keeps them, so that none of
 * them is asked, and paid for, a second time.
 */
export class PaidReplies {
  readonly #before: Map<string, PaidReply[]>;
  readonly #given: PaidReply[] = [];

  /** `before`: of an earlier attempt. */
  constructor(before: readonly PaidReply[] = []) {
    this.#before = Map.groupBy(before, ({ question }) => question);
  }

  /** The reply to a question; each is given once, because a judge may be asked the same thing several times. */
  take(question: string): ModelReply | undefined {
    const kept = this.#before.get(question)?.shift();
    return kept && (JSON.parse(kept.reply) as ModelReply);
  }

  /** That a reply was given, now or before. */
  keep(question: string, reply: ModelReply): void {
    this.#given.push({ question, reply: JSON.stringify(reply), costUsd: reply.costUsd });
  }

  /** All that are known. */
  get all(): PaidReply[] {
    return [...this.#given, ...[...this.#before.values()].flat()];
  }
}

/** Without keys. */
export function redactedReply(paid: PaidReply, redactor: Pick<Redactor, 'value'>): PaidReply {
  const reply: JsonValue = JSON.parse(paid.reply);
  return { ...paid, reply: JSON.stringify(redactor.value(reply)) };
}

/** SHA-256 of a question and of whom it is put to. The numbers of its fences are drawn anew each time, and no part of it. */
export function questionKey(asked: unknown): string {
  return hash('sha256', withoutNonces(JSON.stringify(asked)), 'hex');
}
