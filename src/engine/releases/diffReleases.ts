import { diffText } from '../files/text/diffText.ts';
import { canonicalJson, type JsonObject, type JsonValue } from '../model/json.ts';
import type { Release } from './release.ts';
import { toFile } from './releaseSchema.ts';

/** What differs between two releases. */
export interface ReleaseDiff {
  /** Answers depend on nothing that differs. */
  sameContent: boolean;
  /** In the order of the file; null where one of them has none. */
  settings: readonly { name: string; from: JsonValue; to: JsonValue }[];
  /** Unified diffs of the messages' texts, with their roles; empty where none differs. */
  texts: readonly { message: string; diff: string }[];
}

/** What one has to know before traffic moves from `before` to `after`. */
export function diffReleases(before: Release, after: Release): ReleaseDiff {
  const [from, to] = [settingsOf(before), settingsOf(after)];
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  return {
    sameContent: before.digest === after.digest,
    settings: names.flatMap((name) => {
      const pair = { name, from: from[name] ?? null, to: to[name] ?? null };
      return canonicalJson(pair.from) === canonicalJson(pair.to) ? [] : [pair];
    }),
    texts: textsOf(before, after),
  };
}

/** Each by itself: parameters, tools and inputs by their names. */
function settingsOf(release: Release): { [name: string]: JsonValue } {
  const { prompt, parameters, tools, response_format, dataset, approved_by, model } = toFile(release);
  const { path, format, syntax, inputs, includes } = prompt as JsonObject;
  const approval = (approved_by ?? {}) as JsonObject;
  const settings: { [name: string]: JsonValue | undefined } = {
    model,
    ...prefixed('parameter', parameters as JsonObject),
    ...named('tool', tools),
    response_format,
    ...{ 'prompt.path': path, 'prompt.format': format, 'prompt.syntax': syntax },
    ...named('input', inputs),
    ...prefixed('include', (includes ?? {}) as JsonObject),
    ...prefixed('dataset', (dataset ?? {}) as JsonObject),
    evaluators: approval['evaluators'],
    served_models: approval['served_models'],
    ...{ 'approved_by.run': approval['run'], 'approved_by.gate': approval['gate'] },
    'approved_by.override': approval['override'],
  };
  return Object.fromEntries(
    Object.entries(settings).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined),
  );
}

function prefixed(prefix: string, object: JsonObject): { [name: string]: JsonValue } {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [`${prefix}.${name}`, value]));
}

function named(prefix: string, list: JsonValue | undefined): { [name: string]: JsonValue } {
  const entries = (list ?? []) as JsonObject[];
  return Object.fromEntries(entries.map((entry) => [`${prefix}.${String(entry['name'])}`, entry]));
}

/** Message by message, in their order. */
function textsOf(before: Release, after: Release): { message: string; diff: string }[] {
  const [from, to] = [before.prompt.messages, after.prompt.messages];
  const count = Math.max(from.length, to.length);
  return Array.from({ length: count }, (_, at) => {
    const [old, next] = [from[at], to[at]];
    const role = old && next && old.role !== next.role ? `${old.role} → ${next.role}` : (next ?? old)?.role;
    const message = `message ${at + 1} (${role})`;
    const part = `message-${at + 1}-${(next ?? old)?.role}`;
    const text = diffText(linesOf(old), linesOf(next), `${before.name}/${part}`, `${after.name}/${part}`);
    const isSame = text === '' && canonicalJson({ ...old }) === canonicalJson({ ...next });
    return isSame ? [] : [{ message, diff: text || 'what stands beside the text differs\n' }];
  }).flat();
}

function linesOf(message: { template: string } | undefined): string {
  return message === undefined ? '' : `${message.template.replace(/\n$/, '')}\n`;
}
