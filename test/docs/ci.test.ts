import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import { parse } from 'yaml';
import { type ActionProject, GOOD, projectFolder, whyNoActions } from '../support/actionProject.ts';
import { type ActionRun, type ActionStep, runAction, runSteps } from '../support/actionRunner.ts';
import { skip } from '../support/skip.ts';
import { markdownBlocks } from './markdownBlocks.ts';

const root = path.join(import.meta.dirname, '..', '..');
const blocks = markdownBlocks(readFileSync(path.join(root, 'docs', 'ci.md'), 'utf8'));
const ACTION = /^OWNER\/touchstone@/;

interface Workflow {
  jobs: { [job: string]: { steps: ActionStep[] } };
}

/** The YAML blocks that have a key. */
function documents<T extends object>(key: string): T[] {
  const parsed = blocks
    .filter(({ language }) => language === 'yaml')
    .map(({ text }) => parse(text) as object);
  return parsed.filter((each): each is T => key in each);
}

function stepsOf(workflow: Workflow | undefined): ActionStep[] {
  return Object.values(workflow?.jobs ?? {}).flatMap(({ steps }) => steps);
}

/** What `npm ci` does is there already. */
function withoutInstallation(steps: readonly ActionStep[]): ActionStep[] {
  return steps.filter(({ run }) => run?.trim() !== 'npm ci');
}

/** Runs the action of a workflow with the inputs that the page gives it. */
function runOwnAction(project: ActionProject, steps: readonly ActionStep[]): ActionRun {
  const own = steps.find(({ uses = '' }) => ACTION.test(uses));
  assert.ok(own?.with, 'the workflow uses the action');
  const inputs = Object.fromEntries(Object.entries(own.with).map(([name, value]) => [name, String(value)]));
  return runAction(path.join(root, 'action.yml'), { ...project.runner(), inputs });
}

function shell(project: ActionProject, script: string) {
  const bin = path.join(project.cwd, 'node_modules', '.bin');
  const { environment } = project.runner();
  return spawnSync('bash', ['-e', '-c', script], {
    cwd: project.cwd,
    encoding: 'utf8',
    env: { ...process.env, ...environment, PATH: `${bin}${path.delimiter}${environment?.['PATH']}` },
  });
}

describe('docs/ci.md', function () {
  this.timeout(180_000);
  const [evaluation, comparison, byHand] = documents<Workflow>('jobs').map(stepsOf) as [
    ActionStep[],
    ActionStep[],
    ActionStep[],
  ];
  let folder: ReturnType<typeof projectFolder>;

  before(function () {
    const missing = whyNoActions();
    if (missing !== undefined) skip(this, missing);
    folder = projectFolder();
  });
  after(() => folder?.dispose());

  const project = () => folder.project().answering(GOOD).withOwnTouchstone();

  it('evaluates a pull request with the action', () => {
    const it = project();
    const run = runOwnAction(it, evaluation);
    assert.equal(run.failed, false, run.log);
    assert.equal(it.bodies().length, 1);
    assert.ok(existsSync(path.join(it.cwd, 'recordings')), 'replies are recorded for forks');
  });

  it('compares a pull request with the action: the first one, and the one after', () => {
    const it = project();
    assert.equal(runOwnAction(it, comparison).failed, false);
    it.git('push', '--quiet', 'origin', 'HEAD:main');
    const run = runOwnAction(it, comparison);
    assert.equal(run.failed, false, run.log);
    assert.match(it.bodies().join(), /identical|undecided|equivalent/i);
  });

  it('does both without the action', () => {
    const it = project();
    it.git('fetch', 'origin');
    const run = runSteps(withoutInstallation(byHand), {
      ...it.runner(),
      secrets: { OPENAI_API_KEY: 'sk-test' },
    });
    assert.equal(run.failed, false, run.log);
    assert.match(run.summary, /gate passed/i);
    for (const file of ['report.junit.xml', 'report.json', 'comparison.md'])
      assert.ok(existsSync(path.join(it.cwd, file)), file);
  });

  it('resumes a run where there is one to resume', () => {
    const it = project();
    const script =
      blocks.find(({ language, text }) => language === 'sh' && text.includes('--resume'))?.text ?? '';
    const first = shell(it, script);
    assert.equal(first.status, 0, first.stderr);
    assert.equal(it.callCount(), 20);

    const limited = shell(it, 'touchstone eval --no-progress --max-cost 0.05');
    assert.equal(limited.status, 1, limited.stderr);
    const started = it.callCount();
    shell(it, script.replaceAll('--resume', '--resume --max-cost none'));
    assert.equal(it.callCount(), 40, `${started} before`);
  });

  it('evaluates on GitLab and on Jenkins', () => {
    const it = project();
    const [gitlab] = documents<{ evaluate: { script: string[] } }>('evaluate');
    const jenkins = /sh '([^']+)'/.exec(
      blocks.find(({ language }) => language === 'groovy')?.text ?? '',
    )?.[1];
    const scripts = [...(gitlab?.evaluate.script ?? []), jenkins ?? ''];
    assert.equal(scripts.length, 3);
    for (const script of scripts) {
      const run = shell(it, script.replace(/^npm ci(?: && )?/, ''));
      assert.equal(run.status, 0, run.stderr);
    }
    for (const file of ['report.md', 'report.junit.xml'])
      assert.ok(existsSync(path.join(it.cwd, file)), file);
  });

  it('lists the inputs of the action', () => {
    const { inputs } = parse(readFileSync(path.join(root, 'action.yml'), 'utf8')) as { inputs: object };
    const page = readFileSync(path.join(root, 'docs', 'ci.md'), 'utf8');
    const listed = [...page.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name);
    assert.deepEqual(listed.toSorted(), Object.keys(inputs).toSorted());
  });
});
