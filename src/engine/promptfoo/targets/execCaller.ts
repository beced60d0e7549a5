import { stripVTControlCharacters } from 'node:util';
import { ConfigError } from '../../errors.ts';
import { defined } from '../../model/defined.ts';
import { emptyOutput, type Output } from '../../model/output.ts';
import type { Trust } from '../../ports.ts';
import { PROGRAM } from '../../targets/capabilities.ts';
import { lastOutput } from '../../targets/command/lastOutput.ts';
import { programFiles } from '../../targets/command/programFiles.ts';
import { errorOutput } from '../../targets/reply/agentReply.ts';
import type { ExecCall } from '../providers/promptfooProvider.ts';
import { type ProgramEnd, type ProgramPorts, programRun } from '../scripts/programRun.ts';
import type { CallerOwner, PromptfooCaller } from './promptfooCaller.ts';

/**
 * A program that is started for each call with three further arguments: the prompt, its options and its context
 * (`vars`, `traceparent`) as JSON. What it writes to its standard output is the answer. Its environment is
 * scrubbed. Throws ConfigError when commands are not trusted.
 */
export function execCaller(
  { command, cwd, options, env }: ExecCall,
  { name, owner, where }: CallerOwner,
  ports: ProgramPorts & { trust: Trust },
): PromptfooCaller {
  if (!ports.trust.commands) {
    throw new ConfigError(`${owner} runs a program, and this folder is not trusted to do so`, {
      where,
      remedy: 'Read what the command does, then trust the folder',
    });
  }

  const [program = '', ...words] = command;
  const run = programRun({ command: [program, ...words], cwd, env, shown: 'The program', plain }, ports, {
    owner,
    where,
  });

  return {
    kind: 'command',
    capabilities: PROGRAM,
    lane: `exec:${name}`,
    identity: { command, options, env, files: programFiles(command, { cwd, root: ports.root }) },
    environment: run.environment,

    async call(prompt, vars, _request, context) {
      const { traceparent } = context.span;
      const told = { vars, prompt: { raw: prompt, label: prompt }, ...defined({ traceparent }) };
      const args = [prompt, JSON.stringify(options), JSON.stringify(told)];
      return toOutput(await run.start({ args, input: '' }, context));
    },
  };
}

function toOutput(end: ProgramEnd): Output {
  if (end.kind === 'failed') return end.output;
  const { stderr, latencyMs } = end;
  const text = plain(end.stdout.toString('utf8'));
  if (text === '' && stderr !== '')
    return errorOutput('protocol', `The program wrote nothing but errors.${lastOutput(stderr)}`, latencyMs);
  return { ...emptyOutput(), status: 'complete', text, latencyMs };
}

function plain(text: string): string {
  return stripVTControlCharacters(text).trim();
}
