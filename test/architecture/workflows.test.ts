import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { parse } from 'yaml';

const root = path.join(import.meta.dirname, '..', '..');
const workflows = ['action.yml', ...globSync('.github/workflows/*.yml', { cwd: root })];
const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  scripts: { [name: string]: string };
};

interface Step {
  run?: string;
  uses?: string;
}

/** Every step of a workflow or action, however deep it is. */
function stepsOf(value: unknown): Step[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'steps' && Array.isArray(inner) ? (inner as Step[]) : stepsOf(inner),
  );
}

describe('the files for contributors', () => {
  for (const file of workflows) {
    const steps = stepsOf(parse(readFileSync(path.join(root, file), 'utf8')));

    it(`${file} pins what it uses, and runs scripts that exist`, () => {
      assert.ok(steps.length > 3);
      for (const { uses, run = '' } of steps) {
        if (uses !== undefined) assert.match(uses, /^(\.\/|[\w-]+\/[\w/-]+@v\d+$)/);
        for (const [, script = ''] of run.matchAll(/\bnpm run (\w[\w:-]*)/g))
          assert.ok(script in scripts, script);
      }
    });

    it(`${file} puts nothing that others wrote into a script`, () => {
      assert.deepEqual(
        steps.filter(({ run }) => run?.includes('${{')),
        [],
      );
    });
  }

  it('start tasks and scripts that exist', () => {
    const file = (name: string): string => readFileSync(path.join(root, '.vscode', name), 'utf8');
    const { tasks } = JSON.parse(file('tasks.json')) as { tasks: { label: string; script: string }[] };
    for (const { script } of tasks) assert.ok(script in scripts, script);
    const labels = tasks.map(({ label }) => label);
    for (const [, task = ''] of file('launch.json').matchAll(/"preLaunchTask": "([^"]+)"/g))
      assert.ok(labels.includes(task), task);
  });

  it('lead, in CONTRIBUTING.md, to folders and files that exist', () => {
    const tour = readFileSync(path.join(root, 'CONTRIBUTING.md'), 'utf8');
    const named = [...tour.matchAll(/`((?:src|test|scripts|docs|media|datasets)\/[\w./*-]*)`/g)].map(
      ([, name]) => name ?? '',
    );
    assert.ok(named.length > 20);
    assert.deepEqual(
      named.filter((name) => globSync(name, { cwd: root }).length === 0),
      [],
    );
  });
});
