import {
  type CheckedProvider,
  type CheckPorts,
  checkProvider,
} from '../engine/models/providers/checkProvider.ts';
import type { ProviderCheck } from '../engine/models/providers/providerCheck.ts';
import { type AskedModel, askedModels } from '../engine/suites/askedModels.ts';
import type { Workspace } from '../engine/suites/loadWorkspace.ts';

/** Checks each provider with each model that is used of it: providers side by side, the models of one in turn. */
export async function checkAll(
  workspace: Workspace,
  ports: CheckPorts,
  signal: AbortSignal,
): Promise<ProviderCheck[]> {
  const asked = askedModels(workspace, ports.environment);
  const groups = Object.entries(workspace.config.providers).map(([name, config]) => {
    const models = asked.flatMap((model) => modelOf(name, model));
    // The built-in provider is there without being meant.
    const isMeant = models.length > 0 || config.location !== undefined;
    return isMeant ? (models.length > 0 ? models : [null]).map((model) => ({ name, config, model })) : [];
  });

  const checked = groups.map(async (group: CheckedProvider[]) => {
    const checks: ProviderCheck[] = [];
    for (const one of group) checks.push(await checkProvider(one, ports, signal));
    return checks;
  });
  return (await Promise.all(checked)).flat();
}

function modelOf(provider: string, { reference, kind }: AskedModel): NonNullable<CheckedProvider['model']>[] {
  return reference.startsWith(`${provider}/`) ? [{ name: reference.slice(provider.length + 1), kind }] : [];
}
