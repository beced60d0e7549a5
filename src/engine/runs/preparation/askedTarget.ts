import { ConfigError, UserError } from '../../errors.ts';
import type { SourceLocation } from '../../model/location.ts';
import type { Environment, Secrets } from '../../ports.ts';
import { isPassedOn } from '../../targets/command/commandEnvironment.ts';
import { errorOutput } from '../../targets/reply/agentReply.ts';
import type { TargetSecrets } from '../../targets/secrets/targetSecrets.ts';
import type { Target } from '../../targets/target.ts';
import { keylessEnvironment } from './recordedRun.ts';

/** Who asks. */
interface AskedConfig {
  name: string;
  location: SourceLocation;
  secrets: TargetSecrets;
}

interface AskedOptions {
  config: AskedConfig;
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
  if (askedVariables(options.config.secrets).length === 0) return build(environment);

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

/** Variables that a person must be asked for. */
export function askedVariables({ variables }: TargetSecrets): { name: string; fallback?: string }[] {
  return variables.filter(({ name }) => !isPassedOn(name));
}

/**
 * The environment, in which the target's variables are those that the person gives out: one question after the other.
 * Throws ConfigError for one that is refused and has no default.
 */
export async function askedEnvironment(
  { config, environment, secrets, onSecret }: AskedOptions,
  signal: AbortSignal,
): Promise<Environment> {
  const { name, secrets: own } = config;
  const origin = own.destination ?? '';
  const values = new Map<string, string | undefined>();
  for (const { name: variable, fallback } of askedVariables(own)) {
    const value = await secrets.get({ provider: `target ${name}`, origin, variable }, signal);
    values.set(variable, value ?? undefined);
    if (value !== null) onSecret(variable, value);
    else if (fallback === undefined) throw missing(config, variable, origin);
  }
  return { get: (asked) => (values.has(asked) ? values.get(asked) : environment.get(asked)) };
}

function missing({ name, location }: AskedConfig, variable: string, origin: string): ConfigError {
  return new ConfigError(`the target '${name}' was not given ${variable} for ${origin}`, {
    where: location,
    remedy: `Allow it when asked, and set ${variable} in the environment of the editor.`,
  });
}
