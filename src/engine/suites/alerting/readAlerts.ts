import type { z } from 'zod';
import { nearest } from '../../evaluators/options/optionCheck.ts';
import type { Pointer } from '../../files/formats/document.ts';
import {
  type AlertChannel,
  type AlertCondition,
  type AlertRule,
  type AlertsConfig,
  EDITOR_CHANNEL,
} from '../../model/alertRule.ts';
import { defined } from '../../model/defined.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { soleReference } from '../../model/variableReference.ts';
import { type ConfigReader, reportAt, reportKey, startOf } from '../config/configReader.ts';
import { checkDestination } from '../config/destinationRules.ts';
import { toMilliseconds } from '../config/duration.ts';
import {
  constantOutcome,
  FIGURE_NAMES,
  FORMS,
  type ReadCondition,
  readAmount,
  readCondition,
} from './alertCondition.ts';
import { ALERT_DEFAULTS, type AlertFile, alertsFile, notifyFile } from './alertsConfig.ts';

const SHORTEST_MS = 10_000;
const LONGEST_MS = 30 * 86_400_000;

/**
 * `alerts` and `notify` of a file whose form has been checked; what only their sense shows is reported. An entry of a wrong form is
 * left out. Undefined where the file has neither.
 */
export function readAlerts(reader: ConfigReader, file: JsonObject): AlertsConfig | undefined {
  if (file['alerts'] === undefined && file['notify'] === undefined) return undefined;

  const channels = readChannels(reader, mapIn(file['notify']));
  const names = Object.keys(mapIn(file['notify']));
  const rules = entriesOf(alertsFile, file['alerts']).flatMap(
    ([name, entry]) => readRule(reader, name, entry, names) ?? [],
  );
  warnOfUnused(reader, mapIn(file['alerts']), names);
  return { rules, channels };
}

/** The entries of a map whose form is right, each by itself. */
function entriesOf<T>(schema: z.ZodType<{ [name: string]: T }>, value: JsonValue | undefined): [string, T][] {
  return Object.entries(mapIn(value)).flatMap(([name, entry]) =>
    Object.entries(schema.safeParse({ [name]: entry }).data ?? {}),
  );
}

