import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, it } from 'mocha';
import { startTouchstone } from '../support/commandLine.ts';
import { restoreEnvironment } from '../support/restoreEnvironment.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

/** With signs that JSON, HTML, addresses and shells write in their own ways. */
const CANARY = 'sk-canary/Zm9v+7"q<&5~x';
const PASSWORD = 'hunter2-canary-pass';
const BASIC = Buffer.from(`me:${PASSWORD}`).toString('base64');

/** Every way in which the keys must not be found anywhere. */
const FORMS = [CANARY, PASSWORD].flatMap((key) => [
  key,
  JSON.stringify(key).slice(1, -1),
  JSON.stringify(JSON.stringify(key)).slice(3, -3),
  encodeURIComponent(key),
  new URLSearchParams({ k: key }).toString().slice(2),
  Buffer.from(key).toString('base64').slice(0, -3),
  Buffer.from(`Bearer ${key}`).toString('base64').slice(12, -4),
  Buffer.from(key).toString('hex'),
  // What is left of a key that was cut in half.
  key.slice(0, 10),
  key.slice(-10),
]);
FORMS.push(BASIC);

/** Says the keys back in every way that a server has. */
async function startEcho() {
  const server = createServer(async (request, response) => {
    for await (const _ of request);
    const url = new URL(request.url ?? '', 'http://echo');
    const key = String(request.headers['x-key'] ?? url.searchParams.get('key') ?? '');
    const said = `${request.headers.authorization ?? ''} ${key} ${Buffer.from(key).toString('base64')} ${decoded(request.headers.authorization)}`;
    reply(url.pathname, said, key, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function decoded(header = ''): string {
  return Buffer.from(header.replace(/^Basic /, ''), 'base64').toString('latin1');
}

function reply(path: string, said: string, key: string, response: ServerResponse): void {
  const json = (value: unknown) => response.end(JSON.stringify(value));
  switch (path) {
    case '/ok':
      json({
        output: said,
        tool_calls: [{ name: 'use', arguments: { [key]: said } }],
        steps: [{ type: 'tool', name: key, output: { said } }],
        metadata: { said },
        model: said,
        finish_reason: said,
      });
      break;
    case '/plain':
      // So that the excerpt ends in the middle of the key.
      response.end(`${'x'.repeat(185)}${said}`);
      break;
    case '/moved':
      response.writeHead(302, { location: `/next?key=${encodeURIComponent(key)}` }).end();
      break;
    case '/error':
      json({ error: { message: said, code: 'agent' } });
      break;
    default:
      response.writeHead(Number(path.slice(1))).end(`bad key: ${said}`);
  }
}

const PROGRAM = `
import { appendFileSync } from 'node:fs';
const { KEY, MODE } = process.env;
const said = KEY + ' ' + Buffer.from(KEY).toString('base64') + ' ' + encodeURIComponent(KEY);
const span = { traceId: '0'.repeat(32), spanId: '1'.repeat(16), name: said, startTimeUnixNano: '1', endTimeUnixNano: '2' };
span.traceId = process.env.TRACEPARENT?.split('-')[1] ?? span.traceId;
span.attributes = [{ key: 'said', value: { stringValue: said } }];
appendFileSync(process.env.TOUCHSTONE_OTLP_FILE, JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }) + '\\n');
if (MODE === 'stderr') { console.error('x'.repeat(1990) + said); process.exit(3); }
if (MODE === 'noise') console.log('using ' + said);
if (MODE === 'plain') console.log('no JSON: ' + said);
else console.log(JSON.stringify({ output: said, tool_calls: [{ name: 'use', arguments: { said } }] }));
`;

const variable = (name: string) => `"\${env:${name}}"`;

function suite(server: string): string {
  const http = ['ok', 'plain', 'moved', 'error', '401', '500', '429'].map(
    (name) => `
      - name: http-${name}
        timeout_ms: 3000
        http:
          url: ${server}/${name}
          headers: { x-key: ${variable('CANARY')}, authorization: "Basic \${env:BASIC}" }`,
  );
  const commands = ['stdout', 'stderr', 'noise', 'plain'].map(
    (mode) => `
      - name: command-${mode}
        command: [node, agent.mjs]
        env: { KEY: ${variable('CANARY')}, MODE: ${mode} }`,
  );
  return `suites:
  keys:
    dataset: cases.golden.yaml
    evaluators: [ { contains: nothing } ]
    targets:${http.join('')}${commands.join('')}
`;
}

const PROMPTFOO = (server: string) => `
prompts: ["{{q}}"]
providers:
  - id: ${server}/ok
    config: { method: POST, headers: { x-key: "{{env.CANARY}}" }, body: { q: "{{prompt}}" } }
  - id: ${server}/401?key={{env.CANARY}}
    config: { method: POST, headers: { x-key: "{{env.CANARY}}" }, body: { q: "{{prompt}}" } }
tests: [ { vars: { q: hello }, assert: [ { type: contains, value: nothing } ] } ]
`;

const CASES = `schema_version: 2.0.0
version: 1.0.0
metadata: { name: keys }
test_cases:
  - { id: one, input: hello }
`;

/** Names of the files below a folder that hold one of the forms, and which. */
function leaks(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return files.flatMap((entry) => {
    const bytes = readFileSync(path.join(entry.parentPath, entry.name));
    return FORMS.filter((form) => bytes.includes(form)).map((form) => `${entry.name}: ${form}`);
  });
}

async function runAll(folder: string, config: string): Promise<string> {
  const before = { ...process.env };
  Object.assign(process.env, { CANARY, BASIC });
  try {
    const outputs = ['r.json', 'r.jsonl', 'r.xml', 'r.csv', 'r.md', 'r.html'].flatMap((file) => [
      '-o',
      `out/${file}`,
    ]);
    const evaluated = await startTouchstone(folder, 'eval', '-c', config, '--record', 'rec', ...outputs).done;
    const failed = await startTouchstone(folder, 'show', '-c', config, '--failed').done;
    const shown = await startTouchstone(
      folder,
      'show',
      '-c',
      config,
      '--case',
      config.startsWith('t') ? 'one' : 'test-1',
    ).done;
    assert.match(evaluated.out, /failed|errored/, evaluated.err);
    return [evaluated, failed, shown].map(({ out, err }) => out + err).join('\n');
  } finally {
    restoreEnvironment(before);
  }
}

describe('keys that come back', function () {
  this.timeout(120_000);

  it('are in no store, report, recording or line that is printed, whatever the target says', async () => {
    await using server = await startEcho();
    const folder = temporaryFolder({
      'touchstone.yaml': suite(server.url),
      'cases.golden.yaml': CASES,
      'agent.mjs': PROGRAM,
      'out/.keep': '',
    });
    const printed = await runAll(folder, 'touchstone.yaml');
    assert.match(printed, /\[key\]/);
    assert.deepEqual(
      FORMS.filter((form) => printed.includes(form)),
      [],
    );
    assert.deepEqual(leaks(folder), []);
  });

  it('are taken out of what promptfoo’s providers say, too', async () => {
    await using server = await startEcho();
    const folder = temporaryFolder({
      'promptfooconfig.yaml': PROMPTFOO(server.url),
      'out/.keep': '',
    });
    const printed = await runAll(folder, 'promptfooconfig.yaml');
    assert.match(printed, /\[key\]/);
    assert.deepEqual(
      FORMS.filter((form) => printed.includes(form)),
      [],
    );
    assert.deepEqual(leaks(folder), []);
  });
});
