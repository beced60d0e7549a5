import assert from 'node:assert/strict';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { type AgentServer, startAgentServer } from '../support/agentServer.ts';
import { touchstone } from '../support/commandLine.ts';
import { type OpenAiServer, type RecordedRequest, startOpenAiServer } from '../support/openaiServer.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

/** What two replays of the same recordings differ in: the identity of the run and the time of day. */
const VOLATILE = new Set(['id', 'created_at', 'elapsed_ms', 'trace_id', 'started_at']);

const DATASET = `schema_version: 2.0.0
version: 1.0.0
test_cases:
  - { id: window, input: How long is the refund window?, expected_output: { answer: 30 days } }
  - { id: hours, input: When are you open?, expected_output: { answer: from nine to five } }
  - { id: price, input: What does it cost?, expected_output: { answer: 5 euros } }
`;

function config(openai: OpenAiServer, agent: AgentServer): string {
  return `
providers:
  local:
    base_url: ${openai.baseUrl}
    api_key: "\${env:RECORD_TEST_KEY}"
    prices:
      tiny: { input: 1, output: 2 }
      judge: { input: 1, output: 1 }
      small: { input: 1, output: 0 }
suites:
  s:
    dataset: d.golden.yaml
    judge: local/judge
    embeddings: local/small
    repeat: 2
    targets:
      - { name: mini, prompt: p.prompty, model: local/tiny }
      - name: web
        http: { url: "${agent.url}", headers: { authorization: "Bearer \${env:RECORD_TEST_KEY}" } }
      - { name: program, command: ["${process.execPath}", program.mjs] }
    evaluators:
      - contains: a
      - rubric: { criteria: is polite, threshold: 0.2 }
      - similar: { threshold: 0.1 }
      - select-best: is the most helpful
    cascade: { mode: full }
`;
}

const KEY = 'sk-recorded-nowhere-12345';

const PROGRAM = `import { appendFileSync } from 'node:fs';
appendFileSync('calls.txt', 'x');
let text = '';
for await (const chunk of process.stdin) text += chunk;
const { input, trial } = JSON.parse(text);
console.log(JSON.stringify({ output: { answer: 'a program says ' + trial + ' to ' + input }, usage: { input_tokens: 3, output_tokens: 4 }, cost_usd: 0.001 }));
`;