function mapIn(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function readRule(
  reader: ConfigReader,
  name: string,
  file: AlertFile,
  channels: readonly string[],
): AlertRule | undefined {
  const at: Pointer = ['alerts', name];
  const condition = conditionOf(reader, file, at);
  checkTimes(reader, file, at);
  checkChannels(reader, file.notify, [...at, 'notify'], channels);
  if (!condition) return undefined;

  checkDimensions(reader, file, condition.condition, at);
  checkSamples(reader, file, condition.condition, at);
  const { each } = file;
  const over = file.over ?? (each ? ALERT_DEFAULTS.overEach : ALERT_DEFAULTS.over);
  return {
    name,
    condition: condition.condition,
    clear: clearOf(reader, file, condition, at),
    of: defined(file.of ?? {}),
    by: file.by ?? null,
    overMs: toMilliseconds(over),
    forMs: file.for === undefined ? 0 : toMilliseconds(file.for),
    minSamples: file.min_samples ?? ALERT_DEFAULTS.minSamples,
    severity: file.severity,
    notify: [...new Set(file.notify)],
    description: file.description ?? null,
    location: startOf(reader.document.locateKey(at)),
  };
}

function conditionOf(reader: ConfigReader, file: AlertFile, at: Pointer): ReadCondition | undefined {
  const read = readCondition(file.when);
  const pointer = [...at, 'when'];
  if ('message' in read) {
    const { message, remedy, unknownFigure } = read;
    const guess = unknownFigure === undefined ? undefined : nearest(unknownFigure, FIGURE_NAMES)[0];
    reportAt(reader, pointer, {
      code: 'invalid-condition',
      message,
      remedy: guess === undefined ? remedy : `Did you mean "${guess}"?`,
    });
    return undefined;
  }

  const outcome = constantOutcome(read);
  if (outcome !== undefined)
    reportAt(reader, pointer, {
      code: 'contradiction',
      message: `"${read.condition.text}" ${outcome} holds, whatever is measured`,
      remedy: 'Write a limit that the figure can cross.',
    });
  const single = read.condition.quantity.kind === 'each-score';
  if (single === file.each) return read;
  reportAt(reader, pointer, {
    code: 'contradiction',
    message: single
      ? 'a single score can only be compared with each: true'
      : 'each: true looks at single scores, not at a figure over time',
    remedy: single
      ? 'Add each: true, or name a figure such as "mean score".'
      : 'Write "when: score < 0.3", or remove each.',
  });
  return undefined;
}

function clearOf(reader: ConfigReader, file: AlertFile, read: ReadCondition, at: Pointer): number {
  const { condition, unit } = read;
  if (file.clear === undefined) return condition.limit;

  const pointer = [...at, 'clear'];
  const clear = readAmount(file.clear, unit);
  if (file.each)
    reportKey(reader, pointer, {
      code: 'contradiction',
      message: 'clear does not go with each: true',
      remedy:
        'Remove clear: the alert is over when no score has met the condition for the time given by over.',
    });
  else if (clear === undefined)
    reportAt(reader, pointer, {
      code: 'invalid-value',
      message: `clear is "${file.clear}", which cannot be compared with the limit of "${condition.text}"`,
      remedy: `Write ${FORMS[unit]}.`,
    });
  else if (isUp(condition) ? clear > condition.limit : clear < condition.limit)
    reportAt(reader, pointer, {
      code: 'contradiction',
      message: `at ${file.clear}, "${condition.text}" still holds, so the alert would never be over`,
      remedy: `Write a value ${isUp(condition) ? 'below' : 'above'} the limit.`,
    });
  return clear ?? condition.limit;
}

function isUp({ operator }: AlertCondition): boolean {
  return operator.startsWith('>');
}

function checkTimes(reader: ConfigReader, { over, for: holds, each }: AlertFile, at: Pointer): void {
  const overMs = over === undefined ? undefined : toMilliseconds(over);
  if (overMs !== undefined && (overMs < SHORTEST_MS || overMs > LONGEST_MS))
    reportAt(reader, [...at, 'over'], {
      code: 'invalid-value',
      message: `over is ${over}; expected 10s to 30d`,
      remedy: 'Write a time within these.',
    });
  if (holds !== undefined && toMilliseconds(holds) > LONGEST_MS)
    reportAt(reader, [...at, 'for'], {
      code: 'invalid-value',
      message: `for is ${holds}; expected at most 30d`,
      remedy: 'Write a shorter time.',
    });
  if (each && holds !== undefined)
    reportKey(reader, [...at, 'for'], {
      code: 'contradiction',
      message: 'for does not go with each: true, since a single score does not last',
      remedy: 'Remove one of them.',
    });
}

/** Calls have neither a suite nor an evaluator; scores of runs have a suite, and single scores are of live traffic. */
function checkDimensions(
  reader: ConfigReader,
  file: AlertFile,
  { quantity, text }: AlertCondition,
  at: Pointer,
): void {
  const single = quantity.kind === 'each-score';
  const scored = single || ('of' in quantity && quantity.of === 'score');
  const missing = single ? SINGLE_SCORES : scored ? undefined : CALLS;
  for (const dimension of missing?.dimensions ?? []) {
    const message = `${missing?.of} have no ${dimension}, and "${text}" is about ${missing?.of}`;
    if (file.of?.[dimension] !== undefined)
      reportKey(reader, [...at, 'of', dimension], {
        code: 'contradiction',
        message,
        remedy: `Remove ${dimension}.`,
      });
    if (file.by === dimension)
      reportAt(reader, [...at, 'by'], { code: 'contradiction', message, remedy: 'Remove by.' });
  }
  if (file.by !== undefined && file.of?.[file.by] !== undefined)
    reportAt(reader, [...at, 'by'], {
      code: 'contradiction',
      message: `of names one ${file.by}, so there is nothing to tell apart by it`,
      remedy: 'Remove one of them.',
    });
}

const CALLS = { of: 'calls', dimensions: ['suite', 'evaluator'] } as const;
const SINGLE_SCORES = { of: 'single scores', dimensions: ['suite', 'operation'] } as const;

function checkSamples(
  reader: ConfigReader,
  file: AlertFile,
  { quantity }: AlertCondition,
  at: Pointer,
): void {
  const sampled = quantity.kind === 'statistic' || quantity.kind === 'error-rate';
  if (file.min_samples === undefined || sampled) return;
  reportKey(reader, [...at, 'min_samples'], {
    code: 'contradiction',
    message: 'min_samples is for statistics and rates; a count needs no samples',
    remedy: 'Remove it.',
  });
}

function checkChannels(
  reader: ConfigReader,
  names: readonly string[],
  at: Pointer,
  channels: readonly string[],
): void {
  const known = [EDITOR_CHANNEL, ...channels];
  for (const [index, name] of names.entries()) {
    if (known.includes(name)) continue;
    const guess = nearest(name, known)[0];
    reportAt(reader, [...at, index], {
      code: 'unknown-channel',
      message: `there is no channel "${name}"`,
      remedy: guess ? `Did you mean "${guess}"?` : `Add "${name}" under notify, or use: ${known.join(', ')}.`,
      meant: guess,
    });
  }
}

function readChannels(reader: ConfigReader, file: JsonObject): AlertChannel[] {
  return entriesOf(notifyFile, file).flatMap(([name, channel]): AlertChannel[] => {
    if (name === EDITOR_CHANNEL)
      reportKey(reader, ['notify', name], {
        code: 'invalid-name',
        message: 'the channel "editor" is built in',
        remedy: 'Choose another name.',
      });
    if ('alertmanager' in channel) {
      checkDestination(reader, channel.alertmanager, ['notify', name, 'alertmanager'], 'alerts');
      return [{ kind: 'alertmanager', name, url: channel.alertmanager }];
    }
    checkDestination(reader, channel.webhook, ['notify', name, 'webhook'], 'alerts');
    // Anything but a reference has been reported as a secret in the file.
    const secret = soleReference(channel.secret)?.name ?? '';
    return [{ kind: 'webhook', name, url: channel.webhook, secret }];
  });
}

function warnOfUnused(reader: ConfigReader, alerts: JsonObject, names: readonly string[]): void {
  const used = new Set(
    Object.values(alerts).flatMap((alert) => {
      const notify = isJsonObject(alert) ? alert['notify'] : undefined;
      return Array.isArray(notify) ? notify : [];
    }),
  );
  for (const name of names) {
    if (used.has(name) || name === EDITOR_CHANNEL) continue;
    reportKey(reader, ['notify', name], {
      severity: 'warning',
      code: 'unused-channel',
      message: `no alert uses the channel "${name}"`,
      remedy: `Add "${name}" to notify of an alert, or remove it.`,
    });
  }
}
