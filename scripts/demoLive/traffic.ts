import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { seededRandom } from '../../datasets/agent-live/seededRandom.mjs';
import type { LiveAgent } from './liveAgent.ts';

const DATASET = path.join(import.meta.dirname, '..', '..', 'datasets', 'support.golden.yaml');
/** How fast traffic swells and ebbs, in milliseconds. */
const TIDE_MS = 90_000;
/** Customers who ask again. */
const RETURNING = 0.35;

export interface TrafficOptions {
  agent: LiveAgent;
  /** Questions a second on average. */
  rate: number;
  seed: number;
  signal: AbortSignal;
}

/** Customers come at random, more at some times than at others, and some ask several times. Ends with its signal. */
export async function sendTraffic({ agent, rate, seed, signal }: TrafficOptions): Promise<void> {
  const random = seededRandom(seed);
  const questions = readQuestions();
  let session = 0;
  const asking = new Set<Promise<void>>();

  while (!signal.aborted) {
    const tide = 1 + 0.5 * Math.sin((Date.now() / TIDE_MS) * 2 * Math.PI);
    const pauseMs = (-Math.log(1 - random()) / (rate * tide)) * 1_000;
    await sleep(pauseMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) break;

    if (session === 0 || random() > RETURNING) session += 1;
    const question = questions[Math.floor(random() * questions.length)] ?? '';
    // A customer whose question is lost does not wait for it.
    const asked = agent.ask(`customer-${seed}-${session}`, question).catch(() => {});
    asking.add(asked);
    void asked.then(() => asking.delete(asked));
  }
  await Promise.all(asking);
}

/** What customers ask in the sample dataset. */
function readQuestions(): string[] {
  const dataset = parse(readFileSync(DATASET, 'utf8')) as { test_cases: { input?: unknown }[] };
  return dataset.test_cases.flatMap(({ input }) => (typeof input === 'string' ? [input] : []));
}
