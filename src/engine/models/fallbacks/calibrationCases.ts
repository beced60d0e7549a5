import { hash } from 'node:crypto';
import { UserError } from '../../errors.ts';
import type { Redactor } from '../../http/redactor.ts';
import type { GoldenCase, LocatedCase } from '../../model/case.ts';
import { contentHash } from '../../model/hash.ts';
import type { RenderedPrompt } from '../../model/prompt.ts';
import { type Clock, noSpan } from '../../ports.ts';
import { ModelError } from '../modelClient.ts';
import { type Calibration, type CalibrationCase, calibrate } from './calibration.ts';
import type { Likeness } from './likeness.ts';
import { likeRequest } from './likeRequest.ts';

/** As many cases at most are compared with each other, which takes about a second. */
const MOST = 1000;
/** Embeddings that are asked for together. */
const TOGETHER = 96;
/** Limit for one request for embeddings, in milliseconds. */
const LIMIT_MS = 60_000;

/** The same cases whatever their order: those whose ids have the lowest hashes. */
export async function sampleCases(batches: AsyncIterable<readonly LocatedCase[]>): Promise<GoldenCase[]> {
  let sample: { place: string; entry: GoldenCase }[] = [];
  const shrink = (): void => {
    sample = sample.sort((a, b) => (a.place < b.place ? -1 : 1)).slice(0, MOST);
  };

  for await (const batch of batches) {
    for (const { case: entry } of batch) sample.push({ place: hash('sha256', entry.id, 'hex'), entry });
    if (sample.length > 2 * MOST) shrink();
  }
  shrink();

  return sample.map(({ entry }) => entry);
}

interface Calibrated {
  /** What a case asks. Throws UserError for a case that is not sent. */
  render(entry: GoldenCase): RenderedPrompt;
  likeness: Likeness;
  maxWrong: number;
}

/** Calibrates the semantic cache of one target. A server that does not embed the questions leaves it off. */
export async function calibrateOn(
  sample: readonly GoldenCase[],
  { render, likeness, maxWrong }: Calibrated,
  { clock, redactor }: { clock: Clock; redactor: Redactor },
  signal: AbortSignal,
): Promise<Calibration> {
  const asked = sample.flatMap((entry) => askedBy(entry, render, redactor) ?? []);
  const cases: CalibrationCase[] = [];
  try {
    for (let start = 0; start < asked.length; start += TOGETHER) {
      const together = asked.slice(start, start + TOGETHER).map(async ({ entry, partition, text }) => {
        const { place } = await likeness.place(text, { signal, span: noSpan, timeoutMs: LIMIT_MS });
        return { id: entry.id, partition, place, expected: expectationOf(entry), cluster: entry.cluster };
      });
      cases.push(...(await Promise.all(together)));
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ModelError)) throw error;
    return { on: false, reason: `the questions of the dataset could not be embedded: ${error.message}` };
  }

  return calibrate(cases, maxWrong, async () => {
    await clock.sleep(0, signal);
  });
}

/** Undefined for a case whose request is not one that the cache takes. */
function askedBy(entry: GoldenCase, render: Calibrated['render'], redactor: Redactor) {
  try {
    const { messages, tools, responseFormat } = render(entry);
    // Model and settings are those of the target for all of its cases.
    const request = { messages, tools, parameters: {}, ...(responseFormat ? { responseFormat } : {}) };
    const like = likeRequest({ provider: '', model: '' }, request);
    return like && { entry, partition: like.partition, text: redactor.text(like.text) };
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** Undefined where a case says nothing of its answer. */
function expectationOf({ expected_output: expected, assert }: GoldenCase): string | undefined {
  const says = (expected && Object.keys(expected).length > 0) || (assert && assert.length > 0);
  return says ? contentHash({ expected, assert }) : undefined;
}
