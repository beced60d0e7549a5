import type { Command } from 'commander';
import { readTarget } from '../../../engine/suites/gateway/armTarget.ts';
import type { ArmTarget } from '../../../engine/suites/gateway/gatewayConfig.ts';
import { GATEWAY_DEFAULTS } from '../../../engine/suites/gateway/gatewayFile.ts';
import { EXIT } from '../../exitCode.ts';
import { dollars, percentage, wholeNumber } from '../../options/amounts.ts';
import { configOption } from '../../options/common.ts';
import { duration } from '../../options/traceFilter.ts';
import type { RunAction } from '../../runAction.ts';
import { giveKeys } from '../../services/giveKeys.ts';
import { askGateway } from '../../services/runningGateway.ts';
import type { Io } from '../../terminal/io.ts';
import { shadowLines, shadowsJson } from '../../views/shadow.ts';
import { workspaceFolder } from '../../workspaceFolder.ts';

interface StartOptions {
  config?: string;
  to: ArmTarget;
  share: number;
  suite?: string;
  maxPairs: number;
  budget?: number;
  for?: number;
  workers: number;
  queue: number;
  json?: boolean;
}

/** `touchstone shadow start`: its arguments and options. */
export function addShadowStart(shadow: Command, act: RunAction): void {
  shadow
    .command('start')
    .description('send copies of a share of a route to another target, after the client has its answer')
    .argument('<route>', 'the route')
    .requiredOption(
      '--to <target>',
      'what gets the copies: provider/model, release/NAME, or the URL of an HTTP agent',
      target,
    )
    .option('--share <share>', 'how many of the requests, such as 10% or 0.1', percentage, 0.1)
    .option('--suite <name>', 'the suite whose evaluators score both answers')
    .option(
      '--max-pairs <n>',
      'end after so many pairs',
      wholeNumber(1, 1_000_000),
      GATEWAY_DEFAULTS.maxPairs,
    )
    .option('--budget <usd>', 'end when copies and judges have cost so much', dollars)
    .option('--for <duration>', 'end after this time, for example 1h', duration)
    .option('--workers <n>', 'copies at once', wholeNumber(1, 64), GATEWAY_DEFAULTS.workers)
    .option('--queue <n>', 'copies that wait', wholeNumber(0, 10_000), GATEWAY_DEFAULTS.queue)
    .addOption(configOption())
    .option('--json', 'print JSON')
    .action((route, options) => act((io) => start(route, options, io)));
}

async function start(route: string, options: StartOptions, io: Io): Promise<number> {
  const root = workspaceFolder(undefined, options, io.cwd);
  const { to, share, suite, maxPairs, budget, for: maxMs, workers, queue } = options;
  const limits = {
    ...(suite === undefined ? {} : { suite }),
    ...(budget === undefined || budget === Number.POSITIVE_INFINITY ? {} : { maxCostUsd: budget }),
    ...(maxMs === undefined ? {} : { maxMs }),
  };
  const { routes } = await askGateway(root, async (link) =>
    giveKeys(
      link,
      await link.call('shadow/start', { route, to, share, maxPairs, workers, queue, ...limits }),
    ),
  );
  const started = routes.filter((one) => one.route === route);
  if (options.json) io.out(JSON.stringify(shadowsJson(started), null, 2));
  else for (const line of started.flatMap((one) => shadowLines(one, io))) io.out(line);
  return EXIT.passed;
}

function target(text: string): ArmTarget {
  return /^https?:\/\//.test(text) ? { kind: 'agent', url: text } : readTarget(text);
}
