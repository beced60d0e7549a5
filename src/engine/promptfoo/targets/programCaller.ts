import type { Redactor } from '../../http/redactor.ts';
import { defined } from '../../model/defined.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Clock, Environment, Trust } from '../../ports.ts';
import { withTrace } from '../../targets/callTraces.ts';
import { PROGRAM } from '../../targets/capabilities.ts';
import type { ProgramCall } from '../providers/promptfooProvider.ts';
import { moduleProcess } from '../scripts/moduleProcess.ts';
import type { CallerOwner, PromptfooCaller } from './promptfooCaller.ts';
import { providerReply } from './providerReply.ts';
import { unsupportedCaller } from './simpleCallers.ts';

/**
 * A provider that is a module of the workspace: `callApi` of what it exports, or `call_api` in Python. Its calls are
 * errors where scripts are not trusted.
 */
export function programCaller(
  options: ProgramCall,
  { name, owner, where }: CallerOwner,
  ports: { environment: Environment; clock: Clock; trust: Trust; redactor?: Redactor; root: string },
): PromptfooCaller {
  const { language } = options;
  if (!ports.trust.scripts || !ports.trust.commands) {
    return unsupportedCaller(
      name,
      `${owner} is a program, which is not trusted to run; read it, then use --trust`,
    );
  }

  const module = moduleProcess(options, ports, { owner, where });
  return {
    kind: 'command',
    capabilities: PROGRAM,
    lane: `program:${name}`,
    identity: { module: module.identity, options: options.options },
    environment: module.environment,

    async call(prompt, vars, { case: golden }, context) {
      const told = {
        vars,
        prompt: { raw: prompt, label: prompt },
        test: { vars, metadata: (golden.metadata ?? {}) as JsonObject },
        ...defined({ traceparent: context.span.traceparent || undefined }),
      };
      const args = language === 'python' ? [prompt, options.options, told] : [prompt, told, options.options];
      const { reply, shown } = await module.tracedCall({ args, options: options.options }, context);
      const output = reply.kind === 'failed' ? reply.output : providerReply(reply.value, reply.latencyMs);
      return withTrace(output, shown);
    },
  };
}
