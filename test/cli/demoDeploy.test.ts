import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { isAlive, type OwnProcess } from '../../src/engine/deploy/routers/local/ownProcess.ts';
import { systemClock } from '../../src/engine/ports.ts';
import { ServicesLink } from '../../src/services/servicesLink.ts';
import { stopServices } from '../../src/services/stopServices.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const root = path.join(import.meta.dirname, '..', '..');

describe('the demo of deployments', function () {
  this.timeout(240_000);
  let folder = '';
  afterEach(() => stopServices(folder, systemClock));

  /** Ended by a signal once it has printed this. Returns its exit code and output. */
  async function demo(until?: RegExp) {
    folder = temporaryFolder();
    const script = path.join(root, 'scripts', 'demoDeploy.ts');
    const child = spawn(process.execPath, [script, '--folder', folder, '--rate', '40'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const hear = (chunk: Buffer): void => {
      output += chunk.toString();
      // A second one would end it at once.
      if (until?.test(output) && !child.killed) child.kill('SIGINT');
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, output };
  }

  /** Programs of versions that are alive. */
  const programs = (): number[] => {
    const file = path.join(folder, '.touchstone', 'deployments', 'desk', 'programs.json');
    if (!existsSync(file)) return [];
    const noted = JSON.parse(readFileSync(file, 'utf8')) as { programs: OwnProcess[] };
    return noted.programs.filter(isAlive).map(({ pid }) => pid);
  };
  const isServed = async () =>
    (await ServicesLink.find(folder, { client: 'terminal', clock: systemClock })) !== undefined;

  it('brings the newer agent to 100 %, rolls the faulty one back, and leaves nothing running', async () => {
    const before = readdirSync(path.join(root, 'datasets'));
    const { code, output } = await demo();
    assert.equal(code, 0, output);
    assert.match(output, /desk: older → newer, at 100 %/);
    assert.match(output, /desk: newer \(blue, now\) → faulty \(green, next\)/);
    assert.match(output, /desk: newer → faulty, rolled back at step \d of 3/);
    assert.match(output, /touchstone traces show [0-9a-f]{32}/);
    assert.match(output, /\d+ questions, 0 without an answer/);
    assert.equal(await isServed(), false);
    assert.deepEqual(programs(), []);
    assert.deepEqual(readdirSync(path.join(root, 'datasets')), before);
  });

  it('stops all that it started when it is interrupted', async () => {
    const { code, output } = await demo(/watching step 1 of 3/);
    assert.equal(code, 130, output);
    assert.equal(await isServed(), false);
    assert.deepEqual(programs(), []);
  });
});
