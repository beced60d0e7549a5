import { UserError } from '../errors.ts';
import type { GoldenCase } from '../model/case.ts';
import type { RenderedPrompt } from '../model/prompt.ts';
import { isReasoningModel, longAnswer } from '../models/callEstimate.ts';
import type { ModelPrice } from '../models/prices/prices.ts';
import type { Tokenizer } from '../models/tokens/tokenizer.ts';
import type { MeasuredInput, PastCalls } from './callHistory.ts';
import { priceCalls } from './callPrice.ts';
import {
  addRanges,
  NOTHING,
  predictSignedSum,
  predictSum,
  type Range,
  rangeOf,
  scaleRange,
} from './range.ts';

/** The model call that a target makes for each case. */
export interface AskedModel {
  /** `provider/model`. */
  reference: string;
  /** The model as its provider names it. */
  model: string;
  /** The most output tokens that its settings allow; undefined where they set no limit. */
  maxTokens: number | undefined;
  price: ModelPrice | undefined;
  /** Of the models that may be asked as well where it does not answer. */
  standInPrices?: readonly (ModelPrice | undefined)[];
  /** What the model is sent for a case. Throws UserError for a case that is not sent to it. */
  request(entry: GoldenCase): RenderedPrompt;
}

/** What the calls of one target will use. Null is unknown. */
export interface TargetEstimate {
  target: string;
  /** `provider/model`; null for a target that is no prompt. */
  model: string | null;
  calls: number;
  inputTokens: Range | null;
  outputTokens: Range | null;
  costUsd: Range | null;
  /** All calls one after the other, in milliseconds. */
  latencyMs: Range;
  /** Past calls that the output lengths and times are taken from; 0 where a wide default stands in. */
  history: number;
}

/** Without a past, in tokens and milliseconds of one call. Wide on purpose. */
const DEFAULT_OUTPUT: Omit<Range, 'high'> = { low: 10, likely: 250 };
const DEFAULT_REASONING_OUTPUT: Omit<Range, 'high'> = { low: 50, likely: 1000 };
export const DEFAULT_LATENCY_MS: Range = { low: 300, likely: 3000, high: 20_000 };

/** Counts the requests of a prompt target over a sample of its cases. */
export class InputTally {
  readonly #asked: AskedModel;
  readonly #tokenizer: Tokenizer;
  #counted = 0;
  #tokens: Range = NOTHING;
  /** By the id of the case, in tokens. */
  readonly #byCase = new Map<string, number>();
  unusable = 0;
  images = 0;

  constructor(asked: AskedModel, tokenizer: Tokenizer) {
    this.#asked = asked;
    this.#tokenizer = tokenizer;
  }

  /** A case that cannot be rendered will not be called: it is left out. */
  add(entry: GoldenCase): void {
    try {
      const counted = this.#tokenizer.countChat(this.#asked.request(entry));
      this.#tokens = addRanges(this.#tokens, rangeOf(counted.total));
      this.#counted += 1;
      this.#byCase.set(entry.id, counted.total.tokens);
      this.images += counted.images;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.unusable += 1;
    }
  }

  /** Share of cases that can be called. */
  get usable(): number {
    const all = this.#counted + this.unusable;
    return all === 0 ? 1 : this.#counted / all;
  }

  /**
   * Input tokens of `calls` calls. What the provider measured for the same cases tells how far the count is off: a
   * server that adds a prompt of its own, or another tokenizer.
   */
  total(calls: number, measured: readonly MeasuredInput[] = []): Range {
    if (this.#counted === 0) return NOTHING;

    const counted = scaleRange(this.#tokens, calls / this.#counted);
    const differences = measured.flatMap(({ caseId, inputTokens }) => {
      const tokens = this.#byCase.get(caseId);
      return tokens === undefined ? [] : [inputTokens - tokens];
    });

    const off = predictSignedSum(differences, calls);
    if (!off) return counted;

    return {
      low: Math.max(0, counted.likely + off.low),
      likely: Math.max(0, counted.likely + off.likely),
      high: Math.max(0, counted.likely + off.high),
    };
  }
}

/** A prompt target: tokens are counted, lengths of outputs are those of the past. */
export function estimatePrompt(
  target: string,
  asked: AskedModel,
  trials: number,
  tally: InputTally,
  past: PastCalls,
  measured: readonly MeasuredInput[] = [],
): TargetEstimate {
  const calls = Math.round(trials * tally.usable);
  const inputTokens = tally.total(calls, measured);
  const predicted = predictSum(past.outputTokens, calls);
  const outputTokens = limited(predicted ?? scaleRange(defaultOutput(asked.model), calls), calls, asked);

  return {
    target,
    model: asked.reference,
    calls,
    inputTokens,
    outputTokens,
    costUsd: priceCalls({ count: calls, inputTokens, outputTokens }, asked.price),
    latencyMs: predictSum(past.latencyMs, calls) ?? scaleRange(DEFAULT_LATENCY_MS, calls),
    history: predicted ? past.outputTokens.length : 0,
  };
}

/** An agent: only its past says what it costs. An echo calls nobody. */
export function estimateAgent(
  target: { name: string; free: boolean },
  calls: number,
  past: PastCalls,
): TargetEstimate {
  const { free } = target;
  const known = past.unknownCosts === 0 ? (predictSum(past.costUsd, calls) ?? null) : null;
  const latency = predictSum(past.latencyMs, calls);

  return {
    target: target.name,
    model: null,
    calls,
    inputTokens: predictSum(past.inputTokens, calls) ?? null,
    outputTokens: predictSum(past.outputTokens, calls) ?? null,
    costUsd: free ? NOTHING : known,
    latencyMs: latency ?? (free ? NOTHING : scaleRange(DEFAULT_LATENCY_MS, calls)),
    history: latency ? past.latencyMs.length : 0,
  };
}

/** Output tokens of one call of a model of which nothing is known. */
export function defaultOutput(model: string): Range {
  const usual = isReasoningModel(model) ? DEFAULT_REASONING_OUTPUT : DEFAULT_OUTPUT;
  return { ...usual, high: longAnswer(model) };
}

function limited(tokens: Range, calls: number, asked: AskedModel): Range {
  const { maxTokens: most } = asked;
  if (most === undefined) return tokens;
  const limit = most * calls;
  return {
    low: Math.min(tokens.low, limit),
    likely: Math.min(tokens.likely, limit),
    high: Math.min(tokens.high, limit),
  };
}
