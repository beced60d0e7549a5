import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'mocha';
import { MIGRATIONS } from '../../../src/engine/store/migrations/migrations.ts';
import { RunStore } from '../../../src/engine/store/runStore.ts';
import { touchstone } from '../../support/commandLine.ts';
import { storedWorkspace } from '../../support/storedStores.ts';

const root = path.join(import.meta.dirname, '..', '..', '..');
const killer = path.join(root, 'test', 'support', 'killedUpgrade.ts');

/** Formats that a program has written before this one. */
const SCHEMA_VERSION = MIGRATIONS.length;
const EARLIER = Array.from({ length: SCHEMA_VERSION - 1 }, (_, at) => at + 1);

/** Everything that a person sees of the store: the list of runs, and each run with its reports, cases and traces. */
async function seen(folder: string): Promise<{ [what: string]: string }> {
  const show = async (...argv: string[]) => {
    const { out, err, code } = await touchstone(folder, 'show', ...argv);
    return `${code}\n${out}\n${err}`;
  };
  const list = await show('--runs', '--json');
  const found: { [what: string]: string } = { list, runs: await show('--runs') };
  for (const id of idsOf(path.join(folder, '.touchstone', 'touchstone.db'))) {
    const reports = ['report.json', 'report.csv'];
    found[id] = await show(id, '--failed', ...reports.flatMap((report) => ['--output', report]));
    for (const report of reports)
      found[`${id} ${path.extname(report)}`] = readFileSync(path.join(folder, report), 'utf8');
    for (const caseId of ['first', 'third']) found[`${id} ${caseId}`] = await show(id, '--case', caseId);
  }
  return found;
}

/** All of a store's rows as this version reads them. */
function contents(file: string): unknown {
  const store = new RunStore(file, { access: 'read' });
  const runs = store.listRuns().map((run) => {
    const results = [...store.results(run.id)];
    const traces = new Set(results.map(({ traceId }) => traceId));
    return {
      run,
      results,
      cases: results.map(({ caseIndex }) => store.caseAt(run.id, caseIndex)),
      spans: [...traces].map((traceId) => store.traces.spans(traceId)),
      logs: [...traces].map((traceId) => store.traces.logs(traceId)),
    };
  });
  store.close();
  return runs;
}

function idsOf(file: string): string[] {
  const store = new RunStore(file, { access: 'read' });
  const ids = store.listRuns().map(({ id }) => id);
  store.close();
  return ids;
}

function schemaOf(file: string): unknown[] {
  const database = new DatabaseSync(file, { readOnly: true });
  const rows = database.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY type, name').all();
  database.close();
  return rows.map(({ type, name, sql }) => ({ type, name, sql }));
}

const filesBeside = (file: string) => readdirSync(path.dirname(file)).sort();

