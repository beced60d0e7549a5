import fc from 'fast-check';
import type { Message, ToolDefinition } from '../../../../src/engine/model/message.ts';
import type { Usage } from '../../../../src/engine/model/output.ts';
import type { ModelRequest } from '../../../../src/engine/models/modelClient.ts';
import type { ReplyPart } from '../../../../src/engine/models/wire/replyPart.ts';

const word = fc.string({ unit: 'grapheme', maxLength: 12 });
const name = fc.stringMatching(/^[a-z_]{1,12}$/);
const count = fc.integer({ min: 1, max: 100_000 });

/** An object as arguments have it; a number within what a double holds. */
const argumentsOf = fc.dictionary(
  name,
  fc.oneof(word, fc.integer(), fc.boolean(), fc.constant(null), fc.array(word)),
  { maxKeys: 4 },
);

const optional = <T>(key: string, arbitrary: fc.Arbitrary<T>) =>
  fc.option(arbitrary, { nil: undefined }).map((value) => (value === undefined ? {} : { [key]: value }));

const merged = <T>(...parts: fc.Arbitrary<object>[]): fc.Arbitrary<T> =>
  fc.tuple(...parts).map((all) => Object.assign({}, ...all) as T);

const content = fc.array(
  fc.oneof(
    word.map((text) => ({ type: 'text' as const, text })),
    fc.webUrl().map((url) => ({ type: 'image' as const, url })),
  ),
  { minLength: 1, maxLength: 3 },
);

const calls = fc.array(fc.record({ id: name, name, arguments: argumentsOf }), { minLength: 1, maxLength: 3 });

const message: fc.Arbitrary<Message> = fc.oneof(
  merged<Message>(
    fc.record({ role: fc.constant('user'), content: fc.oneof(word, content) }),
    optional('name', name),
  ),
  merged<Message>(
    fc.record({ role: fc.constantFrom('system', 'developer'), content: word }),
    optional('name', name),
  ),
  merged<Message>(fc.record({ role: fc.constant('assistant'), content: word }), optional('toolCalls', calls)),
  fc.record({ role: fc.constant('tool' as const), content: word, toolCallId: name }),
);

const tool: fc.Arbitrary<ToolDefinition> = merged<ToolDefinition>(
  fc.record({ name }),
  optional('description', word),
  optional('parameters', fc.constant({ type: 'object', properties: {} })),
  optional('strict', fc.boolean()),
);

const parameters = merged<ModelRequest['parameters']>(
  optional(
    'temperature',
    fc.integer({ min: 0, max: 20 }).map((tenths) => tenths / 10),
  ),
  optional(
    'topP',
    fc.integer({ min: 1, max: 10 }).map((tenths) => tenths / 10),
  ),
  optional('maxTokens', count),
  optional('seed', fc.integer()),
  optional('stop', fc.array(word, { minLength: 1, maxLength: 4 })),
  optional('frequencyPenalty', fc.integer({ min: -2, max: 2 })),
  optional('presencePenalty', fc.integer({ min: -2, max: 2 })),
  optional('reasoningEffort', fc.constantFrom('low', 'high')),
  optional('extra', fc.constantFrom({ top_k: 3 }, { n: 2, tool_choice: 'auto', metadata: { a: [1] } })),
);

const format = fc.oneof(
  fc.constant({ type: 'json_object' }),
  merged<object>(
    fc.record({ type: fc.constant('json_schema'), name, schema: fc.constant({ type: 'object' }) }),
    optional('strict', fc.boolean()),
  ),
);

export const anyRequest: fc.Arbitrary<ModelRequest> = merged<ModelRequest>(
  fc.record({ messages: fc.array(message, { minLength: 1, maxLength: 5 }), parameters }),
  optional('tools', fc.array(tool, { minLength: 1, maxLength: 3 })),
  optional('responseFormat', format),
);

const usage: fc.Arbitrary<Usage> = merged<Usage>(
  fc.record({ inputTokens: count, outputTokens: count }),
  optional('cachedInputTokens', count),
  optional('cacheWriteTokens', count),
  optional('reasoningTokens', count),
);

/** The parts of one reply, as a provider streams them: calls one behind the other, each begun with id and name. */
export const anyParts: fc.Arbitrary<ReplyPart[]> = fc
  .record({
    said: fc.array(
      fc.oneof(
        word.map((text): ReplyPart => ({ type: 'text', text })),
        word.filter((text) => text !== '').map((text): ReplyPart => ({ type: 'refusal', text })),
        word.filter((text) => text !== '').map((text): ReplyPart => ({ type: 'reasoning', text })),
      ),
      { maxLength: 8 },
    ),
    called: fc.array(fc.record({ name, argument: argumentsOf, pieces: fc.integer({ min: 1, max: 4 }) }), {
      maxLength: 3,
    }),
    usage: fc.option(usage),
    finish: fc.constantFrom('stop', 'length', 'tool_calls'),
  })
  .map(({ said, called, usage: counted, finish }) => [
    { type: 'head', model: 'm-1', id: 'chatcmpl-1' },
    ...said,
    ...called.flatMap((call, index) => fragments(index, call)),
    { type: 'finish', reason: finish },
    ...(counted ? [{ type: 'usage' as const, usage: counted }] : []),
  ]);

function fragments(index: number, call: { name: string; argument: object; pieces: number }): ReplyPart[] {
  const text = JSON.stringify(call.argument);
  const size = Math.ceil(text.length / call.pieces);
  const pieces = Array.from({ length: call.pieces }, (_, at) => text.slice(at * size, (at + 1) * size));
  return [
    { type: 'tool-call', index, id: `call_${index}`, name: call.name, arguments: '' },
    ...pieces.map(
      (piece): ReplyPart => ({
        ...{ type: 'tool-call', index, id: undefined, name: undefined },
        arguments: piece,
      }),
    ),
  ];
}
