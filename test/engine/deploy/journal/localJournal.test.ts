import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'mocha';
import { beginDeployment } from '../../../../src/engine/deploy/journal/beginDeployment.ts';
import { foldJournal } from '../../../../src/engine/deploy/journal/foldJournal.ts';
import type { EntryDraft } from '../../../../src/engine/deploy/journal/journal.ts';
import { JournalConflict } from '../../../../src/engine/deploy/journal/journalConflict.ts';
import { LocalJournal } from '../../../../src/engine/deploy/journal/localJournal.ts';
import { UnreadableJournal } from '../../../../src/engine/deploy/journal/unreadableJournal.ts';
import { wish } from '../../../../src/engine/deploy/journal/wish.ts';
import { StoreError, UsageError } from '../../../../src/engine/errors.ts';
import type { StoreAccess } from '../../../../src/engine/store/file/connection.ts';
import type { VersionTarget } from '../../../../src/engine/suites/deploying/deploymentConfig.ts';
import { deploymentConfig, version } from '../../../support/deploy/deploymentWorld.ts';
import { ManualClock } from '../../../support/manualClock.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const { signal } = new AbortController();
const LEASE_MS = 30_000;

/** Processes of hosts, by their number; those that are dead. */
class Hosts {
  readonly root = temporaryFolder({});
  readonly clock = new ManualClock();
  readonly dead = new Set<number>();
  readonly #open: LocalJournal[] = [];

  journal(pid: number, host = 'here', access: StoreAccess = 'write'): LocalJournal {
    const owner = { pid, host, started: 's', alive: (one: number) => !this.dead.has(one) };
    const journal = new LocalJournal({ root: this.root, owner, clock: this.clock, access });
    this.#open.push(journal);
    return journal;
  }

  get person() {
    return { by: 'Ada', clock: this.clock, signal };
  }

  begin(journal: LocalJournal, green = 'newer') {
    const pair = { blue: version('older'), green: version(green) };
    return beginDeployment({ journal, config: deploymentConfig(), pair, ...this.person });
  }

