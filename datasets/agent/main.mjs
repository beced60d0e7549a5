// The support agent of Fernhill Outdoor, a shop that does not exist.
// Reads one request document (JSON) from standard input and writes one reply document to standard output.
import { readFileSync } from 'node:fs';
import { answer } from './agent.mjs';
import { openTrace } from './tracing.mjs';

const request = JSON.parse(readFileSync(0, 'utf8'));
const trace = openTrace({
  traceparent: process.env.TRACEPARENT,
  file: process.env.TOUCHSTONE_OTLP_FILE,
  seed: `${request.case_id}/${request.trial}`,
});
const model = process.env.OPENAI_MODEL
  ? {
      name: process.env.OPENAI_MODEL,
      baseUrl: process.env.OPENAI_BASE_URL ?? 'https://api.openai.com/v1',
      key: process.env.OPENAI_API_KEY,
    }
  : undefined;

const reply = await answer(request, { trace, model }).catch((error) => ({
  error: { code: 'agent', message: error.message },
}));
trace.flush();
process.stdout.write(`${JSON.stringify(reply)}\n`);
