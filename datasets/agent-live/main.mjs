// The support agent as a small server that traces itself over OTLP, with two releases of which one is bad.
// POST /ask answers { session, message }; POST /release takes { share }: how many of the answers release 2.2.0 gives, from 0 to 1.
import { createServer } from 'node:http';
import { answer } from '../agent/agent.mjs';
import { openTrace } from '../agent/tracing.mjs';
import { openExporter } from './exporter.mjs';
import { seededRandom } from './seededRandom.mjs';
import { openWriters } from './writers.mjs';

const random = seededRandom(Number(process.env.SEED ?? 1));
const exporter = openExporter(process.env.OTEL_EXPORTER_OTLP_ENDPOINT);
const writers = openWriters(random);
const begun = Date.now();
let badShare = 0;
let answered = 0;

const server = createServer(async (request, response) => {
  try {
    const given = JSON.parse(await bodyOf(request));
    if (request.url === '/release') badShare = given.share;
    const reply = request.url === '/ask' ? await ask(given) : {};
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(reply));
  } catch (error) {
    response.writeHead(500, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: error.message }));
  }
});

async function ask({ session, message }) {
  answered += 1;
  const isBad = random() < badShare;
  const trace = openTrace({
    send: (request) => exporter.send(request),
    seed: `${begun}/${answered}`,
    version: isBad ? '2.2.0' : '2.1.0',
  });
  const model = {
    name: isBad ? 'writer-2' : 'writer-1',
    baseUrl: `http://127.0.0.1:${writers.address().port}/v1`,
  };
  try {
    const { output } = await answer({ case_id: session, input: message }, { trace, model });
    return { output };
  } finally {
    trace.flush();
  }
}

async function bodyOf(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

async function stop() {
  server.close();
  writers.close();
  await exporter.close();
  process.exit(0);
}

process.once('SIGINT', stop);
process.once('SIGTERM', stop);
// Whoever started it is gone.
process.stdin.resume().once('end', stop);
await new Promise((resolve) => writers.listen(0, '127.0.0.1', resolve));
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
