import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, it } from 'mocha';
import { systemClock } from '../../src/engine/ports.ts';
import { ServicesLink } from '../../src/services/servicesLink.ts';
import { stopServices } from '../../src/services/stopServices.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const root = path.join(import.meta.dirname, '..', '..');

describe('the demo of live quality', function () {
  this.timeout(240_000);
  let folder = '';
  afterEach(() => stopServices(folder, systemClock));

  /** Until all of these were printed, in whatever order; then it is ended by a signal. Returns its exit code and output. */
  async function demo(options: readonly string[], expected: readonly RegExp[]) {
    folder = temporaryFolder();
    cpSync(path.join(root, 'datasets'), folder, { recursive: true });
    const script = path.join(root, 'scripts', 'demoLive.ts');
    const child = spawn(process.execPath, [script, '--no-editor', '--folder', folder, ...options], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exited = once(child, 'exit') as Promise<[number | null]>;
    let output = '';
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    for await (const line of createInterface({ input: child.stdout })) {
      output += `${line}\n`;
      // A second one would end it at once.
      if (!child.killed && expected.every((pattern) => pattern.test(output))) child.kill('SIGINT');
    }
    const [code] = await exited;
    return { code, output };
  }

  it('receives the traces of its agent, measures them, and leaves nothing running', async () => {
    const { code, output } = await demo(
      ['--cycle', '4', '--rate', '8'],
      [
        /quality \d\.\d\d {3}p95 [\d.]+ m?s {3}errors \d+\.\d % {3}\d+\.\d answers per second/,
        /release 2\.2\.0 is rolled back/,
      ],
    );
    assert.equal(code, 0, output);
    assert.match(output, /release 2\.2\.0 gives 85 % of the answers/);
    assert.match(output, /sends its traces to http:\/\/127\.0\.0\.1:\d+\./);
    assert.match(output, /Touchstone: Open Monitor/);
    // With a Node that runs it, whatever the person's own is.
    assert.ok(
      output.includes(`\n  ${process.execPath} ${path.join(root, 'src', 'cli.ts')} alerts list\n`),
      output,
    );
    assert.equal(await ServicesLink.find(folder, { client: 'terminal', clock: systemClock }), undefined);
    assert.ok(existsSync(path.join(folder, '.touchstone', 'metrics.db')));
    const agent = /answers on (\S+),/.exec(output)?.[1] ?? '';
    await assert.rejects(fetch(agent));
  });

  it('ends by itself, and says what is wrong with an option', async () => {
    assert.equal((await demo(['--minutes', '0.05'], [/never/])).code, 0);
    const wrong = await demo(['--rate', 'many'], [/never/]);
    assert.notEqual(wrong.code, 0);
    assert.match(wrong.output, /--rate needs a number, not 'many'/);
    assert.ok(!readFileSync(path.join(root, 'datasets', 'touchstone.yaml'), 'utf8').includes('monitors:'));
  });
});
