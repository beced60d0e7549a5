import type { Command } from 'commander';
import { EXIT } from '../../exitCode.ts';
import { configOption } from '../../options/common.ts';
import type { RunAction } from '../../runAction.ts';
import { askGateway } from '../../services/runningGateway.ts';
import type { Io } from '../../terminal/io.ts';
import { shadowLines, shadowsJson } from '../../views/shadow.ts';
import { workspaceFolder } from '../../workspaceFolder.ts';

interface StopOptions {
  config?: string;
  json?: boolean;
}

/** `touchstone shadow stop`: its arguments and options. */
export function addShadowStop(shadow: Command, act: RunAction): void {
  shadow
    .command('stop')
    .description('mirror no more requests of a route; its pairs and their comparison stay')
    .argument('<route>', 'the route')
    .addOption(configOption())
    .option('--json', 'print JSON')
    .action((route, options) => act((io) => stop(route, options, io)));
}

async function stop(route: string, options: StopOptions, io: Io): Promise<number> {
  const root = workspaceFolder(undefined, options, io.cwd);
  const { routes } = await askGateway(root, (link) => link.call('shadow/stop', { route }));
  const stopped = routes.filter((one) => one.route === route);
  if (options.json) io.out(JSON.stringify(shadowsJson(stopped), null, 2));
  else for (const line of stopped.flatMap((one) => shadowLines(one, io))) io.out(line);
  return EXIT.passed;
}
