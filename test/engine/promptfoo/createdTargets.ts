import assert from 'node:assert/strict';
import { Redactor } from '../../../src/engine/http/redactor.ts';
import { wholeClient } from '../../../src/engine/models/clientForms.ts';
import { fixedEnvironment, systemClock } from '../../../src/engine/ports.ts';
import type { SuiteConfig } from '../../../src/engine/suites/config/suiteConfig.ts';
import type { Target } from '../../../src/engine/targets/target.ts';
import type { TargetPorts } from '../../../src/engine/targets/targetPorts.ts';
import { stillGuards } from '../../support/stillGuards.ts';

/** The targets of a promptfoo suite by themselves; a model that is asked fails. */
export function targetsOf({ targets }: SuiteConfig, more: Partial<TargetPorts> = {}): Target[] {
  const ports: TargetPorts = {
    environment: fixedEnvironment({}),
    clock: systemClock,
    guards: stillGuards(),
    redactor: new Redactor(),
    trust: { commands: false, scripts: false },
    models: { client: namedClient },
    providers: {},
    model: undefined,
    root: '/',
    ...more,
  };
  return targets.map((target) => {
    assert.equal(target.kind, 'foreign');
    return target.create(ports);
  });
}

function namedClient(reference: string) {
  const [provider = '', ...model] = reference.split('/');
  const identity = { provider, model: model.join('/') };
  return wholeClient(identity, () => Promise.reject(new Error('no model is asked')));
}