describe('a store of an earlier format', () => {
  for (const version of EARLIER)
    describe(String(version), function () {
      this.timeout(60_000);

      it('shows the same before and after it is upgraded, and so does its copy', async () => {
        const { folder, file } = storedWorkspace(version);
        const original = readFileSync(file);
        const before = await seen(folder);
        assert.deepEqual(readFileSync(file), original);
        const first = Object.values(before).join('\n');
        assert.match(first, /10\/12/);
        assert.match(first, /83\.3 %/);
        assert.match(first, /The reply is not usable JSON/);
        assert.match(first, /invoke_agent agent/);
        assert.equal(Object.keys(before).length, 2 + 4 * 5);

        const store = new RunStore(file);
        const { upgrade } = store;
        store.close();
        const copy = path.join(path.dirname(file), `touchstone.v${version}.db`);
        assert.deepEqual(upgrade, { name: 'store', from: version, to: SCHEMA_VERSION, copy });
        assert.deepEqual(await seen(folder), before);
        writeFileSync(file, readFileSync(copy));
        assert.deepEqual(await seen(folder), before);
      });

      it('has the tables of a new one afterwards', () => {
        const { folder, file } = storedWorkspace(version);
        const fresh = path.join(folder, 'fresh', 'touchstone.db');
        new RunStore(fresh).close();
        new RunStore(file).close();
        const plain = (schema: unknown[]) => JSON.stringify(schema).replaceAll(/\s|\\n/g, '');
        const columns = (at: string) => plain(schemaOf(at).filter((row) => !isAltered(row)));
        assert.equal(columns(file), columns(fresh));
      });

      it('is copied whole, and the copy can be read by the version that made the store', () => {
        const { file } = storedWorkspace(version);
        const before = schemaOf(file);
        new RunStore(file).close();
        const copy = path.join(path.dirname(file), `touchstone.v${version}.db`);
        assert.deepEqual(schemaOf(copy), before);
        const database = new DatabaseSync(copy, { readOnly: true });
        assert.equal(database.prepare('PRAGMA user_version').get()?.['user_version'], version);
        assert.equal(database.prepare('PRAGMA integrity_check').get()?.['integrity_check'], 'ok');
        database.close();
      });
    });

  it('is needed for none that this version made, which stays as it is', async function () {
    this.timeout(60_000);
    const { folder, file } = storedWorkspace(SCHEMA_VERSION);
    const original = readFileSync(file);
    const store = new RunStore(file);
    assert.equal(store.upgrade, undefined);
    assert.equal(store.verdicts.of(store.evaluations(10).at(-1)?.id ?? '')?.passed, true);
    store.close();
    assert.deepEqual(readFileSync(file), original);
    assert.match((await seen(folder))['runs'] ?? '', /10\/12/);
  });

  it('is upgraded once', () => {
    const { file } = storedWorkspace(3);
    new RunStore(file).close();
    const store = new RunStore(file);
    assert.equal(store.upgrade, undefined);
    store.close();
    assert.deepEqual(filesBeside(file), ['.gitignore', 'touchstone.db', 'touchstone.v3.db']);
  });

  it('never replaces a copy that is there', () => {
    const { file } = storedWorkspace(3);
    writeFileSync(path.join(path.dirname(file), 'touchstone.v3.db'), 'mine');
    const store = new RunStore(file);
    assert.match(store.upgrade?.copy ?? '', /touchstone\.v3-2\.db$/);
    store.close();
    assert.equal(readFileSync(path.join(path.dirname(file), 'touchstone.v3.db'), 'utf8'), 'mine');
  });

  it('is not copied through a link', () => {
    const { folder, file } = storedWorkspace(3);
    const outside = path.join(folder, 'outside.txt');
    writeFileSync(outside, 'mine');
    symlinkSync(outside, `${file}.copying`);
    symlinkSync(path.join(folder, 'nowhere'), path.join(path.dirname(file), 'touchstone.v3.db'));
    new RunStore(file).close();
    assert.equal(readFileSync(outside, 'utf8'), 'mine');
    assert.equal(existsSync(path.join(folder, 'nowhere')), false);
    assert.ok(filesBeside(file).includes('touchstone.v3-2.db'));
  });

  it('stays as it was, with no copy of it, where a step fails', () => {
    const { file } = storedWorkspace(3);
    const database = new DatabaseSync(file);
    database.exec('CREATE TABLE verdicts (other TEXT)');
    database.close();
    const before = readFileSync(file);
    assert.throws(() => new RunStore(file), /table verdicts already exists/);
    assert.deepEqual(readFileSync(file), before);
    assert.deepEqual(
      filesBeside(file).filter((name) => name.includes('.v3') || name.includes('copying')),
      [],
    );
  });

  it('tells the person once that it was upgraded, and where the old one is', async function () {
    this.timeout(60_000);
    const { folder } = storedWorkspace(3);
    const evaluate = () => touchstone(folder, 'eval', '-s', 'greetings', '--no-progress');
    const upgraded =
      /the store was upgraded from format 3 to \d+; the old one is kept as \.touchstone\/touchstone\.v3\.db/g;
    assert.equal((await evaluate()).err.match(upgraded)?.length, 1);
    assert.equal((await evaluate()).err.match(upgraded), null);
  });

  it('opens with everything in it, wherever its upgrade was killed', function () {
    this.timeout(240_000);
    const example = storedWorkspace(1);
    const expected = contents(example.file);
    for (let at = 1, isOpened = false; !isOpened; at += 1) {
      const { file } = storedWorkspace(1);
      const { stdout, signal } = spawnSync(process.execPath, [killer, file, String(at)], {
        encoding: 'utf8',
      });
      isOpened = stdout === 'opened';
      if (!isOpened) assert.equal(signal, 'SIGKILL', `at ${at}`);
      new RunStore(file).close();
      assert.deepEqual(contents(file), expected, `at ${at}`);
      assert.ok(!filesBeside(file).includes('touchstone.db.copying'));
    }
  });
});

/** SQLite keeps the text of a table with what was added to it, so only its columns can be compared. */
function isAltered(row: unknown): boolean {
  return typeof row === 'object' && row !== null && 'name' in row && row.name === 'runs';
}

describe('the migrations of the store', () => {
  it('stand one in each numbered file, without gaps', () => {
    const folder = path.join(root, 'src', 'engine', 'store', 'migrations');
    const numbers = readdirSync(folder)
      .filter((name) => /^\d/.test(name))
      .sort()
      .map((name) => Number(name.slice(0, 4)));
    assert.deepEqual(
      numbers,
      MIGRATIONS.map((_, at) => at + 1),
    );
  });

  it('are tried with a store of each format, this one included', () => {
    const fixtures = readdirSync(path.join(root, 'test', 'fixtures', 'stores'))
      .filter((name) => name.endsWith('.db.gz'))
      .sort();
    assert.deepEqual(
      fixtures,
      MIGRATIONS.map((_, at) => `v${at + 1}.db.gz`),
    );
  });
});
