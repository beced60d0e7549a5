import assert from 'node:assert/strict';
import { byName } from '../../../../src/engine/telemetry/dialects/byName.ts';

describe('what a name means', () => {
  it('is worked out once for each, also where it means nothing', () => {
    let works = 0;
    const meaning = byName((name) => {
      works += 1;
      return name === 'known' ? name.length : undefined;
    });
    for (let at = 0; at < 3; at += 1) {
      assert.equal(meaning('known'), 5);
      assert.equal(meaning('__proto__'), undefined);
    }
    assert.equal(works, 2);
  });

  it('is right for more names than are remembered, and for long ones', () => {
    const meaning = byName((name) => name.length);
    for (let at = 0; at < 5_000; at += 1) assert.equal(meaning(`name.${at}`), `name.${at}`.length);
    assert.equal(meaning('x'.repeat(10_000)), 10_000);
  });
});
