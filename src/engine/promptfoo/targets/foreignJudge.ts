import type { ForeignJudge } from '../../suites/config/suiteConfig.ts';
import type { PromptfooCall, PromptfooProvider } from '../providers/promptfooProvider.ts';
import { callerClient, callerIdentity } from './callerClient.ts';
import { callerOf } from './createFromPromptfoo.ts';
import { secretsWith } from './describedTarget.ts';

/** A provider that judges and is no model. */
export function foreignJudge(provider: PromptfooProvider): ForeignJudge {
  const { location, call } = provider;
  return {
    location,
    ...identityOf(call),
    secrets: secretsWith(provider),
    identify: callerIdentity,

    create(reference, ports) {
      const owner = `The judge "${reference}"`;
      const caller = callerOf(provider, { name: reference, owner, where: location }, ports);
      const client = callerClient(reference, {
        ...caller,
        call: async (...args) => ports.redactor.value(await caller.call(...args)),
      });

      return caller.close ? { client, close: caller.close } : { client };
    },
  };
}

/** A module counts by its text, wherever it stands. */
function identityOf(call: PromptfooCall): Pick<ForeignJudge, 'identity' | 'file'> {
  if (call.kind !== 'program') return { identity: call };
  const { file, cwd: _cwd, ...identity } = call;
  return { identity, file };
}
