import { type Command, Option } from 'commander';
import { gatewayVariables } from '../../../engine/model/gatewayVariables.ts';
import { EXIT } from '../../exitCode.ts';
import { configOption } from '../../options/common.ts';
import type { RunAction } from '../../runAction.ts';
import { askGateway } from '../../services/runningGateway.ts';
import type { Io } from '../../terminal/io.ts';
import { workspaceFolder } from '../../workspaceFolder.ts';

interface EnvOptions {
  config?: string;
  json?: boolean;
  shell?: Shell;
}

type Shell = 'sh' | 'fish' | 'powershell';

/** `touchstone gateway env`: its options. */
export function addGatewayEnv(gateway: Command, act: RunAction): void {
  gateway
    .command('env')
    .description(
      'print the environment variables that send clients to the gateway: eval "$(touchstone gateway env)"',
    )
    .argument('[folder]', 'the workspace folder')
    .addOption(configOption())
    .addOption(
      new Option('--shell <name>', 'the shell that reads it')
        .choices(['sh', 'fish', 'powershell'])
        .default('sh'),
    )
    .option('--json', 'print JSON')
    .action((folder, options) => act((io) => env(folder, options, io)));
}

async function env(folder: string | undefined, options: EnvOptions, io: Io): Promise<number> {
  const root = workspaceFolder(folder, options, io.cwd);
  const serving = await askGateway(root, (link) => link.call('services/status', {}));
  const variables = gatewayVariables(serving);
  if (options.json) io.out(JSON.stringify(variables, null, 2));
  else
    for (const [name, value] of Object.entries(variables))
      io.out(assignment(options.shell ?? 'sh', name, value));
  return EXIT.passed;
}

/** Addresses and tokens of ours hold nothing that a shell would read. */
function assignment(shell: Shell, name: string, value: string): string {
  switch (shell) {
    case 'sh':
      return `export ${name}='${value}'`;
    case 'fish':
      return `set -gx ${name} '${value}'`;
    case 'powershell':
      return `$env:${name} = '${value}'`;
  }
}
