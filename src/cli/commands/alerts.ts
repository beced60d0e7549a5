import type { Command } from 'commander';
import type { RunAction } from '../runAction.ts';
import { addAlertsList } from './alerts/list.ts';
import { addAlertsMute, addAlertsUnmute } from './alerts/mute.ts';
import { addAlertsTest } from './alerts/test.ts';

/** `touchstone alerts`: what fires, and who is told. */
export function addAlerts(program: Command, act: RunAction): void {
  const alerts = program
    .command('alerts')
    .description('list the alerts of touchstone.yaml, mute them, and test their channels');

  addAlertsList(alerts, act);
  addAlertsMute(alerts, act);
  addAlertsUnmute(alerts, act);
  addAlertsTest(alerts, act);
}
