import { spanPrice } from '../engine/models/prices/spanPrice.ts';
import { RunStore } from '../engine/store/runStore.ts';
import { storePath } from '../engine/store/storeFile.ts';
import { TraceStore } from '../engine/traces/traceStore.ts';
import { traceStorePath } from '../engine/traces/traceStoreFormat.ts';
import { openWorkspace } from './openWorkspace.ts';

/** The traces of a workspace as they are stored now; nothing is written. */
export interface OpenedTraces extends Disposable {
  received: TraceStore;
  runs: RunStore;
  price: ReturnType<typeof spanPrice>;
}

/** Throws UserErrors for what is wrong with the workspace, and StoreError. */
export async function openTraces(options: { config?: string }, cwd: string): Promise<OpenedTraces> {
  const open = await traceOpener(options, cwd);
  return open();
}

/** For whoever looks again and again: each call opens the stores anew, so that it sees what others have written since. */
export async function traceOpener(options: { config?: string }, cwd: string): Promise<() => OpenedTraces> {
  const { workspace } = await openWorkspace([], options, cwd, new AbortController().signal);
  const { root, config } = workspace;
  const price = spanPrice(config.providers);

  return () => {
    const received = new TraceStore(traceStorePath(root), { access: 'read', price });
    const runs = new RunStore(storePath(root), { access: 'read' });
    return {
      received,
      runs,
      price,
      [Symbol.dispose]() {
        received.close();
        runs.close();
      },
    };
  };
}
