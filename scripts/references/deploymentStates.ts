import { DEPLOYMENT_PHASES, type DeploymentPhase } from '../../src/engine/deploy/machine/phase.ts';
import { type Row, type RowEffect, TABLE } from '../../src/engine/deploy/machine/table.ts';

const INTRO = `# States of a deployment

Every transition of a deployment: where it is, what happens, where it is then, and what is done, in this order. Of
several rows that fit, the first one counts. What has no row changes nothing: a person who asks for it is told why.

Each transition is in the journal before anything is done. What is done is read back before it counts as done, and done again by the next
controller where the first one was killed. The weight of green rises only where green is ready in the same look.

This page is generated from the code: \`npm run schemas\`.
`;

const PHASES: { readonly [phase in DeploymentPhase]: string } = {
  preparing: 'Nothing has been done yet.',
  starting: 'Green is started; it gets no traffic.',
  healthy: 'Green is ready; it gets no traffic.',
  smoking: 'A few golden cases are asked of green; it gets no traffic.',
  watching: 'Green has the weight of a step, and its evidence is gathered.',
  paused: 'Traffic stays where it is until a person says more; a gate that fails is taken back all the same.',
  keeping: 'Green has all the traffic; blue is kept for a way back.',
  decommissioning: 'Blue is drained and stopped; until it is, a person can still go back to it.',
  done: 'Green serves. The end.',
  'rolling-back': 'Blue gets all the traffic back; green is drained and stopped then.',
  'rolled-back': 'Blue serves, and the weight of green is 0. The end.',
  failed:
    'It cannot go on by itself; a person mends the cause, and rolls it back, decommissions blue where green has all the traffic, or deploys another version.',
};

const EFFECTS: { readonly [effect in RowEffect]: string } = {
  'start-green': 'start green',
  weights: 'set the weights of the step',
  'no-weight': 'set the weight of green to 0',
  smoke: 'smoke test',
  'begin-evidence': 'begin to gather evidence',
  'discard-evidence': 'discard the evidence',
  'stop-green': 'drain and stop green',
  'stop-blue': 'drain and stop blue',
  settle: 'make green what the route names',
};

const STEPS: { readonly [step in NonNullable<Row['step']>]: string } = {
  first: 'the first step',
  next: 'the next step',
  last: 'the last step',
  none: 'no step',
};

/** docs/deployment-states.md: the table of the machine. */
export function deploymentStates(): string {
  const phases = DEPLOYMENT_PHASES.map((phase) => `| ${phase} | ${PHASES[phase]} |`);
  const rows = DEPLOYMENT_PHASES.map(sectionOf).filter((section) => section !== '');
  return [
    INTRO,
    ['## States', '', '| state | meaning |', '| --- | --- |', ...phases, ''].join('\n'),
    ['## Transitions', '', ...rows].join('\n'),
  ].join('\n');
}

function sectionOf(phase: DeploymentPhase): string {
  const rows = TABLE.filter(({ from }) => from.includes(phase)).map(rowText);
  if (rows.length === 0) return '';
  return [
    `### ${phase}`,
    '',
    '| event | where | then | done |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

function rowText({ on, when = [], to, step, extensions, effects }: Row): string {
  const then = [
    to,
    ...(step === undefined ? [] : [STEPS[step]]),
    ...(extensions === 'more' ? ['one more extension'] : []),
  ];
  return `| ${[on.join(', '), when.join(' and '), then.join(', '), effects.map((effect) => EFFECTS[effect]).join('; ')].join(' | ')} |`;
}
