import { PromptError } from '../../errors.ts';
import type { GoldenCase, LocatedCase } from '../../model/case.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { Output } from '../../model/output.ts';
import { fillValue } from '../../prompts/nunjucks/fillValue.ts';
import { renderNunjucks } from '../../prompts/nunjucks/renderNunjucks.ts';
import { mentions } from '../../prompts/template/mentions.ts';
import { type CaseOptions, caseOptions } from '../../targets/caseOptions.ts';
import { CONVERSATION_TURN, type EarlierOutputs, missingOutput } from '../../targets/earlierOutputs.ts';
import type { CaseOrder } from './caseOrder.ts';
import type { EarlierCases } from './earlierCases.ts';

/** A case that knows what earlier ones gave. */
export interface ToldCase {
  /** As it is judged: with its final variables, and its assertions filled in. */
  located: LocatedCase;
  /** What its target is told. */
  earlier: EarlierOutputs;
  /** Why it cannot be run. */
  failed?: string;
}

const CONVERSATION = '_conversation';

/** The case with what earlier ones gave among its variables, in place of its own of the same name, as in promptfoo. */
export function tellCase(
  located: LocatedCase,
  earlier: EarlierCases,
  order: CaseOrder,
  inConversation: boolean,
): ToldCase {
  const { case: entry } = located;
  const own = isJsonObject(entry.input) ? entry.input : {};
  const options = caseOptions(entry);

  const given: JsonObject = Object.fromEntries(earlier.outputs);
  const { turns, lost } = inConversation ? earlier.conversationOf(entry) : { turns: [], lost: undefined };
  if (inConversation) given[CONVERSATION] = options.disableConversationVar ? [] : [...turns];

  const { variables, data } = withOutputs(own, given);
  const missing = missingOutputs(located, own, earlier, order);
  const told = { variables, data, missing, inConversation };
  if (lost !== undefined)
    return failed(located, told, `the conversation lacks the turn of ${lost}, which gave no answer`);

  const texts = JSON.stringify([own, entry.assert ?? []]);
  const needed = missing.find(({ name }) => mentions(texts, name));
  if (needed) return failed(located, told, missingOutput(needed));

  try {
    const assert = fillAssertions(entry.assert ?? [], options, { env: order.env, ...variables });
    return { located: { ...located, case: { ...entry, input: variables, assert } }, earlier: told };
  } catch (error) {
    if (!(error instanceof PromptError)) throw error;
    return failed(located, told, error.message);
  }
}

/**
 * The case as it is judged once its output is there: the conversation then ends with the turn that is judged, from its
 * second turn on, as in promptfoo.
 */
export function judgedCase({ located, earlier }: ToldCase, output: Output): GoldenCase {
  const { case: entry } = located;
  const turns = earlier.variables[CONVERSATION];
  const turn = output.metadata?.[CONVERSATION_TURN];
  if (!earlier.inConversation || !Array.isArray(turns) || turns.length === 0 || turn === undefined)
    return entry;
  return { ...entry, input: { ...earlier.variables, [CONVERSATION]: [...turns, turn] } };
}

function failed(located: LocatedCase, earlier: EarlierOutputs, reason: string): ToldCase {
  return { located, earlier, failed: reason };
}

/** Variables that are templates over outputs are filled in once, and are data from then on. */
function withOutputs(own: JsonObject, given: JsonObject): { variables: JsonObject; data: string[] } {
  const variables: JsonObject = { ...own, ...given };
  const names = Object.keys(given);
  const data = new Set(names);
  const filled: JsonObject = {};
  for (const [key, value] of Object.entries(own)) {
    if (data.has(key) || typeof value !== 'string' || !names.some((name) => mentions(value, name))) continue;
    filled[key] = fillValue(value, variables);
  }
  for (const key of Object.keys(filled)) data.add(key);
  return { variables: { ...variables, ...filled }, data: [...data] };
}

/** What earlier cases should have stored and did not, and the case has no value of its own for. */
function missingOutputs(
  { index }: LocatedCase,
  own: JsonObject,
  { outputs }: EarlierCases,
  { stores }: CaseOrder,
): { name: string; from: string }[] {
  const missing: { name: string; from: string }[] = [];
  for (const [name, cases] of stores) {
    if (outputs.has(name) || Object.hasOwn(own, name)) continue;
    const last = cases.findLast((store) => store.index < index);
    if (last) missing.push({ name, from: last.caseId });
  }
  return missing;
}

/** The assertions with their templates filled in; the same ones where they hold none. Throws PromptError. */
function fillAssertions(
  assertions: JsonObject[],
  { templates = [] }: CaseOptions,
  variables: JsonObject,
): JsonObject[] {
  if (templates.length === 0) return assertions;

  const filled = structuredClone(assertions);

  for (const pointer of templates) {
    let holder: JsonValue | undefined = filled as JsonValue;
    for (const key of pointer.slice(0, -1)) holder = member(holder, key);
    const key = pointer.at(-1);
    const text = key === undefined ? undefined : member(holder, key);
    if (key === undefined || typeof text !== 'string') continue;

    const value = renderNunjucks(text, variables);
    if (Array.isArray(holder)) holder[Number(key)] = value;
    else if (isJsonObject(holder)) {
      holder[key] = value;
      if (key === 'metric' && value !== '') holder['name'] = value;
    }
  }

  return filled;
}

function member(value: JsonValue | undefined, key: string | number): JsonValue | undefined {
  if (Array.isArray(value)) return value[Number(key)];
  return isJsonObject(value) ? value[key] : undefined;
}