  close(): void {
    for (const journal of this.#open) journal.close();
  }
}

function note(by: string, kind: EntryDraft['kind'] = 'note'): EntryDraft {
  return { kind, atMs: 1, by, text: 'a', data: {} };
}

function ended(by: string, phase: string): EntryDraft {
  const pair = { blue: version('older'), green: version('newer') };
  const state = { phase, step: 0, extensions: 0, pair, successor: null };
  const data = JSON.parse(JSON.stringify({ event: 'effects-done', reason: 'a', state, effects: [] }));
  return { ...note(by, 'transition'), data };
}

describe('the local journal of deployments', () => {
  let hosts: Hosts;
  beforeEach(() => {
    hosts = new Hosts();
  });
  afterEach(() => hosts.close());

  it('numbers entries without gaps and gives them back as they were', async () => {
    const journal = hosts.journal(1);
    await hosts.begin(journal);
    await journal.hold('support', 'c1', LEASE_MS, signal);
    await journal.append('support', note('c1'), 1, signal);
    await wish(journal, 'support', { kind: 'promote', override: 'urgent' }, hosts.person);
    const entries = await hosts.journal(2).read('support', signal);
    assert.deepEqual(
      entries.map(({ seq, kind, by }) => [seq, kind, by]),
      [
        [1, 'transition', 'Ada'],
        [2, 'note', 'c1'],
        [3, 'wish', 'Ada'],
      ],
    );
    assert.deepEqual(entries[2]?.data, { kind: 'promote', override: 'urgent' });
    assert.deepEqual(await journal.list(signal), ['support']);
  });

  it('says that an entry is damaged, or that none can be understood, and writes nothing then', async () => {
    const journal = hosts.journal(1);
    await hosts.begin(journal);
    const change = (sql: string) => {
      const database = new DatabaseSync(path.join(hosts.root, '.touchstone', 'deployments.db'));
      database.exec(sql);
      database.close();
    };
    const wanted = () => wish(journal, 'support', { kind: 'rollback' }, hosts.person);
    change(`UPDATE entries SET data = '{}'`);
    await assert.rejects(wanted(), UnreadableJournal);
    assert.equal((await journal.read('support', signal)).length, 1);
    change(`UPDATE entries SET data = '{'`);
    await assert.rejects(wanted(), (error: unknown) => {
      assert.ok(error instanceof StoreError);
      assert.match(error.message, /entry 1 of the journal of deployments is damaged/);
      return true;
    });
  });

  it('takes one entry after another: of two that follow the same one, the second is refused', async () => {
    const [one, two] = [hosts.journal(1), hosts.journal(2)];
    await hosts.begin(one);
    await one.append('support', note('Ada', 'wish'), 1, signal);
    await assert.rejects(two.append('support', note('Bob', 'wish'), 1, signal), JournalConflict);
    assert.equal((await two.read('support', signal)).length, 2);
  });

  it('gives the lease to one: a living process of this host keeps it however long it is silent', async () => {
    const [one, two] = [hosts.journal(1), hosts.journal(2)];
    assert.deepEqual(await one.hold('support', 'c1', LEASE_MS, signal), { isHeld: true });
    hosts.clock.pass(10 * LEASE_MS);
    const answer = await two.hold('support', 'c2', LEASE_MS, signal);
    assert.deepEqual([answer.isHeld, answer.isHeld ? '' : answer.by], [false, 'c1']);
    assert.equal(two.holderOf('support'), 'c1');
  });

  it('takes it from a dead process at once, and from another host when it is over', async () => {
    await hosts.journal(1).hold('support', 'c1', LEASE_MS, signal);
    hosts.dead.add(1);
    assert.equal((await hosts.journal(2).hold('support', 'c2', LEASE_MS, signal)).isHeld, true);

    const there = hosts.journal(3, 'there');
    assert.equal((await there.hold('support', 'c3', LEASE_MS, signal)).isHeld, false);
    hosts.clock.pass(LEASE_MS);
    assert.equal((await there.hold('support', 'c3', LEASE_MS, signal)).isHeld, true);
  });

  it('fences who has lost it: nothing but wishes is written any more', async () => {
    const [one, two] = [hosts.journal(1), hosts.journal(2, 'there')];
    await hosts.begin(one);
    await one.hold('support', 'c1', LEASE_MS, signal);
    hosts.clock.pass(LEASE_MS);
    await two.hold('support', 'c2', LEASE_MS, signal);
    for (const kind of ['transition', 'effect', 'note'] as const)
      await assert.rejects(one.append('support', note('c1', kind), 1, signal), JournalConflict);
    await one.append('support', note('Ada', 'wish'), 1, signal);
  });

  it('fences who never had it', async () => {
    const journal = hosts.journal(1);
    await hosts.begin(journal);
    await assert.rejects(journal.append('support', note('c1', 'transition'), 1, signal), JournalConflict);
  });

  it('gives the lease back when it is released, by its holder alone', async () => {
    const journal = hosts.journal(1);
    await journal.hold('support', 'c1', LEASE_MS, signal);
    await journal.release('support', 'c2');
    assert.equal(journal.holderOf('support'), 'c1');
    await journal.release('support', 'c1');
    assert.equal(journal.holderOf('support'), null);
  });

  it('begins a new attempt once the one before has ended, also with the same version', async () => {
    const journal = hosts.journal(1);
    await hosts.begin(journal);
    await journal.hold('support', 'c1', LEASE_MS, signal);
    await assert.rejects(hosts.begin(journal), UsageError);
    await journal.append('support', ended('c1', 'rolled-back'), 1, signal);
    await journal.release('support', 'c1');
    await hosts.begin(journal);
    const entries = await journal.read('support', signal);
    assert.deepEqual([entries.length, foldJournal(entries)?.state.phase], [1, 'preparing']);
  });

  it('makes of another version a wish while one is under way, and of one that has failed', async () => {
    const journal = hosts.journal(1);
    await hosts.begin(journal);
    assert.equal((await hosts.begin(journal, 'newest')).kind, 'wish');
    await journal.hold('support', 'c1', LEASE_MS, signal);
    await journal.append('support', ended('c1', 'failed'), 2, signal);
    assert.equal((await hosts.begin(journal)).kind, 'wish');
  });

  it('refuses a version that serves already', async () => {
    await assert.rejects(hosts.begin(hosts.journal(1), 'older'), /older serves already/);
  });

  it('has nothing to do where nothing is deployed', async () => {
    const journal = hosts.journal(1);
    assert.equal(await wish(journal, 'support', { kind: 'abort' }, hosts.person), null);
    await hosts.begin(journal);
    await journal.hold('support', 'c1', LEASE_MS, signal);
    await journal.append('support', ended('c1', 'done'), 1, signal);
    assert.equal(await wish(journal, 'support', { kind: 'abort' }, hosts.person), null);
  });

  it('can be read while another process writes, and writes nothing then', async () => {
    const reader = hosts.journal(2, 'here', 'read');
    assert.deepEqual(await reader.list(signal), []);
    assert.equal(existsSync(path.join(hosts.root, '.touchstone')), false);

    const journal = hosts.journal(1);
    await hosts.begin(journal);
    const later = hosts.journal(3, 'here', 'read');
    await wish(journal, 'support', { kind: 'pause' }, hosts.person);
    assert.equal((await later.read('support', signal)).length, 2);
    await assert.rejects(wish(later, 'support', { kind: 'pause' }, hosts.person), StoreError);
  });

  it('is private, refuses links, and leaves a newer or foreign file as it was', async () => {
    await hosts.begin(hosts.journal(1));
    const file = path.join(hosts.root, '.touchstone', 'deployments.db');
    if (process.platform !== 'win32')
      for (const each of [file, `${file}-wal`]) assert.equal(statSync(each).mode & 0o077, 0, each);

    for (const [sql, message] of [
      ['PRAGMA user_version = 99; PRAGMA application_id = 1416586341', /newer version of Touchstone/],
      ['CREATE TABLE others (a)', /another program/],
    ] as const) {
      const other = new Hosts();
      const own = path.join(other.root, '.touchstone', 'deployments.db');
      mkdirSync(path.dirname(own));
      const database = new DatabaseSync(own);
      database.exec(sql);
      database.close();
      const before = readFileSync(own);
      assert.throws(() => other.journal(1), message);
      assert.deepEqual(readFileSync(own), before);
    }

    const linked = new Hosts();
    const target = path.join(linked.root, 'elsewhere');
    mkdirSync(path.join(linked.root, '.touchstone'));
    writeFileSync(target, '');
    symlinkSync(target, path.join(linked.root, '.touchstone', 'deployments.db'));
    assert.throws(() => linked.journal(1), StoreError);
    assert.equal(statSync(target).size, 0);
  });

  it('gives versions of every kind back as they were', async () => {
    const targets: VersionTarget[] = [
      { kind: 'release', release: 'support-3' },
      { kind: 'model', model: 'openai/gpt-5-mini' },
      { kind: 'url', url: 'http://127.0.0.1:9000' },
      { kind: 'url', url: 'http://127.0.0.1:9000', readyPath: '/up' },
      {
        ...{ kind: 'program', command: ['node', 'a.mjs'], portVariable: 'PORT', readyPath: '/health' },
        environment: { KEY: '${env:KEY}' },
      },
      { kind: 'image', image: 'shop/support', environment: { MODE: 'next' } },
    ];
    for (const [index, target] of targets.entries()) {
      const journal = hosts.journal(1);
      const config = { ...deploymentConfig(), name: `d${index}` };
      const pair = { blue: { ...version('older'), target }, green: { ...version('newer'), target } };
      await beginDeployment({ journal, config, pair, ...hosts.person });
      assert.deepEqual(foldJournal(await journal.read(config.name, signal))?.state.pair, pair);
    }
  });

  it('is not understood where a newer version wrote it, and says so', async () => {
    const journal = hosts.journal(1);
    await hosts.begin(journal);
    await journal.hold('support', 'c1', LEASE_MS, signal);
    await journal.append('support', ended('c1', 'levitating'), 1, signal);
    assert.equal(foldJournal(await journal.read('support', signal)), undefined);
  });
});
