import type { LogRecord } from '../../model/span.ts';
import type { NamedValue } from './logFields.ts';

type Level = LogRecord['level'];

const NAMES = ['level', 'severity', 'levelname', 'loglevel', 'lvl', 'l', 'severitytext'];

const WORDS: readonly (readonly [Level, RegExp])[] = [
  ['error', /^(?:e|err|error|severe|crit|critical|alert|emerg|emergency|fatal|panic|dpanic)$/],
  ['warn', /^(?:w|warn|warning)$/],
  ['info', /^(?:i|info|information|informational|notice|http|default|log)$/],
  ['debug', /^(?:d|debug|trace|verbose|silly|fine|finer|finest|all)$/],
];

/** Null where a line does not say how serious it is. */
export function levelIn(values: readonly NamedValue[]): Level | null {
  for (const name of NAMES) {
    const level = levelOf(values.find((one) => one.name === name)?.value);
    if (level) return level;
  }
  return (
    byNumber(values, 'severitynumber', [9, 13, 17]) ??
    // Python’s own numbers; others use those of `levelOf`.
    byNumber(values, 'levelno', [20, 30, 40])
  );
}

function levelOf(value: unknown): Level | null {
  if (typeof value === 'string') {
    const word = value.toLowerCase();
    return WORDS.find(([, pattern]) => pattern.test(word))?.[0] ?? null;
  }
  if (typeof value !== 'number') return null;
  // From 0 to 7 it is syslog’s (RFC 5424), where the lowest is the worst; else pino’s and bunyan’s.
  if (value < 8) return value <= 3 ? 'error' : value === 4 ? 'warn' : value <= 6 ? 'info' : 'debug';
  return levelFrom(value, [30, 40, 50]);
}

function byNumber(
  values: readonly NamedValue[],
  name: string,
  from: readonly [info: number, warn: number, error: number],
): Level | null {
  const value = values.find((one) => one.name === name)?.value;
  return typeof value === 'number' ? levelFrom(value, from) : null;
}

function levelFrom(value: number, [info, warn, error]: readonly [number, number, number]): Level {
  if (value >= error) return 'error';
  if (value >= warn) return 'warn';
  return value >= info ? 'info' : 'debug';
}
