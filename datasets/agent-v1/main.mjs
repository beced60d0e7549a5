// The first version of the Fernhill support agent, kept as the baseline of comparisons.
// It knows less than today's: whole pages instead of passages, one rule against injection, no tickets, no
// German, no memory of the conversation, and it counts the return window from the order, not the delivery.
import { appendFileSync, readFileSync } from 'node:fs';
import { answer } from './answer.mjs';

const started = nanos();
const request = JSON.parse(readFileSync(0, 'utf8'));
const message = request.messages?.findLast(({ role }) => role === 'user')?.content ?? request.input;
const reply = answer(typeof message === 'string' ? message : JSON.stringify(message));
writeSpan(request);
process.stdout.write(`${JSON.stringify({ ...reply, cost_usd: 0, model: 'fernhill-rules-1.0' })}\n`);

/** One span for the whole call; the tools were not traced yet. */
function writeSpan({ case_id: caseId }) {
  const parent = /^00-([0-9a-f]{32})-([0-9a-f]{16})-01$/.exec(process.env.TRACEPARENT ?? '');
  const file = process.env.TOUCHSTONE_OTLP_FILE;
  if (!parent || !file) return;
  const [, traceId, parentSpanId] = parent;
  const text = (key, value) => ({ key, value: { stringValue: value } });
  const span = {
    traceId,
    spanId: parentSpanId.split('').reverse().join(''),
    parentSpanId,
    name: 'invoke_agent fernhill-support',
    kind: 1,
    startTimeUnixNano: started,
    endTimeUnixNano: nanos(),
    attributes: [
      text('gen_ai.operation.name', 'invoke_agent'),
      text('gen_ai.agent.name', 'fernhill-support'),
      text('gen_ai.agent.version', '1.0.0'),
      text('gen_ai.conversation.id', caseId),
    ],
    status: {},
  };
  const scopeSpans = [{ scope: { name: 'fernhill-support' }, spans: [span] }];
  const resource = {
    attributes: [text('service.name', 'fernhill-support'), text('service.version', '1.0.0')],
  };
  appendFileSync(file, `${JSON.stringify({ resourceSpans: [{ resource, scopeSpans }] })}\n`);
}

function nanos() {
  return String(BigInt(Math.round((performance.timeOrigin + performance.now()) * 1_000)) * 1_000n);
}
