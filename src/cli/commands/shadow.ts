import type { Command } from 'commander';
import type { RunAction } from '../runAction.ts';
import { addShadowPromote } from './shadow/promote.ts';
import { addShadowStart } from './shadow/start.ts';
import { addShadowStatus } from './shadow/status.ts';
import { addShadowStop } from './shadow/stop.ts';

/** `touchstone shadow`: copies of live requests that test another target. */
export function addShadow(program: Command, act: RunAction): void {
  const shadow = program
    .command('shadow')
    .description('mirror live requests of the gateway to another target, and tell which one answers better');

  addShadowStatus(shadow, act);
  addShadowStart(shadow, act);
  addShadowStop(shadow, act);
  addShadowPromote(shadow, act);
}
