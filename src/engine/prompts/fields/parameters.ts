import type { Pointer } from '../../files/formats/document.ts';
import type { JsonObject, JsonValue } from '../../model/json.ts';
import type { ModelParameters } from '../../model/message.ts';
import type { Fields } from './fields.ts';

type NumberSetting = 'temperature' | 'topP' | 'maxTokens' | 'seed' | 'frequencyPenalty' | 'presencePenalty';

/** Every spelling that the formats use; keys are compared without `_` and in lower case. */
const NUMBERS: { [spelling: string]: NumberSetting } = {
  temperature: 'temperature',
  topp: 'topP',
  maxtokens: 'maxTokens',
  maxoutputtokens: 'maxTokens',
  maxcompletiontokens: 'maxTokens',
  seed: 'seed',
  frequencypenalty: 'frequencyPenalty',
  presencepenalty: 'presencePenalty',
};

/** Transport, not sampling: how the reply travels is decided by this program. */
const IGNORED = new Set(['stream', 'streamoptions']);

/**
 * Model parameters from a map of settings, in the spelling of any format. Unknown settings become `extra`; the keys in
 * `except` are left out. Throws PromptError for a value of the wrong type.
 */
export function readParameters(
  fields: Fields,
  pointer: Pointer,
  except: readonly string[] = [],
): ModelParameters {
  const parameters: ModelParameters = {};
  const extra: JsonObject = {};
  for (const [key, value] of Object.entries(fields.map(pointer) ?? {})) {
    const spelling = key.replaceAll('_', '').toLowerCase();
    if (value === null || except.includes(key) || IGNORED.has(spelling)) continue;
    const at = [...pointer, key];
    const setting = Object.hasOwn(NUMBERS, spelling) ? NUMBERS[spelling] : undefined;
    if (setting !== undefined) parameters[setting] = requireNumber(fields, at);
    else if (spelling === 'stop' || spelling === 'stopsequences') parameters.stop = fields.strings(at) ?? [];
    else if (spelling === 'reasoningeffort') parameters.reasoningEffort = fields.string(at) ?? '';
    else if (spelling === 'additionalproperties') Object.assign(extra, fields.map(at));
    else extra[key] = value satisfies JsonValue;
  }

  return Object.keys(extra).length === 0 ? parameters : { ...parameters, extra };
}

function requireNumber(fields: Fields, pointer: Pointer): number {
  const value = fields.number(pointer);
  if (value === undefined) throw fields.mismatch(pointer, 'a number');
  return value;
}
