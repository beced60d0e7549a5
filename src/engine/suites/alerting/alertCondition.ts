import {
  ALERT_STATISTICS,
  type AlertCondition,
  type AlertOperator,
  type AlertQuantity,
  type SampledMeasure,
} from '../../model/alertRule.ts';
import { toMilliseconds } from '../config/duration.ts';

/** How the numbers of a figure are written. */
type Unit = 'score' | 'time' | 'share' | 'dollars' | 'count';

interface Figure {
  quantity: AlertQuantity;
  unit: Unit;
}

const SAMPLED: { readonly [words: string]: { of: SampledMeasure; unit: Unit } } = {
  score: { of: 'score', unit: 'score' },
  latency: { of: 'durationMs', unit: 'time' },
  'first token': { of: 'firstTokenMs', unit: 'time' },
  cost: { of: 'costUsd', unit: 'dollars' },
  'input tokens': { of: 'inputTokens', unit: 'count' },
  'output tokens': { of: 'outputTokens', unit: 'count' },
};

const SUMMED = { cost: 'costUsd', 'input tokens': 'inputTokens', 'output tokens': 'outputTokens' } as const;

/** What may stand before the comparison. */
const FIGURES: { readonly [words: string]: Figure } = {
  calls: { quantity: { kind: 'count', of: 'calls' }, unit: 'count' },
  errors: { quantity: { kind: 'count', of: 'errors' }, unit: 'count' },
  scores: { quantity: { kind: 'count', of: 'score' }, unit: 'count' },
  'error rate': { quantity: { kind: 'error-rate' }, unit: 'share' },
  score: { quantity: { kind: 'each-score' }, unit: 'score' },
  ...Object.fromEntries(Object.entries(SUMMED).flatMap(([words, of]) => sums(words, of))),
  ...Object.fromEntries(
    ALERT_STATISTICS.flatMap((statistic) =>
      Object.entries(SAMPLED).map(([words, { of, unit }]): [string, Figure] => [
        `${statistic} ${words}`,
        { quantity: { kind: 'statistic', statistic, of }, unit },
      ]),
    ),
  ),
};

function sums(words: string, of: (typeof SUMMED)[keyof typeof SUMMED]): [string, Figure][] {
  const unit = SAMPLED[words]?.unit ?? 'count';
  return [
    [words, { quantity: { kind: 'sum', of, perHour: false }, unit }],
    [`${words} per hour`, { quantity: { kind: 'sum', of, perHour: true }, unit }],
  ];
}

/** All figures, for messages and completion. */
export const FIGURE_NAMES: readonly string[] = Object.keys(FIGURES);

/** Of whole conditions; the schema shows it, and the reader says more. */
export const CONDITION_FORM = String.raw`^\s*[A-Za-z][A-Za-z0-9 ]*?\s*(<=|>=|<|>)\s*\$?\s*[0-9].*$`;

/** What is wrong with a condition, and what was probably meant in place of its figure. */
export interface ConditionProblem {
  message: string;
  remedy: string;
  /** A figure that does not exist. */
  unknownFigure?: string;
}

export interface ReadCondition {
  condition: AlertCondition;
  unit: Unit;
}

const PARTS = /^(?<figure>[^<>=]*?)\s*(?<operator><=|>=|<|>)\s*(?<limit>.*)$/s;

/** Reads `mean score < 0.7`: a figure, a comparison and a number with its unit. */
export function readCondition(text: string): ReadCondition | ConditionProblem {
  const { figure, operator, limit } = PARTS.exec(text.trim())?.groups ?? {};
  if (figure === undefined || limit === undefined)
    return {
      message: `"${text}" is not a condition`,
      remedy: 'Write a figure, <, <=, > or >=, and a number, such as: mean score < 0.7',
    };

  const words = figure.trim().toLowerCase().replace(/\s+/g, ' ');
  const found = Object.hasOwn(FIGURES, words) ? FIGURES[words] : undefined;
  if (!found)
    return {
      message: figure.trim() === '' ? 'the condition has no figure' : `there is no figure "${figure.trim()}"`,
      remedy: `Use one of: ${shownFigures()}.`,
      unknownFigure: words,
    };

  const value = readAmount(limit, found.unit);
  if (value === undefined)
    return { message: `"${limit}" cannot be compared with ${words}`, remedy: `Write ${FORMS[found.unit]}.` };
  const condition = { quantity: found.quantity, operator: operator as AlertOperator, limit: value, text };
  return { condition, unit: found.unit };
}

/** A number in the unit of a figure; undefined where it is none. */
export function readAmount(written: string | number, unit: Unit): number | undefined {
  const text = String(written).trim();
  switch (unit) {
    case 'time':
      return readTime(text);
    case 'score':
      return withinOne(plain(text));
    case 'share': {
      const percent = /^(.*?)\s*%$/.exec(text)?.[1];
      const number = plain(percent ?? text);
      return withinOne(percent === undefined || number === undefined ? number : number / 100);
    }
    case 'dollars':
      return grouped(text.replace(/^\$\s*/, '').replace(/\s*(?:usd)$/i, ''));
    case 'count':
      return grouped(text);
  }
}

/** Of a condition that says nothing, whatever is measured: no figure is below 0, and no score and no share is above 1. */
export function constantOutcome({
  condition: { operator, limit },
  unit,
}: ReadCondition): 'never' | 'always' | undefined {
  const isBounded = unit === 'score' || unit === 'share';
  if (operator === '<' && limit === 0) return 'never';
  if (operator === '>=' && limit === 0) return 'always';
  if (operator === '>' && limit === 1 && isBounded) return 'never';
  if (operator === '<=' && limit === 1 && isBounded) return 'always';
  return undefined;
}

/** What a number of a unit looks like, to follow "Write". */
export const FORMS: { readonly [unit in Unit]: string } = {
  time: 'a time such as 800ms, 8s or 2m',
  score: 'a score from 0 to 1, such as 0.7',
  share: 'a share such as 5% or 0.05',
  dollars: 'an amount in US dollars, such as $2.50',
  count: 'a number such as 20',
};

function readTime(text: string): number | undefined {
  const milliseconds = /^(\d+(?:\.\d+)?)\s*ms$/.exec(text)?.[1];
  if (milliseconds !== undefined) return finite(Number(milliseconds));
  return /^\d+(?:\.\d+)?\s*[smhdw]$/.test(text) ? finite(toMilliseconds(text)) : undefined;
}

/** With commas between thousands, or without. */
function grouped(text: string): number | undefined {
  return plain(text.replace(/^\d{1,3}(?:,\d{3})+(?=\.|$)/, (digits) => digits.replaceAll(',', '')));
}

function plain(text: string): number | undefined {
  return /^\d+(?:\.\d+)?$/.test(text.trim()) ? finite(Number(text)) : undefined;
}

/** Hundreds of digits are a slip. */
function finite(number: number): number | undefined {
  return Number.isFinite(number) ? number : undefined;
}

function withinOne(number: number | undefined): number | undefined {
  return number !== undefined && number <= 1 ? number : undefined;
}

function shownFigures(): string {
  const sampled = Object.keys(SAMPLED).join(', ');
  const others = FIGURE_NAMES.filter((name) => !ALERT_STATISTICS.some((word) => name.startsWith(`${word} `)));
  return `${others.join(', ')}; or ${ALERT_STATISTICS.join(', ')} of ${sampled}`;
}
