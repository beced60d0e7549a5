import type { GoldenCase } from '../../model/case.ts';
import { isJsonObject, type JsonObject } from '../../model/json.ts';

/** The form of a case's input; an export records it so that an import can restore it. */
export type InputForm = 'text' | 'variables' | 'messages';

/** A case as plain JSON. */
export function caseJson(testCase: GoldenCase): JsonObject {
  return testCase as unknown as JsonObject;
}

export function inputForm({ input, messages }: GoldenCase): InputForm {
  if (messages) return 'messages';
  return isJsonObject(input) ? 'variables' : 'text';
}

/** The fields of a map without some of them. */
export function without(map: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(map).filter(([name]) => !names.includes(name)));
}

/**
 * Takes from the metadata what an import of the same format had put there; it goes back to where it came from,
 * except under names that the record uses itself.
 */
export function restoreLeftover(
  metadata: JsonObject | undefined,
  format: string,
  used: readonly string[],
): { metadata: JsonObject; restored: JsonObject } {
  const { [format]: leftover, ...rest } = metadata ?? {};
  if (!isJsonObject(leftover)) return { metadata: metadata ?? {}, restored: {} };
  const restored = without(leftover, used);
  const stays = Object.fromEntries(Object.entries(leftover).filter(([name]) => used.includes(name)));
  const isEmpty = Object.keys(stays).length === 0;
  return { metadata: isEmpty ? rest : { ...rest, [format]: stays }, restored };
}
