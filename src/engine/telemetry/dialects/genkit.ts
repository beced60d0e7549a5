import type { SpanRole } from '../../model/agentSpan.ts';
import { isJsonObject } from '../../model/json.ts';
import { type Dialect, roleBy } from './dialect.ts';
import { countIn } from './jsonFields.ts';
import { readContent } from './messages.ts';

const SUBTYPES: { readonly [subtype: string]: SpanRole } = {
  flow: 'agent',
  agent: 'agent',
  model: 'model',
  tool: 'tool',
  embedder: 'embedding',
  retriever: 'retrieval',
  reranker: 'retrieval',
  evaluator: 'evaluator',
};

/** Google's Genkit: each step has its input and output as JSON, and a model's usage is in its output. */
export const genkit: Dialect = {
  convention: 'Genkit',
  prefixes: ['genkit:'],

  read(fields, record) {
    const type = fields.text('genkit:type');
    const role = roleBy(SUBTYPES, fields.text('genkit:metadata:subtype')) ?? (type === null ? null : 'other');
    const name = fields.text('genkit:name');
    const input = fields.json('genkit:input');
    const output = fields.json('genkit:output');
    const answer = role === 'model' && isJsonObject(output) ? output : {};
    const usage = answer['usage'];
    const [provider, model] = modelName(role === 'model' ? name : null);
    const facts = {
      role,
      title: role === 'tool' || role === 'agent' ? name : null,
      provider,
      model,
      tokens: {
        input: countIn(usage, 'inputTokens'),
        output: countIn(usage, 'outputTokens'),
        cached: countIn(usage, 'cachedContentTokens'),
        reasoning: countIn(usage, 'thoughtsTokens'),
      },
      finishReasons: typeof answer['finishReason'] === 'string' ? [answer['finishReason']] : [],
      agent: role === 'agent' ? name : null,
      session: fields.text('genkit:metadata:sessionId', 'genkit:sessionId'),
      input: readContent(input),
      output: readContent(answer['message'] ?? output),
      error:
        fields.text('genkit:state') === 'error'
          ? { type: null, message: record.statusMessage ?? 'failed' }
          : null,
      ...(role === 'tool' ? { tool: { name, arguments: input, result: output } } : {}),
    };

    fields.under('genkit:');
    return facts;
  },
};

/** `provider/model`. */
function modelName(name: string | null): [string | null, string | null] {
  const slash = name?.indexOf('/') ?? -1;
  return name === null || slash < 0 ? [null, name] : [name.slice(0, slash), name.slice(slash + 1)];
}
