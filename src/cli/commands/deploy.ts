import type { Command } from 'commander';
import type { RunAction } from '../runAction.ts';
import { addDeployActions } from './deploy/act.ts';
import { addDeployExplain } from './deploy/explain.ts';
import { addDeployExport } from './deploy/export.ts';
import { addDeployList } from './deploy/list.ts';
import { addDeployStart } from './deploy/start.ts';
import { addDeployStatus } from './deploy/status.ts';
import { addDeployWatch } from './deploy/watch.ts';

/** `touchstone deploy`: traffic moved step by step from the version that serves now to the next one. */
export function addDeploy(program: Command, act: RunAction): void {
  const deploy = program
    .command('deploy')
    .description(
      'move traffic step by step to the next version, each step held to the gate, with a way back',
    );

  addDeployStatus(deploy, act);
  addDeployStart(deploy, act);
  addDeployActions(deploy, act);
  addDeployWatch(deploy, act);
  addDeployExplain(deploy, act);
  addDeployList(deploy, act);
  addDeployExport(deploy, act);
}
