import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import os from 'node:os';
import type { NamedSide } from '../../../../src/engine/compare/comparisonRequest.ts';
import type { PreparedComparison } from '../../../../src/engine/compare/preparedComparison.ts';
import { createEngine, type Engine } from '../../../../src/engine/engine.ts';
import { fixedEnvironment, noLog, systemClock } from '../../../../src/engine/ports.ts';
import type { RunOverrides } from '../../../../src/engine/runs/preparation/runOverrides.ts';
import type { SuiteConfig } from '../../../../src/engine/suites/config/suiteConfig.ts';
import { loadWorkspace } from '../../../../src/engine/suites/loadWorkspace.ts';
import { systemRandom } from '../../../../src/systemRandom.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

export const FILES = {
  'touchstone.yaml': `suites:
  all:
    dataset: cases.golden.yaml
    targets:
      - { name: one, echo: one.prompty }
      - { name: two, echo: two.prompty }
      - { name: program, command: [cat] }
      - { name: other, command: [cat, -u] }
      - { name: address, http: 'http://127.0.0.1:9/' }
    evaluators: [{ contains: hello }]
`,
  'one.prompty': 'user:\nhello {{question}}\n',
  'two.prompty': 'user:\nbye {{question}}\n',
  'cases.golden.yaml':
    'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n  - { id: a, input: { question: a } }\n',
};

/** Names of targets of the suite, or a side as it is. */
type Given = readonly string[] | NamedSide;

/** A workspace and the comparisons of its targets, made anew for each test. */
export function comparedSides() {
  const { signal } = new AbortController();
  let engine: Engine;
  let root: string;
  let suite: SuiteConfig;

  async function open(): Promise<{ engine: Engine; suite: SuiteConfig }> {
    const environment = fixedEnvironment({});
    const workspace = await loadWorkspace({ root, environment, signal });
    const [first] = workspace.config.suites;
    assert.ok(first);
    const opened = createEngine(workspace, {
      clock: systemClock,
      random: systemRandom,
      environment,
      log: noLog,
      owner: { pid: process.pid, host: os.hostname(), started: null, alive: () => true },
      trust: { commands: true, scripts: false },
    });
    return { engine: opened, suite: first };
  }

  beforeEach(async () => {
    root = temporaryFolder(FILES);
    ({ engine, suite } = await open());
  });
  afterEach(() => engine.close());

  const sideOf = (side: Given, label: string): NamedSide => {
    if ('label' in side) return side;
    const targets = suite.targets.filter(({ name }) => side.includes(name));
    return { label, reference: { kind: 'given', targets } };
  };

  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd: root })
      .toString()
      .trim();

  return {
    signal,
    git,
    /** Another engine over the files as they are now. */
    open,
    get root() {
      return root;
    },
    get store() {
      return engine.store;
    },
    async merge(
      before: Given,
      after: Given,
      [first, second] = ['before', 'after'],
      overrides: RunOverrides = {},
    ): Promise<PreparedComparison> {
      const [baseline, candidate] = [sideOf(before, first), sideOf(after, second)];
      const [found] = await engine.prepareComparison({ suite, baseline, candidate, overrides }, signal);
      assert.ok(found);
      await found.run?.close();
      return found;
    },
    commitAll(message: string): void {
      git('init', '--quiet');
      git('add', '.');
      git('commit', '--quiet', '--message', message);
    },
  };
}

export const revisionOf = (revision: string): NamedSide => ({
  label: revision,
  reference: { kind: 'revision', revision },
});
