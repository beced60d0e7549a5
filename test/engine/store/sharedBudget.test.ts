import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { isRunning } from '../../../src/engine/processes/processIdentity.ts';
import { storePath } from '../../../src/engine/store/storeFile.ts';
import { PoolLedger } from '../../../src/engine/store/tables/poolLedger.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const worker = path.join(import.meta.dirname, '..', '..', 'support', 'budgetWorker.ts');
const LIMIT = 60_000;

interface Worked {
  /** Tokens of calls that were settled, and those reserved for others. */
  used: number;
  reserved: number;
}

/** A process is killed after so many lines, or where the others leave it nothing to do before. */
interface Kill {
  afterLines: number;
  othersEnd: Promise<unknown>;
}

/** It begins with the others, when all are ready. */
async function work(file: string, seed: number, others: Barrier, kill?: Kill): Promise<Worked> {
  const child = spawn(process.execPath, [worker, file, String(seed), String(LIMIT), kill ? 'stay' : 'end'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (printed === '') others.arrived(() => child.stdin.end('go'));
    printed += text;
    if (kill && printed.split('\n').length > kill.afterLines) child.kill('SIGKILL');
  });
  void kill?.othersEnd.finally(() => child.kill('SIGKILL'));
  const [code] = await once(child, 'close');
  assert.equal(code, kill ? null : 0);

  const lines = printed.split('\n').map((line) => line.split(' '));
  const worked = { used: 0, reserved: 0 };
  for (const [what, first = '0', second = '0'] of lines) {
    if (what === 'reserved') worked.reserved += Number(first);
    if (what !== 'settled') continue;
    worked.reserved -= Number(first);
    worked.used += Number(second);
  }
  return worked;
}

/** Lets all begin once the last has come. */
class Barrier {
  readonly #begin: (() => void)[] = [];
  readonly #count: number;

  constructor(count: number) {
    this.#count = count;
  }

  arrived(begin: () => void): void {
    this.#begin.push(begin);
    if (this.#begin.length === this.#count) for (const each of this.#begin) each();
  }
}

describe('a budget that several processes write at once', function () {
  this.timeout(120_000);
  const cleanups: (() => void)[] = [];
  afterEach(() => {
    for (const cleanup of cleanups.splice(0)) cleanup();
  });

  it('is kept, loses nothing, and counts what a killed process had reserved', async () => {
    const folder = temporaryFolder();
    const file = storePath(folder);
    const ledger = PoolLedger.open(file, { pid: 1, host: 'here', started: null, alive: isRunning });
    const highest = { held: 0 };
    const watch = setInterval(() => {
      const { used, reserved } = ledger.used('judge', Date.now()).tokens;
      highest.held = Math.max(highest.held, used + reserved);
    }, 5);

    cleanups.push(
      () => clearInterval(watch),
      () => ledger.close(),
    );

    const others = new Barrier(5);
    const ended = Promise.all([1, 2, 3].map((seed) => work(file, seed, others)));
    const killed = [10, 31].map((afterLines, at) =>
      work(file, 4 + at, others, { afterLines, othersEnd: ended }),
    );
    const workers = [...(await ended), ...(await Promise.all(killed))];

    const { used, reserved } = ledger.used('judge', Date.now()).tokens;
    const certain = workers.reduce((sum, one) => sum + one.used + one.reserved, 0);
    assert.equal(reserved, 0, 'nobody is at work any more');
    assert.ok(used <= LIMIT && highest.held <= LIMIT, `${used}, at most ${highest.held}`);
    assert.ok(used > LIMIT - 200, `${used} of ${LIMIT} were used`);
    // Two processes were killed: each may have written one thing more than it said.
    assert.ok(Math.abs(used - certain) <= 2 * 150, `${used} are counted, ${certain} were used`);
  });
});
