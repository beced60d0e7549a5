import { pathToFileURL } from 'node:url';
import { ConfigError, UserError } from '../../errors.ts';
import type { Environment, Secrets } from '../../ports.ts';
import type { TargetConfig } from '../../suites/targetConfig.ts';
import { errorOutput } from '../../targets/agentReply.ts';
import { isPassedOn } from '../../targets/commandEnvironment.ts';
import type { Target } from '../../targets/target.ts';
import { targetVariables } from './configuredSecrets.ts';
import { keylessEnvironment } from './recordedRun.ts';

interface AskedOptions {
  config: TargetConfig;
  environment: Environment;
  secrets: Secrets;
  /** Hears of each value that was given out. */
  onSecret(name: string, value: string): void;
}

interface AskedTargetOptions extends AskedOptions {
  /** Makes the target with the variables that it is given. */
  build(environment: Environment): Target;
}

/**
 * A target in the editor: its variables come from the person's keys, each asked for the place that it would go to
 * (a URL's origin, or a program in its folder), before the run or with the first call. Until then the target is one
 * without keys, which is never called; its name, lane and hash do not depend on them.
 */
export function askedTarget(options: AskedTargetOptions): Target {
  const { environment, build } = options;
  if (askedVariables(options.config).length === 0) return build(environment);

  const described = build(keylessEnvironment(environment));
  let opened: Promise<Target> | undefined;

  const open = async (signal: AbortSignal): Promise<Target> => {
    opened ??= askedEnvironment(options, signal).then(build);
    try {
      return await opened;
    } catch (error) {
      // The next call asks again.
      opened = undefined;
      throw error;
    }
  };

  return {
    ...described,
    ready: async (signal) => {
      await open(signal);
    },
    async call(request, context) {
      try {
        return await (await open(context.signal)).call(request, context);
      } catch (error) {
        if (!(error instanceof UserError) || opened) throw error;
        return errorOutput('auth', error.describe(), 0);
      }
    },
    async close() {
      await Promise.all([described.close(), opened?.then((target) => target.close())]);
    },
  };
}

/** Variables of a target that a person must be asked for. */
export function askedVariables(config: TargetConfig): string[] {
  return targetVariables(config).filter((name) => !isPassedOn(name));
}

/**
 * The environment, in which the target's variables are those that the person gives out: one question after the other.
 * Throws ConfigError for one that is refused and has no default.
 */
export async function askedEnvironment(
  { config, environment, secrets, onSecret }: AskedOptions,
  signal: AbortSignal,
): Promise<Environment> {
  const origin = destinationOf(config);
  const values = new Map<string, string | undefined>();
  for (const variable of askedVariables(config)) {
    const value = await secrets.get({ provider: `target ${config.name}`, origin, variable }, signal);
    values.set(variable, value ?? undefined);
    if (value !== null) onSecret(variable, value);
    else if (!hasDefault(config, variable)) throw missing(config, variable, origin);
  }
  return { get: (name) => (values.has(name) ? values.get(name) : environment.get(name)) };
}

/** The origin of an address; for a program its folder and command, since another program is another matter. */
function destinationOf(config: TargetConfig): string {
  if (config.kind === 'http') return new URL(config.url).origin;
  if (config.kind === 'command') return programOf(config.cwd.absolute, config.command);
  if (config.kind !== 'promptfoo') throw new Error(`a target of kind ${config.kind} has no variables`);

  const { call, id } = config.provider;
  const url = call.kind === 'http' ? URL.parse(call.url) : null;
  if (url && url.origin !== 'null' && !url.host.includes('%7B')) return url.origin;
  if (call.kind === 'exec') return programOf(call.cwd, call.command);
  if (call.kind === 'program') return programOf(call.cwd, [call.file]);
  return programOf(config.template.program?.cwd ?? '.', [call.kind === 'http' ? call.url : id]);
}

function programOf(folder: string, command: readonly string[]): string {
  const url = pathToFileURL(folder);
  url.hash = command.join(' ');
  return url.href;
}

function hasDefault(config: TargetConfig, variable: string): boolean {
  return JSON.stringify(config).includes(`\${env:${variable}:`);
}

function missing(config: TargetConfig, variable: string, origin: string): ConfigError {
  return new ConfigError(`the target “${config.name}” was not given ${variable} for ${origin}`, {
    where: config.location,
    remedy: `Allow it when asked, and set ${variable} in the environment of the editor.`,
  });
}
