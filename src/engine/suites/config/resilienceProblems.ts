import type { Pointer } from '../../files/formats/document.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { type ConfigReader, reportAt, reportKey } from './configReader.ts';
import { pointerText } from './plainWords.ts';

/** Settings that must not exceed each other: section, the smaller, the greater. */
const ORDERED = [
  ['breaker', 'minimum_calls', 'window_calls'],
  ['breaker', 'open_s', 'open_max_s'],
  ['retry', 'base_ms', 'max_ms'],
  ['concurrency', 'min', 'max'],
] as const;

/**
 * Reports settings of a provider's `resilience` that contradict each other or do nothing; `provider` is the provider as
 * it is written, and stands at `at`. The form of each has been reported on already.
 */
export function checkResilience(reader: ConfigReader, provider: JsonObject, at: Pointer): void {
  const { resilience, max_concurrency: cap, timeout_ms: timeout } = provider;
  if (!isJsonObject(resilience)) return;

  const place: Place = { reader, at: [...at, 'resilience'] };
  for (const [section, smaller, greater] of ORDERED) {
    checkOrder(place, section, sectionOf(resilience, section), smaller, greater);
  }

  checkWindow(place, sectionOf(resilience, 'breaker'));
  checkCap(place, sectionOf(resilience, 'concurrency'), cap, [...at, 'max_concurrency']);
  warnOfFixedLimit(place, sectionOf(resilience, 'concurrency'));
  warnOfSlowness(place, sectionOf(resilience, 'breaker'), timeout, [...at, 'timeout_ms']);
  for (const key of ['rpm', 'tpm']) warnOfNone(place, resilience, key);
}

interface Place {
  reader: ConfigReader;
  /** Of `resilience`. */
  at: Pointer;
}

function sectionOf(resilience: JsonObject, section: string): JsonObject {
  const value = resilience[section];
  return isJsonObject(value) ? value : {};
}

function checkOrder(
  { reader, at }: Place,
  section: string,
  values: JsonObject,
  smaller: string,
  greater: string,
): void {
  const [low, high] = [values[smaller], values[greater]];
  if (!exceeds(low, high)) return;
  reportAt(reader, [...at, section, smaller], {
    code: 'contradiction',
    message: `${pointerText([...at, section])}: ${smaller} (${low}) is greater than ${greater} (${high})`,
    remedy: `Lower ${smaller} or raise ${greater}.`,
    related: [{ message: `${greater} is set here`, pointer: [...at, section, greater] }],
  });
}

function checkWindow({ reader, at }: Place, breaker: JsonObject): void {
  if (breaker['window_calls'] === undefined || breaker['window_s'] === undefined) return;
  reportKey(reader, [...at, 'breaker', 'window_s'], {
    code: 'contradiction',
    message: `${pointerText([...at, 'breaker'])} has both window_calls and window_s`,
    remedy: 'The window is a number of calls or a time: remove one of them.',
    related: [{ message: 'window_calls is set here', pointer: [...at, 'breaker', 'window_calls'] }],
  });
}

/** The provider's own `max_concurrency` is the cap of the adaptive limit. */
function checkCap(
  { reader, at }: Place,
  { min, max }: JsonObject,
  cap: JsonValue | undefined,
  capAt: Pointer,
): void {
  const related = [{ message: 'max_concurrency is set here', pointer: capAt }];
  if (exceeds(min, cap)) {
    reportAt(reader, [...at, 'concurrency', 'min'], {
      code: 'contradiction',
      message: `${pointerText([...at, 'concurrency'])}: min (${min}) is greater than max_concurrency of the provider (${cap})`,
      remedy: 'Lower min or raise max_concurrency.',
      related,
    });
  }

  if (!exceeds(max, cap)) return;
  reportAt(reader, [...at, 'concurrency', 'max'], {
    severity: 'warning',
    code: 'no-effect',
    message: `max (${max}) is never reached, because max_concurrency of the provider is ${cap}`,
    remedy: 'Lower max or raise max_concurrency.',
    related,
  });
}

function warnOfFixedLimit({ reader, at }: Place, { adaptive, min }: JsonObject): void {
  if (adaptive !== false || min === undefined) return;
  reportKey(reader, [...at, 'concurrency', 'min'], {
    severity: 'warning',
    code: 'no-effect',
    message: 'min has no effect with adaptive: false',
    remedy: 'Remove min, or set adaptive to true.',
  });
}

/** A call that ends at its time limit cannot become slow later. */
function warnOfSlowness(
  { reader, at }: Place,
  { slow_ms: slow }: JsonObject,
  timeout: JsonValue | undefined,
  timeoutAt: Pointer,
): void {
  if (!exceeds(slow, timeout)) return;
  reportAt(reader, [...at, 'breaker', 'slow_ms'], {
    severity: 'warning',
    code: 'no-effect',
    message: `no call is ever slow: slow_ms (${slow}) is greater than timeout_ms of the provider (${timeout})`,
    remedy: 'Lower slow_ms or raise timeout_ms.',
    related: [{ message: 'timeout_ms is set here', pointer: timeoutAt }],
  });
}

function warnOfNone({ reader, at }: Place, resilience: JsonObject, key: string): void {
  if (resilience[key] !== 0) return;
  reportAt(reader, [...at, key], {
    severity: 'warning',
    code: 'none-allowed',
    message: `${key} is 0, so every call to this provider is rejected`,
    remedy: `Remove ${key} if there is no limit.`,
  });
}

function exceeds(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  return typeof left === 'number' && typeof right === 'number' && left > right;
}
