import type { JsonObject } from '../../../../src/engine/model/json.ts';

/** A trajectory of two steps, and what the judge replies to the question whether it reached its goal. */
interface GoalCase {
  name: string;
  assertion: JsonObject;
  replies: string[];
}

const answer = (given: JsonObject): string => JSON.stringify(given);

function goal(name: string, replies: string[], assertion: JsonObject = {}): GoalCase {
  return {
    name: `goal ${name}`,
    assertion: { type: 'trajectory:goal-success', value: 'Find order § and tell.', ...assertion },
    replies,
  };
}

const REACHED = answer({ reason: 'It did.', pass: true, score: 1 });
const PARTLY = answer({ reason: 'Partly.', pass: true, score: 0.6 });
const MISSED = answer({ reason: 'It did not.', pass: false, score: 0.3 });

export const GOAL_CASES: readonly GoalCase[] = [
  goal('reached', [REACHED]),
  goal('missed', [MISSED]),
  goal('partly', [PARTLY]),
  goal('partly, enough', [PARTLY], { threshold: 0.6 }),
  goal('partly, more wanted', [PARTLY], { threshold: 0.7 }),
  goal('missed, with enough score', [MISSED], { threshold: 0.2 }),
  goal('as a map', [REACHED], { value: { goal: 'Find § it' } }),
  goal('without a score', [answer({ reason: 'so', pass: true })]),
  goal('missed without a score', [answer({ reason: 'so', pass: false })]),
  goal('without a reason', [answer({ pass: true, score: 0.9 })]),
  goal('in a fence', [`Here:\n\`\`\`json\n${REACHED}\n\`\`\``]),
  goal('without pass', [answer({ reason: 'so', score: 0.1 }), answer({ reason: 'so', score: 0.1 })]),
  goal('contradiction', [answer({ reason: 'so', pass: true, score: 0 })]),
  goal('beyond 1', [answer({ reason: 'so', pass: true, score: 9 })]),
  goal('no JSON', ['Yes.', 'Yes.']),
  goal('no reply', ['', '']),
  goal('without a goal', [REACHED], { value: '' }),
  goal('not, missed', [answer({ reason: 'so', pass: false, score: 0 })], {
    type: 'not-trajectory:goal-success',
  }),
  goal('not, reached', [REACHED], { type: 'not-trajectory:goal-success' }),
  goal('not, partly', [PARTLY], { type: 'not-trajectory:goal-success' }),
  goal('not, no JSON', ['Yes.', 'Yes.'], { type: 'not-trajectory:goal-success' }),
];
