import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { WeightFile } from '../../../../src/engine/gateway/routes/weightFile.ts';
import type { ArmConfig } from '../../../../src/engine/suites/gateway/gatewayConfig.ts';
import { systemRandom } from '../../../../src/systemRandom.ts';
import { skip } from '../../../support/skip.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';
import { routeOf } from './routeOf.ts';

const target = { kind: 'provider', provider: 'openai' } as const;

function split(blue: number, green: number) {
  return routeOf({
    name: 'support',
    arms: [
      { name: 'blue', weight: blue, target },
      { name: 'green', weight: green, target },
    ],
  });
}

const weights = (arms: readonly ArmConfig[]) => arms.map(({ weight }) => weight);
const open = (root: string) => new WeightFile(root, systemRandom);
const fileIn = (root: string) => path.join(root, '.touchstone', 'gateway-weights.json');

describe('weights that are set while the gateway runs', () => {
  it('are those of the configuration until somebody sets some', () => {
    const root = temporaryFolder();
    const file = open(root);
    assert.deepEqual(weights(file.armsOf(split(90, 10))), [90, 10]);
    assert.equal(file.isSet(split(90, 10)), false);
    assert.equal(existsSync(fileIn(root)), false);
  });

  it('hold at once and after a restart, and 0 is 0', () => {
    const root = temporaryFolder();
    assert.deepEqual(weights(open(root).set(split(90, 10), { blue: 100, green: 0 })), [100, 0]);
    const again = open(root);
    assert.deepEqual(weights(again.armsOf(split(90, 10))), [100, 0]);
    assert.deepEqual([again.isSet(split(90, 10)), again.problem], [true, null]);
  });

  it('stay for targets that are not named', () => {
    const file = open(temporaryFolder());
    file.set(split(90, 10), { green: 25 });
    assert.deepEqual(weights(file.set(split(90, 10), { blue: 0 })), [0, 25]);
  });

  it('are those of the configuration again where somebody changes it, and where they are cleared', () => {
    const root = temporaryFolder();
    const file = open(root);
    file.set(split(90, 10), { blue: 1, green: 1 });
    assert.deepEqual(weights(file.armsOf(split(80, 20))), [80, 20]);
    const other = { ...split(90, 10), arms: [{ name: 'blue', weight: 90, target }] };
    assert.deepEqual(weights(file.armsOf(other)), [90]);
    assert.deepEqual(weights(file.armsOf(split(90, 10))), [1, 1]);
    assert.deepEqual(weights(file.clear(split(90, 10))), [90, 10]);
    assert.deepEqual(weights(open(root).armsOf(split(90, 10))), [90, 10]);
  });

  const others: ArmConfig[] = [
    { name: 'blue', weight: 75, target },
    { name: 'support-2', weight: 25, target: { kind: 'release', release: 'support-2' } },
  ];

  it('may be of other targets, which hold over restarts, can be weighed anew, and are private', () => {
    const root = temporaryFolder();
    assert.deepEqual(open(root).setArms(split(90, 10), others), others);
    const again = open(root);
    assert.deepEqual(again.armsOf(split(90, 10)), others);
    assert.deepEqual([again.isSet(split(90, 10)), again.isDeployed(split(90, 10))], [true, true]);
    assert.equal(statSync(fileIn(root)).mode & 0o777, process.platform === 'win32' ? 0o666 : 0o600);

    assert.deepEqual(weights(again.set(split(90, 10), { 'support-2': 0 })), [75, 0]);
    assert.equal(open(root).isDeployed(split(90, 10)), true);
    assert.throws(() => again.set(split(90, 10), { green: 1 }), { message: /has no target "green"/ });
    assert.deepEqual(weights(again.clear(split(90, 10))), [90, 10]);
    assert.deepEqual(open(root).armsOf(split(90, 10)), split(90, 10).arms);
  });

  it('of other targets hold until somebody changes the weights or targets of touchstone.yaml, and are not forgotten', () => {
    const file = open(temporaryFolder());
    file.setArms(split(90, 10), others);
    const [blue, green] = split(90, 10).arms;
    assert.ok(blue && green);
    const moved = {
      ...split(90, 10),
      arms: [blue, { ...green, target: { kind: 'agent', url: 'http://a' } as const }],
    };
    for (const changed of [split(80, 20), moved]) {
      assert.deepEqual(file.armsOf(changed), changed.arms);
      assert.deepEqual([file.isDeployed(changed), file.overruled(changed)], [false, others]);
    }
    assert.deepEqual([file.armsOf(split(90, 10)), file.overruled(split(90, 10))], [others, null]);
  });

  const wrongArms: [arms: ArmConfig[], message: RegExp][] = [
    [[], /needs at least one target/],
    [others.map((arm) => ({ ...arm, name: 'one' })), /has two targets "one"/],
    [others.map((arm) => ({ ...arm, weight: Number.NaN })), /the weight of "blue" is NaN/],
  ];
  for (const [arms, message] of wrongArms)
    it(`refuse targets that no route could have: ${message.source}`, () => {
      const root = temporaryFolder();
      assert.throws(() => open(root).setArms(split(90, 10), arms), { message });
      assert.equal(existsSync(fileIn(root)), false);
    });

  it('belong to one route each', () => {
    const file = open(temporaryFolder());
    file.set(split(90, 10), { blue: 1 });
    file.set({ ...split(90, 10), name: 'other' }, { blue: 2 });
    assert.deepEqual(weights(file.armsOf(split(90, 10))), [1, 10]);
  });

  const wrong: [weights: { [arm: string]: number }, message: string][] = [
    [{ gren: 1 }, 'the route "support" has no target "gren"'],
    [{ green: -1 }, 'the weight of "green" is -1; expected a number from 0'],
    [{ green: Number.NaN }, 'the weight of "green" is NaN; expected a number from 0'],
    [{ green: Number.POSITIVE_INFINITY }, 'the weight of "green" is Infinity; expected a number from 0'],
    [{ blue: 1, toString: 1 }, 'the route "support" has no target "toString"'],
  ];
  for (const [given, message] of wrong) {
    it(`are refused as they are: ${message}`, () => {
      const root = temporaryFolder();
      const file = open(root);
      assert.throws(() => file.set(split(90, 10), given), { message });
      assert.deepEqual(weights(file.armsOf(split(90, 10))), [90, 10]);
      assert.equal(existsSync(fileIn(root)), false);
    });
  }

  it('are private, and their folder ignores itself', function () {
    if (process.platform === 'win32') skip(this, 'Windows has no modes of files');
    const root = temporaryFolder();
    open(root).set(split(1, 1), { blue: 2 });
    assert.equal(statSync(fileIn(root)).mode & 0o777, 0o600);
    assert.equal(readFileSync(path.join(root, '.touchstone', '.gitignore'), 'utf8'), '*\n');
  });

  for (const text of [
    '',
    '{',
    '[]',
    '{"version":2,"routes":{}}',
    '{"version":1,"routes":{"support":{"weights":{"blue":-1},"configured":{}}}}',
    '\0',
  ]) {
    it(`are begun anew, and it is said, where the file is ${JSON.stringify(text)}`, () => {
      const root = temporaryFolder();
      mkdirSync(path.join(root, '.touchstone'));
      writeFileSync(fileIn(root), text);
      const file = open(root);
      assert.match(file.problem ?? '', /weights that were set are lost/);
      assert.deepEqual(weights(file.armsOf(split(90, 10))), [90, 10]);
      assert.deepEqual(weights(file.set(split(90, 10), { blue: 5 })), [5, 10]);
      assert.equal(file.problem, null);
      assert.deepEqual(weights(open(root).armsOf(split(90, 10))), [5, 10]);
    });
  }

  it('are not written through a link, and not set then', function () {
    if (process.platform === 'win32') skip(this, 'Windows needs a right to make links');
    const root = temporaryFolder();
    const elsewhere = temporaryFolder();
    symlinkSync(elsewhere, path.join(root, '.touchstone'));
    const file = open(root);
    assert.throws(() => file.set(split(90, 10), { blue: 5 }), { message: /the weights were not set/ });
    assert.deepEqual(weights(file.armsOf(split(90, 10))), [90, 10]);
    assert.equal(existsSync(path.join(elsewhere, 'gateway-weights.json')), false);
  });

  it('survive that the file is deleted while the gateway runs', () => {
    const root = temporaryFolder();
    const file = open(root);
    file.set(split(90, 10), { blue: 5 });
    rmSync(path.join(root, '.touchstone'), { recursive: true });
    assert.deepEqual(weights(file.armsOf(split(90, 10))), [5, 10]);
    assert.deepEqual(weights(file.set(split(90, 10), { green: 6 })), [5, 6]);
  });
});
