import type { ErrorPlace } from '../../errors.ts';
import type { Environment } from '../../ports.ts';
import { type AgentRequest, agentRequest } from '../agentRequest.ts';
import { hasPlaceholder, textTemplate } from '../http/bodyTemplate.ts';
import { resolveText } from '../secrets/environmentReference.ts';
import type { TargetRequest } from '../target.ts';

/** How a program is started for one call. */
export interface Invocation {
  args: string[];
  /** The variables that the suite adds. */
  env: { [name: string]: string };
  /** For its standard input. */
  input: string;
}

/**
 * Fills `{{input}}` and the other placeholders of bodyTemplate.ts into the arguments and variables of a program. A
 * value stays within its argument, whatever is in it. A program that is given the case in its arguments gets nothing
 * on its standard input: it speaks a form of its own. Throws ConfigError for an `${env:…}` that is not set.
 */
export function commandInvocation(
  command: { args: readonly string[]; env: { [name: string]: string } },
  environment: Environment,
  owner: { owner: string; where?: ErrorPlace },
): (request: TargetRequest) => Invocation {
  const args = command.args.map((arg) =>
    textTemplate(arg, { ...owner, owner: `The command of ${owner.owner}` }),
  );
  const env = Object.entries(command.env).map(([name, value]) => {
    const named = { ...owner, owner: `The variable ${name} of ${owner.owner}` };
    const needs = { ...owner, owner: upper(owner.owner) };
    return [name, textTemplate(value, named, (text) => resolveText(name, text, environment, needs))] as const;
  });

  const ownForm = command.args.some(hasPlaceholder);

  return (request) => {
    const asked: AgentRequest = agentRequest(request);
    return {
      args: args.map((fill) => fill(asked)),
      env: Object.fromEntries(env.map(([name, fill]) => [name, fill(asked)])),
      input: ownForm ? '' : JSON.stringify(asked),
    };
  };
}

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
