import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { seededRandom } from '../../datasets/agent-live/seededRandom.mjs';

const DATASET = path.join(import.meta.dirname, '..', '..', 'datasets', 'support.golden.yaml');

export interface CustomersOptions {
  /** Of the route. */
  url: string;
  token: string;
  /** Questions a second. */
  rate: number;
  seed: number;
  signal: AbortSignal;
}

/** Customers who ask through the gateway. Counts what became of their questions. */
export class DemoCustomers {
  asked = 0;
  failed = 0;

  /** Ends with the signal, once all have their answers. */
  async run({ url, token, rate, seed, signal }: CustomersOptions): Promise<void> {
    const random = seededRandom(seed);
    const questions = readQuestions();
    const asking = new Set<Promise<void>>();
    while (!signal.aborted) {
      await sleep((-Math.log(1 - random()) / rate) * 1_000, undefined, { signal }).catch(() => {});
      if (signal.aborted) break;
      const message = questions[Math.floor(random() * questions.length)] ?? '';
      const asked = this.#ask(url, token, { session: `customer-${this.asked}`, message });
      asking.add(asked);
      void asked.then(() => asking.delete(asked));
    }
    await Promise.all(asking);
  }

  async #ask(url: string, token: string, question: object): Promise<void> {
    this.asked += 1;
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    try {
      const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(question) });
      await response.arrayBuffer();
      if (!response.ok) this.failed += 1;
    } catch {
      this.failed += 1;
    }
  }
}

/** What customers ask in the sample dataset. */
function readQuestions(): string[] {
  const dataset = parse(readFileSync(DATASET, 'utf8')) as { test_cases: { input?: unknown }[] };
  return dataset.test_cases.flatMap(({ input }) => (typeof input === 'string' ? [input] : []));
}
