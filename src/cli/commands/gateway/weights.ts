import { type Command, InvalidArgumentError } from 'commander';
import { UsageError } from '../../../engine/errors.ts';
import { EXIT } from '../../exitCode.ts';
import { configOption } from '../../options/common.ts';
import type { RunAction } from '../../runAction.ts';
import { askGateway } from '../../services/runningGateway.ts';
import type { Io } from '../../terminal/io.ts';
import { gatewayJson, gatewayLines } from '../../views/gateway.ts';
import { workspaceFolder } from '../../workspaceFolder.ts';

interface WeightsOptions {
  config?: string;
  reset?: boolean;
  json?: boolean;
}

/** A target's name and its weight. */
type Weight = [arm: string, weight: number];

/** `touchstone gateway weights`: its arguments and options. */
export function addGatewayWeights(gateway: Command, act: RunAction): void {
  gateway
    .command('weights')
    .description("set the weights of a route's targets, for example: weights support blue=90 green=10")
    .argument('<route>', 'the route')
    .argument('[weights...]', 'each target and its weight; 0 gets nothing', weight)
    .addOption(configOption())
    .option('--reset', 'use the weights of touchstone.yaml again')
    .option('--json', 'print JSON')
    .action((route, weights, options) => act((io) => setWeights(route, weights ?? [], options, io)));
}

async function setWeights(
  route: string,
  given: readonly Weight[],
  options: WeightsOptions,
  io: Io,
): Promise<number> {
  if (given.length === 0 && !options.reset)
    throw new UsageError('no weights given', {
      remedy: 'Write a weight for each target, such as blue=90 green=10, or --reset.',
    });
  if (given.length > 0 && options.reset)
    throw new UsageError('--reset and weights cannot be combined', { remedy: 'Leave out one of them.' });
  const twice = given.find(([arm], at) => given.findIndex(([other]) => other === arm) !== at);
  if (twice) throw new UsageError(`two weights for '${twice[0]}'`, { remedy: 'Give one.' });

  const root = workspaceFolder(undefined, options, io.cwd);
  const weights = options.reset ? null : Object.fromEntries(given);
  const serving = await askGateway(root, (link) => link.call('gateway/weights', { route, weights }));
  if (options.json) io.out(JSON.stringify(gatewayJson(serving, null), null, 2));
  else for (const line of gatewayLines(serving, undefined, io)) io.out(line);
  return EXIT.passed;
}

function weight(text: string, before: Weight[] = []): Weight[] {
  const [, arm = '', value = ''] = /^([^=]+)=(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  if (arm === '') throw new InvalidArgumentError('It must be TARGET=WEIGHT, such as blue=90.');
  return [...before, [arm, Number(value)]];
}
