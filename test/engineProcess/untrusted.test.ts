import assert from 'node:assert/strict';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, it } from 'mocha';
import { fixedEnvironment, systemClock } from '../../src/engine/ports.ts';
import { Session } from '../../src/engineProcess/session.ts';
import { processOwner } from '../../src/processOwner.ts';
import { interfaceCalls } from '../../src/protocol/calls.ts';
import { Peer } from '../../src/protocol/peer.ts';
import { systemRandom } from '../../src/systemRandom.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { TestWindow } from './window.ts';

const DATASET = 'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases: [{ id: a, input: x }]\n';
const PROMPT = '---\nname: greet\ndescription: "${env:PERSONS_OWN}"\n---\nuser:\nGreet {{input}}.\n';
const FILES = {
  'touchstone.yaml': `suites:
  s:
    dataset: a.golden.yaml
    targets: [{ name: agent, command: [node, agent.mjs] }, { name: greet, echo: greet.prompty }]
    evaluators: [{ contains: x }]
`,
  'a.golden.yaml': DATASET,
  'agent.mjs':
    "import { writeFileSync } from 'node:fs'; writeFileSync('ran', ''); console.log('{\"output\":\"x\"}');",
  'greet.prompty': PROMPT,
};
const { signal } = new AbortController();

/** A session as of a window, without its calls. */
function session(root: string, trusted: boolean, environment: { [name: string]: string }): Session {
  const streams = { input: new PassThrough(), output: new PassThrough() };
  const made = new Session(new Peer(streams, interfaceCalls), {
    clock: systemClock,
    random: systemRandom,
    environment: fixedEnvironment(environment),
    owner: processOwner(),
  });
  made.initialize({ root, config: null, trusted, bridge: false });
  return made;
}

describe('engine process: where the workspace is not trusted', () => {
  it('no variable of the environment is seen, whatever asks for it', async () => {
    const root = temporaryFolder(FILES);
    const environment = { PERSONS_OWN: 'secret', PATH: process.env['PATH'] ?? '' };
    for (const trusted of [true, false]) {
      const own = session(root, trusted, environment);
      assert.equal(own.environment.get('PERSONS_OWN'), trusted ? 'secret' : undefined);
      await using window = await TestWindow.open(root, { trusted, environment });
      const { problems } = await window.call('workspace/validate', { files: [{ path: 'greet.prompty' }] });
      assert.equal(problems.length > 0, !trusted, JSON.stringify(problems));
      assert.ok(!JSON.stringify(problems).includes('secret'));
    }
  });

  it('an engine that was made all the same starts no program', async () => {
    const root = temporaryFolder(FILES);
    const own = session(root, false, { PATH: process.env['PATH'] ?? '' });
    const workspace = await own.load(signal).catch(() => undefined);
    const files = { ...FILES, 'greet.prompty': 'user:\nGreet {{input}}.\n' };
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(root, name), text);
    const engine = own.engine(workspace ?? (await own.load(signal)), true);
    const listener = { onStart: () => {}, onResults: () => {} };
    const attempt = async (): Promise<void> => {
      const [run] = await engine.prepare('s', { targets: ['agent'] }, signal);
      if (run) await engine.execute(run, listener, { signal });
    };
    await attempt().catch(() => {});
    assert.equal(existsSync(path.join(root, 'ran')), false);
    await own.close();
  });

  it('git is not started, which runs what the repository configures', async () => {
    const root = temporaryFolder({ 'a.golden.yaml': DATASET, 'bin/git': '' });
    const mark = path.join(root, 'git-ran');
    const program = path.join(root, 'bin', 'git');
    writeFileSync(program, `#!/bin/sh\ntouch "${mark}"\nexit 1\n`);
    chmodSync(program, 0o755);
    const before = process.env['PATH'];
    process.env['PATH'] = `${path.dirname(program)}${path.delimiter}${before}`;
    try {
      for (const trusted of [false, true]) {
        await using window = await TestWindow.open(root, { trusted });
        const file = { path: path.join(root, 'a.golden.yaml'), version: 1 };
        await window.call('language/sync', { ...file, text: DATASET });
        await window.call('language/fixes', {
          ...file,
          selection: { line: 2, column: 1, endLine: 2, endColumn: 9 },
        });
        if (!trusted) await window.failure('dataset/drift', { path: 'a.golden.yaml' });
        assert.equal(existsSync(mark), trusted, `trusted: ${trusted}`);
      }
    } finally {
      process.env['PATH'] = before;
    }
  });
});
