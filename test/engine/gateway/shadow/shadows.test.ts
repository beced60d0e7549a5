import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError, UserError } from '../../../../src/engine/errors.ts';
import { ShadowFile } from '../../../../src/engine/gateway/shadow/shadowFile.ts';
import { Shadows } from '../../../../src/engine/gateway/shadow/shadows.ts';
import type { RouteConfig } from '../../../../src/engine/suites/gateway/gatewayConfig.ts';
import {
  exchange,
  ListSink,
  onFirst,
  ROUTE,
  ScriptedUpstream,
  SHADOW,
} from '../../../support/gateway/shadowDoubles.ts';
import { ManualClock, settled } from '../../../support/manualClock.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

describe('shadows over restarts', () => {
  let path: string;
  let said: string[];
  let opened: number;
  beforeEach(() => {
    path = join(temporaryFolder(), 'shadows.json');
    said = [];
    opened = 0;
  });

  const CONFIGURED: RouteConfig = { ...ROUTE, shadow: { ...SHADOW, maxPairs: 5 } };
  const clock = new ManualClock();
  const open = (...routes: RouteConfig[]): Shadows => {
    const log = { write: (_level: string, message: string) => void said.push(message) };
    const shadows = new Shadows({
      upstream: new ScriptedUpstream(() => exchange({ id: 'copy', arm: null, costUsd: 0.5 })),
      sinkFor: () => {
        opened += 1;
        return new ListSink();
      },
      clock,
      random: onFirst,
      file: new ShadowFile(path, { random: onFirst, log }),
      onBug: (error) => assert.fail(String(error)),
    });
    shadows.use(routes);
    return shadows;
  };
  const mirror = async (shadows: Shadows, ...ids: string[]): Promise<void> => {
    for (const id of ids) {
      shadows.keeps({ id, route: 'support', arm: 'main', stickyKey: null });
      shadows.finished(exchange({ id }));
    }
    for (let turn = 0; turn < 20; turn += 1) await settled();
  };
  const short = (shadows: Shadows) => {
    const { to, state, reason, pairs, costUsd } = shadows.statusOf('support') ?? {};
    return [to, state, reason, pairs, costUsd];
  };

  it('begin with the next configuration where they could not before; those that ended have a sink for what is left', async () => {
    let problem: string | undefined = "there is no suite 'tone'";
    let sinks = 0;
    const shadows = new Shadows({
      upstream: new ScriptedUpstream(() => exchange({ id: 'copy', arm: null, costUsd: 0.5 })),
      sinkFor: () => {
        if (problem !== undefined) throw new UserError(problem);
        sinks += 1;
        return new ListSink();
      },
      clock,
      random: onFirst,
      file: new ShadowFile(path, { random: onFirst, log: { write: () => {} } }),
      onBug: (error) => assert.fail(String(error)),
    });
    shadows.use([{ ...ROUTE, shadow: SHADOW }]);
    assert.equal(shadows.statusOf('support')?.reason, problem);
    problem = undefined;
    shadows.use([{ ...ROUTE, shadow: SHADOW }]);
    assert.equal(shadows.statusOf('support')?.state, 'mirroring');
    shadows.use([{ ...ROUTE, shadow: SHADOW }]);
    assert.equal(sinks, 1);

    shadows.stop('support', 'stopped by a person');
    shadows.use([{ ...ROUTE, shadow: SHADOW }]);
    shadows.close();
    const next = open({ ...ROUTE, shadow: SHADOW });
    assert.equal(next.statusOf('support')?.reason, 'stopped by a person');
    assert.equal(opened, 1);
    next.close();
  });

  it('go on with what a person started, and count on; the file is private', async () => {
    const first = open(ROUTE);
    first.start('support', { ...SHADOW, maxPairs: 3 });
    await mirror(first, 'a', 'b');
    first.close();
    assert.equal(statSync(path).mode & 0o777, 0o600);

    const second = open(ROUTE);
    assert.deepEqual(short(second), ['local/next', 'mirroring', null, 2, 1]);
    await mirror(second, 'c');
    assert.deepEqual(short(second), ['local/next', 'ended', 'the limit of 3 pairs is reached', 3, 1.5]);
    second.close();
    assert.deepEqual(short(open(ROUTE)), ['local/next', 'ended', 'the limit of 3 pairs is reached', 3, 1.5]);
  });

  it('begin with the configuration, and one that ended stays so until it is another or is started', async () => {
    const first = open(CONFIGURED);
    first.stop('support', 'stopped by hand');
    first.close();

    const second = open(CONFIGURED);
    assert.deepEqual(short(second), ['local/next', 'ended', 'stopped by hand', 0, 0]);
    second.use([{ ...CONFIGURED, shadow: { ...SHADOW, maxPairs: 6 } }]);
    assert.equal(second.statusOf('support')?.state, 'mirroring');
    second.stop('support', 'again');
    second.start('support', SHADOW);
    second.close();

    const third = open(CONFIGURED);
    assert.equal(third.statusOf('support')?.state, 'mirroring');
    third.stop('support', 'enough');
    third.close();
    // The configuration's shadow that was stopped before does not come back by itself.
    assert.equal(
      open({ ...CONFIGURED, shadow: { ...SHADOW, maxPairs: 6 } }).statusOf('support')?.reason,
      'enough',
    );
    assert.equal(open(CONFIGURED).statusOf('support')?.state, 'mirroring');
  });

  it('leave a shadow that a person started alone when the configuration changes, until its route is gone', () => {
    const shadows = open(CONFIGURED);
    shadows.start('support', { ...SHADOW, to: { kind: 'release', release: 'warm' } });
    shadows.use([{ ...CONFIGURED, shadow: { ...SHADOW, share: 0.5 } }]);
    assert.deepEqual(short(shadows).slice(0, 2), ['release/warm', 'mirroring']);
    shadows.use([]);
    assert.equal(shadows.statusOf('support'), null);
    shadows.use([ROUTE]);
    assert.deepEqual(short(shadows).slice(0, 2), ['release/warm', 'mirroring']);
  });

  it('end with the shadow section, and where the route may not be mirrored any more', () => {
    const shadows = open(CONFIGURED);
    shadows.use([ROUTE]);
    assert.deepEqual(short(shadows).slice(1, 3), ['ended', 'touchstone.yaml no longer has it']);

    const other = open({ ...CONFIGURED, keep: 'none' });
    assert.deepEqual(short(other).slice(1, 3), [
      'ended',
      'nothing of its requests is kept, so there would be nothing to compare',
    ]);
    other.use([CONFIGURED]);
    assert.equal(other.statusOf('support')?.state, 'mirroring');
  });

  it('keep the count of pairs while a section is read again unchanged', async () => {
    const shadows = open(CONFIGURED);
    await mirror(shadows, 'a');
    shadows.use([structuredClone(CONFIGURED)]);
    await mirror(shadows, 'b');
    assert.equal(shadows.statusOf('support')?.pairs, 2);
  });

  it('whose time is over while nobody runs end at the next start', async () => {
    const timed = { ...CONFIGURED, shadow: { ...SHADOW, maxMs: 1_000 } };
    open(timed).close();
    clock.pass(5_000);
    const shadows = open(timed);
    await settled();
    assert.deepEqual(short(shadows).slice(1, 3), ['ended', 'its time limit of 1.0 s is reached']);
    shadows.close();
    assert.equal(open(timed).statusOf('support')?.reason, 'its time limit of 1.0 s is reached');
  });

  it('show what was compared, dropped and measured as before, those that ended as well', async () => {
    const shadows = (figures?: { runId: string; verdict: 'better'; judgeCostUsd: number }): Shadows => {
      const made = new Shadows({
        upstream: new ScriptedUpstream(() => exchange({ id: 'copy', arm: null, costUsd: 0.5 })),
        sinkFor: () => Object.assign(new ListSink(), figures && { figures: () => figures }),
        clock,
        random: onFirst,
        file: new ShadowFile(path, { random: onFirst, log: { write: () => {} } }),
        onBug: (error) => assert.fail(String(error)),
      });
      made.use([CONFIGURED]);
      return made;
    };
    const first = shadows({ runId: 'r1', verdict: 'better', judgeCostUsd: 0.25 });
    await mirror(first, 'a', 'b');
    const before = first.statusOf('support');
    assert.ok(before);
    first.stop('support', 'stopped by a person');
    first.close();

    const second = shadows();
    const { state, ...after } = second.statusOf('support') ?? {};
    assert.equal(state, 'ended');
    assert.deepEqual(after, { ...after, runId: 'r1', verdict: 'better', costUsd: 1.25 });
    assert.deepEqual([after.dropped, after.interference], [before.dropped, before.interference]);
    second.close();
  });

  it('begin by themselves once the store that was in use is free', async () => {
    let error: UserError | undefined = new StoreError('the store is in use');
    const shadows = new Shadows({
      upstream: new ScriptedUpstream(() => exchange({ id: 'copy', arm: null })),
      sinkFor: () => {
        if (error) throw error;
        return new ListSink();
      },
      ...{ clock, random: onFirst, onBug: (bug) => assert.fail(String(bug)) },
    });
    shadows.use([CONFIGURED]);
    const stateAfter = async (ms: number) => {
      await clock.advance(ms);
      shadows.look();
      return shadows.statusOf('support')?.state;
    };
    assert.equal(await stateAfter(20_000), 'ended');
    error = undefined;
    assert.equal(await stateAfter(1), 'ended');
    assert.equal(await stateAfter(20_000), 'mirroring');
    shadows.close();
  });

  it('write no file where there never was one', () => {
    open(ROUTE).close();
    assert.equal(existsSync(path), false);
  });

  it('refuse what is not there', () => {
    assert.throws(() => open(ROUTE).start('other', SHADOW), /there is no route 'other'/);
  });

  const BROKEN: readonly (readonly [string, () => void])[] = [
    ['is cut', () => writeFileSync(path, '{"version": 1, "sh')],
    ['says something else', () => writeFileSync(path, '{"version": 1, "shadows": [{"route": 5}]}')],
    ['is endless', () => writeFileSync(path, ' '.repeat(2 * 1024 * 1024))],
    [
      'is a link',
      () => {
        writeFileSync(`${path}.other`, 'mine');
        symlinkSync(`${path}.other`, path);
      },
    ],
  ];
  for (const [how, write] of BROKEN)
    it(`begin anew from a file that ${how}, and say so`, () => {
      write();
      assert.equal(open(CONFIGURED).statusOf('support')?.state, 'mirroring');
      assert.match(said[0] ?? '', /^the file of shadows is not used: /);
      if (how === 'is a link') assert.equal(readFileSync(`${path}.other`, 'utf8'), 'mine');
      else assert.equal(JSON.parse(readFileSync(path, 'utf8')).shadows.length, 1);
    });
});
