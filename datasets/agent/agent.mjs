import { clarify, compose } from './compose.mjs';
import { guard } from './guard.mjs';
import { composeWithModel } from './model.mjs';
import { openToolbox } from './tools.mjs';
import { understand } from './understand.mjs';

/**
 * One turn: guard, understand, act, compose. `request` is the request document of Touchstone's command
 * targets; the result is its reply document. Without a model nothing is spent, so the cost is known to be 0.
 */
export async function answer(request, { trace, model }) {
  const turn = readTurn(request);
  const span = trace.start('invoke_agent fernhill-support', {
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.agent.name': 'fernhill-support',
    'gen_ai.agent.version': '2.1.0',
    'gen_ai.conversation.id': request.case_id,
    'gen_ai.input.messages': said('user', turn.text),
  });
  try {
    const tools = openToolbox({ trace, parent: span });
    const refusal = guard(turn);
    const intent = refusal ? { name: `refuse:${refusal.kind}` } : understand(turn);
    span.set({ 'fernhill.intent': intent.name });
    const draft = refusal ? { text: refusal.text, citations: [] } : act(intent, turn, tools);
    const written =
      model && !refusal && draft.facts
        ? await composeWithModel(model, turn, draft, { trace, parent: span })
        : { text: draft.text, usage: null, cost: 0 };
    const output = withSources(written.text, draft.citations);
    span.set({ 'gen_ai.output.messages': said('assistant', output) });
    return {
      output,
      tool_calls: tools.calls,
      steps: [...tools.steps, { type: 'message', name: intent.name, output: written.text }],
      usage: written.usage,
      cost_usd: written.cost,
      finish_reason: 'stop',
      model: written.model ?? 'fernhill-rules-2.1',
      metadata: { intent: intent.name, citations: draft.citations },
    };
  } catch (error) {
    span.fail(error.message);
    throw error;
  } finally {
    span.end();
  }
}

/** One message as the semantic conventions have it. */
function said(role, content) {
  return JSON.stringify([{ role, parts: [{ type: 'text', content }] }]);
}

function act(intent, turn, tools) {
  return compose(intent, turn, tools) ?? clarify(turn);
}

/** The last words of the customer, and what they said before. */
function readTurn({ input, messages }) {
  const said = (messages ?? [])
    .filter((message) => message.role === 'user')
    .map((message) => asText(message.content));
  const text = said.at(-1) ?? asText(input?.question ?? input);
  return { text, earlier: said.slice(0, -1) };
}

function asText(content) {
  if (typeof content === 'string') return content;
  if (Array.isArray(content)) return content.map((part) => part.text ?? '').join(' ');
  return content === null || content === undefined ? '' : JSON.stringify(content);
}

function withSources(text, citations) {
  return citations.length === 0 ? text : `${text} [${citations.join('] [')}]`;
}
