import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { ToolCall } from '../../model/message.ts';
import type { Usage } from '../../model/output.ts';
import { responseKeys, valueAt } from './responsePath.ts';
import { ReplyProblem, readToolCalls } from './toolCallForms.ts';
import { readUsage } from './usageForms.ts';

/** Where things stand in a reply that is no reply document; each is a JSON pointer or a dotted path. */
export interface ResponsePaths {
  text: string;
  tool_calls?: string | undefined;
  usage?: string | undefined;
  model?: string | undefined;
  finish_reason?: string | undefined;
  cost_usd?: string | undefined;
}

/** What such a reply says. Undefined `text` means that there is no answer. */
export interface ForeignReply {
  text: JsonValue | undefined;
  toolCalls: ToolCall[];
  usage: Usage | null;
  model: string | null;
  finishReason: string | null;
  costUsd: number | null;
}

type Field = Exclude<keyof ResponsePaths, 'text'>;

/** Under which keys other forms have them. */
const USUAL: { readonly [field in Field]: readonly string[] } = {
  tool_calls: ['tool_calls', 'toolCalls'],
  usage: ['usage', 'usageMetadata'],
  model: ['model', 'modelId', 'modelVersion'],
  finish_reason: ['finish_reason', 'finishReason', 'stop_reason'],
  cost_usd: ['cost_usd', 'total_cost_usd', 'costUsd'],
};

/**
 * Reads a reply by its paths. A field without a path is looked for under its usual keys, in the object that holds the
 * answer and in those round it; what is found so and not understood is left out, since nobody asked for it. Throws
 * ReplyProblem for what a path leads to and is not understood.
 */
export function readForeignReply(reply: JsonValue, paths: ResponsePaths): ForeignReply {
  const keys = responseKeys(paths.text);
  const around = keys.map((_, depth) => valueAt(reply, keys.slice(0, keys.length - 1 - depth)));
  const objects = around.filter(isJsonObject);

  const field = <T>(name: Field, read: (value: JsonValue, at: string) => T): T | null => {
    const path = paths[name];
    if (path !== undefined) {
      const value = valueAt(reply, responseKeys(path));
      return value === undefined || value === null ? null : read(value, path);
    }

    return readUsual(objects, name, read);
  };

  return {
    text: valueAt(reply, keys) ?? undefined,
    toolCalls: field('tool_calls', readToolCalls) ?? [],
    usage: field('usage', readUsage),
    model: field('model', readText),
    finishReason: field('finish_reason', readText),
    costUsd: field('cost_usd', readCost),
  };
}

function readUsual<T>(
  objects: readonly JsonObject[],
  name: Field,
  read: (value: JsonValue, at: string) => T,
): T | null {
  for (const object of objects)
    for (const key of USUAL[name]) {
      const value = Object.hasOwn(object, key) ? object[key] : undefined;
      if (value === undefined || value === null) continue;
      try {
        return read(value, key);
      } catch (error) {
        if (!(error instanceof ReplyProblem)) throw error;
      }
    }
  return null;
}

function readText(value: JsonValue, at: string): string {
  if (typeof value === 'string') return value;
  throw new ReplyProblem(`"${at}" must be a text`);
}

function readCost(value: JsonValue, at: string): number {
  if (typeof value === 'number' && value >= 0) return value;
  throw new ReplyProblem(`"${at}" must be a number from 0`);
}
