import type { Command } from 'commander';
import type { RunAction } from '../runAction.ts';
import { addGatewayEnv } from './gateway/env.ts';
import { addGatewayRoutes } from './gateway/routes.ts';
import { addGatewayStart } from './gateway/start.ts';
import { addGatewayStatus } from './gateway/status.ts';
import { addGatewayStop } from './gateway/stop.ts';
import { addGatewayWeights } from './gateway/weights.ts';

/** `touchstone gateway`: requests of applications, passed on to models and agents. */
export function addGateway(program: Command, act: RunAction): void {
  const gateway = program
    .command('gateway')
    .description('pass on requests of applications to models and agents, as touchstone.yaml says');

  addGatewayStatus(gateway, act);
  addGatewayStart(gateway, act);
  addGatewayStop(gateway, act);
  addGatewayRoutes(gateway, act);
  addGatewayWeights(gateway, act);
  addGatewayEnv(gateway, act);
}
