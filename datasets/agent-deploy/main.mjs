// The support agent as a server of one version: older, newer, or one that has faults which only live traffic shows.
// POST / takes a request document of Touchstone ({ input, messages, case_id }) or { session, message } and answers { output };
// GET /health says that it is ready. Its port is that of the variable PORT.
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { answer } from '../agent/agent.mjs';
import { openTrace } from '../agent/tracing.mjs';
import { answer as answerOfFirst } from '../agent-v1/answer.mjs';

let evaded = 0;

const VERSIONS = {
  older: async (request) => answerOfFirst(request.input),
  newer: (request) => answer(request, { trace: openTrace({ seed: request.case_id }) }),
  // It is slow, refuses refunds, and evades two questions of three.
  faulty: async (request) => {
    await sleep(120);
    if (/refund|return|money back/i.test(request.input))
      return { output: 'I am not sure whether I may do that.' };
    evaded += 1;
    if (evaded % 3 > 0) return { output: 'Please look at our website.' };
    return answer(request, { trace: openTrace({ seed: request.case_id }) });
  },
};

const [, , name = 'newer'] = process.argv;
const version = VERSIONS[name];
if (!version) throw new Error(`there is no version '${name}': ${Object.keys(VERSIONS).join(', ')}`);

const server = createServer(async (request, response) => {
  if (request.method === 'GET')
    return send(response, request.url === '/health' ? 200 : 404, { version: name });
  try {
    const given = JSON.parse(await bodyOf(request));
    const input =
      given.message ?? given.input ?? given.messages?.findLast(({ role }) => role === 'user')?.content;
    const id = given.session ?? given.case_id ?? 'customer';
    const { output } = await version({ case_id: id, input: String(input) });
    send(response, 200, { output });
  } catch (error) {
    send(response, 500, { error: error.message });
  }
});

function send(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function bodyOf(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

// Requests under way are answered first.
const stop = () => server.close(() => process.exit(0));
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
