import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Failure } from '../../src/protocol/failure.ts';
import { startAgentServer } from '../support/agentServer.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { TestWindow, type WindowOptions } from './window.ts';

const ENVIRONMENT = {
  PATH: process.env['PATH'] ?? '',
  MY_KEY: 'from-the-environment',
};
const CASES =
  'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases: [{ id: one, input: hi }, { id: two, input: ho }]\n';
const PROGRAM = 'console.log(JSON.stringify({ output: process.env.KEY ?? "nothing" }));';
const key = '"${env:MY_KEY}"';

interface Wanted {
  provider: string;
  origin: string;
  variable: string;
}

describe('engine process: keys of targets', () => {
  function workspace(files: { [file: string]: string }): string {
    return temporaryFolder({ 'cases.golden.yaml': CASES, 'agent.mjs': PROGRAM, ...files });
  }

  function suite(target: string): { [file: string]: string } {
    return {
      'touchstone.yaml': `suites:\n  answers:\n    dataset: cases.golden.yaml\n    evaluators: [ { not-contains: nothing } ]\n    targets: [ ${target} ]\n`,
    };
  }

  /** Runs the suite with a person who answers each question the same way, and tells what they were asked. */
  async function run(root: string, value: string | null, name = 'answers') {
    const asked: Wanted[] = [];
    await using window = await TestWindow.open(root, {
      environment: ENVIRONMENT,
      handlers: {
        'secret/get': (wanted) => {
          asked.push(wanted);
          return { value };
        },
      },
    });
    const { runId, end } = await window.run(name);
    const { results } = await window.call('run/result', { runId, caseId: 'one' });
    return { asked, end, results };
  }

  /** What a window is told whose person gives nothing out. */
  async function refused(root: string, options: WindowOptions = {}): Promise<Failure> {
    await using window = await TestWindow.open(root, { environment: ENVIRONMENT, ...options });
    const { suites } = await window.call('workspace/list', {});
    return await window.failure('run/start', { suite: suites[0]?.name ?? '' });
  }

  it('of an http target are asked for once, for its origin', async () => {
    await using server = await startAgentServer(() => ({ output: 'fine' }));
    const target = `{ name: agent, http: { url: "${server.url}", headers: { authorization: "Bearer \${env:MY_KEY}" } } }`;
    const { asked, end } = await run(workspace(suite(target)), 'from-the-person');
    assert.equal(end.passed, true);
    assert.deepEqual(asked, [
      { provider: 'target agent', origin: new URL(server.url).origin, variable: 'MY_KEY' },
    ]);
    assert.deepEqual(
      new Set(server.calls.map(({ headers }) => headers.authorization)),
      new Set(['Bearer from-the-person']),
    );
  });

  it('that are refused end the run before anything is called', async () => {
    await using server = await startAgentServer(() => ({ output: 'fine' }));
    const target = `{ name: agent, http: { url: "${server.url}", headers: { x-key: ${key} } } }`;
    assert.match((await refused(workspace(suite(target)))).message, /not given MY_KEY/);
    assert.equal(server.calls.length, 0);
  });

  it('of a command are asked for its folder and command, and reach it with the person’s word alone', async () => {
    const root = workspace(suite(`{ name: agent, command: [node, agent.mjs], env: { KEY: ${key} } }`));
    const { asked, end, results } = await run(root, 'from-the-person');
    assert.equal(end.passed, true);
    const [wanted] = asked;
    assert.equal(asked.length, 1);
    assert.match(wanted?.origin ?? '', /^file:\/\/.*#node%20agent\.mjs$/);
    // What came back was the key.
    assert.match(JSON.stringify(results), /"text":"\[key\]"/);

    assert.match((await refused(root)).message, /not given MY_KEY for file:/);
  });

  it('of promptfoo’s providers are asked for as well', async () => {
    await using server = await startAgentServer(() => ({ output: 'fine' }));
    const files = {
      'promptfooconfig.yaml': `prompts: ["{{q}}"]
providers:
  - id: ${server.url}
    config: { method: POST, headers: { x-key: "{{env.MY_KEY}}" }, body: { q: "{{prompt}}" } }
tests: [ { vars: { q: hello } } ]
`,
    };
    const root = workspace(files);
    assert.match((await refused(root, { config: 'promptfooconfig.yaml' })).message, /not given MY_KEY/);
    assert.equal(server.calls.length, 0);
  });

  it('of judges that are HTTP providers are asked for with their first call', async () => {
    const verdict = JSON.stringify({ reason: 'fine', score: 1, pass: true });
    await using server = await startAgentServer(() => ({ output: verdict }));
    const root = workspace({
      'promptfooconfig.yaml': `prompts: ["{{q}}"]
providers: [echo]
defaultTest:
  options:
    provider:
      id: ${server.url}
      config: { method: POST, headers: { x-key: "{{env.MY_KEY}}" }, body: { q: "{{prompt}}" } }
tests: [ { vars: { q: hello }, assert: [ { type: llm-rubric, value: polite } ] } ]
`,
    });
    for (const value of [null, 'from-the-person']) {
      const asked: Wanted[] = [];
      await using window = await TestWindow.open(root, {
        config: 'promptfooconfig.yaml',
        environment: ENVIRONMENT,
        handlers: {
          'secret/get': (wanted) => {
            asked.push(wanted);
            return { value };
          },
        },
      });
      const { suites } = await window.call('workspace/list', {});
      const { end } = await window.run(suites[0]?.name ?? '');
      assert.equal(asked[0]?.variable, 'MY_KEY');
      assert.equal(end.passed, value !== null, JSON.stringify(end));
      assert.deepEqual(
        server.calls.map(({ headers }) => headers['x-key']),
        value === null ? [] : [value],
      );
    }
  });

  it('are not asked for where a target names none', async () => {
    const { asked, end, results } = await run(
      workspace(suite('{ name: agent, command: [node, agent.mjs], env: { KEY: written } }')),
      null,
    );
    assert.deepEqual(asked, []);
    assert.equal(end.passed, true);
    assert.match(JSON.stringify(results), /written/);
  });
});