describe('touchstone eval --record and --replay', () => {
  const disposals: (() => unknown)[] = [];
  afterEach(async () => {
    delete process.env['RECORD_TEST_KEY'];
    for (const dispose of disposals.splice(0)) await dispose();
  });

  async function start() {
    process.env['RECORD_TEST_KEY'] = KEY;
    const openai = await startOpenAiServer(reply);
    const agent = await startAgentServer(({ body, headers }) => {
      const { input, trial } = JSON.parse(body) as { input: string; trial: number };
      return { output: `an agent says ${trial} to ${input}, with ${headers.authorization}`, cost_usd: 0.01 };
    });
    const folder = temporaryFolder({
      'touchstone.yaml': config(openai, agent),
      'd.golden.yaml': DATASET,
      'p.prompty': '---\nname: p\n---\nsystem:\nAnswer.\n\nuser:\n{{input}}\n',
      'program.mjs': PROGRAM,
    });
    disposals.push(
      () => openai.close(),
      () => agent[Symbol.asyncDispose](),
    );
    return { folder, openai, agent };
  }

  const report = (folder: string, file: string) =>
    JSON.parse(readFileSync(path.join(folder, file), 'utf8')).runs[0];
  const stable = (folder: string, file: string) =>
    JSON.stringify(
      JSON.parse(readFileSync(path.join(folder, file), 'utf8'), (key, value) =>
        VOLATILE.has(key) ? undefined : value,
      ),
    );

  it('gives the same report again without keys, servers or programs', async () => {
    const { folder, openai, agent } = await start();
    const recorded = await touchstone(folder, 'eval', '--record', 'rec', '-o', 'live.json', '--no-progress');
    assert.equal(recorded.code, 1, recorded.err);
    assert.match(recorded.out, /recorded \d+ replies in rec/);
    const calls = readFileSync(path.join(folder, 'calls.txt'), 'utf8').length;
    assert.equal(calls, 6);

    delete process.env['RECORD_TEST_KEY'];
    const asked = [openai.requests.length, agent.calls.length];
    await openai.close();
    const first = await touchstone(folder, 'eval', '--replay', 'rec', '-o', 'a.json', '--no-progress');
    const second = await touchstone(
      ...([folder, 'eval', '--replay', 'rec', '-o', 'b.json', '--no-progress', '-j', '1'] as const),
    );
    assert.equal(first.code, recorded.code, first.err + first.out);
    assert.match(first.out, /replay: nothing is called/);
    assert.match(
      first.out,
      /replayed \d+ replies from rec, recorded (?:on|between) \d{4}-\d{2}-\d{2}(?: and \d{4}-\d{2}-\d{2})?$/m,
    );
    assert.deepEqual([openai.requests.length, agent.calls.length], asked);
    assert.equal(
      readFileSync(path.join(folder, 'calls.txt'), 'utf8').length,
      calls,
      'no program was started',
    );
    assert.equal(stable(folder, 'a.json'), stable(folder, 'b.json'));
    assert.equal(second.code, first.code);

    assert.deepEqual(report(folder, 'a.json').run.origin, { replay: true });
    const [live, replayed] = [report(folder, 'live.json'), report(folder, 'a.json')];
    assert.deepEqual(verdicts(replayed), verdicts(live));
    assert.deepEqual(costs(replayed), costs(live));
    assert.ok(costs(live).every(({ cost }) => cost !== null));
    assert.ok(replayed.results.every((result: Entry) => result.status !== 'errored'));
  });

  it('numbers the replies of trials, and never writes a key', async () => {
    const { folder } = await start();
    await touchstone(folder, 'eval', '--record', 'rec', '--no-progress');
    const files = globSync('rec/**/*.json', { cwd: folder });
    const names = files.map((file) => path.basename(file));
    assert.ok(names.every((name) => /^[0-9a-f]{64}-\d+\.json$/.test(name)));
    const programs = files.filter((file) => file.startsWith(path.join('rec', 'targets')));
    assert.deepEqual(
      [0, 1].map((trial) => programs.filter((file) => file.endsWith(`-${trial}.json`)).length),
      [6, 6],
    );
    const texts = files.map((file) => readFileSync(path.join(folder, file), 'utf8'));
    assert.ok(texts.every((text) => !text.includes(KEY)));
    assert.ok(
      texts.some((text) => text.includes('with Bearer [key]')),
      'a reply that repeats the key is cleaned',
    );
    assert.ok(
      texts.some((text) => /"content": "How long is the refund window\?"/.test(text)),
      'it is readable',
    );
  });

  it('fails a run that lacks a recording, whatever its gate says, and tells how to record it', async () => {
    const { folder, agent } = await start();
    const file = path.join(folder, 'touchstone.yaml');
    writeFileSync(file, `${readFileSync(file, 'utf8')}    gate: { min_pass_rate: 0 }\n`);
    assert.equal((await touchstone(folder, 'eval', '--record', 'rec', '--no-progress')).code, 0);
    assert.equal((await touchstone(folder, 'eval', '--replay', 'rec', '--no-progress')).code, 0);
    writeFileSync(
      path.join(folder, 'd.golden.yaml'),
      `${DATASET}  - { id: new, input: Is it a new question? }\n`,
    );
    const before = agent.calls.length;
    const { code, out } = await touchstone(
      folder,
      'eval',
      '--replay',
      'rec',
      '-o',
      'r.json',
      '--no-progress',
    );
    assert.equal(code, 1);
    assert.match(out, /6 trials have no recording.*touchstone eval --record rec/);
    assert.match(
      out,
      /no reply of local\/tiny is recorded for this request\s+\(models\/[0-9a-f/]+-0\.json\)/,
    );
    assert.equal(agent.calls.length, before);
    const run = report(folder, 'r.json');
    const errored = run.results.filter((result: Entry) => result.case_id === 'new');
    assert.deepEqual(new Set(errored.map((result: Entry) => result.status)), new Set(['errored']));
    assert.equal(run.passed, false);
  });

  it('has no recordings of a changed agent or prompt', async () => {
    const { folder } = await start();
    await touchstone(folder, 'eval', '--record', 'rec', '--no-progress');
    writeFileSync(path.join(folder, 'program.mjs'), `// changed\n${PROGRAM}`);
    const { out } = await touchstone(folder, 'eval', '--replay', 'rec', '--no-progress');
    // Those of the other targets as well: a model compares their outputs with the missing one.
    assert.match(out, /18 trials have no recording/);
    assert.match(out, /no reply of the target "program" is recorded/);
  });

  it('says which recording is damaged', async () => {
    const { folder } = await start();
    await touchstone(folder, 'eval', '--record', 'rec', '--no-progress');
    const [file = ''] = globSync('rec/models/**/*.json', { cwd: folder }).sort();
    const text = readFileSync(path.join(folder, file), 'utf8');
    writeFileSync(path.join(folder, file), text.replace(/"latency_ms": [^,]+,/, '"latency_ms": "fast",'));
    const { out } = await touchstone(folder, 'eval', '--replay', 'rec', '--no-progress');
    assert.match(out, /the recording is wrong at "reply\.latency_ms"/);
  });

  it('refuses both at once, a missing folder and a file in its place', async () => {
    const { folder } = await start();
    const both = await touchstone(folder, 'eval', '--record', 'a', '--replay', 'b');
    assert.equal(both.code, 2);
    assert.match(both.err, /cannot be combined/);
    const missing = await touchstone(folder, 'eval', '--replay', 'nowhere');
    assert.equal(missing.code, 2);
    assert.match(missing.err, /there is no such folder of recordings/);
    const file = await touchstone(folder, 'eval', '--record', 'd.golden.yaml');
    assert.match(file.err, /this is not a folder/);
  });

  it('replays a run that asked no model, and says before the first call where nothing can be recorded', async () => {
    const folder = temporaryFolder({
      'touchstone.yaml':
        'suites:\n  s: { dataset: d.golden.yaml, targets: [{ echo: true }], evaluators: [{ contains: e }] }\n',
      'd.golden.yaml': DATASET,
      file: '',
    });
    assert.equal((await touchstone(folder, 'eval', '--record', 'rec')).code, 0);
    const replayed = await touchstone(folder, 'eval', '--replay', 'rec');
    assert.equal(replayed.code, 0, replayed.err);
    const refused = await touchstone(folder, 'eval', '--record', 'file/rec');
    assert.equal(refused.code, 2);
    assert.match(refused.err, /file\/rec: the folder of recordings cannot be made/);
  });
});

interface Entry {
  target: string;
  case_id: string;
  trial: number;
  status: string;
  output: { cost_usd: number | null; latency_ms: number; usage: unknown };
  evaluations: { name: string; status: string; score?: number; reason: string }[];
}

function verdicts(run: { results: Entry[] }) {
  return run.results.map(({ target, case_id, trial, status, evaluations }) => ({
    ...{ target, case_id, trial, status },
    evaluations: evaluations.map(({ name, status, score, reason }) => ({ name, status, score, reason })),
  }));
}

function costs(run: { results: Entry[] }) {
  return run.results.map(({ output }) => ({
    cost: output.cost_usd,
    usage: output.usage,
    latency: output.latency_ms,
  }));
}

/** Answers with what differs by trial: the seed that was sent. Judges by the length of what they read. */
function reply({ body }: RecordedRequest) {
  const text = body.messages.map(({ content }) => content).join('\n');
  if (body.model === 'tiny')
    return { text: `a model says ${body['seed']} to ${body.messages.at(-1)?.content}` };
  if (text.includes('You choose the best')) return { text: '{"reason": "It is clear.", "best": 1}' };
  return { text: `{"reason": "It is ${text.length % 7}.", "score": 0.5}` };
}
