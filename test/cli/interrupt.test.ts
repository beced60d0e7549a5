import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { startTouchstone, touchstone } from '../support/commandLine.ts';
import { startOpenAiServer } from '../support/openaiServer.ts';
import { restoreEnvironment } from '../support/restoreEnvironment.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const DATASET = `schema_version: 2.0.0
version: 1.0.0
test_cases:
  - { id: slow, input: the refund is on its way, expected_output: { expected_concepts: [refund] } }
`;

/** Says that it runs by connecting, and does not end when it is asked to. */
const STUBBORN = `import { connect } from 'node:net';
process.on('SIGTERM', () => {});
connect(Number(process.env.PORT), '127.0.0.1');
`;

const PROMPT = '---\nname: answer\n---\nsystem:\nAnswer.\n\nuser:\n{{input}}\n';

describe('Ctrl-C', () => {
  const disposals: (() => unknown)[] = [];
  let before: NodeJS.ProcessEnv;
  beforeEach(() => {
    before = { ...process.env };
  });
  afterEach(async () => {
    restoreEnvironment(before);
    for (const dispose of disposals.splice(0)) await dispose();
  });

  function workspace(files: { [file: string]: string }): string {
    const folder = temporaryFolder(files);
    return folder;
  }

  it('a second time ends with 130 at once, and takes an agent along that does not want to end', async () => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    disposals.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const folder = workspace({
      'touchstone.yaml': `suites:
  s:
    dataset: cases.golden.yaml
    targets: [{ name: agent, command: [node, agent.mjs], env: { PORT: "${port}" } }]
`,
      'cases.golden.yaml': DATASET,
      'agent.mjs': STUBBORN,
    });
    const run = startTouchstone(folder, 'eval', '--no-progress');
    const [agent] = (await once(server, 'connection')) as [Socket];
    agent.resume().on('error', () => {});
    const gone = once(agent, 'close');
    run.kill('SIGINT');
    await once(run.child.stderr, 'data');
    run.kill('SIGINT');
    const { code, err } = await run.done;
    assert.equal(code, 130, err);
    await gone;
  });

  it('prints the command that goes on, with the model and the configuration it was begun with', async () => {
    const held = Promise.withResolvers<void>();
    const server = await startOpenAiServer(() => ({
      text: 'Your refund is on its way.',
      after: held.promise,
    }));
    disposals.push(() => server.close());
    process.env['OPENAI_BASE_URL'] = server.baseUrl;
    process.env['OPENAI_API_KEY'] = 'key';
    const folder = workspace({
      'a folder/touchstone.ci.yaml': `suites:
  s:
    dataset: cases.golden.yaml
    targets: [{ prompt: answer.prompty, model: openai/one }]
    gate: { min_pass_rate: 0.9 }
`,
      'a folder/cases.golden.yaml': DATASET,
      'a folder/answer.prompty': PROMPT,
    });
    const config = path.join('a folder', 'touchstone.ci.yaml');
    const run = startTouchstone(folder, 'eval', '-c', config, '-m', 'openai/other', '--judge', 'openai/j');
    await server.received(1);
    run.kill('SIGINT');
    const { code, err } = await run.done;
    assert.equal(code, 130, err);
    const printed = /resume with: touchstone (.+)/.exec(err)?.[1] ?? '';
    const argv = [...printed.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
    held.resolve();
    const resumed = await touchstone(folder, ...argv);
    assert.equal(resumed.code, 0, resumed.err);
    assert.equal(server.requests.at(-1)?.body.model, 'other');
    const shown = /to show it again: touchstone show (\S+) --config '(.+)'/.exec(resumed.out);
    assert.equal(shown?.[2], config);
    // The model and the judge are known from the run itself.
    const without = await touchstone(folder, 'eval', '-c', config, '--resume', shown?.[1] ?? '');
    assert.doesNotMatch(without.err, /changed/);
  });

  it('before anything was called ends with 130 as well', async () => {
    const lines = Array.from({ length: 300_000 }, (_, index) => `{"id":"c${index}","input":"a refund"}\n`);
    const folder = workspace({
      'touchstone.yaml':
        'suites:\n  s:\n    dataset: c.golden.jsonl\n    targets: [{ echo: true }]\n    evaluators: [{ contains: refund }]\n',
      'c.golden.jsonl': `{"schema_version":"2.0.0","version":"1.0.0"}\n${lines.join('')}`,
    });
    const run = startTouchstone(folder, 'eval', '--no-progress');
    // The warning that there is no gate comes before the dataset is read.
    await once(run.child.stderr, 'data');
    run.kill('SIGINT');
    const { code, err } = await run.done;
    assert.equal(code, 130, err);
    assert.doesNotMatch(err, /bug/);
  });
});
