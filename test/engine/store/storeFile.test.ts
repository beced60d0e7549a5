import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { hash } from 'node:crypto';
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, it } from 'mocha';
import { StoreError } from '../../../src/engine/errors.ts';
import { RUNS } from '../../../src/engine/store/migrations/0001Runs.ts';
import { RunStore } from '../../../src/engine/store/runStore.ts';
import { RUN_STORE } from '../../../src/engine/store/runStoreFormat.ts';
import { storePath } from '../../../src/engine/store/storeFile.ts';
import { StoreReader } from '../../../src/engine/store/storeReader.ts';
import { plan, trialResult } from '../../support/runFixtures.ts';
import { skip } from '../../support/skip.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

/** A folder of the store ignores itself before anything else happens in it. */
const isNoIgnore = ([name]: [string, string]) => !name.endsWith('.gitignore');
const opener = path.join(import.meta.dirname, '..', '..', 'support', 'storeOpener.ts');

const { applicationId: APPLICATION_ID } = RUN_STORE;
const SCHEMA_VERSION = RUN_STORE.migrations.length;

describe('the file of the store', () => {
  let root: string;
  let file: string;

  beforeEach(() => {
    root = temporaryFolder();
    file = storePath(path.join(root, 'ws'));
    mkdirSync(path.join(root, 'ws'));
  });

  /** A database of another program. */
  function foreign(at: string, sql = 'CREATE TABLE secrets (x)'): string {
    const database = new DatabaseSync(at);
    database.exec(sql);
    database.close();
    return at;
  }

  function fill(at: string): void {
    const store = new RunStore(at);
    store.createRun({ id: 'r', plan: plan({ targets: ['a'] }), createdAt: 1, traceId: 'f'.repeat(32) });
    const results = [trialResult({ target: 'a', caseIndex: 0 })];
    store.append('r', { results, cases: [], spans: [], logs: [] }, { now: 1, elapsedMs: 1 });
    store.close();
  }

  /** Every file below the folder with its bytes, links as such. */
  function contents(folder: string): [string, string][] {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .sort()
      .map((name) => {
        const entry = lstatSync(path.join(folder, name));
        return [
          name,
          entry.isFile() ? hash('sha256', readFileSync(path.join(folder, name))) : String(entry.mode),
        ];
      });
  }

  describe('is refused, written or read, and nothing is changed', () => {
    const attacks: { [what: string]: { prepare(): void; says: RegExp; not?: NodeJS.Platform } } = {
      'as a link to a database': {
        prepare: () => {
          mkdirSync(path.dirname(file));
          symlinkSync(foreign(path.join(root, 'app.db')), file);
        },
        says: /touchstone\.db: the store is a link/,
      },
      'as a link to nothing yet': {
        prepare: () => {
          mkdirSync(path.dirname(file));
          symlinkSync(path.join(root, 'new.db'), file);
        },
        says: /the store is a link/,
      },
      'as a link to a store of another workspace': {
        prepare: () => {
          mkdirSync(path.dirname(file));
          mkdirSync(path.join(root, 'other'));
          fill(storePath(path.join(root, 'other')));
          symlinkSync(storePath(path.join(root, 'other')), file);
        },
        says: /the store is a link/,
      },
      'in a folder that is a link': {
        prepare: () => {
          mkdirSync(path.join(root, 'elsewhere'));
          symlinkSync(path.join(root, 'elsewhere'), path.dirname(file), 'junction');
        },
        says: /\.touchstone: the folder of the store is a link/,
      },
      'with a log that is a link': {
        prepare: () => {
          fill(file);
          writeFileSync(path.join(root, 'mine.txt'), 'mine');
          symlinkSync(path.join(root, 'mine.txt'), `${file}-wal`);
        },
        says: /touchstone\.db-wal: the store is a link/,
      },
      'with shared memory that is a link': {
        prepare: () => {
          fill(file);
          symlinkSync(path.join(root, 'shared'), `${file}-shm`);
        },
        says: /touchstone\.db-shm: the store is a link/,
      },
      'with a journal that is a link': {
        prepare: () => {
          mkdirSync(path.dirname(file));
          symlinkSync(path.join(root, 'journal'), `${file}-journal`);
        },
        says: /touchstone\.db-journal: the store is a link/,
      },
      'with a second name': {
        prepare: () => {
          mkdirSync(path.dirname(file));
          linkSync(foreign(path.join(root, 'app.db')), file);
        },
        says: /has a second name elsewhere/,
      },
      'as a folder': {
        prepare: () => mkdirSync(file, { recursive: true }),
        says: /the store is not a file/,
      },
      'as a database of another program': {
        prepare: () => {
          mkdirSync(path.dirname(file));
          foreign(file);
        },
        says: /a database of another program/,
      },
      'as a database of another program in the mode of a log': {
        prepare: () => {
          mkdirSync(path.dirname(file));
          foreign(file, 'PRAGMA journal_mode = WAL; CREATE TABLE runs (x)');
        },
        says: /a database of another program/,
      },
      'as a database of another program with our version': {
        prepare: () => {
          mkdirSync(path.dirname(file));
          foreign(file, 'CREATE TABLE secrets (x); PRAGMA user_version = 1');
        },
        says: /a database of another program/,
      },
      'as an empty database of another program': {
        prepare: () => {
          mkdirSync(path.dirname(file));
          foreign(file, 'PRAGMA application_id = 7');
        },
        says: /a database of another program/,
      },
      ...Object.fromEntries(
        [1, SCHEMA_VERSION - 1].map((version) => [
          `of this version that says it is of version ${version}`,
          {
            prepare: () => {
              fill(file);
              foreign(file, `PRAGMA user_version = ${version}`);
            },
            says: /is marked as format \d+, but its tables are not/,
          },
        ]),
      ),
      'that says it is of this version, without its tables': {
        prepare: () => {
          mkdirSync(path.dirname(file));
          const marks = `PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}`;
          foreign(file, `CREATE TABLE runs (id); ${marks}`);
        },
        says: /is marked as format \d+, but its tables are not/,
      },
      'as a newer store': {
        prepare: () => {
          mkdirSync(path.dirname(file));
          foreign(file, `PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 99`);
        },
        says: /written by a newer version/,
      },
      'as a text': {
        prepare: () => {
          mkdirSync(path.dirname(file));
          writeFileSync(file, 'no database at all, not even a little '.repeat(50));
        },
        says: /is not a database/,
      },
    };
    for (const [what, { prepare, says }] of Object.entries(attacks))
      for (const access of ['write', 'read'] as const)
        it(`${what}: ${access}`, () => {
          prepare();
          const before = contents(root).filter(isNoIgnore);
          assert.throws(
            () => new RunStore(file, { access }),
            (error) => error instanceof StoreError && says.test(error.describe()) && !!error.remedy,
          );
          assert.deepEqual(contents(root).filter(isNoIgnore), before);
        });
  });

  it('is not made through a link in place of its .gitignore', () => {
    mkdirSync(path.dirname(file));
    symlinkSync(path.join(root, 'made'), path.join(path.dirname(file), '.gitignore'));
    new RunStore(file).close();
    assert.equal(existsSync(path.join(root, 'made')), false);
  });

  it('is marked as ours', () => {
    new RunStore(file).close();
    const database = new DatabaseSync(file, { readOnly: true });
    assert.equal(database.prepare('PRAGMA application_id').get()?.['application_id'], APPLICATION_ID);
    assert.equal(database.prepare('PRAGMA user_version').get()?.['user_version'], SCHEMA_VERSION);
    database.close();
  });

  it('of version 1 is taken over with everything in it, and can be read before that', () => {
    mkdirSync(path.dirname(file));
    const old = new DatabaseSync(file);
    old.exec(`PRAGMA journal_mode = WAL; ${RUNS}; PRAGMA user_version = 1`);
    old
      .prepare(
        `INSERT INTO runs (id, suite, state, plan, created_at, trace_id) VALUES ('r', 's', 'running', ?, 1, '')`,
      )
      .run(JSON.stringify(plan({ targets: ['a'] })));
    old.close();
    const before = readFileSync(file);
    const reading = new RunStore(file, { access: 'read' });
    assert.equal(reading.getRun('r').id, 'r');
    reading.close();
    assert.deepEqual(readFileSync(file), before);
    const store = new RunStore(file);
    const owner = { pid: 1, host: 'here', started: null, alive: () => true };
    assert.equal(store.claim('r', owner, 1_000_000).attempt, 0);
    store.close();
  });

  it('waits for the disk: a kept run survives the loss of power', () => {
    const executed: string[] = [];
    const exec = DatabaseSync.prototype.exec;
    DatabaseSync.prototype.exec = function (sql: string) {
      executed.push(sql);
      return exec.call(this, sql);
    };
    try {
      new RunStore(file).close();
    } finally {
      DatabaseSync.prototype.exec = exec;
    }
    assert.match(executed.join('\n'), /PRAGMA synchronous = FULL;/);
    assert.doesNotMatch(executed.join('\n'), /synchronous = (?:OFF|NORMAL|0|1)/i);
  });

  const gone: { [what: string]: () => void } = {
    removed: () => rmSync(path.dirname(file), { recursive: true }),
    replaced: () => {
      rmSync(file);
      fill(file);
    },
  };
  for (const [what, remove] of Object.entries(gone))
    it(`is missed when it is ${what} while it is open, and nothing counts as stored`, function () {
      if (process.platform === 'win32') skip(this, 'Windows does not remove open files');
      fill(file);
      const store = new RunStore(file);
      assert.equal(store.isRemoved, false);
      remove();
      assert.equal(store.isRemoved, true);
      const results = [trialResult({ target: 'a', caseIndex: 1 })];
      assert.throws(
        () => store.append('r', { results, cases: [], spans: [], logs: [] }, { now: 1, elapsedMs: 1 }),
        (error) => error instanceof StoreError && /removed or replaced/.test(error.message) && !!error.remedy,
      );
      store.close();
    });

  it('is never missed in memory', () => assert.equal(new RunStore(':memory:').isRemoved, false));

  describe('that is read', () => {
    it('is not made where it is missing', () => {
      const store = new RunStore(file, { access: 'read' });
      assert.deepEqual(store.listRuns(), []);
      store.close();
      assert.deepEqual(readdirSync(path.join(root, 'ws')), []);
    });

    it('stays as it is', () => {
      fill(file);
      const before = contents(root);
      const store = new RunStore(file, { access: 'read' });
      assert.equal([...store.results('r')].length, 1);
      assert.deepEqual(contents(root), before, 'while it is open');
      store.close();
      assert.deepEqual(contents(root), before);
    });

    it('cannot be written', () => {
      fill(file);
      const store = new RunStore(file, { access: 'read' });
      const run = { id: 'x', plan: plan(), createdAt: 1, traceId: '' };
      assert.throws(() => store.createRun(run), /the store cannot be written/);
      store.close();
    });

    it('is read as it is once another process has created it, also where all of it is in the log still', () => {
      mkdirSync(path.dirname(file), { recursive: true });
      const creator = new DatabaseSync(file);
      creator.exec('PRAGMA journal_mode = WAL; CREATE TABLE begun (a); DROP TABLE begun');
      const reader = new StoreReader(file);
      assert.equal(reader.store?.isStandIn, true);
      const writer = new RunStore(file);
      try {
        assert.equal(reader.store?.isStandIn, false);
      } finally {
        writer.close();
        creator.close();
      }
    });

    it('shows what others write meanwhile', () => {
      const reader = new StoreReader(file);
      const counts = () => reader.store?.counts('r');
      assert.equal(counts(), undefined);
      fill(file);
      assert.equal(counts()?.passed, 1);
      const other = new RunStore(file);
      const add = (caseIndex: number) =>
        other.append(
          'r',
          { results: [trialResult({ target: 'a', caseIndex })], cases: [], spans: [], logs: [] },
          { now: 1, elapsedMs: 1 },
        );
      add(1);
      assert.equal(counts()?.passed, 2, 'from its log');
      add(2);
      assert.equal(counts()?.passed, 3);
      other.close();
      assert.equal(counts()?.passed, 3, 'once the other process has ended');
      rmSync(path.dirname(file), { recursive: true });
      assert.equal(counts(), undefined);
    });
  });

  it('is opened by several processes at once while it is new', async function () {
    this.timeout(120_000);
    const processes = Array.from({ length: 8 }, () => {
      const child = spawn(process.execPath, [opener], { stdio: ['pipe', 'pipe', 'inherit'] });
      return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
    });
    try {
      for (const { lines } of processes) assert.equal((await lines.next()).value, 'ready');
      for (let at = 0; at < 30; at += 1) {
        mkdirSync(path.join(root, `ws-${at}`));
        for (const { child } of processes) child.stdin.write(`${storePath(path.join(root, `ws-${at}`))}\n`);
        const said = await Promise.all(processes.map(async ({ lines }) => (await lines.next()).value));
        assert.deepEqual(
          said,
          processes.map(() => 'opened'),
        );
      }
    } finally {
      for (const { child } of processes) child.stdin.end();
    }
  });

  describe('that cannot be made', () => {
    const says = (error: unknown, what: RegExp) =>
      error instanceof StoreError && what.test(error.describe()) && error.remedy !== undefined;

    it('says so where a file stands in place of its folder', () => {
      writeFileSync(path.dirname(file), 'mine');
      assert.throws(
        () => new RunStore(file),
        (error) => says(error, /a file stands where the folder of the store belongs/),
      );
      assert.equal(readFileSync(path.dirname(file), 'utf8'), 'mine');
    });

    it('says so where there is no such workspace', () => {
      assert.throws(
        () => new RunStore(storePath(path.join(root, 'missing'))),
        (error) => says(error, /the folder of the store cannot be made \(ENOENT\)/),
      );
    });

    it('says so where the system lets nobody write', function () {
      if (process.platform !== 'linux') skip(this, 'needs /proc, where nobody can write');
      assert.throws(
        () => new RunStore(storePath('/proc')),
        (error) => error instanceof StoreError && error.remedy !== undefined,
      );
    });
  });
});
